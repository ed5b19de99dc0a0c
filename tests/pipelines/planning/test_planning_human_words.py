"""Questions in the words of people who do not know what the columns are called."""

from __future__ import annotations

from typing import Any

import pytest

from dashwright.pipelines.checking import problems
from dashwright.pipelines.model import JoinCandidate, Plan, Profile
from dashwright.pipelines.planners.offline import plan


def drawn(question: str, profile: Profile) -> Plan:
    made = plan(question, profile)
    assert problems(made, profile) == ()
    return made


def asked(question: str, profile: Profile) -> Any:
    return drawn(question, profile).widgets[0]


@pytest.fixture
def store(make: Any) -> Profile:
    """A fact table with two tables around it, the one with the dates between it and the customers."""

    def link(left: str, right: str, key: str) -> JoinCandidate:
        return JoinCandidate(
            left=left, right=right, on=((key, key),), left_matched=1, right_matched=1, cardinality="many-to-one"
        )

    people = (f"Person {number}" for number in range(80))
    return make.profile(  # type: ignore[no-any-return]
        make.table(
            "order_lines",
            make.key("order_id", unique=False, distinct=150),
            make.key("product_id", unique=False, distinct=20),
            make.number("quantity", 1, 9, type="integer", distinct=9),
            make.number("sales", 1, 900),
            row_noun="line",
            row_noun_plural="lines",
        ),
        make.table("products", make.key("product_id"), make.category("product_name", *"ABCDEFGHIJKLMNOPQRST"), rows=20),
        make.table(
            "orders",
            make.key("order_id"),
            make.key("customer_id", unique=False, distinct=80),
            make.date("order_date"),
            make.category("region", "North", "South"),
        ),
        make.table("customers", make.key("customer_id"), make.category("customer_name", *people), rows=80),
        joins=(
            link("order_lines", "products", "product_id"),
            link("order_lines", "orders", "order_id"),
            link("orders", "customers", "customer_id"),
        ),
    )


@pytest.fixture
def stays(make: Any) -> Profile:
    """Events with a date each, a flag, and what they cost."""
    return make.profile(  # type: ignore[no-any-return]
        make.table(
            "admissions",
            make.key("admission_id"),
            make.date("admitted"),
            make.category("ward", "Heart", "Eyes", "Bones"),
            make.category("outcome", "Discharged", "Died", "Transferred"),
            make.number("age", 0, 95, additive=False, type="integer"),
            make.number("length_of_stay", 1, 30, additive=False, type="integer", unit="days"),
            make.number("cost", 10, 9000, unit="£"),
            make.category("readmitted", role="boolean", distinct=2).model_copy(update={"type": "boolean"}),
            row_noun="admission",
            row_noun_plural="admissions",
            keys=(("admission_id",),),
        )
    )


@pytest.fixture
def rides(make: Any) -> Profile:
    """Readings: one row an hour for a year and a half."""
    hours = make.date("hour_started", grain="hour", periods=9_000, distinct=400, unique=True, type="datetime")
    return make.profile(  # type: ignore[no-any-return]
        make.table(
            "bike_rentals",
            hours,
            make.category("weather", "clear", "mist", "rain"),
            make.number("temperature", -5, 30, additive=False),
            make.number("casual", 0, 40, type="integer"),
            make.number("total_rentals", 0, 240, type="integer"),
            keys=(("hour_started",),),
        )
    )


@pytest.mark.parametrize(
    ("question", "x", "y"),
    [
        ("which products sell best?", "product_name", "sales"),
        ("top 10 customers by sales", "customer_name", "sales"),
        ("best selling products", "product_name", "sales"),
        ("top products by quantity", "product_name", "quantity"),
        ("line chart of sales over time", "order_date", "sales"),
        ("monthly revenue", "order_date", "sales"),
    ],
)
def test_tables_are_joined_for_what_a_question_ranks_or_follows(store: Profile, question: str, x: str, y: str) -> None:
    widget = asked(question, store)
    assert (widget.x.column, widget.y.column, widget.y.aggregate) == (x, y, "sum")


def test_values_and_years_of_another_table_are_conditions(store: Profile) -> None:
    widget = asked("how many lines were sold in 2016 in the North?", store)
    assert {condition.column for condition in widget.where} == {"order_date", "region"}


