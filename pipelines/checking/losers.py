"""What the joins of a plan lose: keys of one table that the other one does not have, in sentences for readers."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Plan, Profile, Table, Unmatched
from .joins import candidate_of

MOST_NAMED = 5


def losers(plan: Plan, profile: Profile) -> tuple[str, ...]:
    """A sentence for each key column of a join that finds no partner for all of its values.

    It is derived from the profile, never kept in the plan: a refresh brings other data, and other losers.
    """
    return tuple(dict.fromkeys(sentence for join in plan.joins for sentence in _of_join(join.name, plan, profile)))


def _of_join(name: str, plan: Plan, profile: Profile) -> Iterator[str]:
    join = next(item for item in plan.joins if item.name == name)
    candidate = candidate_of(join, plan, profile)
    if candidate is None:
        return
    left, right = profile.table(candidate.left), profile.table(candidate.right)
    if left is None or right is None:
        return
    # A table that others look things up in may well know more than they ask for.
    if candidate.cardinality != "one-to-many":
        yield from (_sentence(item, left, right) for item in candidate.left_unmatched)
    if candidate.cardinality in ("one-to-one", "one-to-many"):
        yield from (_sentence(item, right, left) for item in candidate.right_unmatched)


def _sentence(item: Unmatched, ours: Table, theirs: Table) -> str:
    named = list(item.first[:MOST_NAMED])
    more = item.lost - len(named)
    last = f"{more:,} more" if more else named.pop()
    listed = f"{', '.join(named)} and {last}" if named else last
    verb = "has" if item.lost == 1 else "have"
    return (
        f"{item.lost:,} of {item.values:,} {ours.key_noun(item.column)} of '{ours.title}' {verb} no partner in "
        f"'{theirs.title}': {listed}."
    )
