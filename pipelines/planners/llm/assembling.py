"""Assembling: what is sound of a draft becomes a plan; what is missing comes from the plan that was there before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ...errors import PlanError
from ...model import (
    ChoiceFilter,
    ChoicesFilter,
    DateRangeFilter,
    Filter,
    Insight,
    NumberRangeFilter,
    Parameter,
    Plan,
    Profile,
    Widget,
)
from ..offline import layout
from ..offline.charting import RANKING
from ..offline.drawing_up import description, different, parameters, sound, with_only
from ..offline.expecting import expectations
from ..offline.framing import Frame
from ..offline.ground import new_identifier
from ..offline.notes import rolled_up
from .draft import Draft
from .insights import filter_, insight
from .joining import add_joins, frames_of
from .parts import Findings, Part, Setting
from .reading import MOST_SENTENCES, Reading
from .texts import known_numbers
from .widgets import widget

Item = TypeVar("Item", Widget, Filter, Insight)
MOST_FILTERS, MOST_INSIGHTS, MOST_SUGGESTIONS, MOST_NOTES = 6, 6, 12, 12


@dataclass(frozen=True)
class Task:
    """What a draft is asked for."""

    profile: Profile
    question: str
    floor: Plan
    """The offline plan, or the one that is amended: what there is without any model."""
    most: int = 12
    title: str | None = None
    amendment: str | None = None
    cells: bool = True
    """Whether a model may be told values of cells, also in what is wrong with its answer."""

    @property
    def present(self) -> Plan | None:
        return self.floor if self.amendment is not None else None


@dataclass(frozen=True)
class Parts:
    """What is sound of a draft."""

    setting: Setting
    title: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()
    widgets: tuple[Widget, ...] = ()
    filters: tuple[Filter, ...] = ()
    insights: tuple[Insight, ...] = ()
    wanted: int = 0
    """Widgets that the draft had, sound or not."""


@dataclass(frozen=True)
class Drawn:
    """A draft as far as it can be used."""

    parts: Parts | None
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    @property
    def worth(self) -> tuple[bool, int, int]:
        """Of two answers the better one: whole, with more widgets, with fewer problems."""
        return (not self.problems, len(self.parts.widgets) if self.parts else -1, -len(self.problems))


def drawn(reading: Reading[Draft], task: Task) -> Drawn:
    """Everything sound of an answer, and a sentence for everything that is not."""
    draft = reading.answer
    if draft is None:
        return Drawn(None, reading.problems, reading.remarks)
    findings, remarks = Findings(list(reading.problems)), list(reading.remarks)
    setting = Setting(task.profile, _known(task), task.most, task.present, task.cells)
    setting.names.add(RANKING.parameter)
    parts = _parts(draft, reading, setting, findings)
    if len(draft.widgets) > task.most:
        remarks.append(f"The answer has {len(draft.widgets)} widgets; the first {task.most} are used.")
    if not draft.widgets and not reading.problems:
        findings.sentences.insert(0, "widgets: there is none; a dashboard needs at least one.")
    told = tuple(dict.fromkeys(findings.sentences))
    return Drawn(parts, _shortened(told), tuple(remarks))


def _shortened(sentences: tuple[str, ...]) -> tuple[str, ...]:
    more = len(sentences) - MOST_SENTENCES
    return (*sentences[:MOST_SENTENCES], f"and {more} more problems.") if more > 0 else sentences


def _known(task: Task) -> frozenset[str]:
    names = [text for table in task.profile.offered for text in (table.name, table.title)]
    names += [text for table in task.profile.offered for c in table.columns for text in (c.name, c.label, c.unit or "")]
    plan = task.present
    said = [plan.title, plan.description, *plan.notes] if plan else []
    said += [text for item in plan.widgets for text in (item.title, item.subtitle or "", item.why)] if plan else []
    return known_numbers([task.question, task.title or "", task.amendment or "", *names, *said])


def _parts(draft: Draft, reading: Reading[Draft], setting: Setting, findings: Findings) -> Parts:
    def part(name: str, index: int) -> Part:
        return Part(reading.path(name, index), findings)

    add_joins(draft.joins, setting, [part("joins", index) for index in range(len(draft.joins))], _is_sound)
    drafts = draft.widgets[: setting.most]
    made = [(widget(item, setting, part("widgets", i)), part("widgets", i)) for i, item in enumerate(drafts)]
    instead = [setting.present_widgets.get(item.id or "") for item in drafts]
    widgets: tuple[Widget, ...] = _sound_items(made, "widgets", setting, instead)
    shown = list(dict.fromkeys(item.frame for item in widgets if item.frame is not None))
    controls = draft.filters if shown else ()
    filters = [
        (filter_(item, shown, setting, part("filters", i)), part("filters", i)) for i, item in enumerate(controls)
    ]
    insights = [
        (insight(item, setting, part("insights", i)), part("insights", i)) for i, item in enumerate(draft.insights)
    ]
    texts = [Part(f"notes[{i}]", findings).text(note, setting.known) for i, note in enumerate(draft.notes)]
    return Parts(
        setting,
        title=Part("title", findings).text(draft.title, setting.known) or "",
        description=Part("description", findings).text(draft.description, setting.known) or "",
        notes=tuple(text for text in texts if text),
        widgets=tuple(different(widgets)),
        filters=_once(_sound_items(filters, "filters", setting)),
        insights=_sound_items(insights, "insights", setting),
        wanted=len(drafts),
    )


def _once(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    """One control a column."""
    return tuple({(item.column, item.frames): item for item in filters}.values())


def _sound_items(
    made: Sequence[tuple[Item | None, Part]], kind: str, setting: Setting, instead: Sequence[Item | None] = ()
) -> tuple[Item, ...]:
    """Those that fit the data; each other one gets its sentences, and what stood in its place before stays."""
    found: list[Item] = []
    for index, (item, part) in enumerate(made):
        wrong = setting.unfit(with_only(_bare(setting, (item,)), kind, item)) if item is not None else ()
        for sentence in wrong:
            part.wrong(sentence)
        chosen = item if not wrong else None
        if chosen is None and index < len(instead):
            chosen = instead[index]
        if chosen is not None and all(chosen.id != other.id for other in found):
            found.append(chosen)
    return tuple(found)


def _is_sound(frame: Frame, setting: Setting, part: Part) -> bool:
    """Whether a join can be used at all, whatever is drawn of it."""
    alone = Plan.model_construct(
        title="", question="", tables=frame.tables, joins=frame.joins,
        widgets=(), filters=(), insights=(), suggestions=(), expectations=(),
    )  # fmt: skip
    wrong = setting.unfit(alone)
    for sentence in wrong:
        part.wrong(sentence)
    return not wrong


def _bare(setting: Setting, items: Iterable[Widget | Filter | Insight]) -> Plan:
    """A plan with the frames of some items and nothing else: only to be compared with the profile."""
    frames = [setting.frames[name] for name in _frames_of(items) if name in setting.frames]
    return Plan.model_construct(
        title="", question="",
        tables=tuple(dict.fromkeys(table for frame in frames for table in frame.tables)),
        joins=tuple(dict.fromkeys(join for frame in frames for join in frame.joins)),
        widgets=(), filters=(), insights=(), suggestions=(), expectations=(),
    )  # fmt: skip


def _frames_of(items: Iterable[Widget | Filter | Insight]) -> list[str]:
    names: dict[str, None] = {}
    for item in items:
        if isinstance(item, ChoiceFilter | ChoicesFilter | DateRangeFilter | NumberRangeFilter):
            names |= dict.fromkeys(item.frames)
        elif item.frame is not None:
            names[item.frame] = None
    return list(names)


def plan_of(parts: Parts, task: Task) -> Plan:
    """The plan that the parts make; suggestions come from the floor.

    Raises:
        PlanError: nothing that could be drawn is left.
    """
    setting = parts.setting
    frames = [setting.frames[name] for name in _frames_of((*parts.widgets, *parts.filters, *parts.insights))]
    tables = tuple(dict.fromkeys(table for frame in frames for table in frame.tables))
    names = {*tables, *(join.name for frame in frames for join in frame.joins)}
    suggestions = _suggestions(parts.widgets, task.floor, names)
    if not parts.widgets or not frames:
        raise PlanError("The plan has no widget that shows data.")
    plan = Plan(
        title=(task.title or parts.title or task.floor.title)[:255],
        description=parts.description or description(task.question),
        question=task.question,
        notes=tuple(dict.fromkeys((*rolled_up(tables, task.profile), *parts.notes)))[:MOST_NOTES],
        tables=tables,
        joins=tuple(dict.fromkeys(join for frame in frames for join in frame.joins)),
        filters=parts.filters[:MOST_FILTERS],
        widgets=_placed(parts.widgets, task.present),
        insights=parts.insights[:MOST_INSIGHTS],
        expectations=expectations(frames, parts.widgets),
        parameters=_parameters((*parts.widgets, *suggestions), task.floor),
        suggestions=suggestions,
    )
    return sound(plan, task.profile)


def _placed(widgets: Sequence[Widget], present: Plan | None) -> tuple[Widget, ...]:
    """In a new layout; where the same widgets are drawn as before, each stays in its place."""
    if present is not None and [(w.id, w.type) for w in widgets] == [(w.id, w.type) for w in present.widgets]:
        pairs = zip(widgets, present.widgets, strict=True)
        return tuple(item.model_copy(update={"position": before.position}) for item, before in pairs)
    return layout.placed(widgets)


def _suggestions(widgets: Sequence[Widget], floor: Plan, frames: set[str]) -> tuple[Widget, ...]:
    count = len(different(widgets))
    others = different([*widgets, *(w for w in (*floor.suggestions, *floor.widgets) if w.frame in frames)])[count:]
    taken = {widget.id for widget in widgets}
    return tuple(other for other in others if other.id not in taken)[:MOST_SUGGESTIONS]


def _parameters(widgets: Sequence[Widget], floor: Plan) -> tuple[Parameter, ...]:
    known = {item.name: item for item in (*parameters(widgets), *floor.parameters)}
    return tuple(known.values())


def completed(parts: Parts, task: Task) -> Parts:
    """With widgets of the floor for those that could not be used, and its filters and insights where there are none."""
    setting, floor = parts.setting, task.floor
    known = _floor_frames(setting, floor)
    widgets = list(parts.widgets)
    wanted = min(task.most, parts.wanted or len(floor.widgets))
    for item in floor.widgets:
        if len(widgets) < wanted and item.frame in known and len(different([*widgets, item])) > len(widgets):
            widgets.append(_renamed(item, setting))
    shown = set(_frames_of(widgets))
    return Parts(
        setting,
        title=parts.title,
        description=parts.description,
        notes=parts.notes,
        widgets=tuple(widgets),
        filters=parts.filters or tuple(_renamed(f, setting) for f in floor.filters if set(f.frames) <= shown & known),
        insights=parts.insights or tuple(_renamed(i, setting) for i in floor.insights if i.frame in shown & known),
        wanted=parts.wanted,
    )


def _floor_frames(setting: Setting, floor: Plan) -> set[str]:
    """Frames of the floor, added to those of the draft; without those of which the draft has another of the name."""
    found = set(floor.tables)
    for name, frame in frames_of(setting.profile, floor.joins).items():
        if name not in setting.frames and name not in setting.names:
            setting.frames[name] = frame
            setting.names.add(name)
        if _is_same(setting.frames.get(name), frame):
            found.add(name)
    return found


def _is_same(frame: Frame | None, other: Frame) -> bool:
    return frame is not None and frame.columns == other.columns and frame.tables == other.tables


def _renamed(item: Item, setting: Setting) -> Item:
    """Under a name of its own beside those of the draft."""
    return item.model_copy(update={"id": new_identifier(setting.names, item.id)})
