"""Entities: the things that rows are about ("each singer"), and the columns that stand for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...model import Column, Profile, Table
from .asked import Asked, AskedMeasure
from .framing import Frame
from .ground import UNNAMING
from .items import ENTITY_SCORE, FILLERS, Item
from .links import Links, TableMention
from .phrases import Phrases
from .said import Conditions, Said
from .vocabulary import VERBS
from .words import Token, name_words, stem


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


_KEY_WORDS = ("id", "no", "number", "key", "code", "nr")
_COUNTING = re.compile(
    r"\b(?:how many|(?:the )?(?:total )?(?:number|count|amount)s?(?: of)?|counting|count)\s+" + FILLERS + "$"
)


_RANKED = (
    r"(?:top|bottom|best|worst|leading)(?: (?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty))?"
    r"(?:[- ](?:selling|grossing|performing|paid|paying|rated|ranked|scoring|earning|spending))?"
)
_ENTITY_BEFORE = re.compile(
    r"\b(?:each|every|per|which|" + _RANKED + r"|group(?:ed)? by|for different|in different|of different|"
    r"(?<!ed )(?<!made )(?<!taken )(?<!written )by)\s+" + FILLERS + "$"
)

_RANKED_BEFORE = re.compile(r"\b(?:which|" + _RANKED + r")\s+" + FILLERS + "$")


def strong_tables(text: str, words: Sequence[Token], links: Links) -> tuple[TableMention, ...]:
    """Tables whose rows are counted ("how many films") or grouped by ("for each film"): worth a join."""
    strong = []
    for mention in links.tables:
        before = text[max(0, words[mention.start].start - 60) : words[mention.start].start]
        if mention.score >= 0.9 and (_COUNTING.search(before) or _ENTITY_BEFORE.search(before)):
            strong.append(mention)
    return tuple(strong)


def without_pointers(said: tuple[Said, ...], links: Links, profile: Profile, frame: Frame) -> tuple[Said, ...]:
    """A key such as "room" gives way to the table of rooms where that is at hand too."""
    keys = {(join.left, name): join.right for join in profile.joins for name, _ in join.on}
    keys |= {(join.right, name): join.left for join in profile.joins for _, name in join.on}
    named = {(mention.start, mention.table) for mention in links.tables if frame.has(mention.table)}
    return tuple(item for item in said if (item.start, keys.get(frame.sources[item.name], "")) not in named)


def with_compared(items: list[Item], found: Conditions, frame: Frame) -> list[Item]:
    """Columns of which several values are named become groups ("male and female")."""
    known = {item.name for item in items}
    groups = [item for item in items if not item.is_quantity or item.grouped]
    others = [item for item in groups if not item.is_time and item.name not in found.compared]
    if others and not (len(groups) == 1 and others[0].column.role == "ordered"):
        return items
    items = [
        replace(i, grouped=True, each=True, colored=bool(groups)) if i.name in found.compared else i for i in items
    ]
    added = [name for name in dict.fromkeys(found.compared) if name not in known]
    return items + [Item(Said(-1, -1, name, frame.columns[name]), grouped=True, colored=True) for name in added]


def with_entities(
    items: list[Item],
    text: str,
    question: str,
    words: Sequence[Token],
    links: Links,
    profile: Profile,
    frame: Frame,
    used: set[int],
) -> list[Item]:
    """ "for each singer", "top 10 singers" group by the column that names singers.

    `text` is the question without the words that are used up, such as those of a ranking.
    """
    taken = {i for item in items if item.said.start >= 0 for i in range(item.said.start, item.said.end)}
    counted = [item for item in items if item.counted or "distinct" in item.aggregates]
    for mention in sorted(links.tables, key=lambda mention: (mention.start, -mention.score)):
        place_words = set(range(mention.start, mention.end))
        if not frame.has(mention.table) or taken & place_words or used & place_words:
            continue
        if mention.end in taken and words[mention.end].text not in VERBS:
            continue
        if any(frame.sources[item.name][0] == mention.table for item in counted):
            continue
        before = text[max(0, words[mention.start].start - 60) : words[mention.start].start]
        marked = _ENTITY_BEFORE.search(before)
        if not marked and _RANKED_BEFORE.search(question[: words[mention.start].start]):
            marked = _RANKED_BEFORE.search(question[: words[mention.start].start])
        if not marked or _parted(marked, mention, words, taken) or _attribute_of(items, mention, words):
            continue
        table = profile.table(mention.table)
        name = naming_column(table) if table else None
        place = frame.places.get((mention.table, name)) if name else None
        if place and all(item.name != place for item in items):
            said = Said(mention.start, mention.end, place, frame.columns[place], ENTITY_SCORE)
            items.append(Item(said, grouped=True, each=True))
    return items


def with_names_of(
    said: tuple[Said, ...], words: Sequence[Token], links: Links, profile: Profile, frame: Frame
) -> tuple[Said, ...]:
    """ "The name of each continent" is what names continents, not the name of something else."""
    return tuple(_name_of(item, words, links, profile, frame) for item in said)


def _name_of(item: Said, words: Sequence[Token], links: Links, profile: Profile, frame: Frame) -> Said:
    if item.end - item.start != 1 or words[item.start].stem not in ("name", "title"):
        return item
    for mention in links.tables:
        behind = [words[i].text for i in range(item.end, mention.start)] if mention.start >= item.end else None
        close = mention.end == item.start or (behind is not None and behind[:1] == ["of"] and len(behind) <= 3)
        table = profile.table(mention.table)
        if not close or mention.score < 0.95 or table is None or frame.sources[item.name][0] == mention.table:
            continue
        name = frame.places.get((mention.table, naming_column(table) or ""))
        if name is not None:
            return Said(item.start, item.end, name, frame.columns[name], item.score)
    return item


def _parted(marked: re.Match[str], mention: TableMention, words: Sequence[Token], taken: set[int]) -> bool:
    """Whether "each" belongs to a column between ("each type of store")."""
    begin = words[mention.start].start - len(marked.group())
    between = (words[i] for i in taken if i < mention.start)
    return any(begin <= word.start and word.text not in VERBS for word in between)


def _attribute_of(items: Sequence[Item], mention: TableMention, words: Sequence[Token]) -> bool:
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

    def tells(column: Column) -> bool:
        """Different in most rows; people may share a name that the table calls theirs."""
        parts = set(name_words(column.name))
        named = "name" in parts and bool(table_words & {stem(part) for part in parts})
        return column.distinct > (0.25 if named else 0.6) * table.rows and not UNNAMING & parts

    able = [c for c in table.columns if c.role not in ("time", "measure", "empty", "coordinate") and tells(c)]
    best = max(able, key=weight, default=None)
    return best.name if best is not None and weight(best) >= 1.5 else None


_BARE_RANKING = re.compile(
    r"\b(?P<which>top|bottom|best|worst|leading|busiest)"
    r"(?:[- ](?:selling|grossing|performing|paid|paying|rated|ranked|scoring|earning|spending))?\s+$"
)


def with_bare_ranking(spoken: Phrases, text: str, words: Sequence[Token], items: Sequence[Item]) -> Phrases:
    """ "Top channels by revenue" is a ranking of a length for us to choose."""
    if spoken.limit is not None or spoken.ranked is not None or spoken.order is not None:
        return spoken
    for item in items:
        if item.said.start < 0 or (item.is_quantity and not item.is_time):
            continue
        match = _BARE_RANKING.search(text[: words[item.said.start].start])
        if match:
            return replace(spoken, ranked="ascending" if match["which"] in ("bottom", "worst") else "descending")
    return spoken


_COUNTED_NOUN = re.compile(r"\b(?:how many|numbers? of|count of|counts? the)\s+" + FILLERS + r"(?P<noun>[a-z]+)")


def with_counted_key(asked: Asked, text: str, frame: Frame) -> Asked:
    """ "How many orders" counts different order ids where an order has several rows."""
    match = _COUNTED_NOUN.search(text)
    if match is None or asked.y is None or asked.y.column is not None or asked.other is not None:
        return asked
    noun = stem(match["noun"])
    if noun == stem(frame.main.row_noun):
        return asked
    for name, column in frame.columns.items():
        parts = [stem(part) for part in name_words(column.name)]
        keyed = column.role == "identifier" and parts[:-1] == [noun] and parts[-1] in _KEY_WORDS
        if keyed and column.distinct < column.rows and not frame.repeats(name):
            return replace(asked, y=AskedMeasure(name, "distinct"))
    return asked
