"""Asking: what a question asks for, in columns of the data: chart, measure, groups, order, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ...model import Aggregate, Column, Condition, Profile, Table, TimeUnit
from . import conditions, linking, phrases
from .conditions import Said, is_date, is_number, is_year
from .framing import Frame, chosen_link, frame_for
from .linking import Links, TableMention
from .vocabulary import AGGREGATES, DISTRIBUTION, PLACE, RELATION, SHARE, TIME_UNITS, TREND
from .words import Token, fold, name_words, quoted, stem, tokens, word_set


ENTITY_SCORE = 0.61
"""Of a column that stands for the things it names ("each singer")."""


@dataclass(frozen=True)
class AskedMeasure:
    """A number that was asked for. `column` None: the count of rows. `aggregate` None: none was said."""

    column: str | None
    aggregate: Aggregate | None = None


@dataclass(frozen=True)
class AskedDimension:
    column: str
    time_unit: TimeUnit | None = None


@dataclass(frozen=True)
class Asked:
    """A question understood, as far as it goes. Everything may be missing."""

    frame: Frame
    chart: str | None = None
    x: AskedDimension | None = None
    y: AskedMeasure | None = None
    other: AskedMeasure | None = None
    """The second measure of a relationship; then `y` is the first one."""
    color: AskedDimension | None = None
    order: phrases.Order | None = None
    order_by: Literal["x", "y"] | None = None
    limit: int | None = None
    where: tuple[Condition, ...] = ()
    trend: bool = False
    relation: bool = False
    distribution: bool = False
    share: bool = False
    place: bool = False
    focus: tuple[str, ...] = ()
    """Every column that was named, in the order of the question."""
    unknown: tuple[str, ...] = ()
    """Words that mean nothing in the data."""
    notes: tuple[str, ...] = ()

    @property
    def specific(self) -> bool:
        """Whether one certain chart was asked for, not a subject."""
        if self.chart is not None and (self.x or self.y):
            return True
        return self.y is not None and (self.x is not None or self.other is not None or self.distribution)


_FILLERS = r"(?:(?:the|a|an|of|different|various|distinct|all|their|its|these|those|each|every|respective|corresponding|unique|possible|single|type|kind|attribute|column|variable|field|value)s?\s+)*"
_COLOR_BEFORE = re.compile(
    r"\b(?:colou?r(?:ed|ing|s)?(?: coded)?(?: \w+)? (?:by|for|represents?|as|is|to|based on|encod\w+|according to)|split(?:ting)?(?: up)? (?:by|into)|"
    r"stack(?:ed|ing|s)?(?: (?:by|with|on|for))|segment(?:ed)? by|brok?e?n? ?down by|differentiat\w+ by|distinguish\w*(?: by)?|classif\w+ by|"
    r"and (?:then )?group(?:ed|ing)? (?:them |it )?by|different colou?rs? (?:for|by|per|of)|divided by|separated? by|with lines for|"
    r"(?:lines?|series|colou?rs?) (?:for|per|by)|legend(?: is| shows)?|categori[sz]\w+ by)\s+" + _FILLERS + "$"
)
_COLOR_AFTER = re.compile(
    r"^\s*(?:(?:is|are|being|as|by|in|with|has|have|differentiated|shown|represented|distinguished)\s+)*(?:a |the )?(?:different |separate |own |distinct )?(?:colou?rs?|legend|hue|stacks?)\b"
)
_GROUP_BEFORE = re.compile(
    r"\b(?:by|per|each|every|across|among|amongst|over|versus|group(?:ed|ing)? by|depending on|according to|in terms of|grouping|"
    r"(?:for|in|of|from|with|to|on|at|between) (?:the )?(?:each|every|different|various)|within|for|based on|throughout|along)\s+"
    + _FILLERS
    + "$"
)
_EACH_BEFORE = re.compile(
    r"\b(?:each|every|per|by|across|for different|in different|of different|from different)\s+" + _FILLERS + "$"
)
_X_BEFORE = re.compile(
    r"\b(?:x[- ]?axis|x|horizontal axis)\b(?:\s+(?:is|as|to be|represents|shows|being|for|:|=|of|will be|should be))*\s+"
    + _FILLERS
    + "$"
)
_Y_BEFORE = re.compile(
    r"\b(?:y[- ]?axis|y|vertical axis)\b(?:\s+(?:is|as|to be|represents|shows|being|for|:|=|of|will be|should be))*\s+"
    + _FILLERS
    + "$"
)
_X_AFTER = re.compile(r"^\s*(?:is |are |as |being )?(?:on|in|as|along|for) (?:the )?(?:x\b|horizontal)")
_Y_AFTER = re.compile(r"^\s*(?:is |are |as |being )?(?:on|in|as|along|for) (?:the )?(?:y\b|vertical)")


@dataclass(frozen=True)
class _Item:
    """A column named, with what the words around it say of it."""

    said: Said
    aggregates: tuple[Aggregate, ...] = ()
    counted: bool = False
    grouped: bool = False
    each: bool = False
    colored: bool = False
    axis: Literal["x", "y"] | None = None

    @property
    def name(self) -> str:
        return self.said.name

    @property
    def column(self) -> Column:
        return self.said.column

    @property
    def is_quantity(self) -> bool:
        if not is_number(self.column):
            return False
        if any(aggregate != "distinct" for aggregate in self.aggregates):
            return True
        return self.column.role in ("measure", "coordinate")

    @property
    def is_time(self) -> bool:
        return self.column.role == "time" or is_date(self.column)


def understand(question: str, profile: Profile) -> Asked:
    """What a question asks of this data. Pure; never fails: what is not understood is left out."""
    text = fold(question)
    words = tokens(text)
    quotes = quoted(text)
    spoken = phrases.read(text, words)
    profile = with_keys(profile)
    links = linking.link(profile, words, spoken.blocked, quotes)
    frame = frame_for(profile, links, _strong_tables(text, words, links))
    said = _without_pointers(_said(links, frame), links, profile, frame)
    condition_text = _without(text, words, spoken.blocked | spoken.sort_words)
    found = conditions.read(condition_text, words, said, links.values, frame)
    clean = _without(condition_text, words, found.used)
    items, plain_count = _items(clean, words, said, found.used, spoken)
    items = _with_compared(items, found, frame)
    items = _with_entities(items, clean, words, links, profile, frame, found.used)
    asked = _assigned(items, plain_count, clean, spoken, frame, found, _axis_unit(clean, words, items, spoken))
    asked = _sorted(asked, text, spoken, said)
    return replace(
        asked,
        where=_without_duplicates(found.where),
        focus=tuple(
            dict.fromkeys([*(item.name for item in items), *(s.name for s in said), *(w.column for w in found.where)])
        ),
        unknown=tuple(dict.fromkeys(token.text for i, token in _numbered(links, words) if i not in found.used)),
        notes=tuple(found.notes),
    )


def with_keys(profile: Profile) -> Profile:
    """Numbers that only point at rows of another table are identifiers, whatever they look like."""
    keys = {(join.left, name) for join in profile.joins for name, _ in join.on}
    keys |= {(join.right, name) for join in profile.joins for _, name in join.on}
    if not keys:
        return profile
    tables = []
    for table in profile.tables:
        columns = tuple(
            column.model_copy(update={"role": "identifier", "additive": None})
            if (table.name, column.name) in keys and column.role == "measure" and column.type == "integer"
            else column
            for column in table.columns
        )
        tables.append(table.model_copy(update={"columns": columns}))
    return profile.model_copy(update={"tables": tuple(tables)})


def _numbered(links: Links, words: Sequence[Token]) -> list[tuple[int, Token]]:
    starts = {token.start: i for i, token in enumerate(words)}
    return [(starts[token.start], token) for token in links.unknown]


def _without_duplicates(where: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple({condition.model_dump_json(): condition for condition in where}.values())[:8]


def _without(text: str, words: Sequence[Token], used: Iterable[int]) -> str:
    """The text with these words blanked; every character keeps its place."""
    for index in used:
        token = words[index]
        text = text[: token.start] + " " * (token.end - token.start) + text[token.end :]
    return text


_COUNTING = re.compile(
    r"\b(?:how many|(?:the )?(?:total )?(?:number|count|amount)s?(?: of)?|counting|count)\s+" + _FILLERS + "$"
)


_ENTITY_BEFORE = re.compile(
    r"\b(?:each|every|per|group(?:ed)? by|for different|in different|of different|(?<!ed )(?<!made )(?<!taken )(?<!written )by)\s+"
    + _FILLERS
    + "$"
)


def _strong_tables(text: str, words: Sequence[Token], links: Links) -> tuple[TableMention, ...]:
    """Tables whose rows are counted ("how many films") or grouped by ("for each film"): worth a join."""
    strong = []
    for mention in links.tables:
        before = text[max(0, words[mention.start].start - 60) : words[mention.start].start]
        if mention.score >= 0.9 and (_COUNTING.search(before) or _ENTITY_BEFORE.search(before)):
            strong.append(mention)
    return tuple(strong)


def _without_pointers(said: tuple[Said, ...], links: Links, profile: Profile, frame: Frame) -> tuple[Said, ...]:
    """A key such as "room" gives way to the table of rooms where that is at hand too."""
    keys = {(join.left, name): join.right for join in profile.joins for name, _ in join.on}
    keys |= {(join.right, name): join.left for join in profile.joins for _, name in join.on}
    named = {(mention.start, mention.table) for mention in links.tables if mention.table in frame.tables}
    return tuple(item for item in said if (item.start, keys.get(frame.sources[item.name], "")) not in named)


def _said(links: Links, frame: Frame) -> tuple[Said, ...]:
    said = []
    for mention in links.mentions:
        link = chosen_link(mention, frame, links.tables)
        if link is not None:
            name = frame.places[(link.table, link.column)]
            said.append(Said(mention.start, mention.end, name, frame.columns[name], link.score))
    return tuple(said)


def _items(
    text: str, words: Sequence[Token], said: Sequence[Said], used: set[int], spoken: phrases.Phrases
) -> tuple[list[_Item], bool]:
    """Columns that ask for a place in the chart, and whether rows are to be counted."""
    here = [s for s in said if not (used | spoken.sort_words) & set(range(s.start, s.end)) and not _points(s)]
    attached, plain_count = _attached_aggregates(text, words, here)
    items = []
    for index, item in enumerate(here):
        before = text[max(0, words[item.start].start - 70) : words[item.start].start]
        after = text[words[item.end - 1].end : words[item.end - 1].end + 50]
        aggregates = attached.get(index, ())
        items.append(
            _Item(
                item,
                tuple(a for a in aggregates if a != "count") or _superlative(words[item.start], item),
                counted="count" in aggregates,
                grouped=bool(_GROUP_BEFORE.search(before)),
                each=bool(_EACH_BEFORE.search(before)),
                colored=bool(_COLOR_BEFORE.search(before) or _COLOR_AFTER.search(after)),
                axis=_axis(before, after),
            )
        )
    return _merged(_in_lists(items, words)), plain_count


def _in_lists(items: list[_Item], words: Sequence[Token]) -> list[_Item]:
    """ "For each rank and gender" groups by both."""
    listed: list[_Item] = []
    for item in items:
        before = listed[-1] if listed else None
        between = [words[i].text for i in range(before.said.end, item.said.start)] if before else []
        if before and before.grouped and not item.is_quantity and between in (["and"], ["and", "the"], ["and", "each"], []):
            item = replace(item, grouped=True, each=before.each, colored=item.colored or before.colored)
        listed.append(item)
    return listed


_LOWEST = word_set("youngest shortest lightest cheapest poorest coldest earliest smallest")


def _superlative(word: Token, said: Said) -> tuple[Aggregate, ...]:
    """ "Oldest age" is the highest one."""
    if not word.text.endswith("est") or said.end - said.start < 2 or not is_number(said.column):
        return ()
    return ("min",) if word.text in _LOWEST else ("max",)


def _points(said: Said) -> bool:
    """A column such as "singer_id" when only "singer" was said."""
    return said.score <= linking.POINTER_SCORE


def _axis(before: str, after: str) -> Literal["x", "y"] | None:
    if _X_BEFORE.search(before) or _X_AFTER.search(after):
        return "x"
    return "y" if _Y_BEFORE.search(before) or _Y_AFTER.search(after) else None


def _merged(items: list[_Item]) -> list[_Item]:
    """A column named twice is one item; but two aggregates of a measure stay apart."""
    merged: dict[str, _Item] = {}
    for item in items:
        old = merged.get(item.name)
        if old is None:
            merged[item.name] = item
            continue
        merged[item.name] = _Item(
            old.said,
            tuple(dict.fromkeys(old.aggregates + item.aggregates)),
            old.counted or item.counted,
            old.grouped or item.grouped,
            old.each or item.each,
            old.colored or item.colored,
            old.axis or item.axis,
        )
    return list(merged.values())


def _attached_aggregates(
    text: str, words: Sequence[Token], here: Sequence[Said]
) -> tuple[dict[int, tuple[Aggregate, ...]], bool]:
    """Position in `here` → aggregates said of it; and whether a count stands on its own."""
    covered = {
        i for item in here for i in range(item.start, item.end) if item.score >= 0.75 and item.end - item.start > 1
    }
    covered |= {item.start for item in here if item.score >= 0.8}
    starts = {token.start: i for i, token in enumerate(words)}
    found: list[tuple[int, int, Aggregate]] = []
    for pattern, aggregate in AGGREGATES:
        for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text):
            index = starts.get(match.start())
            if index is None or index in covered or any(a < match.end() and match.start() < b for a, b, _ in found):
                continue
            if any(match.start() < words[i].start < match.end() for i in covered):
                aggregate = "sum" if match.group().startswith(("total", "sum", "overall", "combined")) else aggregate
            found.append((match.start(), match.end(), aggregate))
    attached: dict[int, tuple[Aggregate, ...]] = {}
    plain_count = False
    found.sort()
    for position, (_, end, aggregate) in enumerate(found):
        target = _next_said(words, here, end)
        if target is not None and _crosses(text, end, words[here[target].start].start):
            target = None
        if target is not None:
            if aggregate == "count" and _is_amount(here[target]):
                if attached.get(target):
                    continue
                aggregate = "sum" if text[found[position][0] :].startswith(("total", "sum")) else aggregate
            earlier = attached.get(target, ()) if position and _listed(text, found[position - 1][1], found[position][0]) else ()
            attached[target] = (*earlier, aggregate)
        elif aggregate in ("count", "distinct") or (
            aggregate == "sum" and position + 1 < len(found) and found[position + 1][2] == "count"
        ):
            plain_count = True
        elif not here or aggregate == "sum":
            plain_count = plain_count or (aggregate == "sum" and not any(is_number(s.column) for s in here))
    return attached, plain_count


def _is_amount(said: Said) -> bool:
    return is_number(said.column) and said.column.role == "measure"


def _listed(text: str, start: int, end: int) -> bool:
    """Whether two aggregates are told one beside the other ("minimum and maximum price")."""
    return bool(re.search(r"\b(?:and|or|vs|versus|against)\b|[,&/]", text[start:end]))


def _next_said(words: Sequence[Token], here: Sequence[Said], end: int) -> int | None:
    following = [i for i, item in enumerate(here) if words[item.start].start >= end - 1]
    return following[0] if following else None


def _crosses(text: str, start: int, end: int) -> bool:
    """Whether an aggregate is too far from a column to be about it, or parted from it by another clause."""
    between = text[start:end]
    if len(tokens(between)) > 5 or re.search(r"[.,;?!]", between):
        return True
    return bool(
        re.search(
            r"\b(?:by|per|each|every|across|for|from|in|over|versus|vs|against|that|who|which|does|do|has|have|with)\b",
            between,
        )
    )


def _with_compared(items: list[_Item], found: conditions.Conditions, frame: Frame) -> list[_Item]:
    """Columns of which several values are named become groups ("male and female")."""
    known = {item.name for item in items}
    groups = [item for item in items if not item.is_quantity or item.grouped]
    if any(not item.is_time for item in groups):
        return items
    items = [replace(i, grouped=True, each=True, colored=bool(groups)) if i.name in found.compared else i for i in items]
    added = [name for name in dict.fromkeys(found.compared) if name not in known]
    return items + [_Item(Said(-1, -1, name, frame.columns[name]), grouped=True, colored=bool(groups)) for name in added]


def _with_entities(
    items: list[_Item],
    text: str,
    words: Sequence[Token],
    links: Links,
    profile: Profile,
    frame: Frame,
    used: set[int],
) -> list[_Item]:
    """ "for each singer" groups by the column that names singers."""
    taken = {i for item in items if item.said.start >= 0 for i in range(item.said.start, item.said.end)}
    counted = [item for item in items if item.counted or "distinct" in item.aggregates]
    for mention in sorted(links.tables, key=lambda mention: (mention.start, -mention.score)):
        place_words = set(range(mention.start, mention.end))
        if mention.table not in frame.tables or taken & place_words or used & place_words or mention.end in taken:
            continue
        if any(frame.sources[item.name][0] == mention.table for item in counted):
            continue
        before = text[max(0, words[mention.start].start - 60) : words[mention.start].start]
        marked = _ENTITY_BEFORE.search(before)
        if not marked or _parted(marked, mention, words, taken) or _attribute_of(items, mention, words):
            continue
        table = profile.table(mention.table)
        name = naming_column(table) if table else None
        place = frame.places.get((mention.table, name)) if name else None
        if place and all(item.name != place for item in items):
            said = Said(mention.start, mention.end, place, frame.columns[place], ENTITY_SCORE)
            items.append(_Item(said, grouped=True, each=True))
    return items


def _parted(marked: re.Match[str], mention: TableMention, words: Sequence[Token], taken: set[int]) -> bool:
    """Whether "each" belongs to a column between ("each type of store")."""
    begin = words[mention.start].start - len(marked.group())
    return any(begin <= words[i].start for i in taken if i < mention.start)


def _attribute_of(items: Sequence[_Item], mention: TableMention, words: Sequence[Token]) -> bool:
    """ "The location of each party" asks for locations, not for parties."""
    for item in items:
        between = [words[i].text for i in range(item.said.end, mention.start)] if item.said.start >= 0 else []
        if item.said.end <= mention.start and len(between) <= 3 and between[:1] in (["of"], ["for"]):
            return not item.is_quantity
    return False


def naming_column(table: Table) -> str | None:
    """The column by whose values people call the rows of a table."""
    table_words = {stem(word) for word in name_words(table.name)}

    def weight(column: Column) -> float:
        parts = [stem(word) for word in name_words(column.name)]
        score = 3.0 * ("name" in parts or "title" in parts) + 1.0 * bool(table_words & set(parts))
        score += 2.0 * (column.role in ("identifier", "place", "category") and column.type == "text")
        score += 1.0 * column.unique + 0.5 * (column.type == "text") - 2.0 * (column.type != "text")
        return score - 1.5 * ("last" in parts) - 0.2 * len(parts)

    able = [c for c in table.columns if c.role not in ("time", "measure", "empty", "coordinate") and c.distinct > 0.6 * c.rows]
    best = max(able, key=weight, default=None)
    return best.name if best is not None and weight(best) >= 1.5 else None


def _axis_unit(text: str, words: Sequence[Token], items: Sequence[_Item], spoken: phrases.Phrases) -> TimeUnit | None:
    """The unit of time that rows are to be grouped by, if one was said."""
    if spoken.bin_unit:
        return next((unit for pattern, unit in TIME_UNITS if re.fullmatch(rf"(?:{pattern})s?", spoken.bin_unit)), None)
    starts = {token.start: i for i, token in enumerate(words)}
    taken = {i for item in items for i in range(item.said.start, item.said.end) if not is_date(item.column)}
    for pattern, unit in TIME_UNITS:
        for match in re.finditer(rf"\b(?:{pattern})\b", text):
            index = starts.get(match.start())
            if index is None or index in taken:
                continue
            adverb = match.group().endswith("ly") or match.group() in ("annual", "daily", "seasonal")
            before = text[max(0, match.start() - 50) : match.start()]
            marked = _GROUP_BEFORE.search(before) or re.search(r"\b(?:which|what|whole|the|a|into|of)\s+$", before)
            if adverb or marked:
                return unit
    return None


def _assigned(
    items: list[_Item],
    plain_count: bool,
    text: str,
    spoken: phrases.Phrases,
    frame: Frame,
    found: conditions.Conditions,
    unit: TimeUnit | None,
) -> Asked:
    asked = Asked(
        frame,
        chart=spoken.chart,
        limit=spoken.limit,
        trend=bool(TREND.search(text)) or (found.years and spoken.chart in ("line", "multi_line")),
        relation=bool(RELATION.search(text)),
        distribution=bool(DISTRIBUTION.search(text)),
        share=bool(SHARE.search(text)),
        place=bool(PLACE.search(text)),
    )
    count = plain_count or any(item.counted and not item.is_quantity for item in items)
    items = _with_time(items, unit, asked, frame)
    if spoken.chart in ("scatter", "color_scatter") or (spoken.chart is None and asked.relation):
        related = _relationship(asked, items, count)
        if related is not None:
            return related
    return _grouped(asked, items, count, unit, text)


def _with_time(items: list[_Item], unit: TimeUnit | None, asked: Asked, frame: Frame) -> list[_Item]:
    """Adds the time that is meant but not named ("per month", "over the years")."""
    flowing = asked.chart in ("line", "multi_line", "area")
    grouped = any(not item.is_quantity and not item.colored for item in items)
    wants_time = unit is not None or (asked.trend and (flowing or asked.chart is None)) or (flowing and not grouped)
    if not wants_time or any(item.is_time and not item.aggregates for item in items):
        return items
    name = time_column(frame, unit)
    if name is None:
        return items
    return [*items, _Item(Said(-1, -1, name, frame.columns[name]), grouped=True)]


def time_column(frame: Frame, unit: TimeUnit | None = None) -> str | None:
    """The time of the frame's rows: a date where a unit below a year is asked for, else the first time there is."""
    times = [name for name, column in frame.columns.items() if is_date(column) or is_year(column)]
    dates = [name for name in times if is_date(frame.columns[name])]
    if unit not in (None, "year"):
        return dates[0] if dates else None
    years = [name for name in times if is_year(frame.columns[name])]
    ranked = [*(n for n in dates if n not in years), *years] if unit is None else [*years, *dates]
    own = [name for name in ranked if not frame.repeats(name)]
    return (own or ranked or [None])[0]


