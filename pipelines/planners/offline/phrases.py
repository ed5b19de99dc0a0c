"""Phrases: the parts of a question that ask for a kind of chart, an order, a length or bins, not for data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .vocabulary import ASCENDING, CHARTS, DESCENDING
from .words import Token, parsed_number, tokens, word_set

Order = Literal["ascending", "descending"]
_SORT_VERB = r"(?:sort|order(?!s\b)|rank|arrang|organi[sz])\w*"
_SHOW_VERB = r"(?:list|display|show|put|present|give)(?:ed|s|ing)?"
_END = r"(?=[.,;?!]|$| (?:and|using|with|for|whose|where|in an?|as an?|by an?|through|return|plot|draw|visuali)\b)"
_BIN = re.compile(
    r"\b(?:and )?(?:bin(?:s|ned|ning)?|bucket(?:s|ed)?|group(?:ed)?)(?: (?:all|the))?(?: \S+){0,9}? (?:by|into|"
    r"in|to|with|at) (?:the |an? )?"
    r"(?P<unit>week ?-?da[yt]s?|days? of (?:the )?week|year|month|quarter|week|day|hour)s?(?: (?:level|basis|"
    r"intervals?|bins?|buckets?))?\b"
)
_TOP = re.compile(
    r"\b(?P<which>top|bottom|first|last|best|worst|leading) (?P<count>\d{1,3}|[a-z]+)\b(?! (?:percent|years?|"
    r"months?|days?|weeks?|decades?))"
)
_MOST = re.compile(
    r"\b(?P<count>\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty) (?P<which>most|"
    r"largest|biggest|highest|greatest|best|"
    r"worst|smallest|lowest|least|oldest|youngest|tallest|heaviest|fastest|cheapest|richest|poorest|longest|"
    r"shortest)\b"
)
_WITH_MOST = re.compile(
    r"\b(?:(?:(?<!together )(?<!along )with|has|have|had|having|got|get|gets) the|the(?= (?:most|fewest|least)\b)) "
    r"(?P<which>most|highest|largest|biggest|greatest|lowest|smallest|least|fewest)\b(?! (?:and|or) )"
)
_ADVERB = re.compile(
    r"(?<!at )\b(?P<which>best|most|worst|least|fastest|slowest|highest|lowest)\b"
    r"(?=\s*(?:$|[?.!,;]|(?:in|during|since|by|per|on|over)\b))"
)
"""As in "which products sell best"."""
_LOW = word_set("bottom smallest lowest least fewest shortest youngest cheapest poorest worst")


@dataclass(frozen=True)
class Phrases:
    """What was asked for, and which words said it."""

    chart: str | None = None
    explicit: bool = False
    order: Order | None = None
    order_by: tuple[int, int] | None = None
    """Characters that name what to sort by; empty or None: not said."""
    limit: int | None = None
    ranked: Order | None = None
    """Superlative that asks for a ranking: "the 5 largest", "which has the highest"."""
    bin_unit: str | None = None
    blocked: frozenset[int] = frozenset()
    """Words that belong to these phrases."""
    sort_words: frozenset[int] = frozenset()
    """Words that name what to sort by: they name columns, but ask for no channel."""


def read(text: str, words: tuple[Token, ...]) -> Phrases:
    """All phrases of a folded question."""
    left = text
    chart, places = _chart(left)
    for start, end in places:
        left = _blank(left, start, end)
    order, order_by, sort_place = _sorting(left)
    blocked_text = list(places)
    sort_words: frozenset[int] = frozenset()
    if sort_place is not None:
        sort_words = _inside(words, [order_by]) if order_by else frozenset()
        blocked_text.append(sort_place)
        left = _blank(left, *sort_place)
    limit, ranked, ranking_places = _ranking(left)
    unit = _BIN.search(left)
    blocked = _inside(words, blocked_text + ranking_places) - sort_words
    if unit:
        blocked |= _inside(words, [(unit.start("unit"), unit.end())])
    return Phrases(
        chart=chart,
        explicit=chart is not None,
        order=order,
        order_by=order_by,
        limit=limit,
        ranked=ranked,
        bin_unit=unit["unit"] if unit else None,
        blocked=blocked,
        sort_words=sort_words,
    )


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _inside(words: tuple[Token, ...], places: list[tuple[int, int]]) -> frozenset[int]:
    return frozenset(
        i for i, token in enumerate(words) if any(start <= token.start and token.end <= end for start, end in places)
    )


def _chart(text: str) -> tuple[str | None, list[tuple[int, int]]]:
    """The first kind of chart named, and all places that name one."""
    found: list[tuple[int, int, str]] = []
    for pattern, chart in CHARTS:
        for match in re.finditer(rf"\b(?:{pattern})\b", text):
            inside = any(start <= match.start() < end for start, end, _ in found)
            if not inside and match.group().strip() and not _is_data_word(text, match, chart):
                found.append((match.start(), match.end(), chart))
    if not found:
        return None, []
    kinds = [chart for _, _, chart in sorted(found)]
    return _strongest(kinds), [(start, end) for start, end, _ in found]


def _strongest(kinds: list[str]) -> str:
    """ "A stacked bar chart, with bars …" is stacked."""
    detailed = [kind for kind in kinds if "_" in kind]
    return detailed[0] if detailed else kinds[0]


def _is_data_word(text: str, match: re.Match[str], chart: str) -> bool:
    """ "Table tennis", "the histogram of oriented gradients", "stacking" and "area" speak of data as often."""
    word = match.group().strip()
    if chart == "map":
        return bool(re.match(r" (?:name|id|code|scale)", text[match.end() :]))
    if chart == "pie" and word == "pies":
        return True
    return chart == "stacked_bar" and word == "stacking" and "chart" not in text


def _direction(text: str) -> list[tuple[int, int, Order]]:
    found: list[tuple[int, int, Order]] = [(m.start(), m.end(), "descending") for m in DESCENDING.finditer(text)]
    found += [(m.start(), m.end(), "ascending") for m in ASCENDING.finditer(text)]
    return sorted(found)


def _sorting(text: str) -> tuple[Order | None, tuple[int, int] | None, tuple[int, int] | None]:
    """Direction, place of what to sort by, and place of the whole phrase."""
    directions = _direction(text)
    for start, end, order in reversed(directions):
        return _directed(text, start, end, order)
    plain = list(
        re.finditer(rf"\b{_SORT_VERB} (?:the (?:results?|\w+) )?(?:by|on|according to)(?: the)? (.+?){_END}", text)
    )
    if not plain:
        return None, None, None
    match = plain[-1]
    order_word: Order = "descending" if match.group().startswith("rank") else "ascending"
    return order_word, match.span(1), match.span()


def _directed(text: str, start: int, end: int, order: Order) -> tuple[Order, tuple[int, int] | None, tuple[int, int]]:
    sentence = max(text.rfind(mark, 0, start) for mark in ".?!;") + 1
    before = text[sentence:start]
    verbs = list(re.finditer(rf"\b(?:{_SORT_VERB}|{_SHOW_VERB})\b", before))
    verb = next((v for v in reversed(verbs) if _is_sort_verb(before, v)), None)
    begin = sentence + verb.start() if verb else start - len(_lead_in(before))
    target = (sentence + verb.end(), start) if verb else None
    after = re.match(
        rf"\s*(?:alphabetical(?:ly)?\s*)?(?:order|sort|rank\w*)?\s*(?:(?:of|by|on|according to|based on|"
        rf"for)(?: the)? (.+?){_END})?",
        text[end:],
    )
    stop = end
    if after:
        stop = end + after.end()
        if after[1] and (target is None or not _telling(text[slice(*target)])):
            target = (end + after.start(1), end + after.end(1))
        elif after[1]:
            stop = end + after.start(1) - 3
    if target is not None and not _telling(text[slice(*target)]):
        target = None
    return order, target, (begin, max(stop, end))


def _lead_in(before: str) -> str:
    """The little words right before a direction: "in the"."""
    match = re.search(r"(?:\b(?:in|from|by|with|the)\b\s*)*$", before)
    return match.group() if match else ""


def _is_sort_verb(before: str, verb: re.Match[str]) -> bool:
    """ "Order by y" sorts; "show the age of each singer … from the oldest" does not, "and show y" does."""
    between = before[verb.end() :].split()
    if re.fullmatch(_SORT_VERB, verb.group()):
        return len(between) <= 14
    lead = before[: verb.start()].rstrip()
    joined = bool(re.search(r"(?:,|\band|\bplease|\byou|\bto)$", lead))
    short = len(between) <= (7 if joined else 4)
    return short and not re.search(r"\b(?:each|every|for|chart|graph|whose|and)\b", " ".join(between))


def _telling(text: str) -> bool:
    idle = {
        "by",
        "the",
        "in",
        "from",
        "please",
        "of",
        "it",
        "them",
        "results",
        "result",
        "order",
        "on",
        "with",
        "is",
        "to",
    }
    return any(token.text not in idle for token in tokens(text))


def _ranking(text: str) -> tuple[int | None, Order | None, list[tuple[int, int]]]:
    """Length of a ranking and its direction: "top 5", "the 3 largest", "has the highest"."""
    for pattern in (_TOP, _MOST):
        for match in pattern.finditer(text):
            count = parsed_number(match["count"])
            if isinstance(count, int) and 1 <= count <= 100:
                order: Order = "ascending" if match["which"] in _LOW else "descending"
                return count, order, [match.span()]
    match_ = _WITH_MOST.search(text) or _ADVERB.search(text)
    if match_:
        return None, "ascending" if match_["which"] in _LOW else "descending", [match_.span("which")]
    return None, None, []
