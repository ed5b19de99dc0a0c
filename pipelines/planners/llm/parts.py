"""Parts: what the conversion of a draft has at hand, and where it says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ...checking import problems
from ...model import Plan, Profile, Table, Widget
from ..offline.framing import Frame, single
from ..offline.ground import Ground
from .texts import stated

MOST_LISTED = 40
_UNTOLD = (
    "this does not fit the values in the data, which may not be told: a condition that keeps no row, a logarithm of "
    "what is not above zero, or parts below zero. Leave that out."
)


@dataclass
class Findings:
    """What is wrong with a draft."""

    sentences: list[str] = field(default_factory=list)
    broken: int = 0
    """How many of them keep a part from being made; the others are texts that are left out."""


@dataclass(frozen=True)
class Part:
    """A part of a draft by its path in the answer."""

    path: str
    findings: Findings

    def inner(self, path: str) -> Part:
        return Part(f"{self.path}{'' if path.startswith('[') else '.'}{path}", self.findings)

    def wrong(self, sentence: str) -> None:
        self.findings.sentences.append(f"{self.path}: {sentence}")
        self.findings.broken += 1

    def text(self, text: str | None, known: frozenset[str]) -> str | None:
        """The text, or None where it states a number that nobody gave."""
        number = stated(text, known) if text else None
        if number is None:
            return text or None
        self.unsaid(
            f"the text {text!r} states the number '{number}'. Texts state no numbers of the data: leave it out; an "
            "insight or a metric computes it."
        )
        return None

    def unsaid(self, sentence: str) -> None:
        """A text is left out; the part is made without it."""
        self.findings.sentences.append(f"{self.path}: {sentence}")


@dataclass
class Setting:
    """What a draft is converted with."""

    profile: Profile
    known: frozenset[str]
    """Numbers that texts may repeat."""
    most: int
    present: Plan | None = None
    """The plan that is amended."""
    cells: bool = True
    """Whether sentences may quote values of cells."""
    frames: dict[str, Frame] = field(init=False)
    names: set[str] = field(init=False)
    """Ids given so far; those of the present plan stay reserved for what had them."""
    taken: set[str] = field(default_factory=set)
    """Ids that widgets of this draft have."""

    def __post_init__(self) -> None:
        self.frames = {table.name: single(table) for table in self.profile.offered}
        self.names = {*self.frames}
        if self.present is not None:
            plan = self.present
            self.names |= {join.name for join in plan.joins} | {parameter.name for parameter in plan.parameters}
            self.names |= {widget.id for widget in plan.widgets} | {item.id for item in plan.filters}
            self.names |= {insight.id for insight in plan.insights}

    def unfit(self, plan: Plan) -> tuple[str, ...]:
        """What is wrong with a plan, as far as it may be told."""
        wrong = problems(plan, self.profile)
        if self.cells or not wrong:
            return wrong
        # A sentence that is the same without knowing any value quotes none.
        told = set(problems(plan, self._without_values))
        return tuple(dict.fromkeys(sentence if sentence in told else _UNTOLD for sentence in wrong))

    @cached_property
    def _without_values(self) -> Profile:
        nothing = {"numbers": None, "times": None, "values": (), "order": (), "examples": ()}

        def without(table: Table) -> Table:
            columns = tuple(column.model_copy(update=nothing) for column in table.columns)
            return table.model_copy(update={"columns": columns})

        tables, rollups = (tuple(map(without, part)) for part in (self.profile.tables, self.profile.rollups))
        return self.profile.model_copy(update={"tables": tables, "rollups": rollups})

    @cached_property
    def present_widgets(self) -> Mapping[str, Widget]:
        return {widget.id: widget for widget in self.present.widgets} if self.present is not None else {}

    def ground(self, frame: str) -> Ground:
        return Ground(self.frames[frame])

    def frame(self, name: str | None, part: Part) -> Frame | None:
        found = resolved(name or "", self.frames)
        if found is None:
            part.wrong(f"there is no frame {name!r}. There is: {listed(self.frames)}.")
            return None
        return self.frames[found]


def column(name: str | None, frame: Frame, part: Part) -> str | None:
    """The exact name of a column of a frame."""
    found = resolved(name or "", frame.columns)
    if found is None:
        part.wrong(f"column {name!r} is not in '{frame.name}'. It has: {listed(frame.columns)}.")
    return found


def resolved(name: str, known: Iterable[str]) -> str | None:
    """The name as it is, else the only one that differs by case, spaces and signs alone."""
    known = list(known)
    if name in known:
        return name
    alike = [other for other in known if _letters(other) == _letters(name)] if _letters(name) else []
    return alike[0] if len(alike) == 1 else None


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(name[:80] for name in names[:MOST_LISTED]) + more if names else "none"
