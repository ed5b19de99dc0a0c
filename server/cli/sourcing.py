"""`sources`: where data can be looked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import AsJson, DataDir, settings_for

if TYPE_CHECKING:
    from rich.text import Text

    from ..places import Place
    from ..settings import Settings

WIDE = 110
"""Characters of a terminal from which on the last answer has a column of its own."""


def sources(
    refresh: Annotated[
        str | None,
        typer.Option("--refresh", metavar="NAME", help="Get the list that this source is searched by anew."),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the sources of data: whether each is searched, what it lacks, and when it last answered.

    A source that is on (●) is searched for every question that brings no data and names no source; the setting
    `DASHWRIGHT_SOURCES` says which are. All others (○) are searched when they are named with `--source`.

    Some sources are searched by a list of all they have, which is kept for a week; that of the World Bank comes with
    Dashwright and is got anew by `--refresh` only.

    * `dashwright sources`
    * `dashwright sources --refresh world-bank`
    """
    from .output import result_console, show_json

    settings = settings_for(data_dir)
    if refresh is not None:
        _refresh(refresh, settings, as_json=as_json)
        return
    found = _places(settings)
    if as_json:
        show_json([facts(place) for place in found])
        return
    result_console().print(_table(found, is_wide=result_console().width >= WIDE))


def _places(settings: Settings) -> tuple[Place, ...]:
    from ..places import places
    from ..store import SourceAnswers
    from .access import is_untouched, store_of

    if is_untouched(settings):
        return places(settings, {})
    with store_of(settings) as store:
        return places(settings, SourceAnswers(store).last())


def _refresh(name: str, settings: Settings, *, as_json: bool) -> None:
    from ..places import renew
    from ..store import SearchMemory
    from .access import is_untouched, store_of
    from .attaching import names_of
    from .output import note_console, show, show_json

    (wanted,) = names_of([name])
    with note_console().status(f"Getting the list of '{wanted[:100]}' …"):
        count = renew(wanted, settings)
    if not is_untouched(settings):
        with store_of(settings) as store:
            SearchMemory(store).forget(wanted)
    if as_json:
        show_json({"name": wanted, "datasets": count})
    else:
        datasets = f"{count:,} dataset{'s' if count != 1 else ''}"
        show(f"The list of '{wanted}' has {datasets} now; searches use it from now on.")


def facts(place: Place) -> dict[str, Any]:
    """What a program learns of a source."""
    return {
        "name": place.standing.name,
        "on": place.is_on,
        "searchable": place.standing.has_search,
        "ready": place.standing.missing is None,
        "missing": place.standing.missing,
        "address": place.address,
        "last_answered_at": place.last.answered_at and place.last.answered_at.isoformat(),
        "last_failed_at": place.last.failed_at and place.last.failed_at.isoformat(),
        "last_reason": place.last.reason,
    }


def _table(found: tuple[Place, ...], *, is_wide: bool) -> Any:
    """A row for each source; on a narrow terminal the last answer is below its state."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    table.add_column("Source", no_wrap=True)
    table.add_column("State", overflow="fold", ratio=3)
    if is_wide:
        table.add_column("Last answer", overflow="fold", ratio=2)
    for place in found:
        mark = ("●", "green") if place.is_on else ("○" if place.standing.has_search else " ", "dim")
        state, answer = list(_state(place)), list(_answer(place))
        cells = [state, answer] if is_wide else [[*state, *answer]]
        name = Text(place.standing.name, style="bold" if place.is_on else "")
        table.add_row(Text(*mark), name, *(Text("\n").join(lines) for lines in cells))
    return table


def _state(place: Place) -> Iterator[Text]:
    from rich.text import Text

    from .output import printable

    if place.standing.missing is not None:
        yield Text(printable(place.standing.missing), style="yellow")
    elif place.standing.has_search:
        yield Text("ready", style="green")
    else:
        yield Text("ready; its data is named with --data", style="green")
    if place.address:
        yield Text(f"at {printable(place.address)}", style="dim")


def _answer(place: Place) -> Iterator[Text]:
    from rich.text import Text

    from .output import age, printable

    if place.is_failing:
        yield Text(f"failed {age(place.last.failed_at)}: {printable(place.last.reason or '')}", style="red")
    if place.last.answered_at is not None:
        yield Text(f"answered {age(place.last.answered_at)}", style="dim" if place.is_failing else "")
    elif place.is_on and not place.is_failing:
        yield Text("not asked yet", style="dim")
