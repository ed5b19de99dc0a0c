"""Encodings: the channels of a draft as dimensions and measures, with what it leaves to us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from ...model import Aggregate, Dimension, Measure, TimeUnit, sentence
from ..offline import measuring
from ..offline.charting import BINS
from ..offline.ground import Ground, capital
from ..offline.said import is_date, is_number, is_year
from .draft import Channel, DraftEncoding
from .parts import Part, column

N = TypeVar("N")
REPEATED: tuple[Channel, ...] = ("column", "group", "value")


@dataclass(frozen=True)
class Encodings:
    """The encodings of one widget or insight, by channel."""

    drafts: tuple[DraftEncoding, ...]
    ground: Ground
    part: Part
    known: frozenset[str]

    def allowed(self, owner: str, channels: Sequence[Channel], needed: Sequence[Channel] = ()) -> bool:
        """Whether there are only channels that the owner has, each once, and all that it needs."""
        told = [draft.channel for draft in self.drafts]
        sound = True
        for index, channel in enumerate(told):
            if channel not in channels:
                self._at(index).wrong(f"{owner} has no channel '{channel}'. It has: {', '.join(channels)}.")
                sound = False
            elif channel not in REPEATED and channel in told[:index]:
                self._at(index).wrong(f"the channel '{channel}' is there twice.")
                sound = False
        for channel in needed:
            if channel not in told:
                self.part.inner("encodings").wrong(f"{owner} needs the channel '{channel}'.")
                sound = False
        return sound

    def has(self, channel: Channel) -> bool:
        return any(draft.channel == channel for draft in self.drafts)

    def draft(self, channel: Channel) -> DraftEncoding | None:
        return next((draft for draft in self.drafts if draft.channel == channel), None)

    def dimension(self, channel: Channel, *, binned: bool = False) -> Dimension | None:
        return next(iter(self.dimensions(channel, binned=binned)), None)

    def dimensions(self, channel: Channel, *, binned: bool = False) -> tuple[Dimension, ...]:
        return self._each(channel, lambda draft, part: self._dimension(draft, part, binned))

    def measure(self, channel: Channel, *, raw: bool = False) -> Measure | None:
        return next(iter(self.measures(channel, raw=raw)), None)

    def measures(self, channel: Channel, *, raw: bool = False) -> tuple[Measure, ...]:
        """`raw`: a missing aggregate means the values as they are, not the usual aggregate."""
        return self._each(channel, lambda draft, part: self._measure(draft, part, raw))

    def columns(self, channel: Channel) -> tuple[str, ...]:
        return self._each(channel, lambda draft, part: column(draft.column, self.ground.frame, part.inner("column")))

    def _at(self, index: int) -> Part:
        return self.part.inner(f"encodings[{index}]")

    def _each(self, channel: Channel, make: Callable[[DraftEncoding, Part], N | None]) -> tuple[N, ...]:
        found = (make(draft, self._at(i)) for i, draft in enumerate(self.drafts) if draft.channel == channel)
        return tuple(item for item in found if item is not None)

    def _dimension(self, draft: DraftEncoding, part: Part, binned: bool) -> Dimension | None:
        name = column(draft.column, self.ground.frame, part.inner("column"))
        if name is None:
            return None
        if draft.aggregate is not None:
            part.inner("aggregate").wrong(f"'{draft.channel}' groups rows, so it takes no aggregate.")
            return None
        unit, bins = self._grouping(draft, name, binned)
        title = part.inner("title").text(draft.title, self.known)
        return _made(lambda: Dimension(column=name, time_unit=unit, bins=bins, title=title), part)

    def _grouping(self, draft: DraftEncoding, name: str, binned: bool) -> tuple[TimeUnit | None, int | None]:
        """What the draft says, else periods for dates and bins where they are needed."""
        kind = self.ground.column(name)
        if draft.time_unit is not None or draft.bins is not None:
            return draft.time_unit, draft.bins
        if is_date(kind):
            return self.ground.time_unit(name) or "year", None
        if binned and is_number(kind):
            return ("year", None) if is_year(kind) else (None, BINS)
        return None, None

    def _measure(self, draft: DraftEncoding, part: Part, raw: bool) -> Measure | None:
        aggregate = draft.aggregate
        if draft.column is None and aggregate in (None, "count"):
            return self._count(draft, part)
        name = column(draft.column, self.ground.frame, part.inner("column"))
        if name is None:
            return None
        frame = self.ground.frame
        kind, repeated = self.ground.column(name), frame.repeats(name) or frame.is_multiplied
        if aggregate is None and not raw:
            aggregate = measuring.default_aggregate(kind, repeated=repeated)
        if aggregate == "sum" and repeated:
            part.inner("aggregate").wrong(
                f"the sum of '{name}' would count its values several times: each stands in several rows of "
                f"'{frame.name}'. Use mean, or the table '{frame.sources[name][0]}' itself."
            )
            return None
        title = part.inner("title").text(draft.title, self.known) or self._title(name, aggregate)
        form = measuring.value_format(kind, aggregate)
        unit = None if aggregate in ("count", "distinct") or kind.type == "boolean" else kind.unit
        return _made(
            lambda: Measure(column=name, aggregate=aggregate, title=title, format=form, unit=unit and unit[:40]), part
        )

    def _count(self, draft: DraftEncoding, part: Part) -> Measure:
        title = part.inner("title").text(draft.title, self.known)
        usual = capital(f"number of {self.ground.row_nouns}")[:120]
        return Measure(aggregate="count", title=title or usual, format="integer")

    def _title(self, name: str, aggregate: Aggregate | None) -> str:
        return measuring.measure_title(self.ground, name, aggregate)


def _made(make: Callable[[], N], part: Part) -> N | None:
    try:
        return make()
    except ValidationError as error:
        part.wrong(sentence(error).removeprefix("plan: "))
        return None