def _relationship(asked: Asked, items: list[_Item], count: bool) -> Asked | None:
    """Two measures against each other; None where the question has no two."""
    measures = [
        (item, aggregate)
        for item in items
        if item.is_quantity and not item.colored
        for aggregate in item.aggregates or (None,)
    ]
    groups = [item for item in items if not item.is_quantity or item.colored]
    if len(measures) < 2 and asked.chart in ("scatter", "color_scatter"):
        known = {item.name for item, _ in measures}
        extra = [i for i in groups if not i.colored and (is_number(i.column) or i.is_time) and i.name not in known]
        measures = sorted([*measures, *((item, None) for item in extra)], key=lambda pair: pair[0].said.start)
        groups = [item for item in groups if item not in extra]
    sorting = next((item for item in groups if item.colored or item.grouped), None)
    if len(measures) == 1 and count and sorting is not None:
        counted, (only, aggregate) = AskedMeasure(None, "count"), measures[0]
        color_by = AskedDimension(sorting.name)
        other = AskedMeasure(only.name, aggregate or "mean")
        return replace(asked, chart="color_scatter", y=counted, other=other, color=color_by)
    if len(measures) == 1 and count:
        first = measures[0][0]
        return replace(asked, chart="scatter", y=AskedMeasure(None, "count"), x=AskedDimension(first.name))
    if len(measures) < 2:
        return None
    measures.sort(key=lambda pair: {"x": 0, None: 1, "y": 2}[pair[0].axis])
    (first, first_aggregate), (second, second_aggregate) = measures[:2]
    color = next((item for item in groups if item.colored), None) or next(
        (item for item in groups if (item.grouped or asked.chart == "color_scatter") and _sorts_rows(item, asked)), None
    )
    return replace(
        asked,
        chart=asked.chart or "scatter",
        y=AskedMeasure(first.name, first_aggregate),
        other=AskedMeasure(second.name, second_aggregate),
        color=AskedDimension(color.name) if color else None,
    )


