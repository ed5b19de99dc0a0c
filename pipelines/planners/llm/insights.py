"""Insights and filters of a draft as those of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ...model import (
    ChangeInsight,
    ChoiceFilter,
    ChoicesFilter,
    CorrelationInsight,
    DateRangeFilter,
    ExtremeInsight,
    Filter,
    Insight,
    NumberRangeFilter,
    OutlierInsight,
    ShareInsight,
    TrendInsight,
    sentence,
)
from ...model.insight import InsightType
from ..offline.ground import capital, new_identifier
from .draft import Channel, DraftFilter, DraftInsight, FilterType
from .encodings import Encodings
from .keeping import draft_insight
from .parts import Part, Setting, column
from .texts import known_numbers
from .wheres import conditions

_INSIGHTS: dict[InsightType, Any] = {
    "change": ChangeInsight, "trend": TrendInsight, "extreme": ExtremeInsight, "share": ShareInsight,
    "outlier": OutlierInsight, "correlation": CorrelationInsight,
}  # fmt: skip
_FILTERS: dict[FilterType, Any] = {
    "choice": ChoiceFilter, "choices": ChoicesFilter, "date_range": DateRangeFilter, "number_range": NumberRangeFilter,
}  # fmt: skip


def insight(draft: DraftInsight, setting: Setting, part: Part) -> Insight | None:
    """None: it cannot be made; the part says why."""
    plan = setting.present
    if plan is not None:
        same = [item for item in plan.insights if draft_insight(item, plan) == draft and item.id not in setting.taken]
        if same:
            setting.taken.add(same[0].id)
            return same[0]
    frame = setting.frame(draft.frame, part.inner("frame"))
    if frame is None:
        return None
    where = conditions(draft.where, frame, part)
    known = setting.known | known_numbers(value for condition in draft.where for value in condition.values)
    encodings = Encodings(draft.encodings, setting.ground(frame.name), part, known)
    channels: tuple[Channel, ...] = ("x", "y", "detail") if draft.type == "correlation" else ("x", "y")
    if not encodings.allowed(f"an insight of type '{draft.type}'", channels, ("x", "y")) or where is None:
        return None
    before = part.findings.broken
    fields: dict[str, Any] = {"frame": frame.name, "where": where}
    if draft.type == "correlation":
        fields |= {name: encodings.measure(name, raw=True) for name in ("x", "y")}
        fields["detail"] = encodings.dimension("detail")
    else:
        fields |= {"x": encodings.dimension("x"), "y": encodings.measure("y")}
    fields["why"] = part.inner("why").text(draft.why, known) or ""
    if part.findings.broken > before:
        return None
    return _made(draft, fields | _own(draft), setting, part)


def _own(draft: DraftInsight) -> dict[str, Any]:
    if draft.type == "extreme" and draft.which is not None:
        return {"which": draft.which}
    return {"top": draft.top} if draft.type == "share" and draft.top is not None else {}


def _made(draft: DraftInsight, fields: dict[str, Any], setting: Setting, part: Part) -> Insight | None:
    name = new_identifier(setting.names, draft.type, *(encoding.column or "count" for encoding in draft.encodings))
    kind = _INSIGHTS[draft.type]
    try:
        made: Insight = kind(id=name, **fields)
    except ValidationError as error:
        part.wrong(sentence(error).removeprefix("plan: "))
        return None
    if draft.wording is None:
        return made
    try:
        worded: Insight = kind(id=name, **fields, wording=draft.wording)
    except ValidationError as error:
        # The fact stays; it is said in our own words.
        part.inner("wording").unsaid(sentence(error).removeprefix("wording: "))
        return made
    return worded


def filter_(draft: DraftFilter, shown: Sequence[str], setting: Setting, part: Part) -> Filter | None:
    """A control that acts on every frame that is shown and has the very column."""
    frame = setting.frame(draft.frame, part.inner("frame"))
    name = column(draft.column, frame, part.inner("column")) if frame is not None else None
    if frame is None or name is None:
        return None
    kind = frame.column(name)
    frames = [item for item in shown if setting.frames[item].columns.get(name) is kind]
    if not frames:
        part.wrong(f"no widget shows '{frame.name}', so there is nothing to filter.")
        return None
    label = part.inner("label").text(draft.label, setting.known) or capital(kind.label or name)[:120]
    why = part.inner("why").text(draft.why, setting.known) or ""
    fields = {"frames": tuple(frames), "label": label, "why": why}
    plan = setting.present
    same = [item for item in plan.filters if item.type == draft.type and item.column == name] if plan else []
    if same and same[0].id not in setting.taken:
        setting.taken.add(same[0].id)
        kept: Filter = same[0].model_copy(update=fields)
        return kept
    made: Filter = _FILTERS[draft.type](id=new_identifier(setting.names, "filter", name), column=name, **fields)
    return made
