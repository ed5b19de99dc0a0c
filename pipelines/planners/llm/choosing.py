"""Choosing: which columns a model is told about when there are too many for all of them."""

from __future__ import annotations

from ...model import QUESTION_LIMIT, Column, Profile
from ..offline import linking, phrases
from ..offline.words import fold, quoted, tokens

Place = tuple[str, str]
"""A table and a column of it."""

_ROLES = {
    "time": 0.3, "measure": 0.25, "category": 0.22, "place": 0.22, "ordered": 0.2, "boolean": 0.12,
    "coordinate": 0.1, "identifier": 0.04, "text": 0.02, "empty": -1.0,
}  # fmt: skip
_KEY = 0.4
"""For a column that a join needs."""
_FEW = 50


def by_relevance(profile: Profile, question: str) -> list[Place]:
    """All columns, those first that the question speaks of, then those a dashboard is usually made of."""
    named = _named(profile, question)
    keys = {(join.left, left) for join in profile.joins for left, _ in join.on}
    keys |= {(join.right, right) for join in profile.joins for _, right in join.on}
    weights = {
        (table.name, column.name): named.get((table.name, column.name), 0.0)
        + _KEY * ((table.name, column.name) in keys)
        + _worth(column)
        for table in profile.offered
        for column in table.columns
    }
    return sorted(weights, key=lambda place: -weights[place])


def _named(profile: Profile, question: str) -> dict[Place, float]:
    """By spelling, by synonyms and by meaning, as the offline planner reads a question."""
    text = fold(" ".join(question.split())[:QUESTION_LIMIT])
    words = tokens(text)
    links = linking.link(profile, words, phrases.read(text, words).blocked, quoted(text))
    found: dict[Place, float] = {}
    for mention in links.mentions:
        for link in mention.links:
            place = (link.table, link.column)
            found[place] = max(found.get(place, 0.0), link.score)
    for value in links.values:
        for item in value.links:
            found.setdefault((item.table, item.column), 0.5)
    return found


def _worth(column: Column) -> float:
    """What is mostly missing or always the same says little; few values make groups."""
    missing = column.missing / max(column.rows, 1)
    groups = 0.1 if column.type == "text" and 2 <= column.distinct <= _FEW else 0.0
    return _ROLES[column.role] * (1 - missing) + groups - (0.5 if column.distinct < 2 else 0.0)
