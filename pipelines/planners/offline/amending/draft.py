"""Draft: a plan while it is amended, with the data that it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....model import (
    Column,
    Condition,
    Dimension,
    Filter,
    Insight,
    Join,
    Measure,
    MetricWidget,
    Plan,
    Profile,
    TextWidget,
    Widget,
)
from .. import linking
from ..asking import columns_said
from ..framing import Frame, frame_by, single
from ..ground import Ground
from ..links import Links
from ..said import Said
from ..words import Token, quoted, tokens


class Unfit(Exception):  # noqa: N818 - never leaves `amend`
    """A wish was understood and cannot be met; the text is the end of a sentence that says why."""


@dataclass(frozen=True)
class Done:
    """A wish met: what was changed, as a sentence, and the words of the clause that asked for something else."""

    sentence: str
    rest: str = ""


@dataclass
class Draft:
    plan: Plan
    profile: Profile
    title: str
    widgets: list[Widget]
    filters: list[Filter]
    insights: list[Insight]
    suggestions: list[Widget]
    parameters: dict[str, Any]
    joins: list[Join]
    tables: list[str]
    is_moved: bool = False
    """Whether the order of widgets was asked for."""
    _frames: dict[str, Frame] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, profile: Profile) -> Draft:
        return cls(
            plan=plan,
            profile=profile,
            title=plan.title,
            widgets=list(plan.widgets),
            filters=list(plan.filters),
            insights=list(plan.insights),
            suggestions=list(plan.suggestions),
            parameters={item.name: item for item in plan.parameters},
            joins=list(plan.joins),
            tables=list(plan.tables),
        )

    @property
    def data(self) -> Profile:
        """What is known of the tables of the plan."""
        made = tuple(table for table in self.profile.rollups if table.name in self.tables)
        origins = {table.rollup.of for table in made if table.rollup}
        kept = tuple(table for table in self.profile.tables if table.name in {*self.tables, *origins})
        return self.profile.model_copy(update={"tables": kept, "rollups": made})

    @property
    def charts(self) -> list[Widget]:
        """Widgets that show data, in reading order; headline numbers last."""
        shown = [widget for widget in self.widgets if not isinstance(widget, TextWidget)]
        placed = sorted(shown, key=lambda widget: (widget.position.y, widget.position.x))
        return sorted(placed, key=lambda widget: isinstance(widget, MetricWidget))

    def frame(self, name: str) -> Frame:
        if name not in self._frames:
            table = self.profile.table(name)
            self._frames[name] = single(table) if table else frame_by(name, self.joins, self.profile)
        return self._frames[name]

    def ground(self, frame: str, where: Sequence[Condition] = ()) -> Ground:
        taken = {item.id for item in (*self.widgets, *self.filters, *self.insights)}
        taken |= {*self.tables, *(join.name for join in self.joins), *self.parameters}
        return Ground(self.frame(frame), tuple(where), names=taken)

    def column(self, widget: Widget, name: str) -> Column:
        return self.frame(str(widget.frame)).columns[name]

    def nouns(self, widget: Widget) -> tuple[str, ...]:
        """What the rows of a widget are called."""
        table = self.frame(str(widget.frame)).main
        return (table.row_noun.casefold(), table.row_noun_plural.casefold())

    def put(self, widget: Widget) -> None:
        """In the place of the widget of the same id."""
        self.widgets = [widget if old.id == widget.id else old for old in self.widgets]

    def each(self, widgets: Iterable[Widget], change: Callable[[Widget], Widget | None]) -> list[Widget]:
        """Those of the widgets that a change applies to, changed; also those that are so already."""
        changed = []
        for widget in widgets:
            new = change(widget)
            if new is not None:
                self.put(new)
                changed.append(new)
        return changed


@dataclass(frozen=True)
class Words:
    """A text and what of the data it speaks of."""

    text: str
    tokens: tuple[Token, ...]
    links: Links

    def columns(self, frame: Frame) -> list[Said]:
        """Columns of a frame that are named, in the order of the text."""
        return sorted(columns_said(self.links, frame), key=lambda item: item.start)

    def spans(self, items: Iterable[Said]) -> list[tuple[int, int]]:
        return [(self.tokens[item.start].start, self.tokens[item.end - 1].end) for item in items]


def read(text: str, profile: Profile) -> Words:
    words = tokens(text)
    return Words(text, words, linking.link(profile, words, frozenset(), quoted(text)))


def dimension_of(ground: Ground, name: str) -> Dimension:
    """A column as a group: dates by the unit that gives a readable number of periods."""
    return ground.time_dimension(name) if ground.column(name).type in ("date", "datetime") else Dimension(column=name)


def is_same(left: Dimension | Measure | None, right: Dimension | Measure | None) -> bool:
    """Whether two parts show the same, whatever they are called."""
    plain = {"title": None, "unit": None, "format": "auto"}
    one, other = (item.model_copy(update=plain) if item is not None else None for item in (left, right))
    return one == other
