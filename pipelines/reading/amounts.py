"""Numbers as people write them: "$1,234.50", "13%", "56.7M", "1.2 bn", "(123)", "1.234,5", "12 kg"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .naming import known_unit

_CURRENCY = (
    r"(?:US\$|AU?\$|CA?\$|NZ\$|HK\$|S\$|R\$|USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN|kr\.?|zł|Kč|[$€£¥₹₽₩₺])"
)
_MULTIPLIER = r"(?:thousands?|millions?|billions?|trillions?|mio\.?|mrd\.?|mln\.?|mn|bn|tn|[kKMmBbT])"
_SPACES = " \u00a0\u202f\u2009'’"
_NUMBER = rf"(?:\d[\d.,{_SPACES}]*\d|\d|[.,]\d+)(?:[.,](?!\d))?(?:[eE][+-]?\d{{1,3}})?"
_NOTE = r"(?:\s*(?:\*{1,3}|[†‡§]+|\[\w{1,3}\]|\([a-z]\)))?"
_AMOUNT = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+−–])?\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[-−–])?\s*(?P<number>{_NUMBER})"
    rf"\s*(?P<multiplier>{_MULTIPLIER}(?![\w/]))?"
    rf"\s*(?P<after>%|‰|{_CURRENCY}|[A-Za-z°µ%$€£][\w/°²³$€£%. ]{{0,11}})?"
    rf"(?P<minus>-)?\s*(?P<close>\))?(?P<note>{_NOTE})"
)
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DOT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+)(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+")
_COMMA = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d*)?(?:[eE][+-]?\d+)?|,\d+")
_DOT_SPACED = re.compile(rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:\.\d*)?")
_COMMA_SPACED = re.compile(rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:,\d*)?")
_PHONE = re.compile(r"\+\d[\d() -]{6,}|\(?\d{3}\)?[ -]\d{3}[ -]\d{4}|\d{3}-\d{2}-\d{4}")
_LEADING_ZERO = re.compile(r"0\d+")
_NEGATIVE = rf"^\s*\(?\s*[-−–]|^\s*\(.*\)|^\s*{_CURRENCY}\s*[-−–]|\d\s*-$"
_FACTORS = (
    ("k|thousands?", 1e3),
    ("m|mn|mio|mln|millions?", 1e6),
    ("b|bn|mrd|billions?", 1e9),
    ("t|tn|trillions?", 1e12),
)
_CURRENCIES = {"$": "US$", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_MOST_DIGITS = 15
"""More digits than a float keeps: such a column holds identifiers, not amounts."""


@dataclass(frozen=True)
class Amount:
    """How a column writes its numbers."""

    plain: bool
    """As programming languages write them; nothing to strip."""
    bare: bool
    """Digits, marks and a sign, nothing else."""
    integer: bool
    decimal: str
    spaced: bool
    multiplied: bool
    unit: str | None
    suffix: str
    """Regular expression of what may follow the number."""
    matched: int
    guessed_decimal: bool = False
    example: str = ""

    def parse(self, text: str) -> str:
        """SQL of the number in a text, NULL where the text is no such number."""
        if self.plain and self.integer:
            # A cast rounds "1.5" to 2 without a word.
            return f"CASE WHEN contains({text}, '.') THEN NULL ELSE try_cast({text} AS BIGINT) END"
        if self.plain:
            return f"try_cast({text} AS DOUBLE)"
        whole = f"regexp_full_match({text}, {_quoted(self._whole)})"
        number = text if self.bare else f"regexp_extract({text}, {_quoted(self._number)})"
        digits = f"try_cast({self._digits(number)} AS DOUBLE)"
        if not self.bare:
            digits += f" * (CASE WHEN regexp_matches({text}, {_quoted(_NEGATIVE)}) THEN -1 ELSE 1 END)"
        if self.multiplied:
            digits = f"round({digits} * {self._factor(text)}, 6)"
        return f"CASE WHEN {whole} THEN {digits} END"

    def check(self, value: str) -> str:
        """SQL of a parsed number, NULL where it is none that a table should hold."""
        if self.plain and self.integer:
            return value
        if self.integer:
            exact = f"abs({value}) < 9007199254740992 AND {value} = floor({value})"
            return f"CASE WHEN {exact} THEN CAST({value} AS BIGINT) END"
        return f"CASE WHEN isfinite({value}) THEN {value} END"

    def _digits(self, number: str) -> str:
        """SQL of a number without its thousands, with a point for decimals."""
        for mark in _SPACES if self.spaced else ("," if self.decimal == "." else "."):
            number = f"replace({number}, {_quoted(mark)}, '')"
        return f"replace({number}, ',', '.')" if self.decimal == "," else number

    @property
    def _number(self) -> str:
        thousands = "," if self.decimal == "." else r"\."
        if self.spaced:
            thousands = rf"[{_SPACES}]"
        decimal = r"\." if self.decimal == "." else ","
        groups = rf"\d{{1,3}}(?:{thousands}\d{{3}})+|\d+"
        if not self.spaced and self.decimal == ".":
            groups = r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+"
        return rf"(?:(?:{groups})(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?"

    @property
    def _whole(self) -> str:
        if self.bare:
            return rf"[-+]?{self._number}"
        multiplier = rf"(?:{_MULTIPLIER})?" if self.multiplied else ""
        before = rf"\(?\s*[-+−–]?\s*{_CURRENCY}?\s*[-−–]?\s*"
        return rf"{before}{self._number}\s*{multiplier}\s*(?:{self.suffix})?-?\s*\)?{_NOTE}\s*"

    def _factor(self, text: str) -> str:
        patterns = ((rf"(?i)\d[.,]?\s*(?:{words})\.?(?:[^a-z]|$)", factor) for words, factor in _FACTORS)
        cases = " ".join(
            f"WHEN regexp_matches({text}, {_quoted(pattern)}) THEN {factor!r}" for pattern, factor in patterns
        )
        return f"(CASE {cases} ELSE 1 END)"


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"


def recognize(values: Sequence[str], *, decimal_comma: bool | None) -> Amount | None:
    """How these values write numbers, or None when fewer than half are numbers. Missing values are left out before."""
    if not values:
        return None
    plain = [value for value in values if _PLAIN.fullmatch(value)]
    if any(_LEADING_ZERO.fullmatch(value) for value in plain) or _too_long(plain):
        return None
    ambiguous_plain = decimal_comma is True and all(
        re.fullmatch(r"[+-]?\d{1,3}\.\d{3}|[+-]?\d{1,3}", value) for value in plain
    )
    if len(plain) == len(values) and not ambiguous_plain:
        whole = all(re.fullmatch(r"[+-]?\d+", value) for value in plain)
        return Amount(True, True, whole, ".", False, False, None, "", len(plain), example=plain[0])
    if sum(1 for value in values if _PHONE.fullmatch(value)) > 0.1 * len(values):
        return None
    found = [match for value in values if (match := _AMOUNT.fullmatch(value)) and _balanced(match)]
    if 2 * len(found) < len(values):
        return None
    return _describe(found, len(plain), decimal_comma)


def _too_long(plain: Sequence[str]) -> bool:
    return any(len(value.lstrip("+-").split(".")[0]) > _MOST_DIGITS and "e" not in value.lower() for value in plain)


def _balanced(match: re.Match[str]) -> bool:
    return bool(match["open"]) == bool(match["close"])


def _describe(found: Sequence[re.Match[str]], plain: int, decimal_comma: bool | None) -> Amount | None:
    numbers = [match["number"] for match in found]
    if any(_LEADING_ZERO.fullmatch(number) for number in numbers):
        return None
    style = _style(numbers, decimal_comma)
    if style is None:
        return None
    decimal, spaced, matching, guessed = style
    units, multiplied = _suffixes(found)
    if units is None:
        return None
    suffix = "|".join(re.escape(unit).replace("'", "''") for unit in sorted(units, key=len, reverse=True)) or _CURRENCY
    matched = sum(1 for match, good in zip(found, matching, strict=True) if good)
    untouched = plain == len(found) == matched and decimal == "." and not multiplied and not units
    fraction = any(decimal in number or "e" in number.lower() for number in numbers)
    unit = _unit(found, units)
    return Amount(
        plain=untouched,
        bare=all(re.fullmatch(r"[-+]?" + re.escape(match["number"]), match.group().strip()) for match in found),
        integer=not fraction
        and not multiplied
        and unit not in ("%", "‰")
        and not _too_long([re.sub(r"\D", "", n) for n in numbers]),
        decimal=decimal,
        spaced=spaced,
        multiplied=multiplied,
        unit=unit,
        suffix=suffix,
        matched=matched,
        guessed_decimal=guessed,
        example=next((match.group() for match in found if not _PLAIN.fullmatch(match.group())), found[0].group()),
    )


def _style(numbers: Sequence[str], decimal_comma: bool | None) -> tuple[str, bool, list[bool], bool] | None:
    """Decimal mark, whether spaces part thousands, which numbers fit, whether it was a guess."""
    dot = [bool(_DOT.fullmatch(number) or _DOT_SPACED.fullmatch(number)) for number in numbers]
    comma = [bool(_COMMA.fullmatch(number) or _COMMA_SPACED.fullmatch(number)) for number in numbers]
    spaced = any(any(space in number for space in _SPACES) for number in numbers)
    if not any(dot) and not any(comma):
        return None
    marked = [number for number in numbers if "." in number or "," in number]
    if sum(comma) == sum(dot) and marked:
        # Five numbers with three digits after every mark are no accident; with two or three of them it might be one.
        guessed = decimal_comma is None and len(set(marked)) < 5 and not any(number.count(",") > 1 for number in marked)
        if decimal_comma is True:
            return ",", spaced, comma, True
        return ".", spaced, dot, guessed and any("," in number for number in marked)
    return (",", spaced, comma, False) if sum(comma) > sum(dot) else (".", spaced, dot, False)


def _suffixes(found: Sequence[re.Match[str]]) -> tuple[set[str] | None, bool]:
    """The units that follow, None when they are words of another kind; and whether multipliers are among them."""
    after = Counter(match["after"].strip() for match in found if match["after"])
    multipliers = Counter(match["multiplier"] for match in found if match["multiplier"])
    money = any(match["before"] for match in found)
    lengths = {"m", "t", "T", "b", "B", "k", "K"}
    if multipliers and not money and len(multipliers) == 1 and (only := next(iter(multipliers))) in lengths:
        if only == "m" and 10 * multipliers[only] >= 9 * len(found):
            return {only}, False
        if only in ("t", "b", "T", "B", "m"):
            return None, False
    if any(not known_unit(unit) and not re.fullmatch(_CURRENCY, unit) for unit in after):
        return None, False
    if len(after) > 2:
        return None, False
    return set(after), bool(multipliers)


def _unit(found: Sequence[re.Match[str]], units: set[str]) -> str | None:
    before = Counter(match["before"] for match in found if match["before"])
    if len(before) == 1 and 2 * sum(before.values()) >= len(found):
        sign = next(iter(before))
        return _CURRENCIES.get(sign, sign)
    if len(units) == 1:
        sign = next(iter(units))
        return _CURRENCIES.get(sign) or known_unit(sign)
    return None
