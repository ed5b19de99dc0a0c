"""Plans: show, examine, replace, change in words."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from ....pipelines.checking import findings, problems
from ....pipelines.errors import PlanError
from ....pipelines.model import AMENDMENT_LIMIT, Noun, Plan
from ...access import Action
from ...nouns import Dashboard, Job
from ...store import Revisions
from ..route import Call, Routes, Slug
from .published import folder_of, plan_in, profile_in, tag_of, tagged

routes = Routes("Plans")


class PlanProblem(Noun):
    """One thing that is wrong, as a sentence."""

    item: str | None = Field(description="Id of the widget, filter or insight; null: of the plan itself.")
    sentence: str


class Findings(Noun):
    """What is wrong with a plan. Nothing: it can be drawn."""

    problems: tuple[str, ...]
    findings: tuple[PlanProblem, ...] = Field(description="The same, with what each is about.")


class Amendment(Noun):
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=AMENDMENT_LIMIT)]
    planner: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_, -]{0,200}$")] = None


@routes.get("/dashboards/{slug}/plan", "Show the plan", Action.SEE, tagged=True, problems=(409, 422))
def show_plan(call: Call, slug: Slug) -> Plan:
    """Tables, joins, filters, widgets and insights of the published version, each with the reason for it."""
    return plan_in(tagged(call, slug)[1])


@routes.post("/dashboards/{slug}/plan/problems", "Examine a plan", Action.SEE, problems=(409,))
def examine_plan(call: Call, slug: Slug, body: Plan) -> Findings:
    """Says whether a plan fits the data of the dashboard. Nothing is changed."""
    profile = profile_in(folder_of(call, call.store.dashboard(slug)))
    found = findings(body, profile)
    return Findings(
        problems=tuple(dict.fromkeys(finding.sentence for finding in found)),
        findings=tuple(PlanProblem(item=finding.item, sentence=finding.sentence) for finding in found),
    )


@routes.put("/dashboards/{slug}/plan", "Replace the plan", Action.CHANGE, status=202, guarded=True)
def replace_plan(call: Call, slug: Slug, body: Plan) -> Job:
    """The dashboard is made anew from this plan, on the data that it has, in the background. The published version
    stays until that is done, and when it fails."""

    def change(dashboard: Dashboard) -> Plan:
        check(call, dashboard)
        return fitting(call, dashboard, body)

    return begun(call, Revisions(call.store).edit(slug, change))


@routes.post(
    "/dashboards/{slug}/amendments", "Change in words", Action.CHANGE, status=202, repeatable=True, problems=(409,)
)
def amend_dashboard(call: Call, slug: Slug, body: Amendment) -> Job:
    """Changes the plan as the words say: *make it monthly and drop the pie*. Parts that could not be met are told by
    the new version's notes."""
    return begun(call, call.store.amend(slug, body.words, planner=body.planner))


def check(call: Call, dashboard: Dashboard) -> None:
    """Refuse to change a plan that the client has not seen."""
    call.check(tag_of(dashboard), f"The dashboard '{dashboard.slug}'")


def fitting(call: Call, dashboard: Dashboard, plan: Plan) -> Plan:
    """The plan, if it fits the dashboard's data.

    Raises:
        PlanError: it does not.
    """
    wrong = problems(plan, profile_in(folder_of(call, dashboard)))
    if wrong:
        more = f" And {len(wrong) - 1} more." if len(wrong) > 1 else ""
        raise PlanError(f"{wrong[0]}{more}")
    return plan


def begun(call: Call, job: Job) -> Job:
    call.lead(f"/jobs/{job.id}")
    return job