def test_things_with_several_rows_are_counted_once(store: Profile) -> None:
    widget = asked("how many orders per product?", store)
    assert (widget.x.column, widget.y.column, widget.y.aggregate) == ("product_name", "order_id", "distinct")
    assert widget.y.title == "Number of orders"


@pytest.mark.parametrize(
    ("question", "kind", "x"),
    [
        ("admissions by ward", "bar", "ward"),
        ("monthly admissions", "line", "admitted"),
        ("victims by outcome", "bar", "outcome"),
        ("admissions over time by ward", "line", "admitted"),
        ("people per ward", "bar", "ward"),
    ],
)
def test_rows_are_counted_where_a_question_names_things_and_groups(
    stays: Profile, question: str, kind: str, x: str
) -> None:
    widget = asked(question, stays)
    assert (widget.type, widget.x.column, widget.y.aggregate) == (kind, x, "count")


def test_dashboard_on_what_the_rows_are_starts_with_how_many_there_are(stays: Profile) -> None:
    first: Any = drawn("are admissions increasing?", stays).widgets[0]
    assert (first.type, first.y.column, first.y.aggregate) == ("metric", None, "count")


def test_readings_are_not_counted(rides: Profile) -> None:
    assert all(m.aggregate != "count" for w in drawn("trips by weather", rides).widgets[:1] for m in w.measures)


@pytest.mark.parametrize("question", ["readmission rate by ward", "share of readmitted per ward"])
def test_flag_is_measured_as_its_share(stays: Profile, question: str) -> None:
    widget = asked(question, stays)
    assert (widget.x.column, widget.y.column, widget.y.aggregate) == ("ward", "readmitted", "mean")
    assert widget.y.format == "share"


def test_effect_of_a_group_on_a_measure_is_seen_in_its_spread(stays: Profile) -> None:
    widget = asked("does the ward affect the cost?", stays)
    assert (widget.type, widget.x.column, widget.y.column) == ("box", "ward", "cost")


def test_mean_may_be_a_verb(stays: Profile) -> None:
    widget = asked("does more age mean a longer stay?", stays)
    assert {widget.x.column, widget.y.column} == {"age", "length_of_stay"}
    assert widget.type == "scatter"


def test_rows_are_listed_where_nothing_names_those_that_rank_first(stays: Profile) -> None:
    widget = asked("the 5 highest costs", stays)
    assert (widget.type, widget.sort_by, widget.limit, widget.order) == ("table", "cost", 5, "descending")


def test_hours_of_many_days_are_hours_of_the_day(rides: Profile) -> None:
    widget = asked("rentals by hour", rides)
    assert (widget.x.time_unit, widget.y.column, widget.y.aggregate) == ("hour_of_day", "total_rentals", "mean")


def test_two_cycles_of_one_time_are_a_grid(rides: Profile) -> None:
    widget = asked("rentals by weekday and hour", rides)
    assert widget.type == "heatmap"
    assert (widget.x.time_unit, widget.y.time_unit) == ("hour_of_day", "day_of_week")


def test_two_measures_over_time_are_followed_not_set_against_each_other(rides: Profile) -> None:
    made = drawn("casual vs total rentals over time", rides)
    lines: list[Any] = [widget for widget in made.widgets if widget.type == "line"]
    assert {line.y.column for line in lines} == {"casual", "total_rentals"}
    assert all(widget.type != "scatter" for widget in made.widgets[:1])


def test_time_of_stacked_bars_runs_along_the_axis(shop: Profile) -> None:
    widget = asked("sales per quarter by region as stacked bars", shop)
    assert (widget.x.column, widget.x.time_unit, widget.color.column) == ("order_date", "quarter", "region")


def test_share_of_something_is_no_column_called_share(make: Any) -> None:
    visits = make.table(
        "visits",
        make.category("device", "mobile", "desktop"),
        make.number("sessions", 1, 900),
        make.number("bounce_rate", 0, 1),
    )
    widget = asked("share of mobile sessions", make.profile(visits))
    assert (widget.x.column, widget.y.column) == ("device", "sessions")
