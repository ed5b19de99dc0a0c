"""Events: what of a job's end is told, and in which words."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum


class Event(StrEnum):
    DASHBOARD_READY = "dashboard.ready"
    DASHBOARD_FAILED = "dashboard.failed"
    AMENDMENT_READY = "amendment.ready"
    AMENDMENT_FAILED = "amendment.failed"
    REFRESH_FAILED = "refresh.failed"
    """The first time after it worked; not again before it has worked again."""
    REFRESH_RECOVERED = "refresh.recovered"
    """It works again."""
    REFRESH_READY = "refresh.ready"
    """There is new data. Not of one that found the same."""


TEST = "webhook.test"
"""Not about a job: somebody wants to see whether their receiver works."""
USUAL = tuple(event for event in Event if event is not Event.REFRESH_READY)
"""What people get mail about unless they say something else."""
WORDS: dict[str, str] = {
    Event.DASHBOARD_READY: "“{title}” is ready.",
    Event.DASHBOARD_FAILED: "“{title}” could not be made.",
    Event.AMENDMENT_READY: "“{title}” has been changed as you asked.",
    Event.AMENDMENT_FAILED: "“{title}” could not be changed, and is as it was.",
    Event.REFRESH_FAILED: "The data of “{title}” could not be refreshed; it goes on showing what it had.",
    Event.REFRESH_RECOVERED: "The data of “{title}” can be refreshed again.",
    Event.REFRESH_READY: "“{title}” has new data.",
}
LONGEST_TITLE = 120
LONGEST_REASON = 1_000


def events_of(kind: str, *, is_good: bool, unchanged: bool, was_failing: bool) -> tuple[Event, ...]:
    """What the end of a job is called. Each recipient is told of the first that they want.

    Args:
        kind: of the job.
        was_failing: whether the refresh before this one failed.
    """
    match kind, is_good:
        case "new", _:
            return (Event.DASHBOARD_READY if is_good else Event.DASHBOARD_FAILED,)
        case "amend", _:
            return (Event.AMENDMENT_READY if is_good else Event.AMENDMENT_FAILED,)
        case "draft" | "preview", _:
            return ()  # whoever tries something looks at it
        case _, False:
            return () if was_failing else (Event.REFRESH_FAILED,)
    recovered = (Event.REFRESH_RECOVERED,) if was_failing else ()
    return recovered if unchanged else (*recovered, Event.REFRESH_READY)


def first_wanted(events: Collection[Event], wanted: Collection[str]) -> Event | None:
    return next((event for event in events if event in wanted), None)


def sentence(event: str, title: str, reason: str | None = None) -> str:
    """One line that tells of an event, with why where it is a failure."""
    told = WORDS[event].format(title=line(title, LONGEST_TITLE))
    return f"{told} {line(reason, LONGEST_REASON)}" if reason and event.endswith(".failed") else told


def of_job(kind: str, status: str, title: str, *, unchanged: bool, reason: str | None) -> str:
    """The same for whoever has followed a job: also when nothing is new. Empty while it is not over."""
    match status:
        case "cancelled":
            return f"The work on “{line(title, LONGEST_TITLE)}” was cancelled."
        case "completed" if kind in ("draft", "preview"):
            return f"The trial of “{line(title, LONGEST_TITLE)}” can be looked at."
        case "failed" if kind in ("draft", "preview"):
            return f"The trial of “{line(title, LONGEST_TITLE)}” failed. {line(reason or '', LONGEST_REASON)}".strip()
        case "completed" | "failed":
            events = events_of(kind, is_good=status == "completed", unchanged=unchanged, was_failing=False)
            unchanged_words = f"The data of “{line(title, LONGEST_TITLE)}” has not changed."
            return sentence(events[0], title, reason) if events else unchanged_words
    return ""


def line(text: str, length: int) -> str:
    """A text from anywhere as one line, without what breaks headers, steers terminals or turns writing round."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    plain = re.sub(r" +", " ", plain).strip()
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"
