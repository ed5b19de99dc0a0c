"""What can be drawn and would still mislead is refused: empty, crowded, multiplied, repeated, not what it says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dashwright.pipelines.checking import broken_expectations, problems
from dashwright.pipelines.model import JoinCandidate, Plan, Profile
from dashwright.pipelines.planners.offline import plan

PLACE = {"x": 0, "y": 0, "width": 6, "height": 4}
COUNT = {"aggregate": "count"}


def told(profile: Profile, *widgets: dict[str, Any], **fields: Any) -> tuple[str, ...]:
    """The problems of a plan with these widgets."""
    frame = profile.tables[0].name
    text = {"type": "text", "id": "note", "title": "N", "text": "x", "position": PLACE}
    placed = [
        {"id": f"w{n}", "title": f"W{n}", "frame": frame, "position": PLACE | {"y": 4 * n}} | widget
        for n, widget in enumerate(widgets)
    ]
    tables = tuple(table.name for table in profile.tables)
    return problems(
        Plan.model_validate({"title": "T", "question": "Q", "tables": tables, "widgets": placed or [text]} | fields),
        profile,
    )


def where(column: str, operator: str, *values: Any) -> dict[str, Any]:
    many = operator in ("in", "not in", "between")
    condition = {"column": column, "operator": operator} | ({"values": values} if many else {"value": values[0]})
    return {"type": "metric", "y": COUNT, "where": (condition,)}


@pytest.mark.parametrize(
    ("condition", "part"),
    [
        (("region", "=", "north"), "'region' has no value 'north'. Perhaps 'North' is meant. It has: North, South,"),
        (("region", "=", "Mars"), "would be empty: 'region' has no value 'Mars'. It has: North, South, East, West."),
        (("region", "in", "North", "Mars"), "has no value 'Mars'"),
        (("region", "!=", "Mars"), "leaves nothing out: 'region' has no value 'Mars'"),
        (("region", "contains", "orthwest"), "no value of 'region' contains 'orthwest'"),
        (("sales", ">", 5000), "no value of 'sales' is > 5000; its values are from 1 to 5000."),
        (("sales", "<=", 0), "no value of 'sales' is <= 0"),
        (("sales", "=", 9000), "no value of 'sales' is = 9000"),
        (("sales", "between", 100, 10), "'between' on 'sales' begins with 100, which is after 10: swap the two."),
        (("sales", "between", 6000, 7000), "no value of 'sales' is between 6000 and 7000"),
        (("order_date", ">", "2020-01-01"), "its values are from 2015-01-01 to 2019-12-31."),
        (("order_date", "between", "2021", "2022"), "no value of 'order_date' is between 2021 and 2022"),
        (("order_date", "between", "2018-05", "2016-01"), "which is after 2016-01: swap the two"),
        (("region", "missing", None), "no value of 'region' is missing."),
    ],
)
def test_condition_that_no_row_meets_is_refused(shop: Profile, condition: tuple[Any, ...], part: str) -> None:
    found = told(shop, where(*condition))
    assert len(found) == 1
    assert part in found[0]


@pytest.mark.parametrize(
    "condition",
    [
        ("region", "=", "North"),
        ("region", "not in", "North", "South"),
        ("region", "contains", "NORTH"),
        ("sales", ">=", 5000),
        ("sales", "between", 4999, 90000),
        ("order_date", "<=", "2015-01-01"),
        ("order_date", ">=", "2019-12-31T12:00:00"),
        ("order_date", "between", "2019", "2025"),
        ("order_date", "between", "2019-06", "2019-06"),
        ("order_date", "=", "no date at all"),
    ],
)
def test_condition_that_rows_may_meet_stays(shop: Profile, condition: tuple[Any, ...]) -> None:
    assert told(shop, where(*condition)) == ()


def test_conditions_that_leave_nothing_together_are_refused(shop: Profile) -> None:
    def both(*conditions: tuple[str, str, Any]) -> tuple[str, ...]:
        told_conditions = [{"column": c, "operator": o, "value": v} for c, o, v in conditions]
        return told(shop, {"type": "metric", "y": COUNT, "where": told_conditions})

    refused = ("The metric 'w0' would be empty: no value of 'sales' meets all of its 2 conditions.",)
    assert both(("sales", ">", 100), ("sales", "<", 50)) == refused
    assert both(("sales", ">", 100), ("sales", "<=", 100)) == refused
    assert both(("sales", ">=", 100), ("sales", "<=", 100)) == ()
    assert "meets all of its 2" in both(("region", "=", "North"), ("region", "=", "South"))[0]
    assert "meets all of its 2" in both(("region", "=", "North"), ("region", "!=", "North"))[0]


def test_values_that_are_not_all_known_are_not_judged(make: SimpleNamespace) -> None:
    many = make.category("city", "Rome", "Oslo", distinct=900)
    assert told(make.profile(make.table("t", many)), where("city", "=", "Lima")) == ()


@pytest.mark.parametrize(
    ("filter_", "part"),
    [
        ({"type": "choice", "column": "order_id"}, "would have 400 choices from 'order_id'; at most 200"),
        ({"type": "choices", "column": "order_id", "limit": 20}, "at most 20 can be looked through"),
        ({"type": "choice", "column": "region", "start": "Mars"}, "starts with nothing: 'region' has no value 'Mars'"),
        ({"type": "choices", "column": "region", "start": ["North", "x"]}, "has no value 'x'"),
        ({"type": "number_range", "column": "sales", "start": [9, 1]}, "starts with 9.0, which is after 1.0"),
        ({"type": "number_range", "column": "sales", "start": [6000, 7000]}, "is between 6000.0 and 7000.0"),
        ({"type": "date_range", "column": "order_date", "start": ["2021-01-01", "2022-01-01"]}, "starts with nothing"),
        ({"type": "date_range", "column": "order_date", "start": ["then", "now"]}, "which are no dates"),
    ],
)
def test_filter_with_nothing_to_choose_is_refused(shop: Profile, filter_: dict[str, Any], part: str) -> None:
    found = told(shop, filters=[{"id": "f", "frames": ["orders"], "label": "F"} | filter_])
    assert len(found) == 1
    assert part in found[0]


def test_sound_filters_stay(shop: Profile, countries: Profile) -> None:
    on = {"frames": ["orders"], "label": "F"}
    filters = [
        {"type": "choice", "id": "a", "column": "product_name", "start": "Product A"} | on,
        {"type": "number_range", "id": "b", "column": "sales", "start": [4000, 9000]} | on,
        {"type": "date_range", "id": "c", "column": "order_date", "start": ["2019-01-01", "2030-01-01"]} | on,
    ]
    assert told(shop, filters=filters) == ()
    years = {"type": "date_range", "id": "y", "column": "year", "frames": ["development"], "label": "Y"}
    assert told(countries, filters=[years | {"start": ["2000", "2005-12-31"]}]) == ()
    assert "starts with nothing" in told(countries, filters=[years | {"start": ["2030", "2040"]}])[0]


@pytest.mark.parametrize("aggregate", ["sum", "mean", "median"])
def test_amount_of_an_identifier_is_refused(shop: Profile, aggregate: str) -> None:
    found = told(shop, {"type": "metric", "y": {"column": "order_id", "aggregate": aggregate}})
    assert found == (
        (
            f"The metric 'w0' takes the {aggregate} of 'order_id', whose numbers only tell things apart: "
            f"use distinct, or count rows."
        ),
    )
    assert told(shop, {"type": "metric", "y": {"column": "order_id", "aggregate": "distinct"}}) == ()


@pytest.mark.parametrize(
    ("widget", "part"),
    [
        ({"type": "bar", "x": {"column": "town"}, "y": COUNT}, "3,000 bars from 'town'; at most 200"),
        ({"type": "bar", "x": {"column": "town"}, "y": COUNT, "limit": 900}, "900 bars from 'town'; at most 200"),
        ({"type": "pie", "x": {"column": "town"}, "y": COUNT, "limit": 90}, "90 parts from 'town'; at most 40"),
        ({"type": "line", "x": {"column": "size"}, "y": COUNT, "color": {"column": "town"}}, "3,000 lines"),
        ({"type": "heatmap", "x": {"column": "town"}, "y": {"column": "kind"}, "color": COUNT}, "3,000 columns"),
        ({"type": "heatmap", "x": {"column": "kind"}, "y": {"column": "town"}, "color": COUNT}, "3,000 rows"),
        ({"type": "pie", "x": {"column": "town"}, "y": COUNT, "limit": {"parameter": "n"}}, "50 parts"),
    ],
)
def test_thousands_of_names_are_refused(make: SimpleNamespace, widget: dict[str, Any], part: str) -> None:
    columns = (make.category("town", distinct=3000), make.category("kind", "a", "b"), make.number("size"))
    found = told(make.profile(make.table("t", *columns)), widget, parameters=[{"name": "n", "value": 50}])
    assert len(found) == 1
    assert part in found[0]


def test_map_of_what_is_no_place_is_refused(make: SimpleNamespace, countries: Profile) -> None:
    shown = {"type": "map", "level": "country", "color": COUNT}
    assert told(countries, shown | {"x": {"column": "country"}}) == ()
    assert told(countries, shown | {"x": {"column": "region"}}) == (
        "The map 'w0' needs countries, but 'region' names none. Columns that are: country.",
    )
    assert "needs US states" in told(countries, shown | {"x": {"column": "country"}, "level": "us_state"})[0]
    lat = make.number("lat", -80, 80, place="latitude", role="coordinate")
    lon = make.number("lon", -170, 170, place="longitude", role="coordinate")
    profile = make.profile(make.table("t", lat, lon, make.number("size", 0, 9000)))
    point = {"type": "map", "level": "point"}
    assert told(profile, point | {"longitude": "lon", "latitude": "lat"}) == ()
    swapped = told(profile, point | {"longitude": "lat", "latitude": "lon"})
    assert swapped[0] == "The map 'w0' takes 'lat' as longitude, which it is not. Columns that are: lon."
    assert "takes 'size' as latitude" in told(profile, point | {"longitude": "lon", "latitude": "size"})[0]


def test_widgets_that_show_the_same_are_refused(shop: Profile) -> None:
    bar = {"type": "bar", "x": {"column": "region"}, "y": COUNT}
    renamed = {"type": "bar", "x": {"column": "region", "title": "Where"}, "y": COUNT | {"title": "How many"}}
    assert told(shop, bar, renamed | {"title": "Other"}) == ("Widgets 'w0' and 'w1' show the same: leave one out.",)
    assert told(shop, bar, bar | {"sort": {"by": "x"}}) == ()


def joined(make: SimpleNamespace, how: str = "inner", aggregate: str = "sum", **candidate: Any) -> tuple[str, ...]:
    """The problems of a sum over orders joined with customers, of which the profile knows this."""
    tables = (
        make.table("orders", make.key("customer", unique=False, distinct=50), make.number("sales"), make.date()),
        make.table("customers", make.key("customer"), make.number("age", 18, 90, additive=False)),
    )
    met = {"left": "orders", "right": "customers", "on": (("customer", "customer"),), "cardinality": "many-to-one"}
    known = (JoinCandidate.model_validate(met | candidate),) if candidate else ()
    join = {
        "name": "both", "left": "orders", "right": "customers", "on": (("customer", "customer"),), "how": how
    }  # fmt: skip
    total = {"type": "metric", "frame": "both", "y": {"column": "sales", "aggregate": aggregate}}
    return told(make.profile(*tables, joins=known), total, joins=[join])


def test_join_that_loses_most_rows_is_refused(make: SimpleNamespace) -> None:
    assert joined(make, left_matched=0.9, right_matched=0.1) == ()
    refused = joined(make, left_matched=0.2, right_matched=1)
    assert "finds a partner for 20% of the keys of 'orders' only, so most of its rows would go" in refused[0]
    assert "most rows would have nothing of the other" in joined(make, "left", left_matched=0.2, right_matched=1)[0]


def test_join_may_use_few_rows_of_the_side_that_only_describes(make: SimpleNamespace) -> None:
    turned = {"left": "customers", "right": "orders", "cardinality": "one-to-many"}
    assert joined(make, **turned, left_matched=0.1, right_matched=0.9) == ()
    assert "'orders' only" in joined(make, **turned, left_matched=0.9, right_matched=0.1)[0]


def test_join_that_the_profile_does_not_know_is_refused_with_those_it_knows(make: SimpleNamespace) -> None:
    assert joined(make) == (
        (
            "Join 'both' meets where customer = customer, but the values of these columns do not match. "
            "Joins that do: none."
        ),
    )
    other = joined(make, on=(("customer", "age"),), left_matched=1, right_matched=1)
    assert "Joins that do: orders.customer = customers.age." in other[0]


def test_sum_over_a_join_that_repeats_both_sides_is_refused(make: SimpleNamespace) -> None:
    met = {"cardinality": "many-to-many", "left_matched": 1, "right_matched": 1}
    refused = joined(make, **met)
    assert len(refused) == 1
    assert "sums 'sales' over 'both', but the join 'both' repeats rows of both sides" in refused[0]
    assert joined(make, aggregate="mean", **met) == ()


def test_offline_planner_tells_a_condition_that_nothing_meets(shop: Profile) -> None:
    drawn = plan("total sales by region with sales above 4000 in 2030", shop)
    assert problems(drawn, shop) == ()
    assert [(c.column, c.operator) for c in drawn.widgets[0].where] == [("sales", ">")]
    assert any("no value of 'order_date' is between" in note for note in drawn.notes)


def test_offline_planner_joins_nothing_that_would_lose_most_rows(school: Profile) -> None:
    question = "average age of students for each course title"
    assert plan(question, school).joins
    lossy = tuple(join.model_copy(update={"left_matched": 0.1}) for join in school.joins)
    poor = school.model_copy(update={"joins": lossy})
    drawn = plan(question, poor)
    assert not drawn.joins
    assert problems(drawn, poor) == ()


def test_refresh_does_not_look_a_second_time(shop: Profile) -> None:
    """What was published stays: a refresh asks for the columns only."""
    widget = where("sales", ">", 9999) | {"id": "w", "title": "W", "frame": "orders", "position": PLACE}
    drawn = Plan.model_validate({"title": "T", "question": "Q", "tables": ("orders",), "widgets": (widget,)})
    assert problems(drawn, shop)
    assert broken_expectations(drawn, shop) == ()


def test_insight_about_dates_themselves_is_refused(shop: Profile) -> None:
    latest = {"column": "order_date", "aggregate": "max"}
    insight = {"type": "extreme", "id": "i", "frame": "orders", "x": {"column": "region"}, "y": latest}
    assert "The insight 'i' needs numbers, but 'order_date' is date." in told(shop, insights=[insight])[0]
    raw = {"type": "correlation", "id": "i", "frame": "orders", "x": {"column": "region"}, "y": {"column": "sales"}}
    assert "The insight 'i' needs numbers, but 'region' is text." in told(shop, insights=[raw])[0]
