"""What a question asks for is what the first widget shows."""

from __future__ import annotations

from typing import Any

import pytest

from dashwright.pipelines.checking import problems
from dashwright.pipelines.model import Plan, Profile
from dashwright.pipelines.planners.offline import plan


def asked(question: str, profile: Profile) -> Any:
    """The first widget, of a plan without problems."""
    drawn = plan(question, profile)
    assert problems(drawn, profile) == ()
    return drawn.widgets[0]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("a bar chart of sales by region", "bar"),
        ("show sales by region as a pie", "pie"),
        ("line chart of sales by month", "line"),
        ("scatter plot of sales and profit", "scatter"),
        ("histogram of profit", "histogram"),
        ("box plot of profit by region", "box"),
        ("heatmap of sales by region and product name", "heatmap"),
        ("area chart of sales per quarter by region", "area"),
        ("give me a table of region and sales", "table"),
        ("sales by region", "bar"),
        ("sales by month", "line"),
        ("relationship between discount rate and profit", "scatter"),
        ("how is profit distributed", "histogram"),
        ("total sales", "metric"),
    ],
)
def test_chart_is_the_one_named_or_the_one_that_fits(shop: Profile, question: str, kind: str) -> None:
    assert asked(question, shop).type == kind


@pytest.mark.parametrize(
    ("question", "aggregate"),
    [
        ("total sales by region", "sum"),
        ("average sales by region", "mean"),
        ("median sales by region", "median"),
        ("the highest sales for each region", "max"),
        ("minimum sales per region", "min"),
        ("number of orders by region", "count"),
        ("how many orders does each region have?", "count"),
        ("sales by region", "sum"),
        ("unit price by region", "mean"),
        ("total unit price by region", "mean"),
        ("number of different product names per region", "distinct"),
    ],
)
def test_aggregate_is_the_one_said_and_rates_are_never_summed(shop: Profile, question: str, aggregate: str) -> None:
    widget = asked(question, shop)
    assert (widget.x.column, widget.y.aggregate) == ("region", aggregate)


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("revenue by region", "sales"),
        ("turnover by region", "sales"),
        ("earnings by region", "profit"),
        ("unit costs by region", "unit_price"),
        ("discounts by region", "discount_rate"),
        ("slaes by region", "sales"),
    ],
)
def test_columns_are_known_by_other_words(shop: Profile, question: str, column: str) -> None:
    assert asked(question, shop).y.column == column


def conditions(widget: Any) -> set[tuple[str, str, Any]]:
    return {(c.column, c.operator, c.values or c.value) for c in widget.where}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("sales by product name in the North", ("region", "=", "North")),
        ("sales by product name excluding South", ("region", "!=", "South")),
        ("sales by product name not in the East or West", ("region", "not in", ("East", "West"))),
        ("sales by region where profit is above 100", ("profit", ">", 100)),
        ("profit by region with sales of at least 1,000.5", ("sales", ">=", 1000.5)),
        ("sales by region for unit price between 10 and 20", ("unit_price", "between", (10, 20))),
        ("sales by region in 2016", ("order_date", "between", ("2016-01-01", "2016-12-31"))),
        ("sales by region since 2017", ("order_date", ">=", "2017-01-01")),
        ("sales by region before 2017", ("order_date", "<", "2017-01-01")),
        ("sales by region from 2016 to 2018", ("order_date", "between", ("2016-01-01", "2018-12-31"))),
        ("sales by region over the last 2 years", ("order_date", ">", "2017-12-31")),
    ],
)
def test_conditions_are_read_from_words(shop: Profile, question: str, expected: tuple[str, str, Any]) -> None:
    assert expected in conditions(asked(question, shop))


def test_comparison_that_no_column_can_meet_is_told_and_not_applied(shop: Profile) -> None:
    drawn = plan("sales by region where discount rate is above 900", shop)
    assert drawn.widgets[0].where == ()
    assert any("900" in note for note in drawn.notes)


@pytest.mark.parametrize(
    ("question", "by", "order"),
    [
        ("sales by region in descending order of sales", "y", "descending"),
        ("sales by region, sort by region a to z", "x", "ascending"),
        ("bar chart of sales by region, rank the x-axis in desc order", "x", "descending"),
        ("bar chart of sales by region, and could you list from low to high by the y axis?", "y", "ascending"),
        ("sales by region", "y", "descending"),
    ],
)
def test_bars_are_sorted_as_asked(shop: Profile, question: str, by: str, order: str) -> None:
    sort = asked(question, shop).sort
    assert (sort.by, sort.order) == (by, order)


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        ("top 5 products by sales", 5),
        ("the three largest product names by sales", 3),
        ("bottom ten product names by profit", 10),
    ],
)
def test_length_of_a_ranking_is_read(shop: Profile, question: str, limit: int) -> None:
    widget = asked(question, shop)
    assert (widget.type, widget.x.column, widget.limit) == ("bar", "product_name", limit)


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("sales by month", "month"),
        ("sales per quarter", "quarter"),
        ("weekly sales", "week"),
        ("annual sales as bars", "year"),
        ("sales by weekday", "day_of_week"),
        ("bin the order date by year and count the orders in a bar chart", "year"),
        ("number of orders for each day of the week", "day_of_week"),
    ],
)
def test_unit_of_time_is_read(shop: Profile, question: str, unit: str) -> None:
    assert asked(question, shop).x.time_unit == unit


