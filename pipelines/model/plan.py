"""Plan: a whole dashboard as pure data. What validates can be composed and drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from .encoding import ParameterValue
from .filter import Filter
from .insight import Insight
from .noun import Identifier, Noun
from .widget import Widget


class Join(Noun):
    """A frame made of two others, row by row where the `on` columns meet.

    A column of `right` that `left` has too gets the suffix " (<right>)", and is named so in the rest of the plan.
    """

    name: Identifier
    left: Identifier
    right: Identifier
    on: tuple[tuple[str, str], ...] = Field(min_length=1, max_length=6)
    """Pairs of (left column, right column); the right one is dropped when it has another name. Columns of countries,
    and those of states, meet by what they name, however each side spells it."""
    how: Literal["inner", "left"] = "inner"
    why: str = Field("", max_length=500)


class Parameter(Noun):
    """A value of the parameters cell, changed by papermill for another run. Used through `ParameterValue`."""

    name: Identifier
    value: bool | int | float | date | str
    description: str = Field("", max_length=255)


class Expectation(Noun):
    """What must hold for a refreshed dataset before its page replaces the old one."""

    frame: Identifier
    columns: tuple[str, ...] = ()
    """Columns that must be there."""
    rows_at_least: int = Field(1, ge=0)


class Plan(Noun):
    """Tables and columns are those of the profile, by name; `problems` in `pipelines.checking` compares the two."""

    schema_version: Literal[1] = 1
    title: str = Field(min_length=1, max_length=255)
    description: str = Field("", max_length=2000)
    question: str
    notes: tuple[str, ...] = Field((), max_length=12)
    """What a reader must know: parts of the question that the data cannot answer, gaps, estimates."""
    tables: tuple[Identifier, ...] = Field(min_length=1, max_length=20)
    joins: tuple[Join, ...] = Field((), max_length=10)
    parameters: tuple[Parameter, ...] = Field((), max_length=40)
    filters: tuple[Filter, ...] = Field((), max_length=12)
    widgets: tuple[Widget, ...] = Field(min_length=1, max_length=40)
    insights: tuple[Insight, ...] = Field((), max_length=12)
    expectations: tuple[Expectation, ...] = ()
    suggestions: tuple[Widget, ...] = Field((), max_length=40)
    """Further widgets, best first, that a person may add. Their positions mean nothing yet."""
    planner: str = "offline"

    @property
    def frames(self) -> tuple[str, ...]:
        return (*self.tables, *(join.name for join in self.joins))

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [*self.frames, *(parameter.name for parameter in self.parameters)]
        names += [item.id for item in (*self.filters, *self.widgets, *self.insights)]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ValueError(
                f"tables, joins, parameters, filters, widgets and insights may not share a name: '{twice[0]}'"
            )
        return self

    @model_validator(mode="after")
    def _frames_exist(self) -> Self:
        known = list(self.tables)
        for join in self.joins:
            for side in (join.left, join.right):
                _require(side, known, f"join '{join.name}'", "frame")
            known.append(join.name)
        for widget in (*self.widgets, *self.suggestions):
            if widget.frame is not None:
                _require(widget.frame, known, f"widget '{widget.id}'", "frame")
        for filter_ in self.filters:
            for frame in filter_.frames:
                _require(frame, known, f"filter '{filter_.id}'", "frame")
        for insight in self.insights:
            _require(insight.frame, known, f"insight '{insight.id}'", "frame")
        for expectation in self.expectations:
            _require(expectation.frame, known, "an expectation", "frame")
        return self

    @model_validator(mode="after")
    def _parameters_exist(self) -> Self:
        known = [parameter.name for parameter in self.parameters]
        for item in (*self.widgets, *self.filters, *self.insights):
            for value in _parameter_values(item):
                _require(value.parameter, known, f"'{item.id}'", "parameter")
        return self

    @model_validator(mode="after")
    def _nothing_overlaps(self) -> Self:
        placed = [(widget.id, widget.position) for widget in self.widgets]
        for index, (name, position) in enumerate(placed):
            for other, elsewhere in placed[:index]:
                if position.overlaps(elsewhere):
                    raise ValueError(f"widgets '{other}' and '{name}' overlap on the grid")
        return self


def _require(name: str, known: Iterable[str], owner: str, noun: str) -> None:
    known = list(known)
    if name not in known:
        raise ValueError(
            f"{owner} names the {noun} '{name}', which does not exist; there is: {', '.join(known) or 'none'}"
        )


def _parameter_values(value: Any) -> Iterator[ParameterValue]:
    if isinstance(value, ParameterValue):
        yield value
    elif isinstance(value, Noun):
        for name in type(value).model_fields:
            yield from _parameter_values(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _parameter_values(item)