def _sorts_rows(item: _Item, asked: Asked) -> bool:
    """Whether a column sorts rows into groups; one value a row only names them."""
    return asked.chart == "color_scatter" or item.column.distinct <= max(0.5 * item.column.rows, 2)


def _measure_item(items: Sequence[_Item], asked: Asked) -> _Item | None:
    """The column whose values are shown: with an aggregate, on the y axis, or the first quantity that does not group."""
    quantities = [item for item in items if item.is_quantity and not item.colored]
    by_axis = [item for item in quantities if item.axis == "y"]
    aggregated = [item for item in quantities if item.aggregates and item.axis != "x"]
    free = [item for item in quantities if not item.each and item.axis != "x"]
    return next(iter([*by_axis, *aggregated, *free]), None)


def _grouped(asked: Asked, items: list[_Item], count: bool, unit: TimeUnit | None, text: str) -> Asked:
    """One measure, or the count of rows, for each value of one or two groups."""
    measure = _measure_item(items, asked)
    if count and measure is not None and not measure.aggregates and not measure.counted:
        measure = None if not _measure_over_count(items, measure) else measure
    rest = [item for item in items if item is not measure]
    distinct = next((item for item in rest if "distinct" in item.aggregates), None)
    counted = [item for item in rest if (item.counted and not item.each) or item is distinct]
    groups = _groups(rest, counted, asked)
    if counted and measure is None and not any(_stands_out(group, counted[0]) for group in groups):
        groups, distinct = [*counted, *groups], None
    if not groups and counted and measure is None:
        groups, distinct = counted[:2], None
    if measure is None and not count and any(group.said.score > ENTITY_SCORE for group in groups):
        groups = [group for group in groups if group.said.score != ENTITY_SCORE]
    y = _measure(measure, count, distinct, groups)
    if y is None and asked.chart not in (None, "table", "map") and groups and not any(i.is_quantity for i in groups):
        y = _only_groups(groups, asked)
        groups = groups[:1] if y is not None and y.column else groups
    x, color = _axes(groups, asked, text)
    return replace(
        asked,
        y=y,
        x=_dimension(x, unit),
        color=_dimension(color, unit if x is None or not x.is_time else None),
    )


