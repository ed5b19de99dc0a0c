"""Session: sign in and out, for browsers. Programs have tokens."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from ....pipelines.model import Noun
from ...accounts.attempts import RefusedError, TooManyAttemptsError
from ...accounts.signing_in import Door
from ..calling import session_cookie
from ..problem import Refusal
from ..route import Call, Routes
from .state import Me

routes = Routes("Session")


class Credentials(Noun):
    email: Annotated[str, StringConstraints(min_length=3, max_length=255)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=1000)]


@routes.post("/auth/login", "Sign in", None, problems=(401,))
def sign_in(call: Call, body: Credentials) -> Me:
    """Sets the cookie of a session. Changes by it need the header `X-Dashwright: 1`."""
    door = Door(call.store)
    try:
        user, secret = door.sign_in(
            body.email,
            body.password.get_secret_value(),
            address=call.address,
            user_agent=call.user_agent,
            before=call.session,
        )
    except TooManyAttemptsError as error:
        raise Refusal(429, str(error), code=error.code, retry_after=max(1, round(error.seconds))) from error
    except RefusedError as error:
        raise Refusal(401, str(error), code=error.code) from error
    _keep(call, secret)
    return Me(kind="account", user_id=user.user_id, email=user.email, name=user.name, role=user.role)


@routes.post("/auth/logout", "Sign out", None, status=204)
def sign_out(call: Call) -> None:
    if call.session:
        Door(call.store).sign_out(call.session)
    _keep(call, "")


def _keep(call: Call, secret: str) -> None:
    days = call.settings.session_days
    call.headers["Set-Cookie"] = session_cookie(call.service.base, secret, days, secure=call.is_secure)
