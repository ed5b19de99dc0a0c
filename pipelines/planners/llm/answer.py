"""Answer: what a model sends back. Unlike our own nouns it forgives fields that nobody asked for."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from ...model import Noun
from .schema import NAMES


class Answer(Noun):
    """Its JSON Schema requires every field, yet a server that does not enforce one may leave the empty ones out."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


def _listed(value: Any) -> Any:
    return () if value is None else value


NoneIsEmpty = BeforeValidator(_listed)
"""For a list that a model may give as null."""


def one_of(names: str) -> Any:
    """A field that takes a member of this list of names."""
    return Field(json_schema_extra={NAMES: names})


ColumnName = Annotated[str, one_of("columns")]
FrameName = Annotated[str, one_of("frames")]