def _stands_out(group: _Item, counted: _Item) -> bool:
    """Whether a column is a group beside the counted one: marked, or named before it."""
    marked = group.grouped or group.each or group.colored or group.axis is not None
    return marked or group.said.start < counted.said.start


def _measure_over_count(items: Sequence[_Item], measure: _Item) -> bool:
    """Whether "number" belongs to the measure itself ("number of staff")."""
    return not any(item.counted for item in items) and all(item is measure or not item.grouped for item in items)


def _groups(rest: Sequence[_Item], counted: Sequence[_Item], asked: Asked) -> list[_Item]:
    """The groups in order of strength: on the x axis, marked by "each" or "by", then as they come."""
    groups = [item for item in rest if item not in counted]
    texts = [item for item in groups if not item.is_quantity or item.grouped or item.axis == "x"]
    order = {id(item): position for position, item in enumerate(groups)}

    def strength(item: _Item) -> tuple[int, int, int, int]:
        time_first = asked.chart in ("line", "multi_line", "area") or asked.trend
        return (
            item.axis != "x",
            item.colored,
            not (time_first and item.is_time),
            0 if (item.each or item.grouped) else 1 if item.said.score >= 0.8 else 2,
        )

    return sorted(texts, key=lambda item: (*strength(item), order[id(item)]))


