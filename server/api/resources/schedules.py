"""Schedules: show, set and take away a dashboard's, and try one out."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from pydantic import Field

from ....pipelines.model import Noun
from ...access import Action
from ...nouns import ScheduleState
from ...schedule import Schedule, Timing, Zone, following, words
from ...store import Schedules
from ..route import Call, Routes, Slug

routes = Routes("Schedules")


class NewSchedule(Schedule):
    is_paused: bool = Field(False, description="Keep it, but begin nothing. Sent again without this, it goes on.")


class TriedSchedule(Noun):
    timing: Timing
    zone: Zone = "UTC"


class Outlook(Noun):
    """What a schedule would do."""

    words: str
    upcoming: tuple[datetime, ...]
    """The next times from now on, in UTC."""


def tag_of(state: ScheduleState) -> str:
    """The ETag: it changes with what people set and with a pause, not with every refresh."""
    seen = state.model_dump(mode="json", include={"slug", "schedule", "paused_at"})
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:24]


@routes.get("/dashboards/{slug}/schedule", "Show the schedule", Action.LIST, tagged=True)
def show_schedule(call: Call, slug: Slug) -> ScheduleState:
    """When the dashboard is refreshed by itself, the next three times, whether that is paused and why, and the last
    refreshes."""
    return _told(call, Schedules(call.store).state(slug))


@routes.put("/dashboards/{slug}/schedule", "Set the schedule", Action.CHANGE, guarded=True, tagged=True)
def set_schedule(call: Call, slug: Slug, body: NewSchedule) -> ScheduleState:
    """In place of the one before; one that was paused goes on."""
    schedule = Schedule.model_validate(body.model_dump(exclude={"is_paused"}))
    return _told(call, _set(call, slug, schedule, is_paused=body.is_paused))


@routes.delete("/dashboards/{slug}/schedule", "Take the schedule away", Action.CHANGE, guarded=True, status=204)
def delete_schedule(call: Call, slug: Slug) -> None:
    """From now on the dashboard is refreshed by hand only."""
    _set(call, slug, None)


@routes.post("/schedules/preview", "Try a schedule out", None)
def preview_schedule(_: Call, body: TriedSchedule) -> Outlook:
    """Says in words what a schedule means, and when it would next be due. Nothing is kept."""
    schedule = Schedule(timing=body.timing, zone=body.zone)
    return Outlook(words=words(schedule), upcoming=following(schedule, datetime.now(UTC), 5))


def _set(call: Call, slug: str, schedule: Schedule | None, *, is_paused: bool = False) -> ScheduleState:
    what = f"The schedule of '{slug}'"
    return Schedules(call.store).set(
        slug, schedule, is_paused=is_paused, check=lambda state: call.check(tag_of(state), what)
    )


def _told(call: Call, state: ScheduleState) -> ScheduleState:
    call.tag(tag_of(state))
    return state
