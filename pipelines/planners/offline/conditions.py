"""Conditions: what a question leaves out ("in 2015", "more than 2 bedrooms", "not in London", "between 5 and 10")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...model import Column, Condition, Operator
from . import periods
from .framing import Frame
from .implied import implied_column
from .links import ValueMention
from .said import Conditions, Said, is_date, is_number, is_year
from .values import flags, following_numbers, named_values
from .vocabulary import COMPARISONS, MEAN
from .words import MULTIPLIERS, Token, parsed_number

_NUMBER = (
    r"[$€£]?\s?(?P<{0}>\d[\d,]*(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|"
    r"hundred)(?P<{0}_scale>\s?(?:k|m|mn|bn|thousand|million|billion)\b)?"
)


_VALUE = _NUMBER.format("a")


_BETWEEN = re.compile(
    rf"\b(?:between|from|aged|ages?|in the range(?: of)?|"
    rf"ranging from)\s+(?:the )?(?:years? )?{_NUMBER.format('a')}\s*(?:and|to|until|through|till|-|"
    rf"–)\s*(?:the )?{_NUMBER.format('b')}"
)


_DASH_YEARS = re.compile(r"\b(?P<a>(?:1[5-9]|20)\d\d)\s?[-–]\s?(?P<b>(?:1[5-9]|20)\d\d)\b")


_DECADE = re.compile(r"\b(?:in|during|of)? ?the (?P<a>(?:1[5-9]|20)\d0)'?s\b")


_IN_YEAR = re.compile(
    r"\b(?:in|during|for|of|year|the year|as of)\s+(?:the )?(?:year )?(?P<a>(?:1[5-9]|20)\d\d)\b(?!-)"
)


_OR_MORE = re.compile(rf"\b{_VALUE}\s+(?:\w+ )?or (?P<way>more|higher|above|older|less|fewer|below|under|younger)\b")


_LAST_YEARS = re.compile(
    r"\b(?:last|past|recent|previous) (?P<a>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twenty|"
    r"thirty) years\b"
)


def read(
    text: str, words: Sequence[Token], said: Sequence[Said], values: Sequence[ValueMention], frame: Frame
) -> Conditions:
    """Every condition of a folded question on the columns of a frame."""
    found = Conditions()
    text = _periods(text, words, said, frame, found)
    left = _between(text, words, said, frame, found)
    left = _years(left, words, said, frame, found)
    left = _compared(left, words, said, frame, found)
    named_values(text, words, said, values, frame, found)
    flags(text, words, said, found)
    following_numbers(left, words, said, found)
    return found


def _periods(text: str, words: Sequence[Token], said: Sequence[Said], frame: Frame, found: Conditions) -> str:
    """Months, quarters, days and "last month": conditions on a date."""
    name, column = _date_column(said, frame)
    named = [item for item in said if is_date(item.column)]
    for timely in periods.conditions(text, name, column) if column is not None else ():
        place = _indexes(words, timely.start, timely.end)
        nearest = min(named, key=lambda item: abs(item.start - min(place, default=0)), default=None)
        found.where.append(timely.condition.model_copy(update={"column": nearest.name if nearest else name}))
        found.used |= place
        found.years = True
        if timely.told:
            found.notes.append(timely.told)
        text = text[: timely.start] + " " * (timely.end - timely.start) + text[timely.end :]
    month = periods.lone_month(text)
    if month is not None and column is not None and not _names_value(month, frame):
        found.notes.append(f"“{month.capitalize()}” of every year cannot be chosen alone; all months are shown.")
    return text


def _date_column(said: Sequence[Said], frame: Frame) -> tuple[str, Column | None]:
    named = [(item.name, item.column) for item in said if is_date(item.column)]
    dates = [(name, column) for name, column in frame.columns.items() if is_date(column) and column.role == "time"]
    return next(iter([*named, *sorted(dates, key=lambda pair: frame.repeats(pair[0]))]), ("", None))


def _names_value(word: str, frame: Frame) -> bool:
    """Whether a column of words has a value that begins so, as columns of months have."""
    return any(
        str(value.value).casefold().startswith(word)
        for column in frame.columns.values()
        if column.type == "text"
        for value in column.values
    )


def _blank(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]


def _indexes(words: Sequence[Token], start: int, end: int) -> set[int]:
    return {i for i, token in enumerate(words) if token.start < end and token.end > start}


def _amount(match: re.Match[str], group: str) -> float | int | None:
    number = parsed_number(match[group])
    scale = (match.groupdict().get(f"{group}_scale") or "").strip()
    if number is None or not scale:
        return number
    value = number * MULTIPLIERS[scale]
    return int(value) if float(value).is_integer() else value


def _looks_like_year(number: float | int | None) -> bool:
    return isinstance(number, int) and 1500 <= number <= 2100


def _time_column(said: Sequence[Said], frame: Frame, near: int | None = None) -> tuple[str, Column] | None:
    """The time that a year speaks of: the nearest one named, else the first one there is."""
    named = [item for item in said if is_date(item.column) or is_year(item.column)]
    if named:
        item = min(named, key=lambda item: abs(item.start - (near or 0)))
        return item.name, item.column
    return next(
        (
            (name, column)
            for name, column in frame.columns.items()
            if column.role == "time" and (is_date(column) or is_year(column))
        ),
        None,
    )


def _literal(column: Column, number: float | int, *, last: bool = False) -> str | float | int:
    """A year as the column writes it: 1990 for whole numbers, the first or last day for dates."""
    if is_date(column):
        return f"{int(number):04d}-12-31" if last else f"{int(number):04d}-01-01"
    return number


def _between(text: str, words: Sequence[Token], said: Sequence[Said], frame: Frame, found: Conditions) -> str:
    for pattern in (_BETWEEN, _DASH_YEARS, _DECADE):
        for match in pattern.finditer(text):
            low = _amount(match, "a")
            high = _amount(match, "b") if "b" in match.groupdict() else (low or 0) + 9
            if low is None or high is None or low > high:
                continue
            place = _indexes(words, *match.span())
            years = _looks_like_year(low) and _looks_like_year(high)
            target = _compared_column(words, said, place, number=low) if place else None
            time = _time_column(said, frame, min(place, default=0))
            if years and (not _is_about(target, words, place, low) or _covers(time, low, high)):
                target = Said(-1, -1, *time) if time else target
            if target is None:
                target = implied_column(text, match, frame)
            if target is None:
                continue
            values = (_literal(target.column, low), _literal(target.column, high, last=True))
            if is_date(target.column) and not years:
                continue
            found.where.append(Condition(column=target.name, operator="between", values=values))
            found.used |= place | _condition_words(said, target, place)
            found.years = found.years or years
            text = _blank(text, match)
    return text


def _is_about(target: Said | None, words: Sequence[Token], place: set[int], low: float | int) -> bool:
    """Whether two numbers that could be years are about this column instead: named right before "between"."""
    if target is None or not place or not _fits(target.column, low):
        return False
    near = all(_linking(words[i]) for i in range(target.end, min(place)))
    return near and words[min(place)].text == "between"


def _covers(time: tuple[str, Column] | None, low: float | int, high: float | int) -> bool:
    """Whether the data has times from the one year to the other; then "sales between 2018 and 2019" is about these."""
    if time is None:
        return False
    column = time[1]
    if column.times is None or not (column.times.first[:4].isdigit() and column.times.last[:4].isdigit()):
        return column.numbers is not None and column.numbers.min <= low and high <= column.numbers.max
    return int(column.times.first[:4]) <= low and high <= int(column.times.last[:4])


def _fits(column: Column, number: float | int) -> bool:
    """Whether a number is near the range of a column."""
    if column.numbers is None:
        return is_date(column)
    span = (column.numbers.max - column.numbers.min) or abs(column.numbers.max) or 1
    return column.numbers.min - span <= number <= column.numbers.max + span


def _years(text: str, words: Sequence[Token], said: Sequence[Said], frame: Frame, found: Conditions) -> str:
    for match in _LAST_YEARS.finditer(text):
        time = _time_column(said, frame)
        count = parsed_number(match["a"])
        last = _last_year(time[1]) if time else None
        if time is not None and last is not None and isinstance(count, int):
            found.where.append(Condition(column=time[0], operator=">=", value=_literal(time[1], last - count + 1)))
            found.used |= _indexes(words, *match.span())
            found.years = True
            text = _blank(text, match)
    for match in _IN_YEAR.finditer(text):
        number = parsed_number(match["a"])
        place = _indexes(words, *match.span())
        time = _time_column(said, frame, min(place))
        if time is None or not isinstance(number, int):
            continue
        name, column = time
        if is_date(column):
            bounds = (_literal(column, number), _literal(column, number, last=True))
            found.where.append(Condition(column=name, operator="between", values=bounds))
        else:
            found.where.append(Condition(column=name, operator="=", value=number))
        found.used |= place
        found.years = True
        text = _blank(text, match)
    return text


def _last_year(column: Column) -> int | None:
    if column.times is not None and column.times.last[:4].isdigit():
        return int(column.times.last[:4])
    return int(column.numbers.max) if column.numbers is not None else None


def _compared(text: str, words: Sequence[Token], said: Sequence[Said], frame: Frame, found: Conditions) -> str:
    for match in _OR_MORE.finditer(text):
        operator: Operator = ">=" if match["way"] in ("more", "higher", "above", "older") else "<="
        text = _apply(text, words, said, frame, found, match, operator)
    for pattern, operator in COMPARISONS:
        lead = r"(?<!\w)" if pattern[0] in "<=>" else r"\b"
        for match in re.finditer(rf"{lead}(?:{pattern})\s*(?:the |a |an |year |age )?{_VALUE}", text):
            text = _apply(text, words, said, frame, found, match, operator)
        for match in re.finditer(rf"{lead}(?:{pattern})\s+{MEAN}", text):
            place = _indexes(words, *match.span())
            target = _compared_column(words, said, place)
            found.used |= place | (_condition_words(said, target, place) if target else set())
            found.notes.append(f"The comparison “{match.group().strip()}” was not applied; all rows are shown.")
            text = _blank(text, match)
    return text


def _apply(
    text: str,
    words: Sequence[Token],
    said: Sequence[Said],
    frame: Frame,
    found: Conditions,
    match: re.Match[str],
    operator: Operator,
) -> str:
    place = _indexes(words, *match.span())
    number = _amount(match, "a")
    if not place or number is None:
        return text
    target = _compared_column(words, said, place, number=number)
    temporal = match.group().split()[0] in ("after", "since", "before", "prior", "until", "till", "through", "from")
    years = _looks_like_year(number) and (target is None or temporal or not _fits(target.column, number or 0))
    if years:
        time = _time_column(said, frame, min(place))
        target = Said(-1, -1, *time) if time else target
        found.years = found.years or bool(time)
    if target is None:
        target = implied_column(text, match, frame)
    if target is None:
        if operator in (">", ">=", "<", "<=") and "from" not in match.group().split()[0]:
            found.used |= place
            found.notes.append(
                f"The condition “{match.group().strip()}” was not applied: it names no column of the data."
            )
        return text
    if is_date(target.column) and number is not None and not _looks_like_year(number):
        return text
    if number is not None and is_number(target.column) and not _fits(target.column, number):
        found.used |= place
        found.notes.append(
            f"The condition “{match.group().strip()}” was not applied: “{target.name}” has no such values."
        )
        return text
    if is_date(target.column) and operator in (">", "<="):
        # Not the last day of a year: its hours would count as later.
        number, operator = int(number or 0) + 1, ">=" if operator == ">" else "<"
    value = _literal(target.column, number or 0)
    found.where.append(Condition(column=target.name, operator=operator, value=value))
    found.used |= place | _condition_words(said, target, place)
    return _blank(text, match)


def _compared_column(
    words: Sequence[Token], said: Sequence[Said], place: set[int], number: float | int | None = None
) -> Said | None:
    """The column of a comparison: inside it ("older"), right after ("2 bedrooms"), or the last one before."""
    start, end = min(place), max(place)
    timely = number is None or _looks_like_year(number)
    usable = [item for item in said if is_number(item.column) or (timely and is_date(item.column))]
    usable = [item for item in usable if timely or not is_year(item.column)]
    inside = [item for item in usable if start <= item.start and item.end <= end + 1]
    if inside:
        return inside[0]
    before = [
        item for item in usable if item.end <= start and start - item.end <= 5 and _connected(words, item.end, start)
    ]
    adjacent = before[-1] if before and all(_linking(words[i]) for i in range(before[-1].end, start)) else None
    if adjacent is not None:
        return adjacent
    after = [item for item in usable if item.start > end and item.start - end <= 2]
    if after and is_number(after[0].column):
        return after[0]
    return before[-1] if before else None


def _linking(word: Token) -> bool:
    return word.text in {
        "is",
        "are",
        "was",
        "were",
        "of",
        "has",
        "have",
        "a",
        "the",
        "to",
        "be",
        "by",
        "with",
        "dated",
        "being",
    }


def _connected(words: Sequence[Token], start: int, end: int) -> bool:
    return not any(words[i].text in ("and", "for", "each", "per", "show", "or") for i in range(start, end))


def _condition_words(said: Sequence[Said], target: Said, place: set[int]) -> set[int]:
    """The words that name the column of a condition, when they belong to it ("whose price is above 5")."""
    used: set[int] = set()
    for item in said:
        reach = 4 if item == target else 1
        close = -2 <= min(place) - item.end <= reach or item.start in place or item.start - max(place) in (1, 2)
        if item.name == target.name and close:
            used |= set(range(item.start, item.end))
            used |= set(range(item.end, min(place)))
    return used
