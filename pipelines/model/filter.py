"""Filter: a control of the page. It acts on every frame named in `frames`, and so on all their widgets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .encoding import ParameterValue
from .noun import Identifier, Noun
from .profile import Scalar


class _Filter(Noun):
    id: Identifier
    column: str
    frames: tuple[Identifier, ...] = Field(min_length=1)
    label: str = Field(min_length=1, max_length=120)
    why: str = Field("", max_length=500)


class ChoiceFilter(_Filter):
    """One value or all."""

    type: Literal["choice"] = "choice"
    start: Scalar | ParameterValue = None
    """Chosen at first. None: all."""
    limit: int = Field(200, ge=2, le=2000)
    """At most this many choices, the most frequent ones."""


class ChoicesFilter(_Filter):
    """Any number of values; none chosen means all."""

    type: Literal["choices"] = "choices"
    start: tuple[Scalar, ...] = ()
    limit: int = Field(200, ge=2, le=2000)


class DateRangeFilter(_Filter):
    """From one time to another, both included."""

    type: Literal["date_range"] = "date_range"
    start: tuple[str, str] | None = None


class NumberRangeFilter(_Filter):
    """From one number to another, both included. At full range rows with a missing value stay."""

    type: Literal["number_range"] = "number_range"
    start: tuple[float, float] | None = None


Filter = Annotated[ChoiceFilter | ChoicesFilter | DateRangeFilter | NumberRangeFilter, Field(discriminator="type")]
