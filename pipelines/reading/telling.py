"""What reading did to a table, in sentences for the person whose data it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model import Repair
from .columns import ColumnPlan

_EXAMPLE = re.compile(r'"[^"]*"|[\d,]+ cells of column .* that')


def told(plan: ColumnPlan, marked: dict[str, int]) -> list[Repair]:
    """What reading changed in a column that went well."""
    told = []
    if plan.kind.sentence:
        told.append(
            Repair(kind="converted", column=plan.name, sentence=f"{plan.kind.sentence} in column '{plan.name}'.")
        )
    if marked and set(marked) != {"null"}:
        count = sum(marked.values())
        listed = ", ".join(f'"{_as_written(plan, mark)}"' for mark in list(marked)[:3])
        told.append(
            Repair(
                kind="missing_marks",
                column=plan.name,
                count=count,
                sentence=f"{count:,} {'cell' if count == 1 else 'cells'} of column '{plan.name}' that "
                f"{'says' if count == 1 else 'say'} {listed} {'counts' if count == 1 else 'count'} as missing.",
            )
        )
    return told


def _as_written(plan: ColumnPlan, mark: str) -> str:
    return next((value.strip() for value in plan.column.sample if value.strip().lower() == mark), mark)


def doubts_of(plans: list[ColumnPlan]) -> list[str]:
    """Each kind of doubt once, with its columns."""
    doubts: dict[str, list[ColumnPlan]] = {}
    for plan in plans:
        if plan.kind.warning:
            doubts.setdefault(_EXAMPLE.sub("", plan.kind.warning), []).append(plan)
    return [
        f"{'Column' if len(group) == 1 else 'Columns'} {_listed(plan.name for plan in group[:5])}: "
        f"{group[0].kind.warning}."
        for group in doubts.values()
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def gather(repairs: list[Repair]) -> list[Repair]:
    """One sentence for the same repair in many columns."""
    groups: dict[str, list[Repair]] = {}
    for repair in repairs:
        alike = f"{repair.kind} {_EXAMPLE.sub('', repair.sentence.split(' in column ')[0])}" if repair.column else ""
        groups.setdefault(alike if repair.kind in ("converted", "missing_marks") else repair.sentence, []).append(
            repair
        )
    gathered: list[Repair] = []
    for group in groups.values():
        if len(group) < 3 or group[0].column is None:
            gathered += group
            continue
        listed = ", ".join(f"'{repair.column}'" for repair in group[:3])
        more = f" and {len(group) - 3} more" if len(group) > 3 else ""
        count = sum(repair.count for repair in group)
        text = group[0].sentence.split(" in column ")[0] + f" in {len(group)} columns: {listed}{more}."
        if group[0].kind == "missing_marks":
            said = group[0].sentence.split(" that say ")[1]
            text = f"{count:,} cells in {len(group)} columns ({listed}{more}) that say {said}"
        gathered.append(Repair(kind=group[0].kind, sentence=text, count=count))
    return gathered


def shortened(text: str) -> str:
    """For quoting in a sentence."""
    return text if len(text) <= 40 else text[:37] + "…"
