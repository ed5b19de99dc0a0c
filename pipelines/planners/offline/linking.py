"""Linking: which words of a question speak of which columns, tables and values of the data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ...model import Column, Profile, Table
from . import embedding
from .vocabulary import ABBREVIATIONS, ADJECTIVES, GENERIC_WORDS, SYNONYMS
from .words import STOPWORDS, Token, fold, name_words, one_edit_apart, stem, tokens, word_set

MAX_TOKENS = 400
"""Words of a question that are read; what comes after is longer than any question."""
POINTER_SCORE = 0.5
"""Of a column such as "singer_id" when only "singer" was said: the thing is meant, not the column."""
OWN_NAME_SCORE = 0.79
"""Of a column called like its table: its rows are meant as often as the column."""
_COUNTING_WORDS = frozenset({"number", "count", "total", "amount", "no", "numbers", "counts"})
_MEASURING_WORDS = word_set("average avg mean lowest highest total maximum minimum max min median sum best worst")
_LEADING = frozenset({"date", "time", "year", "number", "amount", "percentage", "percent", "num", "no", "rank"})
_TRAILING = frozenset(stem(word) for word in word_set("code id name cd key desc description details identifier number"))
_PREPOSITIONS = frozenset({"of", "in", "per", "for", "by"})
_NOT_ALONE = frozenset(
    stem(word) for word in word_set("code id identifier key of in the per for and a by at to on is no")
)


@dataclass(frozen=True, slots=True)
class Link:
    """A column that some words may mean; `score` is 1 for its full name."""

    table: str
    column: str
    score: float


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `start` to `end` (excluded) mean one of the columns of `links`, best first."""

    start: int
    end: int
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class TableMention:
    start: int
    end: int
    table: str
    score: float


@dataclass(frozen=True, slots=True)
class ValueLink:
    table: str
    column: str
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class ValueMention:
    start: int
    end: int
    links: tuple[ValueLink, ...]


@dataclass(frozen=True)
class Links:
    """All that was found. `unknown`: content words that mean nothing in the data."""

    mentions: tuple[Mention, ...]
    tables: tuple[TableMention, ...]
    values: tuple[ValueMention, ...]
    unknown: tuple[Token, ...] = field(default=())


@lru_cache(maxsize=400_000)
def word_similarity(word: str, stemmed: str, part: str) -> float:
    """How well a word of the question stands for a word of a column name, 0 to 1."""
    part_stem = stem(part)
    if stemmed == part_stem:
        return 1.0
    if part.isdigit() or word.isdigit() or len(word) < 2:
        return 0.0
    long = ABBREVIATIONS.get(part)
    if long is not None and (stem(long) == stemmed or ABBREVIATIONS.get(word) == long):
        return 0.95
    if ABBREVIATIONS.get(word) == part:
        return 0.95
    if stemmed in SYNONYMS.get(part_stem, ()) or (long and stemmed in SYNONYMS.get(stem(long), ())):
        return 0.8
    if part in ADJECTIVES.get(word, ()) or (long and long in ADJECTIVES.get(word, ())):
        return 0.75
    return _spelling_similarity(stemmed, part_stem)


def _spelling_similarity(left: str, right: str) -> float:
    """Abbreviations ("accnt", "bal"), derived words ("launched", "launch") and slips of the pen."""
    shorter, longer = sorted((left, right), key=len)
    if len(right) >= 3 and len(left) >= len(right) + 3 and left.startswith(right) and right not in STOPWORDS:
        return 0.75
    common = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(shorter))
    if common >= 4 and common >= len(shorter) - 1 and len(longer) - common <= 4:
        return 0.8
    if common >= 5 and common >= 0.6 * len(longer):
        return 0.72
    if len(shorter) >= 5 and one_edit_apart(left, right):
        return 0.78
    return 0.0


@dataclass(frozen=True)
class _Name:
    """The words of a column's name with their weights, and the part that must be there."""

    table: str
    column: str
    words: tuple[str, ...]
    weights: tuple[float, ...]
    kernel: frozenset[int]
    head: int
    joined: str
    key: int | None
    """Position of "id", where the column only points at something."""
    own: frozenset[int]
    """Words that are the table's own name."""


