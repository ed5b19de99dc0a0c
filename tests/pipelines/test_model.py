"""The nouns refuse what cannot be drawn, and say in one sentence why."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dashwright.pipelines.model import Plan, Position, Request, sentence


def bar(**changes: Any) -> dict[str, Any]:
    return {
        "type": "bar",
        "id": "sales_by_region",
        "title": "Sales",
        "frame": "sales",
        "x": {"column": "region"},
        "y": {"column": "amount", "aggregate": "sum"},
        "position": {"x": 0, "y": 0, "width": 6, "height": 4},
    } | changes


def plan(*widgets: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "title": "Sales",
        "question": "Sales by region?",
        "tables": ("sales",),
        "widgets": widgets or (bar(),),
    } | changes


def refusal(data: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Plan.model_validate(data)
    return sentence(caught.value)


def test_a_plan_survives_its_json() -> None:
    first = Plan.model_validate(
        plan(
            filters=[{"type": "choice", "id": "of_region", "column": "region", "frames": ["sales"], "label": "Region"}]
        )
    )
    assert Plan.model_validate_json(first.model_dump_json()) == first


def test_a_plan_cannot_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Plan.model_validate(plan()).title = "Other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("widget", "words"),
    [
        (bar(frame=None), "needs a frame"),
        (bar(frame="orders"), "'orders', which does not exist; there is: sales"),
        (bar(y={"column": "amount"}), "give y an aggregate"),
        (bar(y={"aggregate": "sum"}), "aggregate 'sum' needs a column"),
        (bar(x={"column": "day", "time_unit": "month", "bins": 5}), "both time_unit and bins"),
        (bar(type="donut"), "does not match any of the expected tags"),
        (bar(colour={"column": "region"}), "Extra inputs are not permitted"),
        (bar(id='"); import os #'), "is not a name"),
        (bar(type="pie", color={"column": "region"}), "leave color out"),
        (bar(position={"x": 8, "y": 0, "width": 6, "height": 4}), "past the 12 columns"),
        (bar(limit={"parameter": "most"}), "the parameter 'most', which does not exist; there is: none"),
        (bar(where=[{"column": "amount", "operator": "between", "values": [1]}]), "needs two values"),
    ],
)
def test_a_widget_that_cannot_be_drawn_is_refused_with_a_reason(widget: dict[str, Any], words: str) -> None:
    assert words in refusal(plan(widget))


def test_widgets_may_not_overlap() -> None:
    below = bar(id="other", position={"x": 5, "y": 3, "width": 4, "height": 4})
    assert "'sales_by_region' and 'other' overlap" in refusal(plan(bar(), below))


def test_neighbours_do_not_overlap() -> None:
    left, right = Position(x=0, y=0, width=6, height=4), Position(x=6, y=0, width=6, height=4)
    assert not left.overlaps(right)
    assert left.overlaps(Position(x=5, y=3, width=1, height=1))


def test_no_name_is_used_twice() -> None:
    assert "may not share a name: 'sales'" in refusal(plan(bar(id="sales")))


def test_a_join_may_use_only_what_is_before_it() -> None:
    join = {"name": "both", "left": "later", "right": "sales", "on": [("a", "b")]}
    assert "join 'both' names the frame 'later'" in refusal(plan(joins=[join]))


def test_a_scatter_of_aggregates_says_what_a_dot_is() -> None:
    mean = {"column": "amount", "aggregate": "mean"}
    scatter = bar(type="scatter", x=mean, y=mean)
    assert "needs detail" in refusal(plan(scatter))
    assert "mixes values" in refusal(plan(bar(type="scatter", x=mean, y={"column": "amount"})))


def test_columns_lists_what_a_widget_uses_once() -> None:
    data = plan(bar(color={"column": "region"}, where=[{"column": "year", "operator": "=", "value": 2005}]))
    assert Plan.model_validate(data).widgets[0].columns == ("region", "amount", "year")


@pytest.mark.parametrize("question", ["", "   ", "x" * 4001])
def test_a_question_is_neither_empty_nor_endless(question: str) -> None:
    with pytest.raises(ValidationError):
        Request(dashboard_id="d", slug="a", question=question)


def test_every_channel_of_the_json_schema_is_closed() -> None:
    definitions = Plan.model_json_schema()["$defs"]
    assert all(item["additionalProperties"] is False for item in definitions.values() if item["type"] == "object")
