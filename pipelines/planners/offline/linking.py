"""Linking: which words of a question speak of which columns, tables and values of the data."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...model import Column, Profile, Table
from . import embedding
from .aliases import aliases_of
from .links import Link, Links, Mention, TableMention, ValueLink, ValueMention
from .naming import OWN_NAME_SCORE, Span, names, spans_of, word_similarity
from .vocabulary import (
    ABBREVIATIONS,
    DISTRIBUTION,
    IDLE_VERBS,
    PEOPLE,
    RELATION,
    SHARE,
    TIME_UNITS,
    TREND,
    UNTELLING,
    VERBS,
)
from .words import STOPWORDS, Token, fold, name_words, one_edit_apart, stem, tokens, word_set

ABOUT = 0.35
"""Similarity from which a word is about the data, though it names no column."""
MAX_TOKENS = 400
"""Words of a question that are read; what comes after is longer than any question."""
_COUNTING_WORDS = frozenset({"number", "count", "total", "amount", "no", "numbers", "counts", "sum"})
_PERIODS = frozenset((unit,) for unit in ("hour", "day", "week", "month", "quarter", "year"))
_PARTS = frozenset({"share", "percentage", "percent", "proportion", "fraction", "ratio"})
"""Before "of" they ask for a part of something, whatever columns are called so."""
_MEASURING_WORDS = word_set(
    "average avg mean lowest highest smallest largest total maximum minimum maximal minimal max min median sum best"
)


def _chosen_mentions(spans: Iterable[Span], words: Sequence[Token]) -> tuple[Mention, ...]:
    """Of overlapping stretches the one that says most; all columns that it may mean."""
    grouped: dict[tuple[int, int], list[Span]] = defaultdict(list)
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
    kept = [
        mention
        for i, mention in enumerate(chosen)
        if i == 0 or not _trails(mention, chosen[i - 1], words[mention.start])
    ]
    return tuple(kept)


def _trails(mention: Mention, before: Mention, word: Token) -> bool:
    """A general word right behind another column belongs to it ("decor type")."""
    if mention.start != before.end or mention.end - mention.start > 1:
        return False
    return mention.links[0].score < 0.8 and mention.links[0].score != OWN_NAME_SCORE and word.text not in VERBS


def _links(spans: Iterable[Span]) -> tuple[Link, ...]:
    best: dict[tuple[str, str], Link] = {}
    for span in spans:
        key = (span.link.table, span.link.column)
        if key not in best or best[key].score < span.link.score:
            best[key] = span.link
    return tuple(sorted(best.values(), key=lambda link: (-link.score, not _is_total(link), _is_code(link)))[:12])


def _is_total(link: Link) -> bool:
    """Of "cost other", "cost repair" and "cost total" the total is meant by "cost"."""
    return bool({"total", "overall", "all"} & set(name_words(link.column)))


def _is_code(link: Link) -> bool:
    """Names read better than codes."""
    return bool({"code", "id", "key", "number"} & set(name_words(link.column)))


def _table_mentions(profile: Profile, words: Sequence[Token], blocked: frozenset[int]) -> tuple[TableMention, ...]:
    found = []
    for table in profile.tables:
        for spoken in dict.fromkeys((name_words(table.name), name_words(table.title), _row_words(table))):
            parts = [word for word in spoken if word not in ("ref", "tbl", "table", "data", "csv", "row", "and", "of")]
            if parts and len(parts) <= 4:
                found += _spoken_table(table.name, parts, words, blocked)
    best: dict[tuple[int, str], TableMention] = {}
    for mention in sorted(found, key=lambda mention: (-mention.score, mention.start)):
        best.setdefault((mention.start, mention.table), mention)
    named = {place for (place, _), mention in best.items() if mention.score >= 0.95}
    kept = [m for m in best.values() if m.score >= 0.85 or m.start not in named]
    return tuple(sorted(kept, key=lambda mention: (mention.start, -mention.score)))


def _row_words(table: Table) -> tuple[str, ...]:
    """What a row is; "film and cinema" means neither of the two, and "by year" not any table with a row a year."""
    words = name_words(table.row_noun)
    return () if "and" in words or words[-1:] in _PERIODS else words


def _spoken_table(table: str, parts: list[str], words: Sequence[Token], blocked: frozenset[int]) -> list[TableMention]:
    found = []
    for start in range(len(words)):
        for size in (len(parts), 1):
            window = range(start, min(start + size, len(words)))
            if len(window) < size or not blocked.isdisjoint(window):
                continue
            joined_ahead = "".join(words[i].text for i in range(start, min(start + 2, len(words))))
            if len(parts) == 1 and len(joined_ahead) > 5 and stem(joined_ahead) == stem(parts[0]) != words[start].stem:
                found.append(TableMention(start, min(start + 2, len(words)), table, 1.0))
                break
            if size == len(parts):
                pairs = zip(window, parts, strict=True)
                score = min(word_similarity(words[i].text, words[i].stem, part) for i, part in pairs)
            else:
                score = 0.75 * max(word_similarity(words[start].text, words[start].stem, part) for part in parts)
                joined = words[start].stem == stem("".join(parts))
                score = 1.0 if joined else score
            if score >= 0.7 and not words[start].is_stopword:
                found.append(TableMention(start, start + size, table, score))
                break
    return found


def _value_index(profile: Profile) -> dict[str, list[tuple[tuple[str, ...], ValueLink]]]:
    """First word of a value → its words and where it stands."""
    index: dict[str, list[tuple[tuple[str, ...], ValueLink]]] = defaultdict(list)
    named = {stem(w) for table in profile.tables for column in table.columns for w in name_words(column.name)}
    for table in profile.tables:
        for column in table.columns:
            if column.type != "text":
                continue
            for alias, meant in aliases_of(column):
                if len(alias) == 1 and alias[0] in named:
                    continue
                index[alias[0]].append((alias, ValueLink(table.name, column.name, meant)))
            for value in column.values:
                spoken = tuple(token.stem for token in tokens(fold(str(value.value)[:80])))
                if spoken and len(spoken) <= 8:
                    index[spoken[0]].append((spoken, ValueLink(table.name, column.name, str(value.value))))
    return index


_SHORT_PLACES = frozenset({"uk"})
"""Two letters that mean nothing else."""


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
                (len(spoken[0]) >= 3 or (len(spoken) > 1 and sum(map(len, spoken)) >= 5) or token.text in _SHORT_PLACES)
                and any(words[i].text not in STOPWORDS for i in range(start, end))
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


def _near_values(profile: Profile, words: Sequence[Token], free: Sequence[int]) -> list[ValueMention]:
    """Values that words nothing else explains come near to: slips of the pen, "cancellations" for "cancelled"."""
    found = []
    for index in free[:12]:
        text = words[index].stem
        if len(text) < 5:
            continue
        links = [
            ValueLink(table.name, column.name, str(value.value))
            for table in profile.tables
            for column in table.columns
            if column.type == "text" and 2 <= column.distinct <= MOST_NEAR
            for value in column.values
            if _is_near(text, stem(fold(str(value.value))))
        ]
        if links and len({(link.table, link.column) for link in links}) == len(links):
            found.append(ValueMention(index, index + 1, tuple(links)))
    return found


MOST_NEAR = 60
"""Distinct values of a column in which a word that comes near to one of them is no accident."""


def _is_near(word: str, value: str) -> bool:
    if len(value) < 5 or " " in value:
        return False
    common = next((i for i, (a, b) in enumerate(zip(word, value, strict=False)) if a != b), min(len(word), len(value)))
    return one_edit_apart(word, value) or (common >= 6 and common >= 0.75 * min(len(word), len(value)))


def _meaning_mentions(profile: Profile, words: Sequence[Token], free: Sequence[int]) -> tuple[Mention, ...]:
    """Columns for words that no spelling explains, by nearness in meaning."""
    columns = [
        (table, column)
        for table in profile.tables
        for column in table.columns
        if column.role not in ("identifier", "empty") and column.distinct > 1
    ][:400]
    spelled = {
        stem(word)
        for table in profile.tables
        for name in (table.name, *(c.name for c in table.columns))
        for word in name_words(name)
    }
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


def link(
    profile: Profile, words: Sequence[Token], blocked: frozenset[int], quotes: Sequence[tuple[int, int, str]]
) -> Links:
    """Everything in the question that speaks of the data. `blocked` words belong to chart, sort and bin phrases."""
    words = words[:MAX_TOKENS]
    spans: list[Span] = []
    for table in profile.tables:
        common = Counter(stem(w) for column in table.columns for w in set(name_words(column.name)))
        for name in names(table):
            spans += spans_of(name, words, blocked | _quoted_tokens(words, quotes), common)
    tables = _table_mentions(profile, words, blocked)
    mentions = _chosen_mentions((span for span in spans if not _idle(span, words, tables)), words)
    values = _value_mentions(profile, words, blocked, quotes)
    places = [(item.start, item.end) for item in mentions]
    places += [(item.start, item.end) for item in tables] + [(item.start, item.end) for item in values]
    covered = {i for place in places for i in range(*place)} | blocked
    free = [
        i
        for i, token in enumerate(words)
        if i not in covered
        and not token.is_stopword
        and token.text not in UNTELLING
        and token.text not in IDLE_VERBS
        and not any(re.fullmatch(pattern, token.text) for pattern, _ in TIME_UNITS)
        and token.number is None
        and any(letter.isalpha() for letter in token.text)
    ]
    near = _near_values(profile, words, free)
    values = tuple(sorted([*values, *near], key=lambda mention: mention.start))
    free = [i for i in free if all(i != mention.start for mention in near)]
    by_meaning = _meaning_mentions(profile, words, free)
    explained = {mention.start for mention in by_meaning}
    everything = sorted([*mentions, *by_meaning], key=lambda mention: mention.start)
    ends = {mention.end for mention in everything}
    # "Screen size" is about the screen that was found.
    free = [i for i in free if i not in ends]
    silent = [i for i in free if i not in explained and words[i].text not in VERBS and words[i].text not in PEOPLE]
    unknown = tuple(words[i] for i in silent if not _is_about(profile, words[i]))
    return Links(tuple(everything), tables, values, unknown)


def _is_about(profile: Profile, word: Token) -> bool:
    """Words that come near the subject of the data are not reported as missing ("planes" for bird strikes)."""
    if any(pattern.fullmatch(word.text) for pattern in (TREND, SHARE, DISTRIBUTION, RELATION)):
        return True
    for table in profile.tables:
        for name in (table.name, table.title, table.row_noun):
            for part in name_words(name):
                if part.startswith(word.stem[:8]) or (len(part) > 3 and word.text.startswith(part[:8])):
                    return True
    titles = {" ".join(name_words(table.title)) for table in profile.tables}
    labels = {_spoken(column) for table in profile.tables for column in table.columns[:100]}
    return any(embedding.similarity(word.text, text) >= ABOUT for text in titles | labels if text)


def _idle(span: Span, words: Sequence[Token], tables: Sequence[TableMention]) -> bool:
    """Counting words are no column unless spelled so; nor is the name of a table that a column only resembles."""
    token = words[span.start]
    if token.text in _PARTS and span.end < len(words) and words[span.end].text == "of":
        return (token.text,) != name_words(span.link.column)
    if span.end - span.start > 1:
        inside = words[span.start : span.end]
        counting = all(word.text in _COUNTING_WORDS or word.is_stopword for word in inside)
        return counting and span.link.score < 0.9
    if token.is_stopword and (token.text,) != name_words(span.link.column):
        return True
    if token.text in _COUNTING_WORDS:
        spelled = [stem(word) for word in name_words(span.link.column)]
        if token.stem in ("amount", "total", "sum"):
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


def amounts_first(links: Links, profile: Profile) -> Links:
    """What is set against something is an amount where a word may mean one: "income", not "income group"."""
    measures = {(table.name, item.name) for table in profile.tables for item in table.columns if item.role == "measure"}

    def judged(mention: Mention) -> Mention:
        if not any((link.table, link.column) in measures for link in mention.links):
            return mention
        kept = tuple(link for link in mention.links if (link.table, link.column) in measures)
        return replace(mention, links=kept)

    return replace(links, mentions=tuple(map(judged, links.mentions)))