def _weights(words: Sequence[str], table_words: frozenset[str]) -> tuple[float, ...]:
    def weight(word: str) -> float:
        if word in _PREPOSITIONS or word in ("the", "and", "a"):
            return 0.05
        if stem(word) in GENERIC_WORDS or stem(ABBREVIATIONS.get(word, word)) in GENERIC_WORDS:
            return 0.35
        return 0.4 if stem(word) in table_words or ABBREVIATIONS.get(word) in table_words else 1.0

    return tuple(weight(word) for word in words)


def _kernel(words: Sequence[str], table_words: frozenset[str]) -> frozenset[int]:
    """The words without the table's name in front and "code", "name" … behind, where something remains."""
    left = [i for i, word in enumerate(words) if word not in _PREPOSITIONS] or list(range(len(words)))
    without = [
        i
        for i in left
        if stem(words[i]) not in table_words and stem(ABBREVIATIONS.get(words[i], "")) not in table_words
    ]
    left = without or left
    while len(left) > 1 and stem(words[left[-1]]) in _TRAILING:
        left.pop()
    return frozenset(left)


def _head(words: Sequence[str]) -> int:
    """Position of the noun that the others only describe: "capacity" of "student_capacity"."""
    cut = next((i for i, word in enumerate(words) if word in _PREPOSITIONS and i > 0), len(words))
    head = cut - 1
    while head > 0 and stem(words[head]) in _TRAILING:
        head -= 1
    if stem(ABBREVIATIONS.get(words[head], words[head])) in GENERIC_WORDS and cut < len(words):
        return len(words) - 1
    return 0 if words[0] in ("date", "time", "year") and words[head] not in _LEADING else head


def _names(table: Table) -> list[_Name]:
    table_words = frozenset(stem(word) for word in (*name_words(table.name), *name_words(table.title)))
    names = []
    for column in table.columns:
        spellings = dict.fromkeys(words for words in (name_words(column.name), name_words(column.label)) if words)
        for words in spellings:
            names.append(
                _Name(
                    table.name,
                    column.name,
                    words[:12],
                    _weights(words[:12], table_words),
                    _kernel(words[:12], table_words),
                    _head(words[:12]),
                    "".join(words),
                    _key(words[:12], column),
                    frozenset(i for i, word in enumerate(words[:12]) if _is_own(word, table_words)),
                )
            )
    return names


def _is_own(word: str, table_words: frozenset[str]) -> bool:
    return stem(word) in table_words or stem(ABBREVIATIONS.get(word, "")) in table_words


def _key(words: Sequence[str], column: Column) -> int | None:
    last = len(words) - 1
    return last if last > 0 and words[last] in ("id", "key", "ids") and column.role in ("identifier", "category") else None


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    matched: int
    link: Link


def _spans(name: _Name, words: Sequence[Token], blocked: frozenset[int], common: Counter[str]) -> list[_Span]:
    """All stretches of the question that may mean this column."""
    similar = [[word_similarity(token.text, token.stem, part) for part in name.words] for token in words]
    hits = [i for i, row in enumerate(similar) if i not in blocked and max(row, default=0) >= 0.7]
    found = _joined_spans(name, words, blocked)
    for position, start in enumerate(hits):
        for last in hits[position : position + 6]:
            if last - start > 7:
                break
            span = _span(name, words, similar, start, last + 1, blocked, common)
            if span is not None:
                found.append(span)
    return found


def _joined_spans(name: _Name, words: Sequence[Token], blocked: frozenset[int]) -> list[_Span]:
    """ "baseprice" for "base_price", "base price" for "baseprice"."""
    found = []
    for start in range(len(words)):
        text = ""
        for end in range(start, min(start + 4, len(words))):
            if end in blocked:
                break
            text += words[end].text
            if len(text) >= 4 and (text == name.joined or stem(text) == stem(name.joined)):
                if end > start or len(name.words) > 1:
                    score = OWN_NAME_SCORE if len(name.words) == len(name.own) else 1.0
                    found.append(_Span(start, end + 1, len(name.words), Link(name.table, name.column, score)))
            elif len(text) > len(name.joined) + 2:
                break
    return found


