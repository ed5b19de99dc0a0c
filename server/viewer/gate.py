"""The gate: the one place that asks who may see a dashboard. What is decided is decided by `access.decide`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from ..access import Action, Decision, Principal, decide
from .shelf import Published, Shelf


class Denied(Exception):  # noqa: N818 - read as a sentence: except Denied
    """Somebody may not do what they want; the decision says what to answer."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.sentence)
        self.decision = decision


@dataclass(frozen=True)
class Gate:
    """Asks the shelf in a thread, so that a slow store never holds up other pages."""

    shelf: Shelf
    is_home: bool
    """Only this machine can come in: whoever does is its user, and everything is theirs."""

    async def admit(
        self, principal: Principal, slug: str, action: Action = Action.SEE, number: int | None = None
    ) -> Published:
        """The dashboard, for somebody who may do this with it; with its published version, or the one of a number.

        Raises:
            Denied: they may not, or it is not there.
        """
        if number is None:
            found = await asyncio.to_thread(self.shelf.find, slug)
        else:
            found = await asyncio.to_thread(self.shelf.find_version, slug, number)
        decision = decide(principal, action, found.facts if found else None)
        if found is None or not decision.is_allowed:
            raise Denied(decision)
        return found

    async def bring(self, published: Published) -> None:
        """See to it that its files are on this machine.

        Raises:
            StorageError: they cannot be had.
        """
        await asyncio.to_thread(self.shelf.bring, published)

    async def listed(self, principal: Principal) -> Sequence[Published]:
        """Those that are named to somebody in overviews."""
        found = await asyncio.to_thread(self.shelf.list)
        return [one for one in found if decide(principal, Action.LIST, one.facts).is_allowed]

    async def count(self) -> int:
        """How many there are, for whomever."""
        return len(await asyncio.to_thread(self.shelf.list))
