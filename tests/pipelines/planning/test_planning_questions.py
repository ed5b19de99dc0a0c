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
        ("sales by region over the last 2 years", ("order_date", ">=", "2018-01-01")),
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


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("in March 2017", ("between", ("2017-03-01", "2017-03-31"))),
        ("from March to May 2017", ("between", ("2017-03-01", "2017-05-31"))),
        ("from 2017-02-03 to 2017-04-05", ("between", ("2017-02-03", "2017-04-05"))),
        ("between January 2016 and June 2018", ("between", ("2016-01-01", "2018-06-30"))),
        ("in Q2 2018", ("between", ("2018-04-01", "2018-06-30"))),
        ("in the second quarter of 2018", ("between", ("2018-04-01", "2018-06-30"))),
        ("in the first half of 2018", ("between", ("2018-01-01", "2018-06-30"))),
        ("on 4 July 2018", ("between", ("2018-07-04", "2018-07-04"))),
        ("on July 4th, 2018", ("between", ("2018-07-04", "2018-07-04"))),
        ("since June 2018", (">=", "2018-06-01")),
        ("after 15 June 2018", (">=", "2018-06-16")),
        ("before Q3 2018", ("<", "2018-07-01")),
        ("until February 2016", ("<", "2016-03-01")),
        ("after 2017", (">=", "2018-01-01")),
        ("last month", ("between", ("2019-12-01", "2019-12-31"))),
        ("over the last 3 months", ("between", ("2019-10-01", "2019-12-31"))),
        ("this quarter", ("between", ("2019-10-01", "2019-12-31"))),
    ],
)
def test_periods_are_conditions_on_the_date(shop: Profile, said: str, expected: tuple[str, Any]) -> None:
    assert conditions(asked(f"sales by region {said}", shop)) == {("order_date", *expected)}


def test_periods_are_told_as_people_say_them(shop: Profile) -> None:
    assert "in March 2017" in asked("sales by region in March 2017", shop).subtitle
    assert "since June 2018" in asked("sales by region since June 2018", shop).subtitle


def test_what_last_month_means_is_told(shop: Profile) -> None:
    assert any("2019-12-01 to 2019-12-31" in note for note in plan("sales by region last month", shop).notes)


def test_month_of_no_year_is_told_and_not_applied(shop: Profile) -> None:
    drawn = plan("sales by region in March", shop)
    assert drawn.widgets[0].where == ()
    assert any("March" in note for note in drawn.notes)


@pytest.mark.parametrize("said", ["on 31 February 2017", "in Q5 2017", "on 2017-13-40", "in the third half of 2017"])
def test_periods_that_no_calendar_has_break_nothing(shop: Profile, said: str) -> None:
    assert asked(f"sales by region {said}", shop).y.column == "sales"


@pytest.fixture
def clinic(make: Any) -> Profile:
    """People with an age, what was done to them, and where."""
    return make.profile(  # type: ignore[no-any-return]
        make.table(
            "treatments",
            make.key("treatment_id"),
            make.category("state", "CA", "TX", "NY", role="place", place="us_state"),
            make.category("school", "Primary School", "Secondary School", "Special School"),
            make.category("result", "Died", "Recovered", "Transferred"),
            make.number("age", 0, 95, additive=False, type="integer"),
            make.number("distance", 0, 400, additive=False, unit="km"),
            make.number("cost", 10, 9000, unit="US$"),
            make.category("insured", role="boolean", distinct=2).model_copy(update={"type": "boolean"}),
            row_noun="treatment",
            row_noun_plural="treatments",
            keys=(("treatment_id",),),
        )
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("cost by school for people over 65", ("age", ">", 65)),
        ("cost by school of patients aged 18 to 25", ("age", "between", (18, 25))),
        ("number of treatments by school younger than 10", ("age", "<", 10)),
        ("number of treatments by school for more than 50 km", ("distance", ">", 50)),
        ("number of treatments by school over $500", ("cost", ">", 500)),
    ],
)
def test_bare_comparison_is_about_the_age_or_the_column_with_the_unit(
    clinic: Profile, question: str, expected: tuple[str, str, Any]
) -> None:
    assert conditions(asked(question, clinic)) == {expected}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("cost by school in California", ("state", "=", "CA")),
        ("cost by school in New York", ("state", "=", "NY")),
        ("cost by state in primary schools", ("school", "=", "Primary School")),
        ("deaths by school", ("result", "=", "Died")),
        ("how many recoverd by school", ("result", "=", "Recovered")),
        ("cost by school without insured", ("insured", "=", False)),
        ("cost by school for people who were insured", ("insured", "=", True)),
    ],
)
def test_values_are_known_by_other_words(clinic: Profile, question: str, expected: tuple[str, str, Any]) -> None:
    assert conditions(asked(question, clinic)) == {expected}


@pytest.mark.parametrize(("said", "value"), [("the USA", "United States"), ("Russia", "Russian Federation")])
def test_countries_are_known_by_what_people_call_them(make: Any, said: str, value: str) -> None:
    names = ("United States", "Russian Federation", "Kenya")
    offices = make.table(
        "offices",
        make.category("country", *names, role="place", place="country"),
        make.category("line", "A", "B"),
        make.number("sales"),
    )
    assert conditions(asked(f"sales by line in {said}", make.profile(offices))) == {("country", "=", value)}


@pytest.mark.parametrize("question", ["deaths by school", "patients by school", "deaths in Texas per school"])
def test_things_that_ended_so_are_counted(clinic: Profile, question: str) -> None:
    widget = asked(question, clinic)
    assert (widget.x.column, widget.y.aggregate) == ("school", "count")


def test_how_many_counts_whatever_was_done(shop: Profile) -> None:
    widget = asked("how many orders were sold by region", shop)
    assert (widget.x.column, widget.y.aggregate) == ("region", "count")


def test_group_named_before_a_measure_is_the_group(shop: Profile) -> None:
    widget = asked("regions by profit", shop)
    assert (widget.x.column, widget.y.column) == ("region", "profit")


def test_amount_to_divide_by_is_no_group(make: Any) -> None:
    towns = make.table("towns", make.category("county", "A", "B"), make.number("budget"), make.number("pupils"))
    widget = asked("budget per pupil by county", make.profile(towns))
    assert (widget.x.column, widget.y.column) == ("county", "budget")


def test_flag_is_titled_by_what_it_says(clinic: Profile) -> None:
    assert asked("share of insured by school", clinic).y.title == "Share insured"


def test_histogram_by_a_group_shows_the_measure_in_the_colours_of_the_group(shop: Profile) -> None:
    widget = asked("histogram of profit by region", shop)
    assert (widget.type, widget.x.column, widget.color.column) == ("histogram", "profit", "region")


@pytest.mark.parametrize(
    ("question", "color"),
    [
        ("scatter plot of sales and profit for each region", "region"),
        ("scatter plot of average sales and average profit for each region", None),
    ],
)
def test_dots_that_are_groups_need_no_colour(shop: Profile, question: str, color: str | None) -> None:
    widget = asked(question, shop)
    assert widget.type == "scatter"
    assert (widget.color.column if widget.color else None) == color