def _span(
    name: _Name,
    words: Sequence[Token],
    similar: Sequence[Sequence[float]],
    start: int,
    end: int,
    blocked: frozenset[int],
    common: Counter[str],
) -> _Span | None:
    best: dict[int, float] = {}
    foreign = 0
    for index in range(start, end):
        if index in blocked:
            return None
        part = max(range(len(name.words)), key=lambda p: (similar[index][p] * (p not in best), -p))
        if similar[index][part] >= 0.7 and part not in best:
            best[part] = similar[index][part]
        elif words[index].text in ("and", "or", "by", "each", "versus", "vs", "than", "whose", "with", "for"):
            return None
        elif not words[index].is_stopword:
            foreign += 1
    if foreign > 1 or not best:
        return None
    score = _score(name, best, common) - 0.12 * foreign
    return _Span(start, end, len(best), Link(name.table, name.column, round(score, 4))) if score >= 0.5 else None


def _score(name: _Name, best: dict[int, float], common: Counter[str]) -> float:
    """Share of the name that was said, at least a floor where its most telling part was."""
    total = sum(name.weights)
    score = sum(name.weights[part] * similarity for part, similarity in best.items()) / total
    if len(best) == 1 and stem(name.words[next(iter(best))]) in _NOT_ALONE and len(name.words) > 1:
        return 0.0
    if len(name.words) > len(name.own) and best.keys() <= name.own:
        return 0.0
    if len(name.words) == len(name.own):
        return OWN_NAME_SCORE * min(best.values())
    if name.key is not None and name.key not in best:
        return POINTER_SCORE
    if name.kernel <= best.keys():
        score = max(score, 0.85 * min(best[part] for part in name.kernel))
    if name.head in best:
        score = max(score, 0.65 * best[name.head])
    rare = [p for p in best if common[stem(name.words[p])] == 1 and stem(name.words[p]) not in GENERIC_WORDS]
    if rare:
        score = max(score, 0.55 * max(best[part] for part in rare))
    return score


def _chosen_mentions(spans: Iterable[_Span]) -> tuple[Mention, ...]:
    """Of overlapping stretches the one that says most; all columns that it may mean."""
    grouped: dict[tuple[int, int], list[_Span]] = defaultdict(list)
    for span in spans:
        grouped[(span.start, span.end)].append(span)

    def weight(place: tuple[int, int]) -> float:
        return max(span.link.score + 0.2 * (span.matched - 1) for span in grouped[place])

    taken: set[int] = set()
    chosen: list[Mention] = []
    for place in sorted(grouped, key=lambda place: (-weight(place), place[1] - place[0], place[0])):
        if taken.isdisjoint(range(*place)):
            taken.update(range(*place))
            chosen.append(Mention(*place, links=_links(grouped[place])))
    chosen.sort(key=lambda mention: mention.start)
    return tuple(mention for mention, before in zip(chosen, [None, *chosen], strict=False) if not _trails(mention, before))


def _trails(mention: Mention, before: Mention | None) -> bool:
    """A general word right behind another column belongs to it ("decor type")."""
    if before is None or mention.start != before.end or mention.end - mention.start > 1:
        return False
    return mention.links[0].score < 0.8


def _links(spans: Iterable[_Span]) -> tuple[Link, ...]:
    best: dict[tuple[str, str], Link] = {}
    for span in spans:
        key = (span.link.table, span.link.column)
        if key not in best or best[key].score < span.link.score:
            best[key] = span.link
    return tuple(sorted(best.values(), key=lambda link: -link.score)[:12])


