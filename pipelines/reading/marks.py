"""Marks that stand for a missing value."""

from __future__ import annotations

CERTAIN = frozenset(
    {
        "", "na", "n/a", "n.a.", "n. a.", "#n/a", "#na", "<na>", "n.d.", "n/d", "null", "(null)", "\\n", "nan",
        "-nan", "#null!",
        "#div/0!", "#value!", "#ref!", "#name?", "#num!", "not available", "not applicable", "no data", "missing data",
        "-", "--", "---", "–", "—", "−", ".", "..", "...", "…", "*", "**", "***", "?", "??", "(na)", "(n/a)", "[na]",
        "k.a.",
        "k. a.", "s.o.",
    }
)  # fmt: skip
"""Missing in every column: nobody uses these as a category."""

AMONG_NUMBERS = CERTAIN | frozenset(
    {
        "none", "nil", "unknown", "missing", "undefined", "x", "xx", ":", "/", "•", "(x)", "(d)", "(s)", "suppressed",
        "unavailable",
        "not reported", "not known", "tbd", "tba", "n", "nd", "np", "c", "z", "#", "##", "m", "null value", "blank",
        "empty",
        "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", "∞", "-∞",
    }
)  # fmt: skip
"""Missing in a column of numbers, dates or truth values. In a column of words "None" may be a category."""

_CODE_LIKE = frozenset({"na", "n", "c", "z", "m", "x", "nan"})
"""Marks that are also codes: "NA" is Namibia among two-letter codes."""


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value, in any column."""
    return text.strip().lower() in CERTAIN


def of_words(values: list[str]) -> frozenset[str]:
    """The marks that mean missing in a column of these words."""
    codes = sum(1 for value in values if len(value) == 2 and value.isalpha() and value.isupper())
    if codes and codes >= 0.8 * len([value for value in values if value.lower() not in CERTAIN - _CODE_LIKE]):
        return CERTAIN - _CODE_LIKE
    return CERTAIN
