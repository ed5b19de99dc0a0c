"""Wheres: the conditions of a draft, whose values are texts, as conditions on typed columns."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from ...model import Column, Condition, Operator, Scalar, sentence
from ..offline.framing import Frame
from .draft import DraftCondition
from .parts import Part, column

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def conditions(drafts: Sequence[DraftCondition], frame: Frame, part: Part) -> tuple[Condition, ...] | None:
    """None where one of them is wrong: without it the widget would show other rows than it says."""
    found = [_condition(draft, frame, part.inner(f"where[{index}]")) for index, draft in enumerate(drafts)]
    return tuple(item for item in found if item is not None) if None not in found else None


def _condition(draft: DraftCondition, frame: Frame, part: Part) -> Condition | None:
    name = column(draft.column, frame, part.inner("column"))
    if name is None:
        return None
    told, operator = list(draft.values), draft.operator
    most = {"in": None, "not in": None, "between": 2, "missing": 0, "not missing": 0}.get(operator, 1)
    if most is not None and len(told) != most:
        part.inner("values").wrong(f"'{operator}' takes {most or 'no'} value{'s' * (most != 1)}, not {len(told)}.")
        return None
    if frame.column(name).type in ("date", "datetime") and operator != "contains":
        return _dated(name, operator, told, frame.column(name), part)
    values = [value if operator == "contains" else _value(value, frame.column(name)) for value in told]
    if None in values:
        wrong = told[values.index(None)]
        part.inner("values").wrong(f"{wrong!r} is no value for '{name}', which is {frame.column(name).type}.")
        return None
    return _made(name, operator, values, part)


def _made(name: str, operator: Operator, values: Sequence[Scalar], part: Part) -> Condition | None:
    try:
        if operator in ("in", "not in", "between"):
            return Condition(column=name, operator=operator, values=tuple(values))
        return Condition(column=name, operator=operator, value=values[0] if values else None)
    except ValidationError as error:
        part.wrong(sentence(error).removeprefix("plan: "))
        return None


def _value(text: str, kind: Column) -> Scalar:
    """None where the text cannot be a value of the column."""
    match kind.type:
        case "boolean":
            return _WORDS.get(text.strip().lower())
        case "integer" | "number":
            return _number(text.strip())
        case "time":
            return text if _CLOCK.fullmatch(text) else None
    return text


def _number(text: str) -> int | float | None:
    if not re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,18})?([eE][+-]?\d{1,2})?", text, re.ASCII):
        return None
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _dated(name: str, operator: Operator, told: Sequence[str], kind: Column, part: Part) -> Condition | None:
    """ "2015" and "2015-03" mean all of the year or month."""
    spans = [_span(text.strip(), kind) for text in told]
    for text, span in zip(told, spans, strict=True):
        if span is None:
            part.inner("values").wrong(f"{text!r} is no date for '{name}': write 2015, 2015-03 or 2015-03-21.")
            return None
    ends = [span for span in spans if span is not None]
    if operator == "=" and ends[0][0] != ends[0][1]:
        return _made(name, "between", ends[0], part)
    if operator in ("!=", "in", "not in") and any(first != last for first, last in ends):
        exact = "2015-03-21" if kind.type == "date" else "2015-03-21T14:30"
        part.inner("values").wrong(f"'{operator}' takes exact times for '{name}', as {exact}; for spans use 'between'.")
        return None
    if operator == "between":
        return _made(name, operator, (ends[0][0], ends[1][1]), part)
    return _made(name, operator, [last if operator in ("<=", ">") else first for first, last in ends], part)


def _span(text: str, kind: Column) -> tuple[str, str] | None:
    """First and last moment that a text means."""
    if match := _PERIOD.fullmatch(text):
        year, month = int(match[1]), int(match[2] or 0)
        if year < 1 or month > 12 or (match[2] and month < 1):
            return None
        last = calendar.monthrange(year, month or 12)[1]
        end = f"{match[1]}-{month or 12:02}-{last:02}"
        return f"{match[1]}-{month or 1:02}-01", end if kind.type == "date" else f"{end}T23:59:59"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return None
    whole = len(text) <= 10
    told = moment.date().isoformat() if whole else moment.isoformat(timespec="seconds")
    return told, told if kind.type == "date" or not whole else f"{told}T23:59:59"
