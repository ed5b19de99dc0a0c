"""A plan that cannot be drawn, or would not be true, is told so in sentences that name what exists."""

from __future__ import annotations

from typing import Any

import pytest

from dashwright.pipelines.checking import broken_expectations, frames, problems
from dashwright.pipelines.model import Plan, Profile
from dashwright.pipelines.planners.offline import plan

PLACE = {"x": 0, "y": 0, "width": 6, "height": 4}


def with_widget(**widget: Any) -> Plan:
    told = {"id": "w", "title": "W", "frame": "orders", "position": PLACE} | widget
    return Plan.model_validate({"title": "T", "question": "Q", "tables": ("orders",), "widgets": (told,)})


def only_problem(profile: Profile, **widget: Any) -> str:
    found = problems(with_widget(**widget), profile)
    assert len(found) == 1, found
    return found[0]


def test_sound_plan_has_no_problems(shop: Profile) -> None:
    assert problems(with_widget(type="bar", x={"column": "region"}, y={"aggregate": "count"}), shop) == ()


def test_missing_column_is_told_with_those_that_exist(shop: Profile) -> None:
    text = only_problem(shop, type="bar", x={"column": "region"}, y={"column": "price", "aggregate": "sum"})
    assert text.startswith("Column 'price' is not in 'orders'. It has: order_id, order_date, region,")


def test_missing_table_is_told_with_those_that_exist(shop: Profile) -> None:
    drawn = plan("sales by region", shop)
    other = shop.model_copy(update={"tables": (shop.tables[0].model_copy(update={"name": "sales"}),)})
    assert "Table 'orders' is not in the data. There is: sales." in problems(drawn, other)


