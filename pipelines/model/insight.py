"""Insight: a fact to state. Its numbers are computed in a cell at run time; a plan never holds them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from .encoding import Condition, Dimension, Measure
from .noun import Identifier, Noun
from .wording import WORDING_LIMIT, Kind, Placeholder, pieces

InsightType = Literal["change", "trend", "extreme", "share", "outlier", "correlation"]


class _Insight(Noun):
    id: Identifier
    frame: Identifier
    where: tuple[Condition, ...] = ()
    why: str = Field("", max_length=500)
    wording: str | None = Field(None, min_length=1, max_length=WORDING_LIMIT)
    """The sentence in other words, with names in braces for all that is computed, such as {first_period} or
    {share:.0%}; no digit outside of them. None: the sentence that is made for this type."""

    computed: ClassVar[Mapping[str, Kind]] = {}
    """What the wording may name."""

    @property
    def pieces(self) -> tuple[str | Placeholder, ...]:
        """The wording as texts and placeholders; empty without one."""
        return pieces(self.wording, self.computed) if self.wording else ()

    @model_validator(mode="after")
    def _computable(self) -> Self:
        try:
            _ = self.pieces
        except ValueError as error:
            raise ValueError(f"insight '{self.id}': {error}") from None
        return self

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

    computed = MappingProxyType(
        {
            "measure": "name",
            "direction": "words",
            "change": "share",
            "difference": "value",
            "first_period": "period",
            "last_period": "period",
            "first_value": "value",
            "last_value": "value",
        }
    )
    """`direction`: "rose" or "fell"; `change` and `difference` are without a sign."""


class TrendInsight(_Grouped):
    """The direction of a fitted line, and how steady it is."""

    type: Literal["trend"] = "trend"

    computed = MappingProxyType(
        {
            "measure": "name",
            "direction": "words",
            "manner": "words",
            "slope": "value",
            "step": "words",
            "first_period": "period",
            "last_period": "period",
        }
    )
    """`direction`: "rose" or "fell"; `manner`: "steadily", "mostly" or "unsteadily"; `slope`: by how much in one
    `step`, "a year"."""


class ExtremeInsight(_Grouped):
    """The group with the highest or lowest value, against the middle of all."""

    type: Literal["extreme"] = "extreme"
    which: Literal["highest", "lowest"] = "highest"

    computed = MappingProxyType(
        {
            "measure": "name",
            "top_category": "name",
            "top_value": "value",
            "second_category": "name",
            "second_value": "value",
            "middle_value": "value",
            "groups": "count",
        }
    )
    """`top_category` is the group with the lowest value where `which` says so, and `second_category` the next one."""


class ShareInsight(_Grouped):
    """How much of the total the largest group, or the largest few, have."""

    type: Literal["share"] = "share"
    top: int = Field(1, ge=1, le=10)

    computed = MappingProxyType(
        {
            "measure": "name",
            "top_category": "name",
            "top_categories": "name",
            "share": "share",
            "top_value": "value",
            "total": "value",
            "groups": "count",
        }
    )
    """`share` and `top_value` are of all `top_categories` together; `top_category` is the largest of them."""


class OutlierInsight(_Grouped):
    """Groups far from the others (beyond three median absolute deviations), if any."""

    type: Literal["outlier"] = "outlier"

    computed = MappingProxyType(
        {
            "measure": "name",
            "outliers": "name",
            "top_category": "name",
            "top_value": "value",
            "middle_value": "value",
            "groups": "count",
        }
    )
    """`outliers`: at most three, each with its value; `top_category` is the farthest of them."""


class CorrelationInsight(_Insight):
    """How two columns go together (Spearman's rank correlation), over rows or over the groups of `detail`."""

    type: Literal["correlation"] = "correlation"
    x: Measure
    y: Measure
    detail: Dimension | None = None

    computed = MappingProxyType(
        {"x_measure": "name", "y_measure": "name", "relation": "words", "correlation": "number", "pairs": "count"}
    )
    """`relation`: "go closely together", "hardly go together", "go clearly in opposite directions"."""

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


def placeholders(kind: InsightType) -> Mapping[str, Kind]:
    """What an insight of this type computes, by the names that its wording may use."""
    return _COMPUTED[kind]


_COMPUTED: dict[InsightType, Mapping[str, Kind]] = {
    "change": ChangeInsight.computed,
    "trend": TrendInsight.computed,
    "extreme": ExtremeInsight.computed,
    "share": ShareInsight.computed,
    "outlier": OutlierInsight.computed,
    "correlation": CorrelationInsight.computed,
}