def _measure(
    measure: _Item | None, count: bool, distinct: _Item | None, groups: Sequence[_Item]
) -> AskedMeasure | None:
    if measure is not None:
        aggregate = next(iter(measure.aggregates), None)
        return AskedMeasure(measure.name, aggregate)
    if distinct is not None and distinct not in groups[:1]:
        return AskedMeasure(distinct.name, "distinct") if groups else AskedMeasure(None, "count")
    return AskedMeasure(None, "count") if count else None


def _only_groups(groups: Sequence[_Item], asked: Asked) -> AskedMeasure:
    """A chart of groups alone counts rows; of two, where the second is a number, shows that number."""
    second = next(
        (item for item in groups[1:] if is_number(item.column) and not item.colored and not item.grouped), None
    )
    return AskedMeasure(second.name) if second is not None and asked.color is None else AskedMeasure(None, "count")


def _axes(groups: Sequence[_Item], asked: Asked, text: str) -> tuple[_Item | None, _Item | None]:
    if not groups:
        return None, None
    x, rest = groups[0], groups[1:]
    if x.colored and rest:
        x, rest = rest[0], [item for item in groups if item is not rest[0]]
    colored = next((item for item in rest if item.colored), None)
    if colored is None and rest and (asked.chart in ("stacked_bar", "grouped_bar", "multi_line", "heatmap", "area")):
        colored = rest[0]
    if colored is None and rest and x.is_time and (rest[0].grouped or asked.chart in (None, "line")):
        colored = rest[0]
    if colored is None and rest and (rest[0].each or rest[0].grouped) and (x.each or x.grouped) and x.said.start >= 0:
        colored = rest[0]
    return x, colored


