"""Asked: a question understood, in columns of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...model import Aggregate, Condition, TimeUnit
from .framing import Frame
from .phrases import Order
from .subjects import Subject


@dataclass(frozen=True)
class AskedMeasure:
    """A number that was asked for. `column` None: the count of rows. `aggregate` None: none was said."""

    column: str | None
    aggregate: Aggregate | None = None


@dataclass(frozen=True)
class AskedDimension:
    column: str
    time_unit: TimeUnit | None = None


@dataclass(frozen=True)
class Asked:
    """A question understood, as far as it goes. Everything may be missing."""

    frame: Frame
    chart: str | None = None
    x: AskedDimension | None = None
    y: AskedMeasure | None = None
    other: AskedMeasure | None = None
    """The second measure of a relationship; then `y` is the first one, and `x` what one dot is."""
    color: AskedDimension | None = None
    order: Order | None = None
    order_by: Literal["x", "y"] | None = None
    ranked: bool = False
    """Asked for by a superlative: "which has the highest"."""
    limit: int | None = None
    subject: Subject | None = None
    """What is counted where no measure was named."""
    where: tuple[Condition, ...] = ()
    trend: bool = False
    relation: bool = False
    cause: bool = False
    """Whether one thing goes with another, said in so many words."""
    distribution: bool = False
    share: bool = False
    place: bool = False
    focus: tuple[str, ...] = ()
    """Every column that was named, in the order of the question."""
    unknown: tuple[str, ...] = ()
    """Words that mean nothing in the data."""
    notes: tuple[str, ...] = ()

    @property
    def specific(self) -> bool:
        """Whether one certain chart was asked for, not a subject."""
        if self.chart is not None and (self.x or self.y):
            return True
        return self.y is not None and (self.x is not None or self.other is not None or self.distribution)
