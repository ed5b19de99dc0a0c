"""`notices`: what people and programs were told, and what could not be sent."""

from __future__ import annotations

from typing import Annotated

import typer

from .usage import AsJson, DataDir, settings_for


def notices(
    retry: Annotated[
        bool, typer.Option("--retry", help="Send at once what waits, and what was given up within a day.")
    ] = False,
    problems: Annotated[bool, typer.Option("--problems", help="Only what waits or was given up.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the notices that were sent, wait, or were given up, the newest first.

    * `dashwright notices --problems`
    * `dashwright notices --retry`
    """
    from ..store import Outbox
    from .access import store_of
    from .output import age, moment, say, show_json, show_table

    with store_of(settings_for(data_dir)) as store:
        outbox = Outbox(store)
        again = outbox.retry() if retry else None
        found = outbox.all(("waiting", "dead") if problems else (), limit)
    if again is not None:
        say(f"{again} notice{'' if again == 1 else 's'} will be tried again, as soon as a worker runs.")
    if as_json:
        show_json([delivery.model_dump(mode="json") for delivery in found])
    elif found:
        rows = [
            (
                *(age(one.created_at), one.event, one.slug or "", one.recipient, one.state, str(one.attempts)),
                *(moment(one.next_attempt_at) if one.next_attempt_at else "", one.reason or ""),
            )
            for one in found
        ]
        show_table(("When", "Event", "Dashboard", "To", "State", "Attempts", "Next", "Reason"), rows)
    else:
        say("There are no notices." if not problems else "No notice waits, and none was given up.")
