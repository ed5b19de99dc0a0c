"""Rollups of a notebook: frames made of others that have finer times."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ...notebook_templates import rollups
from ...notebook_templates.naming import Names, plain
from ...notebook_templates.source import Code
from ..model import Rollup, Table
from .frame import Frame


def needed(rollup: Rollup, used: Collection[str]) -> set[str]:
    """The columns of the finer table that are loaded."""
    return {rollup.time, *rollup.keys, *_attributes(rollup, used), *_measures(rollup, used)}


def rolled_up(table: Table, rollup: Rollup, used: Collection[str], fine: Frame, names: Names) -> tuple[Frame, Code]:
    """The frame, and what makes it of the finer one."""
    kept = [*rollup.keys, *_attributes(rollup, used)]
    measures = _measures(rollup, used)
    short = {name: fine.short[name] for name in (*kept, *measures)}
    short[rollup.period] = plain(rollup.period, fine.short.values()) if rollup.numbered else fine.short[rollup.time]
    columns = {column.name: column for column in table.columns if column.name in short}
    variable = names.take(table.name, otherwise="{}_data")
    code = rollups.rollup(
        variable,
        fine.variable,
        title=table.title,
        time=fine.short[rollup.time],
        period=rollups.Period(short[rollup.period], rollup.grain, rollup.numbered),
        kept=[short[name] for name in kept],
        sums=[short[name] for name in rollup.sums if name in measures],
        means=[short[name] for name in rollup.means if name in measures],
        readings=rollup.readings,
        grouped=names.take(f"{table.name}_groups") if measures else None,
    )
    frame = replace(
        fine, name=table.name, variable=variable, rows=table.rows, row=table.row_noun,
        rows_noun=table.row_noun_plural, columns=columns, short=short, derived={}, prepared=[],
    )  # fmt: skip
    return frame, code


def _attributes(rollup: Rollup, used: Collection[str]) -> list[str]:
    return [name for name in rollup.attributes if name in used]


def _measures(rollup: Rollup, used: Collection[str]) -> list[str]:
    """Those that are used, or all: a period without any value is no row."""
    measures = [*rollup.sums, *rollup.means]
    return [name for name in measures if name in used] or measures
