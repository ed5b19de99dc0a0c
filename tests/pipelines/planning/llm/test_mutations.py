"""Whatever a model answers: a plan that can be drawn and is true as far as we can tell, or a failure with a name.

``pytest tests/pipelines/planning/llm/test_mutations.py --hypothesis-profile=thorough`` tries twenty times as many.
"""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashwright.pipelines.checking import problems
from dashwright.pipelines.composing import compose_notebook
from dashwright.pipelines.errors import PlanError, ProviderError
from dashwright.pipelines.model import DataFile, Dataset, Datasets, Plan, Profile
from dashwright.pipelines.planners import offline
from dashwright.pipelines.planners.llm import AmendPlan, Assistant, PlanDashboard
from dashwright.pipelines.planners.llm.keeping import draft_of

from .conftest import Scripted, encoding, widget
from .mutations import HOSTILE, texts

QUESTION = "How do sales develop by region?"
PLENTY = settings(
    max_examples=2 * settings.default.max_examples,  # type: ignore[union-attr]
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
FEW = settings(PLENTY, max_examples=settings.default.max_examples // 5)  # type: ignore[union-attr]


def sound(plan: Plan, profile: Profile, text: str) -> None:
    assert problems(plan, profile) == ()
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
    assert plan.planner in ("gemini", "gemini+offline", "offline"), text


@PLENTY
@given(data=st.data())
def test_a_mutated_answer_gives_a_sound_plan(shop: Profile, sales: dict[str, Any], data: st.DataObject) -> None:
    text = data.draw(texts(sales))
    planned = Assistant(Scripted(text)).plan_dashboard(PlanDashboard(question=QUESTION, profile=shop))
    sound(planned.plan, shop, text)


JOINED = {
    "title": "Courses",
    "joins": [
        {
            "name": "one",
            "left": "enrolments",
            "right": "students",
            "on": [{"left": "student_id", "right": "student_id"}],
        },
        {"name": "two", "left": "one", "right": "courses", "on": [{"left": "course_id", "right": "id"}], "how": "left"},
    ],
    "widgets": [
        widget("bar", "Age by course", encoding("x", "title"), encoding("y", "age", aggregate="mean"), frame="two"),
        widget("histogram", "Age", encoding("x", "age", bins=9), frame="students"),
        widget("bar", "Credits", encoding("x", "title"), encoding("y", "credits"), frame="courses"),
        widget("metric", "Enrolments", encoding("y"), frame="one"),
    ],
    "filters": [{"type": "choice", "column": "title", "frame": "courses"}],
    "insights": [{"type": "extreme", "frame": "two", "encodings": [encoding("x", "title"), encoding("y", "age")]}],
}


@FEW
@given(data=st.data())
def test_a_mutated_answer_about_joins_gives_a_sound_plan(school: Profile, data: st.DataObject) -> None:
    text = data.draw(texts(json.loads(json.dumps(JOINED))))
    planned = Assistant(Scripted(text)).plan_dashboard(
        PlanDashboard(question="Who takes which course?", profile=school)
    )
    sound(planned.plan, school, text)


@FEW
@given(data=st.data())
def test_a_mutated_amendment_gives_a_sound_plan_or_a_failure_with_a_name(shop: Profile, data: st.DataObject) -> None:
    before = offline.plan("How do sales develop?", shop)
    text = data.draw(texts(json.loads(draft_of(before).model_dump_json())))
    try:
        after = Assistant(Scripted(text)).amend_plan(AmendPlan(plan=before, profile=shop, amendment="change it")).plan
    except (PlanError, ProviderError):
        return
    sound(after, shop, text)


def datasets() -> Datasets:
    file = DataFile(path="x.csv", name="x.csv", format="csv", size=1, sha256="0")
    shop = Dataset(
        name="data",
        title="Shop",
        source="files",
        reference="x",
        files=(file,),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return Datasets(datasets=(shop,))


@pytest.mark.parametrize("text", [text for text in HOSTILE if len(text.strip()) > 10])
def test_what_a_model_says_reaches_a_notebook_as_text_alone(shop: Profile, sales: dict[str, Any], text: str) -> None:
    mark = "zyzzyva"
    hostile = f"{mark} {text}"
    for item in sales["widgets"]:
        item |= {"title": hostile, "subtitle": hostile, "why": hostile}
        item["where"] = [{"column": "product_name", "operator": "!=", "values": [hostile]}]
        for told in item.get("encodings", ()):
            told["title"] = hostile
        item["text"] = hostile
    for item in sales["filters"]:
        item["label"] = hostile
    for item in sales["insights"]:
        item["wording"] = f"{mark} {{measure}} {text.replace('{', '').replace('}', '')}"
    answer = sales | {"title": hostile, "description": hostile, "notes": [hostile]}
    planned = Assistant(Scripted(answer)).plan_dashboard(PlanDashboard(question=QUESTION, profile=shop))
    notebook = compose_notebook(planned.plan, shop, datasets())
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert mark in code
    for node in ast.walk(ast.parse(code)):
        names = [value for value in vars(node).values() if isinstance(value, str)]
        assert isinstance(node, ast.Constant) or not any(
            mark in name.casefold() and not name.isidentifier() for name in names
        )
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert all(alias.name.partition(".")[0] != "os" for alias in node.names)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert "<script" not in cell.source
