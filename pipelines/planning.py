"""Planning: a request and a profile become a plan, by the planner that the request names."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from . import planners
from .checking import broken_expectations, problems
from .errors import DataError, PlanError, ProviderError
from .model import Dataset, Datasets, Plan, Profile, Request
from .providers import NoProviders, Providers, is_provider
from .providers.transcript import Transcript, remember
from .step import JobFolder, Limits, Progress, Report

if TYPE_CHECKING:
    from .planners.llm import Assistant, Planned

STEP = "generate_visualizations"
NO_PROVIDERS = NoProviders()


def plan(folder: JobFolder, limits: Limits, report: Report, providers: Providers = NO_PROVIDERS) -> Plan:
    """Reads request, profile and datasets; writes plan.json, and prompts.json where a model was asked. A refresh keeps
    the plan of its version unchanged, an amendment changes it; both keep what was said to a model about it.

    Raises:
        PlanError: nothing can be drawn, or the planner is unknown or made a plan that does not fit the data, or an
            amendment is not understood.
        DataError: a refresh brought data that breaks the plan's expectations.
    """
    del limits
    request = folder.read(Request, folder.request)
    report(Progress(step=STEP, percent=75, message="Planning the dashboard"))
    job = _Planning(folder, request, providers, report)
    job.carry_transcript()
    try:
        made = {"refresh": job.kept, "amend": job.amended, "preview": job.amended, "new": job.made}[request.kind]()
    finally:
        job.write_transcript()
    folder.write(made, folder.plan)
    count = f"{len(made.widgets)} widget{'s' * (len(made.widgets) != 1)}"
    report(Progress(step=STEP, percent=85, message=" ".join([f"Planned {count}.", *job.outcomes])))
    return made


class _Planning:
    """The plan of one job in the making. `outcomes` are for the person who asked: why a model's answer was not used.
    They go into the progress and the transcript, not into the plan's notes, which every viewer reads."""

    def __init__(self, folder: JobFolder, request: Request, providers: Providers, report: Report) -> None:
        self._folder = folder
        self._request = request
        self._providers = providers
        self._report = report
        self._assistant: Assistant | None = None
        self.outcomes: tuple[str, ...] = ()

    def made(self) -> Plan:
        request, profile = self._request, self._profile()
        name = chosen(request.preferences.planner, self._providers)
        if name is None:
            asked = _llm().PlanDashboard(
                question=request.question,
                profile=profile,
                datasets=self._datasets(),
                title=request.title,
                max_widgets=request.preferences.max_widgets,
                sample_values=request.preferences.sample_values,
            )
            return self._planned(lambda assistant: assistant.plan_dashboard(asked))
        drawn = planners.find(name)(
            request.question,
            profile,
            title=request.title,
            max_widgets=request.preferences.max_widgets,
            datasets=self._datasets(),
        )
        return _sound(drawn, profile, name).model_copy(update={"planner": name})

    def amended(self) -> Plan:
        request = self._request
        if request.plan is not None:
            return self._edited(request.plan)
        if request.refresh_of is None or request.amendment is None:
            raise DataError(
                "An amendment needs the folder of the version that it changes, and words; this request has not."
            )
        before = self._folder.read(Plan, JobFolder(Path(request.refresh_of)).plan)
        profile, words = self._profile(), request.amendment
        if chosen(request.preferences.planner, self._providers) is not None:
            return _amend()(before, profile, words)
        asked = _llm().AmendPlan(
            plan=before,
            profile=profile,
            amendment=words,
            datasets=self._datasets(),
            sample_values=request.preferences.sample_values,
        )
        try:
            return self._planned(lambda assistant: assistant.amend_plan(asked))
        except ProviderError as error:
            self.outcomes = (f"The change was made by rules: {error}",)
        try:
            return _amend()(before, profile, words)
        except PlanError as error:
            raise PlanError(f"{error} A model could not be asked: {self.outcomes[0].partition(': ')[2]}") from error

    def _edited(self, plan: Plan) -> Plan:
        wrong = problems(plan, self._profile())
        if wrong:
            raise PlanError(f"The changed plan does not fit the data: {wrong[0]}")
        return plan

    def kept(self) -> Plan:
        if self._request.refresh_of is None:
            raise DataError("A refresh needs the folder of the version whose plan it keeps; this request names none.")
        kept = self._folder.read(Plan, JobFolder(Path(self._request.refresh_of)).plan)
        broken = broken_expectations(kept, self._profile())
        if broken:
            raise DataError(" ".join(broken))
        return kept

    def carry_transcript(self) -> None:
        """What was said about the version before belongs to the plan, too. What became of it is told once, to whoever
        asked then; where the plan changes it may not be true any more."""
        if self._request.refresh_of is None or self._folder.prompts.exists():
            return
        before = JobFolder(Path(self._request.refresh_of))
        try:
            transcript = self._folder.read(Transcript, before.prompts) if before.prompts.exists() else Transcript()
        except DataError:  # of another version of Dashwright; no reason to keep data from being refreshed
            return
        remember(self._folder, transcript.exchanges, transcript.outcomes if self._request.kind == "refresh" else ())

    def write_transcript(self) -> None:
        if self._assistant is not None:
            remember(self._folder, self._assistant.exchanges, self.outcomes)

    def _planned(self, ask: Callable[[Assistant], Planned]) -> Plan:
        self._assistant = _llm().Assistant(self._providers, tell=self._tell)
        planned = ask(self._assistant)
        self.outcomes = planned.outcomes
        return _sound(planned.plan, self._profile(), planned.plan.planner)

    def _tell(self, message: str) -> None:
        self._report(Progress(step=STEP, percent=78, message=message))

    def _profile(self) -> Profile:
        return self._folder.read(Profile, self._folder.profile)

    def _datasets(self) -> tuple[Dataset, ...]:
        path = self._folder.datasets
        return self._folder.read(Datasets, path).datasets if path.exists() else ()


