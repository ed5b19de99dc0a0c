"""What a column of text holds, judged by its values, and the SQL that reads it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..engine import literal, name
from ..model import ColumnType
from . import amounts, marks, moments
from .naming import label_and_unit
from .raw import RawColumn

_PAIRS = (
    ("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("ja", "nein"), ("oui", "non"), ("sí", "no"), ("si",
    "no"), ("sim", "não"),
    ("ja", "nej"), ("ja", "nee"), ("tak", "nie"), ("vrai", "faux"), ("wahr", "falsch"), ("verdadero", "falso"), ("on",
    "off"), ("是", "否"), ("да", "нет"),
)  # fmt: skip
_MOST_JUDGED = 2_000
_LEAST_SHARE = 0.9
"""Of the sample's distinct values that must be of a kind; how many rows may not is decided on the whole column."""
_DATE_PARTS = re.compile(r"month|day|hour|minute|second|week|quarter|year|monat|tag|mes|mois", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """How to read one column."""

    type: ColumnType
    parse: Callable[[str], str]
    """SQL of a trimmed text → SQL of what is in it."""
    missing: frozenset[str]
    """Marks for missing, in lower case."""
    check: Callable[[str], str] = lambda value: value
    """SQL of what was parsed → SQL of the value, NULL where it is out of bounds.

    Apart from `parse`, because it mentions its argument more than once.
    """
    strict: Callable[[str], str] | None = None
    """SQL of a text → SQL of its value, raising where it is not of this kind: a cast, much faster than looking closely.
    None: there is no such cast."""
    unit: str | None = None
    sentence: str = ""
    """What is changed in reading, without the column's name; empty when nothing worth telling."""
    warning: str = ""

    def value(self, text: str, parsed: str) -> str:
        """SQL of the typed value of a trimmed and parsed column, NULL where it is missing or cannot be read."""
        if self.type != "text":
            return self.check(parsed)
        listed = ", ".join(literal(mark) for mark in sorted(self.missing))
        return f"CASE WHEN lower({text}) IN ({listed}) THEN NULL ELSE {text} END"


def trimmed(key: str) -> str:
    """SQL of a raw column without white space around it."""
    return f"trim({name(key)})"


def words(column: RawColumn) -> Kind:
    """The kind every column can be."""
    return Kind("text", lambda text: text, marks.of_words(list(column.sample)), strict=lambda text: text)


def judge(column: RawColumn, *, decimal_comma: bool | None, day_first: bool | None) -> Kind:
    """The kind that fits the column's sample best."""
    said = [value for value in _tidy(column.sample) if value.lower() not in marks.CERTAIN]
    values = [value for value in said if value.lower() not in marks.AMONG_NUMBERS]
    return (
        _truth(said)
        or _moment(column.header, values, day_first)
        or _amount(column.header, values, decimal_comma)
        or words(column)
    )


def _tidy(sample: Sequence[str]) -> list[str]:
    stripped = dict.fromkeys(value.strip(" \t\r\n\u00a0\u200b\ufeff") for value in sample)
    step = max(1, len(stripped) // _MOST_JUDGED)
    return list(stripped)[::step]


def _truth(values: list[str]) -> Kind | None:
    found = {value.lower() for value in values}
    for true, false in _PAIRS:
        if found <= {true, false} and (len(found) == 2 or found & {"true", "false"}):
            return _truth_in(true, false)
    return None


def _truth_in(true: str, false: str) -> Kind:
    listed = f"WHEN {literal(true)} THEN true WHEN {literal(false)} THEN false"
    return Kind(
        "boolean",
        lambda text: f"CASE lower({text}) {listed} END",
        marks.AMONG_NUMBERS - {true, false},
        strict=lambda text: f"CASE lower({text}) {listed} ELSE CAST({failing(text)} AS BOOLEAN) END",
        sentence="" if true == "true" else f'Read "{true}" and "{false}" as true and false',
    )


def _moment(header: str, values: list[str], day_first: bool | None) -> Kind | None:
    moment = moments.recognize(values, header=header, day_first=day_first)
    if moment is None or moment.matched < _LEAST_SHARE * len(values):
        return None
    return Kind(
        moment.type,
        moment.parse,
        marks.AMONG_NUMBERS,
        moment.check,
        strict=_strict_moment(moment),
        sentence=moment.sentence,
        warning=moment.warning,
    )


def _strict_moment(moment: moments.Moment) -> Callable[[str], str] | None:
    if not moment.iso:
        return None
    # A cast to a timestamp takes other spellings, too; the column's type would not tell that a time was there.
    return lambda text: f"CASE WHEN length({text}) = 10 THEN CAST({text} AS TIMESTAMP) ELSE {failing(text)} END"


def failing(text: str) -> str:
    """SQL that raises. It mentions the column, or duckdb would compute it, and so raise, before it looks at a row."""
    return f"error(concat('not of this kind: ', {text}))"


def _amount(header: str, values: list[str], decimal_comma: bool | None) -> Kind | None:
    amount = amounts.recognize(_without_zeros(header, values), decimal_comma=decimal_comma)
    if amount is None or (amount.matched < _LEAST_SHARE * len(values) and not _few_words(values, amount.matched)):
        return None
    unit = amount.unit or label_and_unit(header)[1]
    sentence = "" if amount.plain else f'Read numbers such as "{amount.example}" as plain numbers'
    warning = ""
    if amount.guessed_decimal:
        mark = "." if amount.decimal == "," else ","
        warning = f'"{amount.example}" may use "{mark}" for thousands or for decimals; it was read as thousands'
    return Kind(
        "integer" if amount.integer else "number",
        amount.parse,
        marks.AMONG_NUMBERS,
        amount.check,
        strict=_strict_number(amount),
        unit=unit,
        sentence=sentence,
        warning=warning,
    )


def _strict_number(amount: amounts.Amount) -> Callable[[str], str] | None:
    if not amount.plain:
        return None
    if amount.integer:
        # A cast rounds "1.5" to 2 without a word, and reads "1e3"; such values belong to another kind.
        return lambda text: (
            f"CASE WHEN contains({text}, '.') OR contains({text}, 'e') THEN CAST({failing(text)} AS BIGINT) "
            f"ELSE CAST({text} AS BIGINT) END"
        )
    return lambda text: f"CAST({text} AS DOUBLE)"


def _without_zeros(header: str, values: list[str]) -> list[str]:
    """Months and hours are written "01"; elsewhere a leading zero marks a code."""
    if _DATE_PARTS.search(header) and all(len(value) == 2 for value in values if value.startswith("0")):
        return [value.lstrip("0") or "0" for value in values]
    return values


def _few_words(values: list[str], matched: int) -> bool:
    """Many numbers and one or two words beside them: the words mark something missing."""
    others = Counter(value for value in values if not any(char.isdigit() for char in value))
    return matched >= 10 and len(values) - matched == len(others) <= 2