def _table_mentions(profile: Profile, words: Sequence[Token], blocked: frozenset[int]) -> tuple[TableMention, ...]:
    found = []
    for table in profile.tables:
        for spoken in dict.fromkeys((name_words(table.name), name_words(table.title), name_words(table.row_noun))):
            parts = [word for word in spoken if word not in ("ref", "tbl", "table", "data", "csv", "row", "and", "of")]
            if parts and len(parts) <= 4:
                found += _spoken_table(table.name, parts, words, blocked)
    best: dict[tuple[int, str], TableMention] = {}
    for mention in sorted(found, key=lambda mention: (-mention.score, mention.start)):
        best.setdefault((mention.start, mention.table), mention)
    return tuple(sorted(best.values(), key=lambda mention: (mention.start, -mention.score)))


def _spoken_table(table: str, parts: list[str], words: Sequence[Token], blocked: frozenset[int]) -> list[TableMention]:
    found = []
    for start in range(len(words)):
        for size in (len(parts), 1):
            window = range(start, min(start + size, len(words)))
            if len(window) < size or not blocked.isdisjoint(window):
                continue
            if size == len(parts):
                pairs = zip(window, parts, strict=True)
                score = min(word_similarity(words[i].text, words[i].stem, part) for i, part in pairs)
            else:
                score = 0.75 * word_similarity(words[start].text, words[start].stem, parts[-1])
                joined = words[start].stem == stem("".join(parts))
                score = 1.0 if joined else score
            if score >= 0.7 and not words[start].is_stopword:
                found.append(TableMention(start, start + size, table, score))
                break
    return found


def _value_index(profile: Profile) -> dict[str, list[tuple[tuple[str, ...], ValueLink]]]:
    """First word of a value → its words and where it stands."""
    index: dict[str, list[tuple[tuple[str, ...], ValueLink]]] = defaultdict(list)
    for table in profile.tables:
        for column in table.columns:
            if column.type != "text":
                continue
            people = {"sex", "gender"} & set(name_words(column.name))
            for value in column.values:
                for alias in _GENDERS.get(fold(str(value.value)), ()) if people else ():
                    index[alias].append(((alias,), ValueLink(table.name, column.name, str(value.value))))
                spoken = tuple(token.stem for token in tokens(fold(str(value.value)[:80])))
                if spoken and len(spoken) <= 8:
                    index[spoken[0]].append((spoken, ValueLink(table.name, column.name, str(value.value))))
    return index


_GENDERS = {
    "m": ("male", "man", "boy"), "f": ("female", "woman", "girl"),
    "male": ("man", "boy"), "female": ("woman", "girl"),
}  # fmt: skip


def _value_mentions(
    profile: Profile, words: Sequence[Token], blocked: frozenset[int], quotes: Sequence[tuple[int, int, str]]
) -> tuple[ValueMention, ...]:
    index = _value_index(profile)
    found: dict[tuple[int, int], list[ValueLink]] = defaultdict(list)
    for start, token in enumerate(words):
        for spoken, link in index.get(token.stem, ()):
            end = start + len(spoken)
            if end > len(words) or not blocked.isdisjoint(range(start, end)):
                continue
            inside_quotes = any(left <= token.start and words[end - 1].end <= right for left, right, _ in quotes)
            telling = inside_quotes or (
                len(spoken[0]) >= 3 and any(words[i].text not in STOPWORDS for i in range(start, end))
            )
            if telling and tuple(word.stem for word in words[start:end]) == spoken:
                found[(start, end)].append(link)
    taken: set[int] = set()
    chosen = []
    for place in sorted(found, key=lambda place: (place[0] - place[1], place[0])):
        if taken.isdisjoint(range(*place)):
            taken.update(range(*place))
            chosen.append(ValueMention(*place, links=tuple(found[place])))
    return tuple(sorted(chosen, key=lambda mention: mention.start))


def _meaning_mentions(profile: Profile, words: Sequence[Token], free: Sequence[int]) -> tuple[Mention, ...]:
    """Columns for words that no spelling explains, by nearness in meaning."""
    columns = [(table, column) for table in profile.tables for column in table.columns if column.role != "identifier"][:400]
    spelled = {stem(word) for table in profile.tables for name in (table.name, *(c.name for c in table.columns)) for word in name_words(name)}
    phrases = [(table, column, _spoken(column)) for table, column in columns]
    found = []
    for index in free[:12]:
        token = words[index]
        if len(token.text) < 4 or token.number is not None or token.stem in spelled:
            continue
        scored = [
            Link(table.name, column.name, round(embedding.similarity(token.text, phrase), 4))
            for table, column, phrase in phrases
            if phrase
        ]
        best = max((link.score for link in scored), default=0.0)
        if best >= 0.52:
            links = sorted((link for link in scored if link.score >= best - 0.02), key=lambda link: -link.score)
            found.append(Mention(index, index + 1, tuple(links[:4])))
    return tuple(found)


