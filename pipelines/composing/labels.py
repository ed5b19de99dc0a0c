"""Labels: what heads and axes say where the plan does not, and the units that must be said somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...notebook_templates.parts import Amount, Group
from ...notebook_templates.source import Code, sentence
from ..model import BoxWidget, Column, HistogramWidget, MapWidget, ScatterWidget, TableWidget, Widget
from .frame import Frame

_PER = {"Y": "per year", "Q": "per quarter", "M": "per month", "W": "per week", "D": "per day", "h": "per hour"}


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Small at its start, but for names and abbreviations."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def with_unit(text: str, unit: str) -> str:
    return f"{text}, {unit}" if unit and unit.lower() not in text.lower() else text


def subtitle(
    widget: Widget,
    y: Amount,
    x: Group | None,
    color: Group | None,
    log: bool = False,
    share: bool = False,
    cut: tuple[str, int | Code] | None = None,
) -> str | Code:
    """The plan's, or one made of what is drawn; either way with the unit and the kind of scale."""
    if widget.subtitle:
        text = with_unit(widget.subtitle, "" if share or y.unit.lower() in widget.title.lower() else y.unit)
    else:
        text = f"Share of {lower(y.title)}" if share else y.label
        if x is not None and x.kind == "period" and x.freq in _PER:
            text += f", {_PER[x.freq]}"
        if color is not None:
            text += f", by {lower(color.title)}"
    if log and "log" not in text.lower():
        text += ", logarithmic scale"
    if cut is None or "largest" in text or "smallest" in text:
        return text
    order, limit = cut
    return sentence(f"{text}, the {order} ", limit) if isinstance(limit, Code) else f"{text}, the {order} {limit}"


def scatter(
    widget: ScatterWidget, x: Amount, y: Amount, size: Amount | None, detail: Group | None, logs: tuple[bool, bool]
) -> str:
    """The vertical axis is named here: text that stands is not read."""
    text = widget.subtitle or f"{y.label}, against {lower(x.title)}"
    if widget.subtitle and y.title.lower() not in widget.subtitle.lower():
        text += f"; upwards: {lower(y.label)}"
    if detail is not None and widget.subtitle is None:
        text += f"; one dot for each {lower(detail.title)}"
    if size is not None and "size" not in text.lower():
        text += f"; size: {lower(size.label)}"
    if any(logs) and "log" not in text.lower():
        text += "; logarithmic scales" if all(logs) else f"; logarithmic scale of {lower((x if logs[0] else y).title)}"
    return text


def histogram(widget: HistogramWidget, rows: Amount, x: Group, column: Column) -> str:
    return widget.subtitle or f"{rows.title} by {lower(with_unit(x.title, column.unit or ''))}"


def box(widget: BoxWidget, y: Amount) -> str:
    head = widget.subtitle or y.label
    return (
        head if "box" in head.lower() else f"{head}; box: middle half, line: median, whiskers: 5th to 95th percentile"
    )


def map_subtitle(widget: MapWidget, color: Amount) -> str:
    head = with_unit(widget.subtitle or color.title, color.unit)
    return head if "grey" in head.lower() else f"{head}; grey: no data"


def points(widget: MapWidget, frame: Frame, color: Amount | None, size: Amount | None) -> str:
    text = widget.subtitle or f"One dot for each {frame.row}"
    if color is not None and widget.subtitle is None:
        text += f"; colour: {lower(color.label)}"
    if size is not None and "size" not in text.lower():
        text += f"; size: {lower(size.label)}"
    return text


def table(widget: TableWidget, frame: Frame, limit: int | Code, sorted_by: str | None) -> str | Code:
    if widget.subtitle or (widget.values and not widget.by):
        return widget.subtitle or ""
    what = f"{frame.rows_noun}" if widget.show else "rows"
    order = f" by {lower(sorted_by)}" if sorted_by else ""
    return sentence("The first ", limit if isinstance(limit, Code) else str(limit), f" {what}{order}")


def distinct_titles(amounts: Sequence[Amount]) -> list[Amount]:
    """Heads of a table that differ, as they are also the names of its columns."""
    result: list[Amount] = []
    for item in amounts:
        titles = {other.title for other in result}
        title, number = item.title, 2
        while title in titles:
            title, number = f"{item.title} {number}", number + 1
        result.append(replace(item, title=title))
    return result
