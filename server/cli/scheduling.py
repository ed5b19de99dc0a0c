"""`schedule`: when a dashboard is refreshed by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import UNITS, AsJson, DataDir, Slug, UsageError, settings_for

if TYPE_CHECKING:
    from ..nouns import Dashboard, ScheduleState
    from ..schedule import Schedule

LENGTH = re.compile(r"([0-9]{1,6}) ?(m|min|h|d|w)")


def schedule(
    slug: Slug,
    every: Annotated[
        str | None, typer.Option("--every", metavar="TIME", help="So long after each refresh: 15m, 6h, 1d, 1w.")
    ] = None,
    cron: Annotated[
        str | None,
        typer.Option("--cron", metavar="TEXT", help="Minute, hour, day of the month, month, day of the week."),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option("--zone", metavar="NAME", help="Whose clocks: Europe/Berlin.", show_default="UTC"),
    ] = None,
    on_failure: Annotated[
        str | None,
        typer.Option(
            "--on-failure",
            metavar="WHAT",
            help="keep: go on. retry: again after 5, 15 and 60 minutes. pause: stop after some failures in a row.",
        ),
    ] = None,
    pause_after: Annotated[
        int | None,
        typer.Option("--pause-after", metavar="COUNT", min=1, max=100, help="Failures in a row; means pause."),
    ] = None,
    pause: Annotated[bool | None, typer.Option("--pause/--resume", help="Stop for now, or go on.")] = None,
    off: Annotated[bool, typer.Option("--off", help="Refresh by hand only.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show or set when a dashboard is refreshed by itself.

    A time that was missed, as the machine was off, is caught up once. What is not said stays as it is.

    * `dashwright schedule sales-by-region`
    * `dashwright schedule sales-by-region --every 6h --on-failure retry`
    * `dashwright schedule sales-by-region --cron "0 6 * * 1-5" --zone Europe/Berlin`
    * `dashwright schedule sales-by-region --pause`
    * `dashwright schedule sales-by-region --off`
    """
    from ..store import Schedules
    from .access import store_of

    given = {"every": every, "cron": cron, "zone": zone, "on_failure": on_failure, "pause_after": pause_after}
    is_changed = pause is not None or any(value is not None for value in given.values())
    if (off and is_changed) or (every is not None and cron is not None):
        raise UsageError("Give one of --every, --cron and --off.")
    with store_of(settings_for(data_dir)) as store:
        schedules = Schedules(store)
        state = schedules.state(slug)
        if off:
            state = schedules.set(slug, None)
        elif is_changed:
            state = schedules.set(slug, _wanted(state, given), is_paused=bool(pause))
    _tell(state, as_json=as_json)


def words_of(dashboard: Dashboard) -> str:
    """When it is refreshed by itself, in words."""
    from ..schedule import interval, words

    text = words(dashboard.schedule) if dashboard.schedule else interval(dashboard.refresh_interval)
    return f"{text}, paused" if dashboard.schedule_paused_at else text


def _wanted(state: ScheduleState, given: dict[str, Any]) -> Schedule:
    """The schedule as it is, with what was typed.

    Raises:
        UsageError: it is not possible, or there is none to change.
    """
    from pydantic import ValidationError

    from ..schedule import Schedule

    fields = state.schedule.model_dump(mode="json") if state.schedule else {}
    if given["every"] is not None:
        fields["timing"] = {"kind": "every", "minutes": _minutes(given["every"])}
    elif given["cron"] is not None:
        fields["timing"] = {"kind": "cron", "text": given["cron"]}
    elif not fields:
        raise UsageError(f"'{state.slug}' has no schedule yet; give it one with --every or --cron.")
    if given["pause_after"] is not None:
        fields["on_failure"] = "pause"
    fields |= {name: given[name] for name in ("zone", "on_failure", "pause_after") if given[name] is not None}
    try:
        return Schedule.model_validate(fields)
    except ValidationError as error:
        raise UsageError(f"{error.errors()[0]['msg'].removeprefix('Value error, ')}.") from None


def _minutes(text: str) -> int:
    found = LENGTH.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError(f"--every {text[:40]!r} is no length of time; write one as in 15m, 6h, 1d or 1w.")
    return int(found[1]) * UNITS[found[2][0]] // 60


def _tell(state: ScheduleState, *, as_json: bool) -> None:
    from .output import age, moment, show, show_json, show_table

    if as_json:
        show_json(state.model_dump(mode="json"))
        return
    show(f"Refreshed   {state.words}")
    if state.paused_at:
        show(f"Paused      {age(state.paused_at)}: {state.pause_reason}")
    for position, when in enumerate(state.upcoming):
        show(f"{'Next' if position == 0 else '':<11} {moment(when)}")
    if state.runs:
        show_table(
            ("Begun", "Took", "Outcome", "Message"),
            [
                (
                    age(run.begun_at),
                    f"{run.seconds:.1f} s" if run.seconds is not None else "",
                    "unchanged" if run.unchanged else run.status,
                    run.error_message or "",
                )
                for run in state.runs
            ],
        )
