"""The table of planners beside the AI providers: each is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from ..errors import DashwrightError, InputError, PlanError, SetupError
from ..model import Dataset, Plan, Profile
from ..providers import GROUP, TABLE, is_provider

AUTO, OFFLINE = "auto", "offline"


class Planner(Protocol):
    """A question and what is in the data → a plan. Pure: no file, no clock, no chance."""

    def __call__(
        self,
        question: str,
        profile: Profile,
        *,
        title: str | None = None,
        max_widgets: int = 12,
        datasets: Sequence[Dataset] = (),
    ) -> Plan: ...


PLANNERS: dict[str, str] = {OFFLINE: "dashwright.pipelines.planners.offline:plan"}
"""Name → where it is."""
OURS = (AUTO, *PLANNERS, *TABLE)
"""Names that nobody else can take."""


def known() -> tuple[str, ...]:
    """All that a person or a setting may name. Of other packages only the names are read, nothing is imported."""
    return (*OURS, *sorted(_others()))


def refuse_unknown(names: Sequence[str]) -> None:
    """
    Raises:
        InputError: a name is none of a planner or AI provider, or what plans by itself has company.
    """
    there = known()
    if unknown := [name for name in names if name not in there]:
        raise InputError(f"There is no planner '{unknown[0][:80]}'. There is: {', '.join(there)}.")
    alone = [name for name in names if len(names) > 1 and is_planner(name)]
    if alone:
        raise InputError(f"The planner '{alone[0]}' asks no AI provider, and so stands alone.")


def is_planner(name: str) -> bool:
    """Whether this is a planner of another package, not a provider; also one that cannot be imported."""
    return name in _others() and not is_provider(name)


def names() -> tuple[str, ...]:
    """Every planner there is beside the AI providers, ours first."""
    return (*PLANNERS, *(name for name in sorted(_others()) if is_planner(name)))


def find(name: str) -> Planner:
    """The planner of this name.

    Raises:
        PlanError: there is none.
        SetupError: it is another package's and cannot be loaded.
    """
    if name in PLANNERS:
        module, _, function = PLANNERS[name].partition(":")
        return cast(Planner, getattr(import_module(module), function))
    if (point := _others().get(name)) is None:
        raise PlanError(f"There is no planner '{name}'. There is: {AUTO}, {', '.join(names())}.")
    return _Foreign(point)


class _Foreign:
    """A planner of another package, whose bugs are no bugs of ours."""

    def __init__(self, point: EntryPoint) -> None:
        self._whose = f"The planner '{point.name}' of the package '{point.module.partition('.')[0]}'"
        try:
            self._plan = point.load()
        except Exception as error:
            raise SetupError(f"{self._whose} cannot be loaded ({type(error).__name__}).") from error
        if not callable(self._plan):
            raise SetupError(f"{self._whose} is none: nothing that can be called.")

    def __call__(
        self,
        question: str,
        profile: Profile,
        *,
        title: str | None = None,
        max_widgets: int = 12,
        datasets: Sequence[Dataset] = (),
    ) -> Plan:
        try:
            made = self._plan(question, profile, title=title, max_widgets=max_widgets, datasets=datasets)
        except DashwrightError:
            raise
        except Exception as error:
            raise PlanError(f"{self._whose} failed ({type(error).__name__}).") from error
        if not isinstance(made, Plan):
            raise PlanError(f"{self._whose} made no plan but a '{type(made).__name__}'.")
        return made


def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in OURS}