def _sound(drawn: Plan, profile: Profile, name: str) -> Plan:
    wrong = problems(drawn, profile)
    if wrong:
        more = f" and {len(wrong) - 1} more problems" if len(wrong) > 1 else ""
        raise PlanError(f"The planner '{name}' made a plan that does not fit the data: {wrong[0]}{more}")
    return drawn


def _amend() -> Callable[[Plan, Profile, str], Plan]:
    # Planners are imported when they are needed.
    module = import_module(".planners.offline", __package__)
    return cast(Callable[[Plan, Profile, str], Plan], module.amend)


def _llm() -> ModuleType:
    return import_module(".planners.llm", __package__)


def chosen(wish: str, providers: Providers) -> str | None:
    """The planner that a request's wish means. None: the AI providers, which whoever hands them in has narrowed to the
    wish and put in its order.

    Raises:
        PlanError: there is none of this name, or it is an AI provider that is not configured.
    """
    if wish == planners.AUTO:
        return None if providers.names else planners.OFFLINE
    wished = [name.strip() for name in wish.split(",") if name.strip()]
    asked = [name for name in wished if name != planners.OFFLINE]
    missing = [name for name in asked if name not in providers.names]
    if len(wished) == 1 and missing and not is_provider(missing[0]):
        return missing[0]
    if missing and planners.is_planner(missing[0]):
        raise PlanError(f"The planner '{missing[0]}' asks no AI provider, and so stands alone.")
    if missing:
        there = ", ".join((planners.AUTO, *providers.names, *planners.names()))
        what = "The AI provider" if is_provider(missing[0]) else "There is no planner"
        state = " is not configured" if is_provider(missing[0]) else ""
        raise PlanError(f"{what} '{missing[0]}'{state}. There is: {there}.")
    return None if asked else planners.OFFLINE
