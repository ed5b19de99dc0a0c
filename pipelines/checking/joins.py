"""Joins: whether the keys of two frames meet, how many rows are left of them, and which sums they multiply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from ..model import Column, CorrelationInsight, Insight, Join, JoinCandidate, Measure, Plan, Profile, Widget
from .columns import NUMERIC, Columns, existence, listed

LEAST_KEPT = 0.5
"""Of the values of a key; a join that finds fewer loses most rows or leaves most of its columns empty."""
_LENGTHS = ("hour", "day", "week", "month", "quarter", "year")
_TURNED = {"many-to-one": "one-to-many", "one-to-many": "many-to-one"}


class _Meeting(NamedTuple):
    """What the profile knows of a join: shares of distinct keys that have a partner, and how often keys stand there."""

    left_matched: float
    right_matched: float
    cardinality: str


def join_problems(plan: Plan, profile: Profile, columns: Mapping[str, Columns]) -> Iterator[str]:
    for join in plan.joins:
        left, right = columns.get(join.left), columns.get(join.right)
        if left is None or right is None:
            continue
        wrong = list(_key_problems(join, left, right, profile))
        yield from wrong or _match_problems(join, plan, profile)


def _key_problems(join: Join, left: Columns, right: Columns, profile: Profile) -> Iterator[str]:
    for left_key, right_key in join.on:
        yield from existence(left_key, join.left, left)
        yield from existence(right_key, join.right, right)
        if left_key in left and right_key in right and not _comparable(left[left_key], right[right_key]):
            rolled = _rolled_up(join, profile)
            yield (
                f"Join '{join.name}' compares '{left_key}' ({left[left_key].type}) with "
                f"'{right_key}' ({right[right_key].type}); both need the same type{rolled and f': {rolled}'}."
            )
        elif grains := _other_grains(left.get(left_key), right.get(right_key)):
            rolled = _rolled_up(join, profile) or "use the tables one beside the other"
            yield (
                f"Join '{join.name}' compares '{left_key}', with a value for each {grains[0]}, with '{right_key}', "
                f"with one for each {grains[1]}: one {min(grains, key=_length_of)} would stand for a whole "
                f"{max(grains, key=_length_of)}; {rolled}."
            )


def _rolled_up(join: Join, profile: Profile) -> str:
    """What can be joined instead, where the profile has tables with coarser times for these; else empty."""
    made = {table.name: table.rollup.of for table in profile.rollups if table.rollup}
    for item in profile.joins:
        sides = {made.get(item.left, item.left), made.get(item.right, item.right)}
        if sides == {join.left, join.right} and (item.left in made or item.right in made):
            return f"join '{item.left}' and '{item.right}' instead"
    return ""


def _other_grains(left: Column | None, right: Column | None) -> tuple[str, str] | None:
    """The grains of two columns of regular times, where they differ."""
    if left is None or right is None or left.times is None or right.times is None:
        return None
    grains = left.times.grain, right.times.grain
    regular = all(grain in _LENGTHS for grain in grains) and not (left.times.gaps or right.times.gaps)
    return grains if regular and grains[0] != grains[1] else None


def _length_of(grain: str) -> int:
    return _LENGTHS.index(grain)


def _comparable(left: Column, right: Column) -> bool:
    def kind(column: Column) -> str:
        return "number" if column.type in NUMERIC else column.type

    return kind(left) == kind(right)


def _match_problems(join: Join, plan: Plan, profile: Profile) -> Iterator[str]:
    """Where a candidate joins by some of the same columns its rates are what this join can reach at most."""
    met = _meeting(join, plan, profile)
    if met is None:
        tables = {*_tables(join.left, plan), *_tables(join.right, plan)}
        known = [_told(item) for item in profile.joins if {item.left, item.right} <= tables]
        pairs = " and ".join(f"{left} = {right}" for left, right in join.on)
        yield (
            f"Join '{join.name}' meets where {pairs}, but the values of these columns do not match. "
            f"Joins that do: {listed(known, most=8) or 'none'}."
        )
    elif (lost := _lost(join.how, met)) is not None:
        side, share = lost
        name = join.left if side == "left" else join.right
        rest = "most of its rows would go" if join.how == "inner" else "most rows would have nothing of the other"
        yield (
            f"Join '{join.name}' finds a partner for {share:.0%} of the keys of '{name}' only, so {rest}: "
            f"leave it out, or use another pair of columns."
        )


def is_lossy(candidate: JoinCandidate, how: Literal["inner", "left"] = "inner") -> bool:
    """Whether a join by this candidate loses most of what it is about."""
    return _lost(how, _Meeting(candidate.left_matched, candidate.right_matched, candidate.cardinality)) is not None


def _lost(how: str, met: _Meeting) -> tuple[Literal["left", "right"], float] | None:
    """The side that loses most rows, and the share that it keeps.

    Rows that repeat are those that a join is about; the other side may well know more than is used.
    """
    if how == "left" or met.cardinality == "many-to-one":
        return ("left", met.left_matched) if met.left_matched < LEAST_KEPT else None
    if met.cardinality == "one-to-many":
        return ("right", met.right_matched) if met.right_matched < LEAST_KEPT else None
    better: Literal["left", "right"] = "left" if met.left_matched >= met.right_matched else "right"
    best = max(met.left_matched, met.right_matched)
    return (better, best) if best < LEAST_KEPT else None


def multiplied(item: Widget | Insight, plan: Plan, profile: Profile) -> Iterator[str]:
    """A sum over a join in which both sides have their keys several times counts values more than once."""
    joins = {join.name: join for join in plan.joins}
    summed = [measure for measure in _measures(item) if measure.aggregate == "sum"]
    if not summed or item.frame not in joins:
        return
    for join in _chain(str(item.frame), joins):
        met = _meeting(join, plan, profile)
        if met is not None and met.cardinality == "many-to-many":
            yield (
                f"The {_owner(item)} sums '{summed[0].column}' over '{item.frame}', but the join '{join.name}' repeats "
                f"rows of both sides, so values would count several times: use the mean, or one of the tables alone."
            )
            return


def _measures(item: Widget | Insight) -> tuple[Measure, ...]:
    if isinstance(item, CorrelationInsight):
        return (item.x, item.y)
    measures: tuple[Measure, ...] = item.measures if hasattr(item, "measures") else (item.y,)
    return measures


def _owner(item: Widget | Insight) -> str:
    return f"{item.type} '{item.id}'" if hasattr(item, "position") else f"insight '{item.id}'"


def _chain(frame: str, joins: Mapping[str, Join]) -> Iterator[Join]:
    """A join and those that its sides are made by."""
    if frame in joins:
        yield joins[frame]
        yield from _chain(joins[frame].left, joins)
        yield from _chain(joins[frame].right, joins)


def _meeting(join: Join, plan: Plan, profile: Profile) -> _Meeting | None:
    """What is known of a join by the best candidate for it. None: its keys do not match."""
    item = candidate_of(join, plan, profile)
    if item is None:
        return None
    # Further columns may tell rows apart that these do not.
    kind = "unknown" if len(item.on) < len(join.on) and item.cardinality == "many-to-many" else item.cardinality
    return _Meeting(item.left_matched, item.right_matched, kind)


def candidate_of(join: Join, plan: Plan, profile: Profile) -> JoinCandidate | None:
    """The candidate with most of the columns that this join meets by, its left side that of the join."""
    origins = _origins(plan, profile)
    if join.left not in origins or join.right not in origins:
        return None
    pairs = {(origins[join.left].get(left), origins[join.right].get(right)) for left, right in join.on}
    found: list[JoinCandidate] = []
    for item in profile.joins:
        ours = {((item.left, left), (item.right, right)) for left, right in item.on}
        if ours <= pairs:
            found.append(item)
        elif {(right, left) for left, right in ours} <= pairs:
            found.append(_turned(item))
    return max(found, key=lambda item: len(item.on), default=None)


def _turned(item: JoinCandidate) -> JoinCandidate:
    return item.model_copy(
        update={
            "left": item.right,
            "right": item.left,
            "on": tuple((right, left) for left, right in item.on),
            "left_matched": item.right_matched,
            "right_matched": item.left_matched,
            "cardinality": _TURNED.get(item.cardinality, item.cardinality),
            "left_unmatched": item.right_unmatched,
            "right_unmatched": item.left_unmatched,
        }
    )


def _origins(plan: Plan, profile: Profile) -> dict[str, dict[str, tuple[str, str]]]:
    """For every frame: a column's name in it → the table and column it comes from."""
    made = {
        table.name: {column.name: (table.name, column.name) for column in table.columns} for table in profile.offered
    }
    for join in plan.joins:
        if join.left in made and join.right in made:
            keys = {right for _, right in join.on}
            frame = dict(made[join.left])
            for name, origin in made[join.right].items():
                if name not in keys:
                    frame[f"{name} ({join.right})" if name in made[join.left] else name] = origin
            made[join.name] = frame
    return made


def _tables(frame: str, plan: Plan) -> set[str]:
    joins = {join.name: join for join in plan.joins}
    if frame not in joins:
        return {frame}
    return _tables(joins[frame].left, plan) | _tables(joins[frame].right, plan)


def _told(item: JoinCandidate) -> str:
    return " and ".join(f"{item.left}.{left} = {item.right}.{right}" for left, right in item.on)