@pytest.mark.parametrize(
    "question",
    [
        "sales by month colored by region",
        "sales by month for each region",
        "line chart of sales over time, one line per region",
        "stacked bar chart of sales by product name and region",
        "sales by product name split by region",
        "scatter plot of sales and profit colored by region",
    ],
)
def test_second_group_becomes_colour(shop: Profile, question: str) -> None:
    widget = asked(question, shop)
    assert widget.color is not None
    assert widget.color.column == "region"


def test_grouped_and_normalized_bars_are_kept_apart(shop: Profile) -> None:
    assert asked("grouped bar chart of sales by product name and region", shop).stack == "grouped"
    assert asked("stacked bar chart of sales by product name and region", shop).stack == "stacked"


def test_values_named_together_are_compared(shop: Profile) -> None:
    widget = asked("compare sales of North and South", shop)
    assert widget.x.column == "region"
    assert ("region", "in", ("North", "South")) in conditions(widget)


def test_superlative_ranks_what_the_question_is_about(shop: Profile) -> None:
    widget = asked("which region has the highest unit price?", shop)
    assert (widget.x.column, widget.y.column, widget.sort.order) == ("region", "unit_price", "descending")


def test_most_rows_are_counted(shop: Profile) -> None:
    widget = asked("which region has the most orders?", shop)
    assert (widget.x.column, widget.y.aggregate) == ("region", "count")


def test_two_measures_asked_by_group_get_a_chart_each(shop: Profile) -> None:
    drawn = plan("sales and profit by region", shop)
    bars = {widget.y.column for widget in drawn.widgets if widget.type == "bar" and widget.x.column == "region"}
    assert bars >= {"sales", "profit"}


def test_tables_are_joined_over_a_bridge_when_the_question_needs_both(school: Profile) -> None:
    drawn = plan("average age of students for each course title", school)
    widget: Any = drawn.widgets[0]
    assert problems(drawn, school) == ()
    assert (widget.x.column, widget.y.column, widget.y.aggregate) == ("title", "age", "mean")
    assert [join.left for join in drawn.joins] == ["enrolments", drawn.joins[0].name]
    assert set(drawn.tables) == {"students", "enrolments", "courses"}


def test_each_thing_is_grouped_by_what_names_it(school: Profile) -> None:
    widget: Any = plan("how many enrolments does each course have?", school).widgets[0]
    assert (widget.x.column, widget.y.aggregate) == ("title", "count")


def test_one_table_is_enough_for_a_question_about_one(school: Profile) -> None:
    assert plan("distribution of age", school).joins == ()


def test_panels_compare_entities_in_the_last_period(countries: Profile) -> None:
    widget = asked("life expectancy by country", countries)
    assert ("year", "=", 2009) in conditions(widget)
    assert "in 2009" in widget.subtitle


def test_period_that_was_said_wins_over_the_last_one(countries: Profile) -> None:
    assert conditions(asked("life expectancy by country in 1995", countries)) == {("year", "=", 1995)}


def test_map_is_drawn_where_the_question_asks_for_one(countries: Profile) -> None:
    widget = asked("map of life expectancy", countries)
    assert (widget.type, widget.level, widget.x.column) == ("map", "country", "country")


def widgets_of(drawn: Plan, kind: str) -> list[Any]:
    return [widget for widget in drawn.widgets if widget.type == kind]


def test_asked_chart_is_large_and_has_helpers(shop: Profile) -> None:
    drawn = plan("sales by month", shop)
    assert drawn.widgets[0].position.width >= 6
    assert widgets_of(drawn, "metric")
    assert widgets_of(drawn, "table")
    assert 2 <= len(drawn.filters) <= 4
    assert len(drawn.widgets) <= 6


def test_ranking_of_rows_is_by_their_names(make: Any) -> None:
    films = make.table("films", make.category("title", role="identifier", distinct=400), make.number("gross", 1, 1e9))
    widget = asked("top 10 films by gross", make.profile(films))
    assert (widget.type, widget.x.column, widget.y.column, widget.limit) == ("bar", "title", "gross", 10)


def test_quantity_of_goods_is_not_the_number_of_orders(make: Any) -> None:
    orders = make.table("orders", make.category("segment", "A", "B", "C"), make.number("quantity", 1, 9))
    widget = asked("number of orders by segment", make.profile(orders))
    assert (widget.x.column, widget.y.aggregate) == ("segment", "count")


def test_people_are_found_by_male_and_female_where_the_data_has_letters(make: Any) -> None:
    people = make.table("people", make.category("sex", "M", "F"), make.number("age", 1, 99, additive=False))
    widget = asked("number of male and female people", make.profile(people))
    assert (widget.x.column, widget.y.aggregate) == ("sex", "count")


def test_group_of_a_joined_measure_notes_that_its_values_repeat(school: Profile) -> None:
    drawn = plan("average age of students for each course title", school)
    assert any("larger groups weigh more" in note for note in drawn.notes)
