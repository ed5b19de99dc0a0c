"""Framing: which table, or which join of tables, a question is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

from ...checking import is_lossy, joined
from ...errors import PlanError
from ...model import Column, Join, JoinCandidate, Profile, Table
from .links import Link, Links, Mention, TableMention, ValueLink, ValueMention

MAX_WANTED, MAX_TABLES, MAX_TREES = 3, 5, 40
JOIN_COST, BRIDGE_COST = 0.5, 0.12
TIME_WORTH = 0.6
"""Of a table with times, where the question speaks of time but names no column of it."""
_MANY = {"many-to-one": ("left",), "one-to-many": ("right",), "one-to-one": (), "many-to-many": ("left", "right")}


@dataclass(frozen=True)
class Frame:
    """A table, or tables joined in this order, with the columns by their names in the joined frame."""

    name: str
    tables: tuple[str, ...]
    joins: tuple[Join, ...]
    columns: dict[str, Column]
    sources: dict[str, tuple[str, str]]
    """Name in the frame → table and column it comes from."""
    places: dict[tuple[str, str], str]
    """Table and column → name in the frame; a key that the join dropped → the key it equals."""
    main: Table
    """The table whose rows the frame has; those of the others repeat."""
    is_multiplied: bool = False
    """Whether a join repeats rows of both its sides, so that no sum is right."""
    aligned: frozenset[str] = frozenset()
    """Tables that have one row, or none, for each row of the main one: joins repeat nothing of them."""

    def name_of(self, table: str, column: str) -> str | None:
        return self.places.get((table, column))

    def has(self, table: str) -> bool:
        """Whether a table is in it, as it is or brought to coarser times."""
        return any(name == table for name, _ in self.places)

    def column(self, name: str) -> Column:
        return self.columns[name]

    def repeats(self, name: str) -> bool:
        """Whether a value of this column stands in several rows only because of the join."""
        return bool(self.joins) and self.sources[name][0] not in {self.main.name, *self.aligned}

    def aligned_by(self, edge: JoinCandidate) -> frozenset[str]:
        """The tables that are aligned once this edge is joined."""
        here = {self.main.name, *self.aligned}
        beside = {edge.left, edge.right} - here if edge.cardinality == "one-to-one" else set()
        return self.aligned | beside if len(beside) == 1 else self.aligned


def single(table: Table) -> Frame:
    columns = {column.name: column for column in table.columns}
    sources = {name: (table.name, name) for name in columns}
    return Frame(table.name, (table.name,), (), columns, sources, _places(table), table)


def _places(table: Table) -> dict[tuple[str, str], str]:
    """By its own name, and that of the table which it is made of: people and words mean that one."""
    places = {(table.name, column.name): column.name for column in table.columns}
    if table.rollup is not None:
        places |= {(table.rollup.of, column.name): column.name for column in table.columns}
        places[table.rollup.of, table.rollup.time] = table.rollup.period
    return places


def frame_for(profile: Profile, links: Links, counted: Sequence[TableMention] = (), *, timely: bool = False) -> Frame:
    """The smallest frame that knows most of what the question speaks of."""
    best, best_score = single(profile.tables[0]), float("-inf")
    made_of = {table.name: table.rollup.of for table in profile.rollups if table.rollup}
    for wanted in _wanted(profile, links, timely=timely):
        tree = _tree(profile, wanted)
        if tree is None:
            continue
        frame_tables = set(wanted) | {made_of.get(side, side) for edge in tree for side in (edge.left, edge.right)}
        score = _score(profile, links, counted, frame_tables, wanted)
        score += TIME_WORTH * (
            timely and any(_has_time(table) for table in profile.tables if table.name in frame_tables)
        )
        if score > best_score + 1e-9:
            best, best_score = _built(profile, wanted, tree), score
    return best


def _has_time(table: Table) -> bool:
    return any(column.role == "time" for column in table.columns)


def _wanted(profile: Profile, links: Links, *, timely: bool) -> list[tuple[str, ...]]:
    said = {link.table for mention in links.mentions for link in mention.links}
    said |= {mention.table for mention in links.tables}
    said |= {link.table for value in links.values for link in value.links}
    said |= {table.name for table in profile.tables if timely and _has_time(table)}
    order = [table.name for table in sorted(profile.tables, key=_richness, reverse=True)]
    names = [name for name in order if name in said][:10]
    combos: list[tuple[str, ...]] = [(name,) for name in order]
    if profile.joins:
        combos += [combo for size in range(2, MAX_WANTED + 1) for combo in combinations(names, size)]
    return combos


def _richness(table: Table) -> float:
    """More measures, times and rows: better to make a dashboard of, where the question does not decide."""
    roles = [column.role for column in table.columns]
    useful = 2.0 * min(roles.count("measure"), 4) + 2.0 * ("time" in roles) + min(roles.count("category"), 4)
    return useful + min(len(str(table.rows)), 6)


def _score(
    profile: Profile,
    links: Links,
    counted: Sequence[TableMention],
    tables: set[str],
    wanted: Sequence[str],
) -> float:
    score = sum(best_in(mention, tables, links.tables) for mention in links.mentions)
    for place in {mention.start for mention in links.tables}:
        here = [mention for mention in links.tables if mention.start == place and mention.table in tables]
        if here:
            score += max((0.7 if mention in counted else 0.3) * mention.score for mention in here)
    score += sum(0.45 for value in links.values if any(link.table in tables for link in value.links))
    score -= JOIN_COST * (len(wanted) - 1) + BRIDGE_COST * (len(tables) - len(wanted))
    return score + 0.001 * sum(_richness(table) for table in profile.tables if table.name in wanted) / len(wanted)


def best_in(mention: Mention, tables: set[str], near: Sequence[TableMention]) -> float:
    return max((nearness(mention, link, near) for link in mention.links if link.table in tables), default=0.0)


def nearness(mention: Mention, link: Link, near: Sequence[TableMention]) -> float:
    """The score of a link, raised where its table is named close by ("names of the teachers")."""
    boost = 0.0
    for table in near:
        gap = max(mention.start - table.end, table.start - mention.end, 0)
        if table.table == link.table and gap <= 4:
            boost = max(boost, 0.2 * table.score * (1 - gap / 6))
    return link.score + boost


def chosen_link(mention: Mention, frame: Frame, near: Sequence[TableMention]) -> Link | None:
    there = [link for link in mention.links if frame.name_of(link.table, link.column)]
    return max(there, key=lambda link: nearness(mention, link, near), default=None)


def chosen_values(value: ValueMention, frame: Frame) -> list[ValueLink]:
    return [link for link in value.links if frame.name_of(link.table, link.column)]


def _tree(profile: Profile, wanted: Sequence[str]) -> tuple[JoinCandidate, ...] | None:
    """Joins of the tables as they are, else of what is made of them by coarser times."""
    tree = _connected(profile, wanted)
    if tree is not None or len(wanted) == 1:
        return tree
    made = {table.name: table.rollup.of for table in profile.rollups if table.rollup}
    choices = [(name, *(other for other, origin in made.items() if origin == name)) for name in wanted]
    trees = (_connected(profile, names) for names in islice(product(*choices), 1, MAX_TREES))
    found = [tree for tree in trees if tree is not None and not _mixes(tree, made)]
    return min(found, key=lambda tree: sum(map(_edge_cost, tree)), default=None)


def _mixes(tree: Sequence[JoinCandidate], made: Mapping[str, str]) -> bool:
    """Whether a table is there more than once, by its own times and by coarser ones."""
    sides = {side for edge in tree for side in (edge.left, edge.right)}
    return len({made.get(side, side) for side in sides}) < len(sides)


def _connected(profile: Profile, wanted: Sequence[str]) -> tuple[JoinCandidate, ...] | None:
    """Joins that connect the tables, over bridges where needed; None where there is no way."""
    inside = {wanted[0]}
    tree: list[JoinCandidate] = []
    for name in wanted[1:]:
        path = _path(profile, inside, name)
        if path is None:
            return None
        tree += path
        inside |= {side for edge in path for side in (edge.left, edge.right)}
    return tuple(tree) if len(inside) <= MAX_TABLES else None


def _path(profile: Profile, inside: set[str], goal: str) -> tuple[JoinCandidate, ...] | None:
    """The cheapest way from the tables inside to the goal (Dijkstra; at most 20 tables)."""
    if goal in inside:
        return ()
    best: dict[str, tuple[float, tuple[JoinCandidate, ...]]] = dict.fromkeys(inside, (0.0, ()))
    done: set[str] = set()
    while True:
        open_names = [name for name in best if name not in done]
        if not open_names:
            return None
        here = min(open_names, key=lambda name: (best[name][0], name))
        if here == goal:
            return best[here][1]
        done.add(here)
        for edge in profile.joins:
            if is_lossy(edge):
                continue
            other = {edge.left: edge.right, edge.right: edge.left}.get(here) if edge.left != edge.right else None
            if other is not None and other not in done:
                cost = best[here][0] + _edge_cost(edge)
                if other not in best or cost < best[other][0] - 1e-9:
                    best[other] = (cost, (*best[here][1], edge))


def _edge_cost(edge: JoinCandidate) -> float:
    """Keys that match well and do not multiply rows are cheap."""
    return 1.0 + (1 - max(edge.left_matched, edge.right_matched)) + (1.5 if edge.cardinality == "many-to-many" else 0)


def _built(profile: Profile, wanted: Sequence[str], tree: Sequence[JoinCandidate]) -> Frame:
    tables = {table.name: table for table in profile.offered}
    if not tree:
        return single(tables[wanted[0]])
    root = _root(tree)
    frame = single(tables[root])
    left = list(tree)
    while left:
        edge = next(e for e in left if (e.left in frame.tables) != (e.right in frame.tables) or _inside(e, frame))
        left.remove(edge)
        if not _inside(edge, frame):
            frame = _joined_frame(frame, edge, tables)
    return frame


def _inside(edge: JoinCandidate, frame: Frame) -> bool:
    return edge.left in frame.tables and edge.right in frame.tables


def _root(tree: Sequence[JoinCandidate]) -> str:
    """The table with the finest rows: on the many side of its joins, and on the one side of none."""
    votes: dict[str, int] = {}
    for edge in tree:
        for side, name in (("left", edge.left), ("right", edge.right)):
            votes[name] = votes.get(name, 0) + (1 if side in _MANY[edge.cardinality] else -1) * 2
    return max(votes, key=lambda name: votes[name])


def frame_by(name: str, joins: Sequence[Join], profile: Profile) -> Frame:
    """The frame that joins of a plan make, whoever wrote them; its rows are those of the leftmost table."""
    join = next((item for item in joins if item.name == name), None)
    if join is None:
        table = profile.table(name)
        if table is None:
            raise PlanError(f"The plan speaks of '{name}', which is no table of its data.")
        return single(table)
    left, right = frame_by(join.left, joins, profile), frame_by(join.right, joins, profile)
    columns = joined(left.columns, right.columns, join.right, join.on)
    keys = {right_key: left_key for left_key, right_key in join.on}
    sources, places = dict(left.sources), dict(left.places)
    for origin, column in right.places.items():
        inner = keys.get(column) or (f"{column} ({join.right})" if column in left.columns else column)
        places.setdefault(origin, inner)
        sources.setdefault(inner, right.sources[column])
    known = [edge for edge in profile.joins if {edge.left, edge.right} <= {*left.tables, *right.tables}]
    edges = [edge for edge in known if _is_of(edge, join, left, right)]
    multiplied = any(edge.cardinality == "many-to-many" for edge in edges)
    return Frame(
        name,
        (*left.tables, *right.tables),
        (*left.joins, *right.joins, join),
        columns,
        sources,
        places,
        left.main,
        multiplied or left.is_multiplied or right.is_multiplied,
        left.aligned.union(*map(left.aligned_by, edges)),
    )


def _is_of(edge: JoinCandidate, join: Join, left: Frame, right: Frame) -> bool:
    """Whether a join meets by just the columns of a candidate."""
    pairs = {
        frozenset((left.sources[a], right.sources[b])) for a, b in join.on if a in left.sources and b in right.sources
    }
    return pairs == {frozenset(((edge.left, a), (edge.right, b))) for a, b in edge.on}


def _joined_frame(frame: Frame, edge: JoinCandidate, tables: dict[str, Table]) -> Frame:
    near, far = (edge.left, edge.right) if edge.left in frame.tables else (edge.right, edge.left)
    pairs = edge.on if near == edge.left else tuple((right, left) for left, right in edge.on)
    on = tuple((frame.name_of(near, left) or left, right) for left, right in pairs)
    right = {column.name: column for column in tables[far].columns}
    columns = joined(frame.columns, right, far, on)
    keys = {right_key: left_key for left_key, right_key in on}
    sources, places = dict(frame.sources), dict(frame.places)
    for origin, name in _places(tables[far]).items():
        inner = keys.get(name) or (f"{name} ({far})" if name in frame.columns else name)
        places[origin] = inner
        sources.setdefault(inner, (far, name))
    name = f"{frame.name}_with_{far}"[:60].rstrip("_")
    join = Join(
        name=name,
        left=frame.name,
        right=far,
        on=on,
        why=_why(near, far, on, tables),
    )
    multiplied = frame.is_multiplied or edge.cardinality == "many-to-many"
    return Frame(
        name,
        (*frame.tables, far),
        (*frame.joins, join),
        columns,
        sources,
        places,
        frame.main,
        multiplied,
        frame.aligned_by(edge),
    )


def _why(near: str, far: str, on: Sequence[tuple[str, str]], tables: Mapping[str, Table]) -> str:
    meeting = f"Rows of '{near}' meet those of '{far}' where {' and '.join(f'{a} = {b}' for a, b in on)}."
    made = [tables[name].warnings[0] for name in (near, far) if tables[name].rollup is not None]
    return " ".join([meeting, *made])[:500]