def _spoken(column: Column) -> str:
    words = name_words(column.name)
    kept = [ABBREVIATIONS.get(word, word) for word in words]
    return " ".join(kept) if all(word.isascii() for word in kept) else ""


_UNTELLING = word_set(
    """
    chart graph plot bar pie line scatter axis number count total average mean sum minimum maximum order sorted sort
    rank group bin interval show highest lowest high low top ascending descending over time trend change changed
    year month week day hour compare comparison relationship distribution share proportion percentage value values
    across world between different what's which whats people things thing interesting know understand explore
    overview important question answer look looking see since until before after during because however trends there
    good bad better worse best worst please thanks hello help want need using used most least few several much very
    grow grown growth rise risen rising fall fallen falling increase decrease increased decreased evolve evolved
    affect affects depend depends vary varies differ differs difference differences related correlation correlated
    biggest largest smallest happen happens happened often frequently frequent usually overall general everything
    anything something amount records record rows row columns column entries long short big small old new never ever
    first last past recent recently latest current today now per each every any all here come came go went gone make
    """
)


def link(
    profile: Profile, words: Sequence[Token], blocked: frozenset[int], quotes: Sequence[tuple[int, int, str]]
) -> Links:
    """Everything in the question that speaks of the data. `blocked` words belong to chart, sort and bin phrases."""
    words = words[:MAX_TOKENS]
    spans: list[_Span] = []
    for table in profile.tables:
        common = Counter(stem(w) for column in table.columns for w in set(name_words(column.name)))
        for name in _names(table):
            spans += _spans(name, words, blocked | _quoted_tokens(words, quotes), common)
    tables = _table_mentions(profile, words, blocked)
    mentions = _chosen_mentions(span for span in spans if not _idle(span, words, tables))
    values = _value_mentions(profile, words, blocked, quotes)
    covered = {i for item in (*mentions, *tables, *values) for i in range(item.start, item.end)} | blocked
    free = [
        i
        for i, token in enumerate(words)
        if i not in covered
        and not token.is_stopword
        and token.text not in _UNTELLING
        and token.number is None
        and any(letter.isalpha() for letter in token.text)
    ]
    by_meaning = _meaning_mentions(profile, words, free)
    explained = {mention.start for mention in by_meaning}
    unknown = tuple(words[i] for i in free if i not in explained)
    return Links(tuple(sorted((*mentions, *by_meaning), key=lambda m: m.start)), tables, values, unknown)


def _idle(span: _Span, words: Sequence[Token], tables: Sequence[TableMention]) -> bool:
    """Counting words are no column unless spelled so; nor is the name of a table that a column only resembles."""
    token = words[span.start]
    if span.end - span.start > 1:
        return all(words[i].text in _COUNTING_WORDS for i in range(span.start, span.end)) and span.link.score < 0.9
    if token.text in _COUNTING_WORDS:
        spelled = [stem(word) for word in name_words(span.link.column)]
        if token.stem in ("amount", "total"):
            return token.stem not in spelled
        counts = span.end < len(words) and words[span.end].text == "of"
        return counts or spelled != [token.stem]
    if span.start and words[span.start - 1].text in _MEASURING_WORDS:
        return False
    named = any(table.start == span.start and table.score >= 0.95 for table in tables)
    return named and span.link.score < 0.9 and span.link.score != OWN_NAME_SCORE


def _quoted_tokens(words: Sequence[Token], quotes: Sequence[tuple[int, int, str]]) -> frozenset[int]:
    return frozenset(
        i
        for i, token in enumerate(words)
        if any(left <= token.start and token.end <= right for left, right, _ in quotes)
    )
