"""An answer that is not right goes back with what is wrong; what no round mends is completed offline."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashwright.pipelines.checking import problems
from dashwright.pipelines.errors import PlanError, ProviderError
from dashwright.pipelines.model import Plan, Profile
from dashwright.pipelines.planners import offline
from dashwright.pipelines.planners.llm import Assistant, PlanDashboard, Planned

from .conftest import Reply, Scripted, draft, encoding, widget

QUESTION = "How do sales develop by region?"
GOOD = widget("bar", "Sales by region", encoding("x", "region"), encoding("y", "sales"))
BAD = widget("bar", "Price by region", encoding("x", "region"), encoding("y", "price"))


def planned(profile: Profile, *replies: Reply) -> tuple[Planned, Scripted, Assistant]:
    providers = Scripted(*replies)
    assistant = Assistant(providers)
    result = assistant.plan_dashboard(PlanDashboard(question=QUESTION, profile=profile, max_widgets=8))
    assert problems(result.plan, profile) == ()
    assert Plan.model_validate_json(result.plan.model_dump_json()) == result.plan
    return result, providers, assistant


def floor(profile: Profile) -> Plan:
    return offline.plan(QUESTION, profile, max_widgets=8)


def test_the_exact_problems_go_back_and_the_mended_answer_is_taken(shop: Profile) -> None:
    result, providers, assistant = planned(shop, draft(GOOD, BAD), draft(GOOD))
    assert (result.plan.planner, result.outcomes) == ("gemini", ())
    assert [item.title for item in result.plan.widgets] == ["Sales by region"]
    first, second = providers.prompts
    assert second.turns[:1] == first.turns
    assert [turn.role for turn in second.turns] == ["user", "model", "user"]
    assert json.loads(second.turns[1].text) == json.loads(json.dumps(draft(GOOD, BAD)))
    assert "widgets[1].encodings[1].column: column 'price' is not in 'orders'. It has: order_id," in providers.told
    assert [bool(exchange.problems) for exchange in assistant.exchanges] == [True, False]


def test_three_rounds_then_the_best_is_completed_offline(shop: Profile) -> None:
    worse = [draft(BAD, title=f"Try {letter}") for letter in "abcd"]
    result, providers, assistant = planned(shop, draft(GOOD, BAD, BAD, BAD), *worse)
    assert len(providers.prompts) == 4
    assert all(len(prompt.turns) == 3 for prompt in providers.prompts[1:])
    assert result.plan.planner == "gemini+offline"
    assert result.plan.title == "Sales"
    assert result.plan.widgets[0].title == "Sales by region"
    assert len(result.plan.widgets) == 4
    assert result.plan.filters
    assert result.plan.insights
    assert "column 'price' is not in 'orders'" in result.outcomes[0]
    assert len(assistant.exchanges) == 4


@pytest.mark.parametrize("text", ["", "no", '{"title": "T", "widgets": [{"type"', '{"charts": []}', "[]"])
def test_an_answer_that_stays_unreadable_is_replaced_by_the_offline_plan(shop: Profile, text: str) -> None:
    result, providers, _ = planned(shop, text)
    assert result.plan == floor(shop)
    assert result.plan.planner == "offline"
    # The very same answer is not asked for again and again.
    assert len(providers.prompts) == 2
    assert result.outcomes[0].startswith("The offline planner made the plan: No answer of gemini (a-model)")


@pytest.mark.parametrize("answer", [draft(), draft(BAD), draft(BAD, BAD | {"frame": "x"})])
def test_an_answer_of_which_no_widget_is_left_gets_those_of_the_offline_plan(
    shop: Profile, answer: dict[str, Any]
) -> None:
    result, _, _ = planned(shop, answer)
    assert result.plan.planner == "gemini+offline"
    wanted = len(answer["widgets"]) or len(floor(shop).widgets)
    assert [item.title for item in result.plan.widgets] == [item.title for item in floor(shop).widgets][:wanted]


def test_without_an_answer_the_offline_planner_plans_alone(shop: Profile) -> None:
    result, _, assistant = planned(shop, ProviderError("gemini is busy."))
    assert result.plan == floor(shop)
    assert result.outcomes == ("The offline planner made the plan: gemini is busy.",)
    assert assistant.exchanges[0].failure == "gemini is busy."
    assert result.plan.notes == floor(shop).notes


def test_what_was_answered_before_a_failure_is_used(shop: Profile) -> None:
    result, _, assistant = planned(shop, draft(GOOD, BAD), ProviderError("The quota is used up."))
    assert result.plan.planner == "gemini+offline"
    assert result.plan.widgets[0].title == "Sales by region"
    assert result.outcomes[0] == "The model could not be asked again: The quota is used up."
    assert len(assistant.exchanges) == 2


def test_nothing_to_draw_is_told_before_anybody_is_asked(shop: Profile) -> None:
    empty = shop.model_copy(update={"tables": (shop.tables[0].model_copy(update={"rows": 0}),)})
    providers = Scripted(draft(GOOD))
    with pytest.raises(PlanError, match="There is nothing to draw"):
        Assistant(providers).plan_dashboard(PlanDashboard(question=QUESTION, profile=empty))
    assert providers.prompts == []


def test_a_thousand_widgets_become_as_many_as_were_asked_for(shop: Profile) -> None:
    columns = ["sales", "profit", "unit_price", "discount_rate"]
    kinds = ["mean", "median", "min", "max"]
    many = [
        widget("bar", f"{column} {kind}", encoding("x", "region"), encoding("y", column, aggregate=kind))
        for column in columns
        for kind in kinds
    ] * 63
    result, providers, assistant = planned(shop, draft(*many[:1_000]))
    assert len(result.plan.widgets) == 8
    assert len(providers.prompts) == 1
    assert assistant.exchanges[0].remarks[0] == "The answer has 1,000 widgets; the first 40 are used."


def test_the_same_widget_twice_is_shown_once(shop: Profile) -> None:
    result, providers, _ = planned(shop, draft(GOOD, GOOD | {"title": "Again"}))
    assert [item.title for item in result.plan.widgets] == ["Sales by region"]
    assert len(providers.prompts) == 1


def test_html_and_other_scripts_stay_texts(shop: Profile) -> None:
    text = "<img src=x onerror=alert(document.domain)><script>alert('x')</script> $(id) `id` {{config}} 漢字 🐝"
    told = GOOD | {"title": text, "subtitle": text, "why": text}
    result, providers, _ = planned(shop, draft(told, title=text, description=text, notes=[text]))
    plan = result.plan
    assert (plan.title, plan.description, plan.notes) == (text, text, (text,))
    assert (plan.widgets[0].title, plan.widgets[0].subtitle) == (text, text)
    assert len(providers.prompts) == 1


def test_suggestions_are_what_the_offline_planner_thought_of(shop: Profile) -> None:
    result, _, _ = planned(shop, draft(GOOD))
    assert result.plan.suggestions
    assert all(item.title != "Sales by region" for item in result.plan.suggestions)


def test_two_tables_and_a_join_are_completed(school: Profile) -> None:
    join = {"name": "enrolled", "left": "enrolments", "right": "students",
            "on": [{"left": "student_id", "right": "student_id"}]}  # fmt: skip
    good = widget("histogram", "Age of students", encoding("x", "age"), frame="enrolled")
    bad = widget("bar", "Nothing", encoding("x", "nothing"), encoding("y"), frame="enrolled")
    result, _, _ = planned(school, draft(good, bad, bad, joins=[join]))
    assert result.plan.widgets[0].frame == "enrolled"
    assert len(result.plan.widgets) > 1