@pytest.mark.parametrize(
    ("widget", "part"),
    [
        (
            {"type": "bar", "x": {"column": "region", "time_unit": "month"}, "y": {"aggregate": "count"}},
            "needs a date or year, but 'region' is text. Times are: order_date.",
        ),
        (
            {"type": "bar", "x": {"column": "region", "bins": 5}, "y": {"aggregate": "count"}},
            "bins 'region', which is text, not a number. Numbers are: order_id, sales, profit,",
        ),
        (
            {"type": "bar", "x": {"column": "region"}, "y": {"column": "discount_rate", "aggregate": "sum"}},
            "sums 'discount_rate', whose values do not add up: use mean or median.",
        ),
        (
            {"type": "bar", "x": {"column": "region"}, "y": {"column": "product_name", "aggregate": "mean"}},
            "takes the mean of 'product_name', which is text.",
        ),
        (
            {"type": "pie", "x": {"column": "order_id"}, "y": {"aggregate": "count"}},
            "would have 400 parts from 'order_id'; at most 40 can be told apart",
        ),
        (
            {"type": "pie", "x": {"column": "region"}, "y": {"column": "profit", "aggregate": "sum"}},
            "shows 'profit' as parts of a whole, but 1 values are negative.",
        ),
        (
            {"type": "line", "x": {"column": "region"}, "y": {"aggregate": "count"}},
            "draws a line along 'region', whose values have no order",
        ),
        (
            {"type": "scatter", "x": {"column": "region"}, "y": {"column": "sales"}},
            "needs numbers, but 'region' is text.",
        ),
        (
            {"type": "scatter", "x": {"column": "sales"}, "y": {"column": "sales"}, "color": {"column": "order_id"}},
            "would have 400 colours from 'order_id'",
        ),
        ({"type": "box", "y": {"column": "region"}}, "needs numbers, but 'region' is text."),
        (
            {"type": "metric", "y": {"aggregate": "count"}, "x": {"column": "region"}},
            "needs a date or year, but 'region' is text.",
        ),
        (
            {"type": "map", "level": "point", "longitude": "region", "latitude": "discount_rate"},
            "needs degrees as numbers, but 'region' is text.",
        ),
        (
            {"type": "table", "show": ("region",), "sort_by": "sales"},
            "sorts by 'sales', which it does not show. It shows: region.",
        ),
        (
            {
                "type": "metric",
                "y": {"aggregate": "count"},
                "where": ({"column": "sales", "operator": ">", "value": "many"},),
            },
            "compares 'sales', a number, with 'many'.",
        ),
        (
            {
                "type": "metric",
                "y": {"aggregate": "count"},
                "where": ({"column": "region", "operator": "=", "value": 3},),
            },
            "compares 'region', which is text, with the number 3.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told(shop: Profile, widget: dict[str, Any], part: str) -> None:
    assert part in only_problem(shop, **widget)


def test_limit_makes_many_categories_possible(shop: Profile) -> None:
    widget = {"type": "pie", "x": {"column": "order_id"}, "y": {"aggregate": "count"}, "limit": 5}
    assert problems(with_widget(**widget), shop) == ()


def test_values_named_in_a_condition_are_all_that_is_counted(shop: Profile) -> None:
    widget = {
        "type": "pie",
        "x": {"column": "order_id"},
        "y": {"aggregate": "count"},
        "where": ({"column": "order_id", "operator": "in", "values": (1, 2, 3)},),
    }
    assert problems(with_widget(**widget), shop) == ()


def test_years_as_numbers_are_times_by_the_year_only(countries: Profile) -> None:
    def line(unit: str) -> Plan:
        widget = {
            "type": "line",
            "id": "w",
            "title": "W",
            "frame": "development",
            "position": PLACE,
            "x": {"column": "year", "time_unit": unit},
            "y": {"column": "population", "aggregate": "sum"},
        }
        return Plan.model_validate({"title": "T", "question": "Q", "tables": ("development",), "widgets": (widget,)})

    assert problems(line("year"), countries) == ()
    assert "holds years only" in problems(line("month"), countries)[0]


def test_columns_of_a_join_follow_its_suffix_rule(school: Profile) -> None:
    join = {"name": "both", "left": "enrolments", "right": "courses", "on": (("course_id", "id"),)}
    widget = {
        "type": "table",
        "id": "w",
        "title": "W",
        "frame": "both",
        "position": PLACE,
        "show": ("title", "id"),
    }
    drawn = Plan.model_validate(
        {
            "title": "T",
            "question": "Q",
            "tables": ("enrolments", "courses"),
            "joins": (join,),
            "widgets": (widget,),
        }
    )
    assert list(frames(drawn, school)["both"]) == ["student_id", "course_id", "title", "credits"]
    assert problems(drawn, school) == ("Column 'id' is not in 'both'. It has: student_id, course_id, title, credits.",)


def test_join_of_texts_and_numbers_is_told(school: Profile) -> None:
    join = {"name": "both", "left": "students", "right": "courses", "on": (("name", "id"),)}
    widget = {"type": "table", "id": "w", "title": "W", "frame": "both", "position": PLACE, "show": ("title",)}
    drawn = Plan.model_validate(
        {"title": "T", "question": "Q", "tables": ("students", "courses"), "joins": (join,), "widgets": (widget,)}
    )
    assert "compares 'name' (text) with 'id' (integer); both need the same type." in problems(drawn, school)[0]


def test_filters_and_insights_are_checked_too(shop: Profile) -> None:
    drawn = Plan.model_validate(
        {
            "title": "T",
            "question": "Q",
            "tables": ("orders",),
            "widgets": ({"type": "text", "id": "w", "title": "W", "position": PLACE, "text": "x"},),
            "filters": (
                {"type": "date_range", "id": "f", "column": "region", "frames": ("orders",), "label": "F"},
                {"type": "number_range", "id": "g", "column": "region", "frames": ("orders",), "label": "G"},
                {"type": "choice", "id": "h", "column": "nowhere", "frames": ("orders",), "label": "H"},
            ),
            "insights": (
                {
                    "type": "share",
                    "id": "i",
                    "frame": "orders",
                    "x": {"column": "region"},
                    "y": {"column": "unit_price", "aggregate": "mean"},
                },
                {
                    "type": "trend",
                    "id": "j",
                    "frame": "orders",
                    "x": {"column": "region"},
                    "y": {"aggregate": "count"},
                },
            ),
        }
    )
    told = " ".join(problems(drawn, shop))
    assert "filter 'f' needs a date or year" in told
    assert "filter 'g' needs numbers" in told
    assert "Column 'nowhere' is not in 'orders'." in told
    assert "insight 'i' is a share" in told
    assert "insight 'j' draws a line along 'region'" in told


def test_refreshed_data_that_lost_a_column_breaks_the_expectations(shop: Profile) -> None:
    drawn = plan("sales by region", shop)
    assert broken_expectations(drawn, shop) == ()
    table = shop.tables[0]
    kept = tuple(column for column in table.columns if column.name != "sales")
    poorer = shop.model_copy(update={"tables": (table.model_copy(update={"columns": kept}),)})
    assert "The refreshed data no longer has the column 'sales' in 'orders'." in broken_expectations(drawn, poorer)


def test_refreshed_data_without_rows_breaks_the_expectations(shop: Profile) -> None:
    drawn = plan("sales by region", shop)
    empty = shop.model_copy(update={"tables": (shop.tables[0].model_copy(update={"rows": 0}),)})
    assert broken_expectations(drawn, empty) == (
        "The refreshed data has 0 rows in 'orders'; at least 1 were expected.",
    )
