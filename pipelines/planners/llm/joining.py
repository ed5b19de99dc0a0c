"""Joining: the joins of a draft, and of a plan, as frames with their columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from pydantic import ValidationError

from ...model import Join, Profile, sentence
from ..offline.framing import Frame, frame_by, single
from .draft import DraftJoin
from .parts import Part, Setting, column, listed, resolved


def frames_of(profile: Profile, joins: Sequence[Join]) -> dict[str, Frame]:
    """The frames of a plan that fits the profile."""
    frames = {table.name: single(table) for table in profile.offered}
    for join in joins:
        if join.left in frames and join.right in frames:
            frames[join.name] = counted(frame_by(join.name, joins, profile), frames[join.left], frames[join.right])
    return frames


def add_joins(
    drafts: Sequence[DraftJoin],
    setting: Setting,
    part_of: Sequence[Part],
    is_sound: Callable[[Frame, Setting, Part], bool],
) -> None:
    """Add the frames that the joins of a draft make to those of the setting, as far as they are sound."""
    for draft, part in zip(drafts, part_of, strict=True):
        frame = _frame(draft, setting, part)
        if frame is not None and is_sound(frame, setting, part):
            setting.frames[frame.name] = frame
            setting.names.add(frame.name)


def _frame(draft: DraftJoin, setting: Setting, part: Part) -> Frame | None:
    left = setting.frame(draft.left, part.inner("left"))
    right = resolved(draft.right, [table.name for table in setting.profile.offered])
    if right is None:
        tables = listed(table.name for table in setting.profile.offered)
        part.inner("right").wrong(f"there is no table {draft.right!r}. There is: {tables}.")
    table = setting.profile.table(right or "")
    if left is None or table is None:
        return None
    if table.name in left.tables:
        part.inner("right").wrong(f"'{table.name}' is in '{left.name}' already.")
        return None
    on = _keys(draft, left, single(table), part)
    name = _name(draft.name)
    if name in setting.frames:
        part.inner("name").wrong(f"there is a frame '{name}' already; choose another name.")
        return None
    try:
        join = Join(name=name, left=left.name, right=table.name, on=on, how=draft.how, why=draft.why)
    except ValidationError as error:
        part.wrong(sentence(error))
        return None
    return counted(frame_by(name, (*left.joins, join), setting.profile), left, single(table))


def _name(name: str) -> str:
    """As a name in a plan, where it is nearly one."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")[:60]


def _keys(draft: DraftJoin, left: Frame, right: Frame, part: Part) -> tuple[tuple[str, str], ...]:
    found = []
    for index, pair in enumerate(draft.on):
        here = part.inner(f"on[{index}]")
        pairs = column(pair.left, left, here.inner("left")), column(pair.right, right, here.inner("right"))
        if pairs[0] is not None and pairs[1] is not None:
            found.append((pairs[0], pairs[1]))
    return tuple(found)


def counted(frame: Frame, left: Frame, right: Frame) -> Frame:
    """The frame of a join with the table whose rows it has: the other side has a single row for each of them."""
    on = frame.joins[-1].on
    if _is_key(right, [name for _, name in on]):
        return frame
    if _is_key(left, [name for name, _ in on]):
        return replace(frame, main=right.main)
    return replace(frame, is_multiplied=True)


def _is_key(frame: Frame, names: Sequence[str]) -> bool:
    """Whether a frame has at most one row for each value of these columns, as far as the profile tells."""
    sources = [frame.sources[name] for name in names]
    if any(table != frame.main.name for table, _ in sources):
        return False
    columns = [frame.columns[name] for name in names]
    if any(column.distinct >= column.rows - column.missing for column in columns):
        return True
    return any(set(key) <= {name for _, name in sources} for key in frame.main.keys)