def _dimension(item: _Item | None, unit: TimeUnit | None) -> AskedDimension | None:
    if item is None:
        return None
    fits = is_date(item.column) or (is_year(item.column) and unit == "year")
    return AskedDimension(item.name, unit if unit and fits and is_date(item.column) else None)


_COUNT_WORDS = re.compile(
    r"\b(?:numbers?|counts?|how many|amount|frequency|total|values?|sum|average|mean|avg|bars?)\b"
)


def _sorted(asked: Asked, text: str, spoken: phrases.Phrases, said: Sequence[Said]) -> Asked:
    """The order with what it is by, as far as it was said."""
    if spoken.order is None:
        return replace(asked, order=spoken.ranked, order_by="y" if spoken.ranked else None)
    target = text[slice(*spoken.order_by)] if spoken.order_by else ""
    named = [item.name for item in said if item.start in spoken.sort_words]
    by: Literal["x", "y"] | None
    if re.search(r"\bx\b|\bx-?axis", target):
        by = "x"
    elif re.search(r"\by\b|\by-?axis", target) or _COUNT_WORDS.search(target):
        by = "y"
    elif asked.x is not None and asked.x.column in named:
        by = "x"
    elif asked.y is not None and asked.y.column in named:
        by = "y"
    elif re.search(r"\bnames?\b|\btitles?\b", target) or re.search(r"alphabet|lexico|chrono|a to z", text):
        by = "x"
    else:
        by = "y" if asked.x is None or not target else "x"
        if named and is_number(asked.frame.columns[named[0]]):
            by = "y"
    measured = asked
    if named and asked.x is None and asked.y is not None and asked.y.column is None:
        return replace(asked, x=AskedDimension(named[0]), order=spoken.order, order_by="x")
    if named and asked.y is None and asked.frame.columns[named[0]].role == "measure":
        measured = replace(asked, y=AskedMeasure(named[0]))
    return replace(measured, order=spoken.order, order_by=by)
