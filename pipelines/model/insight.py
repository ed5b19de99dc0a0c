"""Insight: a fact to state. Its numbers are computed in a cell at run time; a plan never holds them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .encoding import Condition, Dimension, Measure
from .noun import Identifier, Noun


class _Insight(Noun):
    id: Identifier
    frame: Identifier
    where: tuple[Condition, ...] = ()
    why: str = Field("", max_length=500)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column used, each once."""
        fields = (getattr(self, name) for name in type(self).model_fields)
        used = [item.column for item in fields if isinstance(item, Dimension | Measure) and item.column is not None]
        return tuple(dict.fromkeys([*used, *(condition.column for condition in self.where)]))


class _Grouped(_Insight):
    x: Dimension
    y: Measure

    @model_validator(mode="after")
    def _aggregated(self) -> Self:
        if self.y.aggregate is None:
            raise ValueError(f"insight '{self.id}' compares groups: give y an aggregate")
        return self


class ChangeInsight(_Grouped):
    """From the first to the last full period: *Life expectancy rose by 27% from 1955 to 2005, from 53 to 68 years.*"""

    type: Literal["change"] = "change"


class TrendInsight(_Grouped):
    """The direction of a fitted line, and how steady it is."""

    type: Literal["trend"] = "trend"


class ExtremeInsight(_Grouped):
    """The group with the highest or lowest value, against the middle of all."""

    type: Literal["extreme"] = "extreme"
    which: Literal["highest", "lowest"] = "highest"


class ShareInsight(_Grouped):
    """How much of the total the largest group, or the largest few, have."""

    type: Literal["share"] = "share"
    top: int = Field(1, ge=1, le=10)


class OutlierInsight(_Grouped):
    """Groups far from the others (beyond three median absolute deviations), if any."""

    type: Literal["outlier"] = "outlier"


class CorrelationInsight(_Insight):
    """How two columns go together (Spearman's rank correlation), over rows or over the groups of `detail`."""

    type: Literal["correlation"] = "correlation"
    x: Measure
    y: Measure
    detail: Dimension | None = None

    @model_validator(mode="after")
    def _same_rows(self) -> Self:
        if (self.x.aggregate is None) != (self.y.aggregate is None):
            raise ValueError(f"insight '{self.id}' compares values as they are or aggregates, not one with the other")
        if self.x.aggregate is not None and self.detail is None:
            raise ValueError(f"insight '{self.id}' aggregates, so it needs detail: what is compared")
        return self


Insight = Annotated[
    ChangeInsight | TrendInsight | ExtremeInsight | ShareInsight | OutlierInsight | CorrelationInsight,
    Field(discriminator="type"),
]
