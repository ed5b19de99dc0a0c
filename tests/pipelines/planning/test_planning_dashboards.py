"""What a vague question gets: a whole dashboard, each part of it for a reason."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dashwright.pipelines.checking import problems
from dashwright.pipelines.errors import PlanError
from dashwright.pipelines.model import Plan, Profile
from dashwright.pipelines.planners.offline import explain, plan
from dashwright.pipelines.planners.offline.layout import COLUMNS


def kinds(drawn: Plan) -> set[str]:
    return {widget.type for widget in drawn.widgets}


def test_vague_question_makes_a_whole_dashboard(shop: Profile) -> None:
    drawn = plan("How is the shop doing?", shop)
    assert problems(drawn, shop) == ()
    assert kinds(drawn) >= {"metric", "line", "bar", "scatter", "histogram", "table"}
    assert 2 <= len([widget for widget in drawn.widgets if widget.type == "metric"]) <= 4
    assert 2 <= len(drawn.filters) <= 4
    assert {insight.type for insight in drawn.insights} >= {"change", "extreme"}


def test_every_part_says_why_it_is_there(shop: Profile) -> None:
    drawn = plan("How is the shop doing?", shop)
    assert all(part.why.endswith(".") for part in (*drawn.widgets, *drawn.filters, *drawn.insights))
    assert len(explain(drawn)) == len(drawn.widgets) + len(drawn.filters) + len(drawn.insights)


def test_headlines_of_events_compare_years(shop: Profile) -> None:
    tiles: list[Any] = [widget for widget in plan("overview", shop).widgets if widget.type == "metric"]
    assert {tile.x.time_unit for tile in tiles} == {"year"}


def test_panel_dashboard_shows_places_in_the_last_period_only(countries: Profile) -> None:
    drawn = plan("How did the world develop?", countries)
    assert problems(drawn, countries) == ()
    assert kinds(drawn) >= {"metric", "line", "map", "scatter"}
    for widget in drawn.widgets:
        if widget.type in ("bar", "map", "scatter", "histogram"):
            assert [(c.column, c.operator, c.value) for c in widget.where] == [("year", "=", 2009)]
    trends: list[Any] = [widget for widget in drawn.widgets if widget.type == "line"]
    assert all(widget.where == () for widget in trends)


def test_rates_are_never_summed(countries: Profile) -> None:
    for question in ("total life expectancy by region", "overview", "sum of life expectancy over time"):
        drawn = plan(question, countries)
        used: list[Any] = [*drawn.widgets, *drawn.suggestions, *drawn.insights]
        measures = [m for part in used for m in getattr(part, "measures", (getattr(part, "y", None),)) if m]
        assert all(m.aggregate != "sum" for m in measures if m.column == "life_expectancy")


def test_part_of_the_question_that_the_data_cannot_answer_is_told(countries: Profile) -> None:
    drawn = plan("How have life expectancy and income changed across the world?", countries)
    assert any("income" in note for note in drawn.notes)
    assert not any("expectancy" in note for note in drawn.notes)
    assert drawn.widgets[0].type == "metric"


@pytest.mark.parametrize(
    "question",
    [
        "预期寿命是如何变化的？",
        "🎉🎉🎉",
        "purple monkey dishwasher",
        "?",
        "x" * 4000,
        "why why why " * 333,
        "SELECT * FROM t; --",
    ],
)
def test_question_about_nothing_in_the_data_gets_an_honest_overview(shop: Profile, question: str) -> None:
    drawn = plan(question, shop)
    assert problems(drawn, shop) == ()
    assert len(drawn.widgets) >= 6
    assert any("overview" in note for note in drawn.notes)


def test_same_question_and_data_give_the_same_plan(shop: Profile) -> None:
    assert plan("sales by region", shop) == plan("sales by region", shop)


def test_layout_fills_every_row(shop: Profile, countries: Profile) -> None:
    for question in ("overview", "sales by month", "top 5 products by sales", "map of life expectancy"):
        for data in (shop, countries):
            rows: dict[int, int] = {}
            for widget in plan(question, data).widgets:
                rows[widget.position.y] = rows.get(widget.position.y, 0) + widget.position.width
            assert set(rows.values()) == {COLUMNS}


@pytest.mark.parametrize("most", [1, 2, 3, 5, 12, 24])
def test_number_of_widgets_is_a_limit(shop: Profile, most: int) -> None:
    for question in ("overview", "sales by region"):
        drawn = plan(question, shop, max_widgets=most)
        assert 1 <= len(drawn.widgets) <= most
    asked: Any = plan("sales by region", shop, max_widgets=1).widgets[0]
    assert asked.type == "bar"


def test_titles_are_neutral_and_subtitles_say_measure_and_unit(shop: Profile) -> None:
    drawn = plan("average unit price by region", shop)
    assert drawn.title == drawn.widgets[0].title == "Unit price by region"
    assert drawn.widgets[0].subtitle == "Average, US$"


def test_title_of_the_person_wins(shop: Profile) -> None:
    assert plan("sales by region", shop, title="Our shop").title == "Our shop"


def test_columns_in_use_are_expected_of_refreshed_data(school: Profile) -> None:
    drawn = plan("average age of students for each course title", school)
    expected = {item.frame: set(item.columns) for item in drawn.expectations}
    assert expected["students"] >= {"age", "student_id"}
    assert expected["courses"] >= {"title", "id"}
    assert all(item.rows_at_least >= 1 for item in drawn.expectations)


def test_length_of_rankings_is_one_parameter(shop: Profile) -> None:
    drawn = plan("overview", shop)
    assert [parameter.name for parameter in drawn.parameters] == ["ranking_length"]


def test_suggestions_are_further_widgets_not_shown_yet(shop: Profile) -> None:
    drawn = plan("sales by region", shop)
    shown = {(w.type, w.dimensions, w.measures) for w in drawn.widgets}
    assert len(drawn.suggestions) >= 5
    assert all((w.type, w.dimensions, w.measures) not in shown for w in drawn.suggestions)


def test_column_of_texts_alone_becomes_a_table(make: Any) -> None:
    data = make.profile(make.table("notes", make.category("note", role="text", distinct=400)))
    drawn = plan("what is in here?", data)
    assert problems(drawn, data) == ()
    assert "table" in kinds(drawn)


def test_data_without_rows_is_refused_in_one_sentence(make: Any) -> None:
    data = make.profile(make.table("empty", make.number("a"), rows=0))
    with pytest.raises(PlanError, match="There is nothing to draw: 'empty' has columns but no rows"):
        plan("a by b", data)


def test_single_series_is_not_coloured_by_what_changes_from_row_to_row(make: Any) -> None:
    columns = (make.date(unique=True, distinct=365), make.category("sky", "sun", "rain"), make.number("rain"))
    days = make.table("weather", *columns, keys=(("date",),))
    drawn = plan("overview", make.profile(days))
    lines: list[Any] = [widget for widget in drawn.widgets if widget.type == "line"]
    assert lines
    assert all(line.color is None for line in lines)


def test_column_that_counts_is_summed_instead_of_counting_rows(make: Any) -> None:
    data = make.profile(
        make.table("flights", make.category("origin", *"ABCDE"), make.number("count", 1, 900, type="integer"))
    )
    asked: Any = plan("how many flights by origin?", data).widgets[0]
    assert (asked.y.column, asked.y.aggregate) == ("count", "sum")


def test_names_that_look_like_code_stay_data(make: Any) -> None:
    nasty = ('"); import os #', "<script>alert(1)</script>", "🎈", " ", "a" * 300)
    data = make.profile(make.table("t", *(make.number(name) for name in nasty), make.category("{}'%s", "x", "y")))
    drawn = plan("import os by {}'%s", data)
    assert problems(drawn, data) == ()
    identifiers = [part.id for part in (*drawn.widgets, *drawn.filters, *drawn.insights)]
    assert all(identifier.isascii() and identifier.replace("_", "").isalnum() for identifier in identifiers)


def test_fifty_columns_are_planned_in_a_second(make: Any) -> None:
    measures = [
        make.number(f"measure_{n}_of_{word}")
        for n, word in enumerate(["alpha", "beta", "gamma", "delta", "epsilon"] * 8)
    ]
    groups = [make.category(f"group_{n}", *(f"value {n} {m}" for m in range(20))) for n in range(9)]
    data = make.profile(make.table("wide", make.date(), *measures, *groups))
    plan("warm up", data)
    begun = time.thread_time()  # of this thread's own work, however busy the machine is
    plan("How did gamma develop by group 3 and what drives epsilon?", data)
    assert time.thread_time() - begun < 1.0
