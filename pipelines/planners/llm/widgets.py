"""Widgets: the flat widgets of a draft as widgets of a plan, one function a type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from slugify import slugify

from ...model import (
    AreaWidget,
    BarWidget,
    BoxWidget,
    Column,
    Condition,
    Dimension,
    HeatmapWidget,
    HistogramWidget,
    LineWidget,
    MapWidget,
    Measure,
    MetricWidget,
    PieWidget,
    ScatterWidget,
    Sort,
    TableWidget,
    TextWidget,
    Widget,
    WidgetType,
    sentence,
)
from ..offline import titles
from ..offline.charting import NOWHERE
from ..offline.ground import FEW_GROUPS, FEW_PARTS, MANY_CATEGORIES, Ground, new_identifier
from ..offline.measuring import good_direction
from ..offline.said import is_date, is_number
from .draft import Channel, DraftWidget
from .encodings import Encodings
from .keeping import kept, like_present
from .parts import Part, Setting
from .texts import known_numbers
from .wheres import conditions

MOST_SHOWN = 1_000
TABLE_ROWS = 10


@dataclass(frozen=True)
class Making:
    """One widget in the making."""

    draft: DraftWidget
    ground: Ground
    encodings: Encodings
    part: Part

    def limit(self, groups: Dimension | None, usual: int) -> int | None:
        """What the draft says; else, of groups without an order, as many as can be read."""
        if self.draft.limit is not None or groups is None:
            return self.draft.limit
        column = self.ground.column(groups.column)
        ordered = groups.time_unit or groups.bins or is_date(column) or column.role in ("time", "ordered")
        return None if ordered or column.distinct <= usual else usual

    def sort(self, x: Dimension | None) -> Sort:
        column = self.ground.column(x.column) if x else None
        along = (
            x is not None
            and column is not None
            and bool(x.time_unit or x.bins or is_date(column) or column.role in ("time", "ordered"))
        )
        by = self.draft.sort_by or ("x" if along else "y")
        return Sort(by=by, order=self.draft.order or ("ascending" if by == "x" else "descending"))

    def scale(self, channel: Channel) -> str:
        draft = self.encodings.draft(channel)
        return (draft.scale if draft else None) or "linear"


def widget(draft: DraftWidget, setting: Setting, part: Part) -> Widget | None:
    """The widget of a draft. None: it cannot be made; the part says why."""
    old = setting.present_widgets.get(draft.id or "")
    if old is not None and setting.present is not None and like_present(draft, old, setting.present):
        return old
    known = setting.known | known_numbers(_given(draft))
    if draft.limit is not None and not 1 <= draft.limit <= MOST_SHOWN:
        part.inner("limit").wrong(f"{draft.limit} is out of range; a limit is 1 to {MOST_SHOWN:,}, or null.")
        return None
    fields = _texts(draft, part, known)
    if draft.type == "text":
        return _text(draft, fields, setting, part, known)
    frame = setting.frame(draft.frame, part.inner("frame"))
    if frame is None:
        return None
    ground = setting.ground(frame.name)
    making = Making(draft, ground, Encodings(draft.encodings, ground, part, known), part)
    where = conditions(draft.where, frame, part)
    channels, needed = CHANNELS[draft.type]
    if not making.encodings.allowed(f"a {draft.type}", channels, needed) or where is None:
        return None
    before = part.findings.broken
    content = _CONTENT[draft.type](making)
    if part.findings.broken > before:
        return None
    fields |= {"frame": frame.name, "where": where, **content}
    fields["title"] = fields["title"] or _title(ground, draft.type, content)
    fields["subtitle"] = fields["subtitle"] or _subtitle(ground, content, where)
    made = _made(draft.type, fields, setting, draft, part)
    return kept(made, old, draft, setting.present) if made and old and setting.present else made


def _given(draft: DraftWidget) -> list[str]:
    """Numbers that a widget shows by its own form: "top 10", "since 2015"."""
    bins = (encoding.bins for encoding in draft.encodings)
    return [str(number) for number in (draft.limit, *bins) if number is not None] + [
        value for condition in draft.where for value in condition.values
    ]


def _texts(draft: DraftWidget, part: Part, known: frozenset[str]) -> dict[str, Any]:
    told = {name: part.inner(name).text(getattr(draft, name), known) for name in ("title", "subtitle", "why")}
    return {"title": told["title"], "subtitle": told["subtitle"], "why": told["why"] or "", "position": NOWHERE}


def _text(
    draft: DraftWidget, fields: dict[str, Any], setting: Setting, part: Part, known: frozenset[str]
) -> Widget | None:
    text = part.inner("text").text(draft.text, known)
    if text is None:
        if not draft.text:
            part.inner("text").wrong("a text widget needs a text.")
        return None
    return _made("text", fields | {"title": fields["title"] or "Note", "text": text}, setting, draft, part)


def _made(kind: WidgetType, fields: dict[str, Any], setting: Setting, draft: DraftWidget, part: Part) -> Widget | None:
    name = draft.id if draft.id in setting.present_widgets and draft.id not in setting.taken else None
    if name is None:
        name = new_identifier(setting.names, *_words(fields, kind))
    setting.taken.add(name)
    try:
        return CLASSES[kind](id=name, **fields)  # type: ignore[no-any-return]
    except ValidationError as error:
        part.wrong(sentence(error).removeprefix("plan: "))
        return None


def _words(fields: dict[str, Any], kind: str) -> list[str]:
    """An id is made of the title, whatever its script, so that it stays when the plan is made again."""
    slug = slugify(fields["title"] or "", separator="_", max_length=48)
    return [slug] if len(slug) > 2 else [kind, slug]


def _title(ground: Ground, kind: WidgetType, content: dict[str, Any]) -> str:
    """A neutral one, where the draft has none that may be shown."""
    measure = next((content[name] for name in ("y", "color", "x") if isinstance(content.get(name), Measure)), None)
    dimension = next((content[name] for name in ("x", "y") if isinstance(content.get(name), Dimension)), None)
    if measure is not None and dimension is not None:
        return titles.grouped(ground, measure, dimension)
    if measure is not None:
        return titles.of_measure(ground, measure)[:255]
    if dimension is not None:
        return f"{kind.capitalize()} of {titles.of_dimension(ground, dimension)}"[:255]
    return kind.capitalize()


def _subtitle(ground: Ground, content: dict[str, Any], where: tuple[Condition, ...]) -> str | None:
    """What is taken of the values, by which period, of which rows: a reader must be able to tell."""
    x = content.get("x")
    told = [] if isinstance(x, Measure) else [content.get("y"), content.get("color")]
    measure = next((item for item in told if isinstance(item, Measure) and item.aggregate), None)
    per = (
        titles.unit_text(x) if isinstance(x, Dimension) and measure and measure.aggregate in ("count", "sum") else None
    )
    return titles.subtitle(ground, measure, per, where=where)


def _cartesian(making: Making) -> dict[str, Any]:
    encodings = making.encodings
    return {
        "x": encodings.dimension("x", binned=making.draft.type != "pie"),
        "y": encodings.measure("y"),
        **({"color": encodings.dimension("color")} if making.draft.type != "pie" else {}),
    }


def _line(making: Making) -> dict[str, Any]:
    content = _cartesian(making)
    y = content["y"]
    zero = y is not None and y.aggregate in ("count", "sum") and making.scale("y") == "linear"
    return content | {
        "y_scale": making.scale("y"), "zero": zero, "limit": making.limit(content["color"], FEW_PARTS),
    }  # fmt: skip


def _area(making: Making) -> dict[str, Any]:
    content = _cartesian(making)
    stack = "normalized" if making.draft.stack == "normalized" else "stacked"
    return content | {"stack": stack, "limit": making.limit(content["color"], FEW_PARTS)}


def _bar(making: Making) -> dict[str, Any]:
    content = _cartesian(making)
    y = content["y"]
    sort = making.sort(content["x"])
    adds_up = y is not None and y.aggregate in ("count", "sum")
    return content | {
        "sort": sort,
        "limit": making.limit(content["x"], MANY_CATEGORIES),
        "stack": making.draft.stack or ("stacked" if adds_up else "grouped"),
        "others": adds_up and sort.order == "descending",
    }


def _pie(making: Making) -> dict[str, Any]:
    content = _cartesian(making)
    return content | {"sort": making.sort(content["x"]), "limit": making.limit(content["x"], FEW_PARTS)}


def _scatter(making: Making) -> dict[str, Any]:
    encodings = making.encodings
    return {
        **{name: encodings.measure(name, raw=True) for name in ("x", "y", "size")},
        **{name: encodings.dimension(name) for name in ("color", "detail")},
        "x_scale": making.scale("x"),
        "y_scale": making.scale("y"),
    }


def _heatmap(making: Making) -> dict[str, Any]:
    x, y = (making.encodings.dimension(name, binned=True) for name in ("x", "y"))
    return {"x": x, "y": y, "color": making.encodings.measure("color"), "limit": making.limit(y, MANY_CATEGORIES)}


def _histogram(making: Making) -> dict[str, Any]:
    return {"x": making.encodings.dimension("x", binned=True), "color": making.encodings.dimension("color")}


def _box(making: Making) -> dict[str, Any]:
    x = making.encodings.dimension("x")
    return {"x": x, "y": making.encodings.measure("y", raw=True), "limit": making.limit(x, FEW_GROUPS)}


def _metric(making: Making) -> dict[str, Any]:
    y = making.encodings.measure("y")
    named = y is not None and y.column is not None and y.aggregate not in ("count", "distinct")
    good = good_direction(making.ground.column(str(y.column))) if y is not None and named else None
    return {"y": y, "x": making.encodings.dimension("x"), "good": good}


def _table(making: Making) -> dict[str, Any]:
    encodings = making.encodings
    show = tuple(dict.fromkeys(encodings.columns("column")))
    by, values = encodings.dimensions("group"), encodings.measures("value")
    sort_by = None
    if making.draft.sort_by == "x" and (show or by):
        sort_by = show[0] if show else by[0].column
    if making.draft.sort_by == "y" and show:
        sort_by = next((name for name in show if _is_amount(making.ground.column(name))), None)
    usual = "ascending" if making.draft.sort_by == "x" else "descending"
    return {
        "show": show, "by": by, "values": values, "sort_by": sort_by, "order": making.draft.order or usual,
        "limit": making.draft.limit or TABLE_ROWS,
    }  # fmt: skip


def _is_amount(column: Column) -> bool:
    return is_number(column) and column.role != "identifier"


def _map(making: Making) -> dict[str, Any]:
    encodings, ground = making.encodings, making.ground
    if encodings.has("longitude") or encodings.has("latitude"):
        return {
            "level": "point",
            **{name: next(iter(encodings.columns(name)), None) for name in ("longitude", "latitude", "detail")},
            **{name: encodings.measure(name, raw=True) for name in ("color", "size")},
        }
    x = encodings.dimension("x")
    level = ground.column(x.column).place if x is not None else None
    if x is not None and level not in ("country", "us_state"):
        places = [name for name, column in ground.frame.columns.items() if column.place in ("country", "us_state")]
        encodings.part.inner("encodings").wrong(
            f"'{x.column}' holds no countries or US states, so no map can be drawn of it. "
            f"Places are: {', '.join(places) or 'none'}."
        )
    return {"level": level, "x": x, "color": encodings.measure("color")}


_Content = Callable[[Making], dict[str, Any]]
_CONTENT: dict[WidgetType, _Content] = {
    "line": _line, "area": _area, "bar": _bar, "pie": _pie, "scatter": _scatter, "heatmap": _heatmap,
    "histogram": _histogram, "box": _box, "metric": _metric, "table": _table, "map": _map,
}  # fmt: skip
CLASSES: dict[WidgetType, Any] = {
    "line": LineWidget, "area": AreaWidget, "bar": BarWidget, "pie": PieWidget, "scatter": ScatterWidget,
    "heatmap": HeatmapWidget, "histogram": HistogramWidget, "box": BoxWidget, "metric": MetricWidget,
    "table": TableWidget, "map": MapWidget, "text": TextWidget,
}  # fmt: skip
CHANNELS: dict[WidgetType, tuple[tuple[Channel, ...], tuple[Channel, ...]]] = {
    "line": (("x", "y", "color"), ("x", "y")),
    "area": (("x", "y", "color"), ("x", "y")),
    "bar": (("x", "y", "color"), ("x", "y")),
    "pie": (("x", "y"), ("x", "y")),
    "scatter": (("x", "y", "size", "color", "detail"), ("x", "y")),
    "heatmap": (("x", "y", "color"), ("x", "y", "color")),
    "histogram": (("x", "color"), ("x",)),
    "box": (("x", "y"), ("y",)),
    "metric": (("y", "x"), ("y",)),
    "table": (("column", "group", "value"), ()),
    "map": (("x", "color", "size", "detail", "longitude", "latitude"), ()),
    "text": ((), ()),
}
"""Type → the channels that it may have, and those it must have."""
