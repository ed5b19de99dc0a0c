"""Comparing: what is different between two versions of a dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from ..pipelines.model import Datasets, Noun, Plan

Kind = Literal[
    "title", "description", "table", "join", "parameter", "filter", "widget", "insight", "expectation", "data"
]


class Difference(Noun):
    """One thing that is in one version and not, or not so, in the other."""

    kind: Kind
    name: str
    change: Literal["added", "removed", "changed"]
    fields: tuple[str, ...] = ()
    """Of a changed thing: what of it."""
    before: Any = None
    after: Any = None


def differences(before: Plan, after: Plan, data_before: Datasets, data_after: Datasets) -> tuple[Difference, ...]:
    """From an earlier to a later version, in the order of a page."""
    old, new = _things(before, data_before), _things(after, data_after)
    return tuple(_found(old, new))


def _found(old: Mapping[tuple[Kind, str], Any], new: Mapping[tuple[Kind, str], Any]) -> Iterable[Difference]:
    for kind, name in dict.fromkeys((*old, *new)):
        was, now = old.get((kind, name)), new.get((kind, name))
        if was == now:
            continue
        if was is None or now is None:
            change: Literal["added", "removed"] = "added" if was is None else "removed"
            yield Difference(kind=kind, name=name, change=change, before=was, after=now)
        else:
            both = isinstance(was, dict) and isinstance(now, dict)
            fields = [key for key in dict.fromkeys((*was, *now)) if was.get(key) != now.get(key)] if both else []
            yield Difference(kind=kind, name=name, change="changed", fields=tuple(fields), before=was, after=now)


def _things(plan: Plan, datasets: Datasets) -> dict[tuple[Kind, str], Any]:
    things: dict[tuple[Kind, str], Any] = {("title", ""): plan.title, ("description", ""): plan.description}
    things |= {("table", name): name for name in plan.tables}
    lists: tuple[tuple[Kind, str, str], ...] = (
        ("join", "joins", "name"),
        ("parameter", "parameters", "name"),
        ("filter", "filters", "id"),
        ("widget", "widgets", "id"),
        ("insight", "insights", "id"),
        ("expectation", "expectations", "frame"),
    )
    for kind, field, key in lists:
        for item in getattr(plan, field):
            things[kind, getattr(item, key)] = item.model_dump(mode="json")
    for dataset in datasets.datasets:
        things["data", dataset.name] = {
            "digest": dataset.digest,
            "title": dataset.title,
            "bytes": sum(file.size for file in dataset.files),
        }
    return things
