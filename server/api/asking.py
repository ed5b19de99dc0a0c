"""Asking: what takes keys, which this process has not, is answered by a worker."""

from __future__ import annotations

from typing import TypeVar

from ...pipelines.errors import BY_CODE, SetupError
from ..errors import ConflictError, MissingError
from ..inquiries import Describe, Described, Refused, Seek, Sought, Suggest, Suggested
from ..store import Inquiries
from .problem import Refusal
from .route import Call

KINDS = {**BY_CODE, MissingError.code: MissingError, ConflictError.code: ConflictError}
R = TypeVar("R", Sought, Described, Suggested)


def replied(call: Call, inquiry: Seek | Describe | Suggest, kind: type[R]) -> R:
    """The reply of a worker. Takes as long as servers of others do: for routes that are slow.

    Raises:
        UnattendedError: there is no worker.
        DashwrightError: what the worker says.
        Refusal: 500, where it failed for a reason that nobody foresaw.
    """
    reply = Inquiries(call.store).ask(inquiry, call.user_id, call.service.untaken)
    if isinstance(reply, kind):
        return reply
    if isinstance(reply, Refused) and reply.code != "error":
        raise KINDS.get(reply.code, SetupError)(reply.sentence)
    raise Refusal(500, reply.sentence if isinstance(reply, Refused) else "The worker replied to something else.")
