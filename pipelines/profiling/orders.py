"""Words that have an order of their own: sizes, months, weekdays, agreement, grades, age bands."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SCALES: tuple[tuple[str, ...], ...] = (
    ("xxs|2xs", "xs|extra small|x-small", "s|small", "m|medium", "l|large", "xl|extra large|x-large",
    "xxl|2xl|xx-large", "xxxl|3xl"),
    ("tiny", "small", "medium", "large", "huge"),
    ("none|no|nil|zero", "very low|lowest", "low|minor|mild|slight|weak|light",
    "medium|moderate|mid|middle|average|normal",
     "high|substantial|major|strong|severe|serious|heavy",
     "very high|highest|critical|extreme|very severe|destroyed|fatal|very strong|catastrophic"),
    ("january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul", "august|aug",
    "september|sep|sept", "october|oct",
     "november|nov", "december|dec"),
    ("monday|mon", "tuesday|tue|tues", "wednesday|wed", "thursday|thu|thur|thurs", "friday|fri", "saturday|sat",
    "sunday|sun"),
    ("januar|jan", "februar|feb", "märz|mär|mrz", "april|apr", "mai", "juni|jun", "juli|jul", "august|aug",
    "september|sep", "oktober|okt",
     "november|nov", "dezember|dez"),
    ("montag|mo", "dienstag|di", "mittwoch|mi", "donnerstag|do", "freitag|fr", "samstag|sa", "sonntag|so"),
    ("strongly disagree|completely disagree|totally disagree", "disagree", "somewhat disagree|slightly disagree",
     "neutral|neither agree nor disagree|neither|undecided", "somewhat agree|slightly agree", "agree",
     "strongly agree|completely agree|totally agree"),
    ("very dissatisfied|extremely dissatisfied", "dissatisfied|unsatisfied",
    "neutral|neither satisfied nor dissatisfied", "satisfied",
     "very satisfied|extremely satisfied"),
    ("never", "rarely|seldom|almost never", "sometimes|occasionally", "often|frequently|usually",
    "always|almost always"),
    ("very poor|terrible|very bad|awful", "poor|bad", "fair|ok|okay|acceptable|average", "good", "very good",
    "excellent|great|ideal|outstanding|premium"),
    ("fair", "good", "very good", "premium", "ideal"),
    ("not at all important|unimportant", "slightly important", "moderately important", "important", "very important",
    "extremely important"),
    ("very unlikely", "unlikely", "neutral", "likely", "very likely"),
    ("bronze", "silver", "gold", "platinum", "diamond"),
    ("freshman|first year", "sophomore|second year", "junior|third year", "senior|fourth year"),
    ("no schooling|none", "primary|elementary|primary school|less than high school",
    "secondary|high school|high school graduate|hs", "some college|associate",
     "college|bachelor|bachelors|bachelor's|undergraduate", "master|masters|master's|graduate",
     "doctorate|phd|doctoral|postgraduate"),
    ("infant|baby", "child|children|juvenile", "teen|teenager|adolescent|youth", "young adult",
    "adult|adults|middle-aged", "senior|elderly|old"),
    ("dawn|early morning", "morning", "noon|midday|day", "afternoon", "dusk|evening", "night"),
    ("spring", "summer", "autumn|fall", "winter"),
    ("first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "sixth|6th"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii"),
    ("q1|1st quarter", "q2|2nd quarter", "q3|3rd quarter", "q4|4th quarter"),
    ("low income", "lower middle income", "middle income", "upper middle income", "high income"),
    ("entry|entry level|intern|trainee", "junior", "mid|mid-level|intermediate", "senior",
    "lead|principal|executive|director"),
    ("beginner|novice", "intermediate", "advanced", "expert"),
    ("easy", "medium|moderate", "hard|difficult", "very hard|expert"),
    ("slow", "medium", "fast"),
    ("cold", "cool", "mild", "warm", "hot"),
    ("a+", "a", "a-", "b+", "b", "b-", "c+", "c", "c-", "d+", "d", "d-", "e", "f"),
    ("aaa", "aa+", "aa", "aa-", "a+", "a", "a-", "bbb+", "bbb", "bbb-", "bb+", "bb", "bb-", "b+", "b", "b-", "ccc+",
    "ccc", "ccc-", "cc", "c", "d"),
)  # fmt: skip
_WITHOUT_ORDER = frozenset({"spring", "dawn|early morning"})
_GRADES = ("a+", "aaa")
_LEAST_LONELY = 3
_BAND = re.compile(
    r"(?:aged?\s*)?(?:(?P<under>under|below|less than|up to|<|<=|≤|fewer than)\s*\$?\s*(?P<u>[\d.,]+)"
    r"|\$?(?P<low>[\d.,]+)\s*[kKmM]?\s*(?:-|–|—|to|and|\.\.)\s*(?:under\s*)?\$?(?P<high>[\d.,]+)"
    r"|(?P<over>over|above|more than|>|>=|≥|from)\s*\$?\s*(?P<o>[\d.,]+)"
    r"|\$?(?P<plus>[\d.,]+)\s*[kKmM]?\s*(?:\+|plus|(?:and|or) (?:over|older|more|above)))"
    r"\s*(?:[kKmM]|years?( old)?|yrs?|y/?o|days?|months?|hours?|minutes?|miles|km|people|employees|%)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:(?:class|grade|level|stage|tier|phase|rank|category|type|year|week|day|wave|round|quintile|decile|quartile|group|q|t|d)\s*[-_#]?\s*)(\d{1,3})",
    re.IGNORECASE,
)
_FISCAL = re.compile(r"(?:fy\s*)?((?:19|20)\d{2})\s*[-/–]\s*(\d{2}|\d{4})", re.IGNORECASE)


def order(values: Sequence[str], *, name: Sequence[str] = ()) -> tuple[str, ...]:
    """The values from lowest to highest, or nothing when they have no order that everybody knows."""
    if not 2 <= len(values) <= 60:
        return ()
    return _by_scale(values, name) or _by_fiscal_year(values) or _by_band(values) or _by_number(values)


def _by_scale(values: Sequence[str], name: Sequence[str]) -> tuple[str, ...]:
    plain = {value: " ".join(value.lower().replace("_", " ").split()) for value in values}
    best: tuple[str, ...] = ()
    for scale in _SCALES:
        ranks = {word: rank for rank, words in enumerate(scale) for word in words.split("|")}
        if scale[0] in _GRADES and not set(name) & {"grade", "rating", "score", "class", "mark", "letter", "credit"}:
            continue
        places = {value: ranks.get(text) for value, text in plain.items()}
        known = [rank for rank in places.values() if rank is not None]
        if len(known) < len(values) or len(set(known)) < len(values):
            continue
        if len(values) == 2 and not _tells_order(scale, plain.values()):
            continue
        return tuple(sorted(values, key=lambda value: ranks[plain[value]]))
    return best


def _tells_order(scale: tuple[str, ...], texts: object) -> bool:
    """Two words alone must be far enough from everyday names: "small" and "large", but not "i" and "v"."""
    return all(len(text) > 2 for text in texts) and scale[0] not in _WITHOUT_ORDER  # type: ignore[attr-defined]


def _by_band(values: Sequence[str]) -> tuple[str, ...]:
    placed: list[tuple[float, str]] = []
    for value in values:
        found = _BAND.fullmatch(value.strip())
        if not found:
            return ()
        if found["under"]:
            placed.append((_number(found["u"]) - 0.5, value))
        elif found["over"] or found["plus"]:
            placed.append((_number(found["o"] or found["plus"]) + 0.5, value))
        else:
            if _number(found["high"]) < _number(found["low"]):
                return ()
            placed.append((_number(found["low"]), value))
    lows = [low for low, _ in placed]
    return tuple(value for _, value in sorted(placed)) if len(set(lows)) == len(lows) else ()


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return 0.0


def _by_number(values: Sequence[str]) -> tuple[str, ...]:
    found = [(match, value) for value in values if (match := _NUMBERED.fullmatch(value.strip()))]
    if len(found) < len(values) or len(values) < _LEAST_LONELY:
        return ()
    return tuple(value for _, value in sorted((int(match[1]), value) for match, value in found))


def _by_fiscal_year(values: Sequence[str]) -> tuple[str, ...]:
    for value in values:
        found = _FISCAL.fullmatch(value.strip())
        if not found or (int(found[1]) + 1) % 100 != int(found[2]) % 100:
            return ()
    return tuple(sorted(values, key=lambda value: _FISCAL.fullmatch(value.strip())[1]))  # type: ignore[index]
