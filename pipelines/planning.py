"""Planning: a request and a profile become a plan, by the planner that the request names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

from .checking import broken_expectations, problems
from .errors import DataError, PlanError
from .model import Dataset, Datasets, Plan, Profile, Request
from .providers import Providers
from .step import JobFolder, Limits, Progress, Report

STEP = "generate_visualizations"
ENTRY_POINTS = "dashwright.planners"
"""Group in which other packages offer planners; each entry point is a `Planner`."""


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


PLANNERS: dict[str, str] = {"offline": "dashwright.pipelines.planners.offline:plan"}
"""Name → where it is, imported when it is needed."""
AUTO = "offline"
"""What "auto" means as long as no other planner is configured."""


def plan(folder: JobFolder, limits: Limits, report: Report, providers: Providers | None = None) -> Plan:  # noqa: ARG001
    """Reads request, profile and datasets; writes plan.json. A refresh keeps the plan of its version unchanged, an
    amendment changes it.

    Raises:
        PlanError: nothing can be drawn, or the planner is unknown or made a plan that does not fit the data, or an
            amendment is not understood.
        DataError: a refresh brought data that breaks the plan's expectations.
    """
    request = folder.read(Request, folder.request)
    report(Progress(step=STEP, percent=75, message="Planning the dashboard"))
    makers = {"refresh": _kept, "amend": _amended, "new": _made}
    made = makers[request.kind](folder, request)
    folder.write(made, folder.plan)
    report(Progress(step=STEP, percent=85, message=f"Planned {len(made.widgets)} widgets"))
    return made


def _made(folder: JobFolder, request: Request) -> Plan:
    profile = folder.read(Profile, folder.profile)
    datasets = folder.read(Datasets, folder.datasets).datasets if folder.datasets.exists() else ()
    name = AUTO if request.preferences.planner == "auto" else request.preferences.planner
    made = find(name)(
        request.question,
        profile,
        title=request.title,
        max_widgets=request.preferences.max_widgets,
        datasets=datasets,
    )
    wrong = problems(made, profile)
    if wrong:
        more = f" and {len(wrong) - 1} more problems" if len(wrong) > 1 else ""
        raise PlanError(f"The planner '{name}' made a plan that does not fit the data: {wrong[0]}{more}")
    return made.model_copy(update={"planner": name})


def _kept(folder: JobFolder, request: Request) -> Plan:
    if request.refresh_of is None:
        raise DataError("A refresh needs the folder of the version whose plan it keeps; this request names none.")
    kept = folder.read(Plan, JobFolder(Path(request.refresh_of)).plan)
    broken = broken_expectations(kept, folder.read(Profile, folder.profile))
    if broken:
        raise DataError(" ".join(broken))
    return kept


def _amended(folder: JobFolder, request: Request) -> Plan:
    if request.refresh_of is None or request.amendment is None:
        raise DataError(
            "An amendment needs the folder of the version that it changes, and words; this request has not."
        )
    before = folder.read(Plan, JobFolder(Path(request.refresh_of)).plan)
    return _amend()(before, folder.read(Profile, folder.profile), request.amendment)


def _amend() -> Callable[[Plan, Profile, str], Plan]:
    # Planners are imported when they are needed.
    module = import_module(".planners.offline", __package__)
    return cast(Callable[[Plan, Profile, str], Plan], module.amend)


def names() -> tuple[str, ...]:
    """Every planner there is, ours first."""
    return (*PLANNERS, *(point.name for point in entry_points(group=ENTRY_POINTS) if point.name not in PLANNERS))


def find(name: str) -> Planner:
    """The planner of this name.

    Raises:
        PlanError: there is none.
    """
    if name in PLANNERS:
        module, _, function = PLANNERS[name].partition(":")
        return cast(Planner, getattr(import_module(module), function))
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            found: Callable[..., Plan] = point.load()
            return cast(Planner, found)
    raise PlanError(f"There is no planner '{name}'. There is: auto, {', '.join(names())}.")
