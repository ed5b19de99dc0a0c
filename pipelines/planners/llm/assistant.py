"""Assistant: everything a model can be asked, one method an operation. Its answers are typed and checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import Field

from ...checking import problems
from ...errors import PlanError, ProviderError
from ...model import Noun, Plan
from ...providers import Operation, Prompt, Providers, Turn
from ...providers.transcript import Exchange
from .. import offline
from . import judging, prompting
from .answer import Answer
from .assembling import Drawn, Task, completed, drawn, plan_of
from .conversation import Conversation, Outcome
from .describing import Described, datasets_told, described
from .draft import Draft
from .fencing import block
from .instructions import system
from .operations import (
    AmendPlan,
    AnalyzeDataset,
    AnalyzeQuery,
    DatasetAnalysis,
    FindDatasets,
    FoundDataset,
    JudgedPages,
    PlanDashboard,
    Planned,
    QueryAnalysis,
    Questions,
    RankDatasets,
    Ranking,
    SuggestQuestions,
)
from .reading import Reading, read
from .schema import Names, strict

A = TypeVar("A", bound=Answer)


class Policy(Noun):
    """How much is asked."""

    rounds: int = Field(3, ge=0, le=10)
    """How often an answer goes back with what is wrong with it."""
    profile_tokens: int = Field(6_000, ge=200)
    """For the tables and columns in one prompt."""


class Assistant:
    """Asks the providers of one job, in the words of `instructions`.

    Every method raises ProviderError where nobody answers or no answer can be used; `plan_dashboard` alone gives a plan
    all the same. `exchanges` holds what was sent and answered, also then.
    """

    def __init__(
        self, providers: Providers, policy: Policy | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        self._providers = providers
        self._policy = policy or Policy()
        self._conversation = Conversation(providers, tell or _nobody, self._policy.rounds)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return tuple(self._conversation.exchanges)

    def analyze_query(self, request: AnalyzeQuery) -> QueryAnalysis:
        blocks = [prompting.question_block(request.question), block("sources", list(request.sources))]
        names = {"sources": request.sources}
        return self._small(
            "analyze_query", QueryAnalysis, blocks, names, lambda r: judging.query_analysis(r, request.sources)
        )

    def find_datasets(self, request: FindDatasets) -> tuple[FoundDataset, ...]:
        """Searches the web, and has a model say which pages offer data; without one all pages are taken as they are."""
        pages = self._providers.search(request.question, request.limit).pages[: request.limit]
        if not pages:
            return ()
        blocks = [prompting.question_block(request.question), *prompting.page_blocks(pages)]
        try:
            said = self._small("find_datasets", JudgedPages, blocks, {}, lambda r: judging.judged_pages(r, pages))
        except ProviderError:
            return judging.found_datasets(pages, None)
        return judging.found_datasets(pages, said)

    def rank_datasets(self, request: RankDatasets) -> Ranking:
        blocks = [prompting.question_block(request.question), *prompting.candidate_blocks(request.candidates)]
        return self._small("rank_datasets", Ranking, blocks, {}, lambda r: judging.ranking(r, request.candidates))

    def analyze_dataset(self, request: AnalyzeDataset) -> DatasetAnalysis:
        told = self._told(request, request.question)
        blocks = prompting.data_blocks(told, datasets_told(request.datasets))
        return self._small(
            "analyze_dataset",
            DatasetAnalysis,
            blocks,
            {"columns": told.columns},
            lambda r: judging.dataset_analysis(r, request.profile),
        )

    def suggest_questions(self, request: SuggestQuestions) -> Questions:
        told = self._told(request, request.plan.question)
        question = prompting.question_block(request.plan.question)
        blocks = [question, prompting.plan_block(request.plan), *prompting.data_blocks(told, [])]
        blocks.append(f"At most {request.most} questions.")
        return self._small(
            "suggest_questions",
            Questions,
            blocks,
            {},
            lambda r: judging.questions(r, request.plan.question, request.most),
        )

    def plan_dashboard(self, request: PlanDashboard) -> Planned:
        """The model's plan; what cannot be used of it is completed by the offline planner, which plans alone where
        no model answers.

        Raises:
            PlanError: there is nothing to draw.
        """
        floor = offline.plan(
            request.question,
            request.profile,
            title=request.title,
            max_widgets=request.max_widgets,
            datasets=request.datasets,
        )
        told = self._told(request, request.question)
        blocks = [
            prompting.question_block(request.question),
            *prompting.data_blocks(told, datasets_told(request.datasets)),
        ]
        prompt = self._plan_prompt("plan_dashboard", blocks, told, request.max_widgets)
        task = Task(
            request.profile, request.question, floor, request.max_widgets, request.title, cells=request.sample_values
        )
        try:
            outcome = self._conversation.ask(prompt, lambda text: drawn(read(text, Draft), task))
        except ProviderError as error:
            return Planned(plan=floor, outcomes=(f"The offline planner made the plan: {error}",))
        return _planned(outcome, task)

    def amend_plan(self, request: AmendPlan) -> Planned:
        """
        Raises:
            ProviderError: nobody answered, or no answer could be used; the plan is as it was.
            PlanError: the model changed nothing.
        """
        plan = request.plan
        told = self._told(request, f"{request.amendment} {plan.question}"[:4_000])
        blocks = [
            prompting.question_block(plan.question),
            prompting.plan_block(plan),
            block("amendment", request.amendment),
            *prompting.data_blocks(told, datasets_told(request.datasets)),
        ]
        most = max(request.max_widgets, len(plan.widgets))
        prompt = self._plan_prompt("amend_plan", blocks, told, most)
        task = Task(
            request.profile, plan.question, plan, most, amendment=request.amendment, cells=request.sample_values
        )
        return _planned(self._conversation.ask(prompt, lambda text: drawn(read(text, Draft), task)), task)

    def _told(self, request: AnalyzeDataset | PlanDashboard | AmendPlan | SuggestQuestions, question: str) -> Described:
        return described(request.profile, question, cells=request.sample_values, tokens=self._policy.profile_tokens)

    def _plan_prompt(self, operation: Operation, blocks: Sequence[str], told: Described, most: int) -> Prompt:
        return Prompt(
            operation=operation,
            system=system(operation, Draft, most),
            turns=(Turn(role="user", text="\n\n".join(blocks)),),
            answer=strict(Draft, {"columns": told.columns, "frames": told.frames}),
        )

    def _small(
        self,
        operation: Operation,
        kind: type[A],
        blocks: Sequence[str],
        names: Names,
        judge: Callable[[Reading[A]], judging.Judgement[A]],
    ) -> A:
        prompt = Prompt(
            operation=operation,
            system=system(operation, kind),
            turns=(Turn(role="user", text="\n\n".join(blocks)),),
            answer=strict(kind, names),
            most_tokens=4_000,
        )
        answer = self._conversation.ask(prompt, lambda text: judge(read(text, kind))).answer.answer
        if answer is None:
            raise ProviderError(f"No answer to '{operation}' could be used.")
        return answer


def _nobody(_: str) -> None:
    return


def _planned(outcome: Outcome[Drawn], task: Task) -> Planned:
    """The plan of the best answer: as it is, or with what it lacks."""
    answer, told = outcome.answer, []
    parts = answer.parts
    if outcome.failure is not None:
        told.append(f"The model could not be asked again: {outcome.failure}")
    planner = outcome.provider
    if answer.problems and task.present is None and parts is not None:
        parts, planner = completed(parts, task), f"{planner}+offline"
    if answer.problems:
        told.append(f"Not all that {outcome.provider} answered could be used: {answer.problems[0]}")
    try:
        plan = plan_of(parts, task) if parts is not None else None
    except PlanError as error:
        plan = None
        told.append(f"The answer of {outcome.provider} could not be used: {error}")
    if task.present is not None and (plan is None or _same(plan, task.present)):
        raise PlanError(f"Nothing was changed: {told[0] if told else _UNCHANGED}")
    if plan is None or problems(plan, task.profile):
        return Planned(plan=task.floor, outcomes=tuple(told))
    return Planned(plan=plan.model_copy(update={"planner": planner}), outcomes=tuple(told))


_UNCHANGED = "the model found nothing in the plan that these words ask to change. Name the chart, column or time meant."


def _same(plan: Plan, present: Plan) -> bool:
    parts = ("title", "description", "notes", "widgets", "filters", "insights")
    return all(getattr(plan, name) == getattr(present, name) for name in parts)
