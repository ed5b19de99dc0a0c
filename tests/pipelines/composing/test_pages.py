"""What a plan asks for is what its notebook does: joins, filters, parameters, conditions, names, layout."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashwright.pipelines.errors import PlanError
from dashwright.pipelines.model import JoinCandidate

SQUARE = {"x": 0, "y": 0, "width": 12, "height": 5}
SALES = pd.DataFrame(
    {
        "shop": ["a", "b", "a", "c", "b", "a"],
        "Amount (US$)": [10, 20, 30, 40, 50, 60],
        "date": pd.to_datetime(["2020-01-05", "2020-01-20", "2020-02-01", "2020-02-03", "2020-03-04", "2020-03-30"]),
        "name": ["x", "y", "x", "z", "y", "x"],
        "open": [True, False, True, True, False, True],
    }
)
SHOPS = pd.DataFrame({"code": ["a", "b", "c"], "name": ["Anna's", "Bob's", "Carl's"], "size": [1, 2, 3]})
BAR: dict[str, Any] = {"type": "bar", "id": "bars", "title": "Bars", "frame": "sales", "position": SQUARE}
TOTAL = {"column": "Amount (US$)", "aggregate": "sum", "title": "Sales"}


def bars(page: Any, name: str = "bars") -> dict[str, float]:
    return dict(zip(page[f"{name}_bars"].x, page[f"{name}_bars"].y, strict=True))


def test_only_used_columns_are_loaded_under_short_names(make: Any) -> None:
    page = make({"sales": SALES}, widgets=[BAR | {"x": {"column": "shop"}, "y": TOTAL}]).run()
    assert list(page["sales"].columns) == ["shop", "amount"]
    assert bars(page) == {"a": 100, "b": 70, "c": 40}


def test_a_join_is_a_merge_that_checks_its_keys(make: Any) -> None:
    join = {"name": "both", "left": "sales", "right": "shops", "on": [["shop", "code"]], "how": "left"}
    known = JoinCandidate(
        left="sales", right="shops", on=(("shop", "code"),), left_matched=1, right_matched=1, cardinality="many-to-one"
    )
    widget = BAR | {"frame": "both", "x": {"column": "name (shops)"}, "y": TOTAL}
    other = BAR | {"id": "more", "frame": "both", "x": {"column": "name"}, "y": TOTAL, "position": SQUARE | {"y": 5}}
    page = make({"sales": SALES, "shops": SHOPS}, candidates=(known,), joins=[join], widgets=[widget, other]).run()
    assert bars(page) == {"Anna's": 100, "Bob's": 70, "Carl's": 40}
    assert bars(page, "more") == {"x": 100, "y": 70, "z": 40}
    assert 'validate="many_to_one"' in page.source("prepare")
    assert "code" not in page["both"].columns


def test_a_filter_moves_the_widgets_of_its_frames_and_no_others(make: Any) -> None:
    page = make(
        {"sales": SALES, "shops": SHOPS},
        filters=[{"type": "choice", "id": "shop", "column": "shop", "frames": ["sales"], "label": "Shop"}],
        widgets=[
            BAR | {"x": {"column": "name"}, "y": TOTAL},
            BAR
            | {
                "id": "sizes",
                "frame": "shops",
                "x": {"column": "name"},
                "y": {"column": "size", "aggregate": "sum"},
                "position": SQUARE | {"y": 5},
            },
        ],
    ).run()
    before = bars(page, "sizes")
    page["shop_filter"].value = "b"
    assert bars(page) == {"y": 70}
    assert bars(page, "sizes") == before
    page["shop_filter"].value = "All"
    assert bars(page) == {"x": 100, "y": 70, "z": 40}


def test_one_filter_acts_on_several_frames(make: Any) -> None:
    page = make(
        {"sales": SALES, "other": SALES.assign(shop=["a"] * 6)},
        filters=[{"type": "choices", "id": "shop", "column": "shop", "frames": ["sales", "other"], "label": "Shop"}],
        widgets=[
            BAR | {"x": {"column": "shop"}, "y": TOTAL},
            BAR | {"id": "rest", "frame": "other", "x": {"column": "shop"}, "y": TOTAL, "position": SQUARE | {"y": 5}},
        ],
    ).run()
    page["shop_filter"].value = ("a",)
    assert (bars(page), bars(page, "rest")) == ({"a": 100}, {"a": 210})
    page["shop_filter"].value = ("b", "c")
    assert bars(page) == {"b": 70, "c": 40}
    assert not page.shown("rest_card")


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ({"operator": "=", "column": "shop", "value": "a"}, {"a": 100}),
        ({"operator": "!=", "column": "shop", "value": "a"}, {"b": 70, "c": 40}),
        ({"operator": ">", "column": "Amount (US$)", "value": 30}, {"a": 60, "b": 50, "c": 40}),
        ({"operator": "<=", "column": "Amount (US$)", "value": 30}, {"a": 40, "b": 20}),
        ({"operator": "in", "column": "shop", "values": ["a", "c"]}, {"a": 100, "c": 40}),
        ({"operator": "not in", "column": "shop", "values": ["a", "c"]}, {"b": 70}),
        ({"operator": "between", "column": "Amount (US$)", "values": [20, 40]}, {"a": 30, "b": 20, "c": 40}),
        ({"operator": "between", "column": "date", "values": ["2020-02", "2020-02"]}, {"a": 30, "c": 40}),
        ({"operator": ">=", "column": "date", "value": "2020-03-04"}, {"a": 60, "b": 50}),
        ({"operator": "contains", "column": "name", "value": "X"}, {"a": 100}),
        ({"operator": "=", "column": "open", "value": False}, {"b": 70}),
        ({"operator": "not missing", "column": "name"}, {"a": 100, "b": 70, "c": 40}),
        ({"operator": "=", "column": "shop", "value": {"parameter": "which"}}, {"b": 70}),
    ],
    ids=lambda value: str(value.get("operator", "")) if isinstance(value, dict) else "",
)
def test_a_condition_narrows_what_is_drawn(make: Any, condition: dict[str, Any], left: dict[str, float]) -> None:
    widget = BAR | {"x": {"column": "shop"}, "y": TOTAL, "where": [condition]}
    page = make({"sales": SALES}, widgets=[widget], parameters=[{"name": "which", "value": "b"}]).run()
    assert bars(page) == left


def test_a_missing_value_can_be_asked_for(make: Any) -> None:
    data = SALES.assign(name=["x", None, "x", None, "y", "x"])
    widget = BAR | {"x": {"column": "shop"}, "y": TOTAL, "where": [{"column": "name", "operator": "missing"}]}
    assert bars(make({"sales": data}, widgets=[widget]).run()) == {"b": 20, "c": 40}


def test_parameters_change_limits_and_the_start_of_filters(make: Any) -> None:
    fields: dict[str, Any] = {
        "parameters": [
            {"name": "most", "value": 3, "description": "How many bars"},
            {"name": "first_shop", "value": "All"},
        ],
        "filters": [
            {
                "type": "choice",
                "id": "shop",
                "column": "shop",
                "frames": ["sales"],
                "label": "Shop",
                "start": {"parameter": "first_shop"},
            }
        ],
        "widgets": [BAR | {"x": {"column": "name"}, "y": TOTAL, "limit": {"parameter": "most"}}],
    }
    page = make({"sales": SALES}, **fields)
    assert "most = 3  # How many bars" in page.source("parameters")
    assert len(bars(page.run())) == 3
    assert list(bars(page.run(most=2))) == ["x", "Other"]
    assert bars(page.run(first_shop="c")) == {"z": 40}
    assert len(bars(page.run(first_shop="closed long ago"))) == 3


def test_a_start_of_a_filter_is_kept_while_it_is_in_the_data(make: Any) -> None:
    filters = [
        {
            "type": "choices",
            "id": "shop",
            "column": "shop",
            "frames": ["sales"],
            "label": "Shop",
            "start": ["a", "gone"],
        },
        {
            "type": "date_range",
            "id": "day",
            "column": "date",
            "frames": ["sales"],
            "label": "Day",
            "start": ["2019-05-01", "2020-02-15"],
        },
        {
            "type": "number_range",
            "id": "amount",
            "column": "Amount (US$)",
            "frames": ["sales"],
            "label": "Amount",
            "start": [-5, 35],
        },
    ]
    page = make({"sales": SALES}, filters=filters, widgets=[BAR | {"x": {"column": "shop"}, "y": TOTAL}]).run()
    assert bars(page) == {"a": 40}


def test_names_that_a_notebook_needs_itself_are_given_way_to(make: Any) -> None:
    ids = ["page", "card", "list", "pd", "class", "chosen", "values", "by_shop", "refresh", "sales_2"]
    widgets = [
        BAR | {"id": name, "x": {"column": "shop"}, "y": TOTAL, "position": SQUARE | {"y": 5 * number}}
        for number, name in enumerate(ids)
    ]
    page = make(
        {"display": SALES},
        parameters=[{"name": "np", "value": 1}],
        widgets=[widget | {"frame": "display"} for widget in widgets],
    ).run()
    assert len(page["page"].children) == len(ids)
    assert {f"widget-{name}" for name in ids} == {cell.id for cell in page.notebook.cells if "widget" in cell.id}


def test_rows_of_cards_fill_the_grid(make: Any) -> None:
    def at(x: int, y: int, width: int) -> dict[str, Any]:
        return {"position": {"x": x, "y": y, "width": width, "height": 5}, "x": {"column": "shop"}, "y": TOTAL}

    page = make(
        {"sales": SALES},
        widgets=[
            BAR | at(6, 0, 4) | {"id": "second"},
            BAR | at(0, 0, 6) | {"id": "first"},
            BAR | at(0, 5, 2) | {"id": "third"},
        ],
    ).run()
    cards = [card._dom_classes for card in page["page"].children]
    assert [next(style for style in styles if style.startswith("widget-")) for styles in cards] == [
        "widget-first",
        "widget-second",
        "widget-third",
    ]
    spans = [int(style.removeprefix("span-")) for styles in cards for style in styles if style.startswith("span-")]
    assert spans == [8, 4, 12] or sum(spans[:2]) == 12


def test_a_plan_that_names_a_missing_column_is_refused(make: Any) -> None:
    with pytest.raises(PlanError, match=r"Column 'price' is not in 'sales'\. It has: shop"):
        make({"sales": SALES}, widgets=[BAR | {"x": {"column": "shop"}, "y": {"column": "price", "aggregate": "sum"}}])


def test_a_plan_that_names_a_missing_table_is_refused(make: Any) -> None:
    with pytest.raises(PlanError, match=r"Table 'orders' is not in the data\. There is: sales\."):
        make({"sales": SALES}, tables=("sales", "orders"), widgets=[BAR | {"x": {"column": "shop"}, "y": TOTAL}])


def test_units_and_sizes_are_written_for_people(make: Any) -> None:
    data = SALES.assign(**{"Amount (US$)": SALES["Amount (US$)"] * 1_000_000})
    page = make(
        {"sales": data},
        known={"Amount (US$)": {"unit": "US$"}},
        widgets=[
            BAR | {"x": {"column": "shop"}, "y": TOTAL},
            {
                "type": "metric",
                "id": "all",
                "title": "Sales",
                "frame": "sales",
                "y": TOTAL,
                "position": SQUARE | {"y": 5},
            },
            {
                "type": "table",
                "id": "rows",
                "title": "Rows",
                "frame": "sales",
                "show": ["shop", "Amount (US$)", "date"],
                "sort_by": "Amount (US$)",
                "position": SQUARE | {"y": 10},
            },
        ],
    ).run()
    assert list(page["bars_values"].text) == ["$100m", "$70m", "$40m"]
    assert '<div class="value">$210m</div>' in page["tiles"].value
    assert "<td>$60,000,000</td>" in page["rows_chart" if "rows_chart" in page.names else "rows_table"].value
    assert "<td>30 Mar 2020</td>" in page.html


def test_every_chart_has_its_numbers_below(make: Any) -> None:
    page = make({"sales": SALES}, widgets=[BAR | {"x": {"column": "shop"}, "y": TOTAL}]).run()
    assert page["bars_numbers"].value.startswith('<details class="numbers"><summary>Show the numbers</summary>')
    assert page["bars_numbers"].value.count("<tr") == 4


def test_long_numbers_are_cut_and_say_how_many_more_there_are(make: Any) -> None:
    data = pd.DataFrame({"day": pd.date_range("2020-01-01", periods=500), "value": range(500)})
    line = {
        "type": "line",
        "id": "way",
        "title": "Way",
        "frame": "sales",
        "position": SQUARE,
        "x": {"column": "day"},
        "y": {"column": "value", "aggregate": "mean"},
    }
    page = make({"sales": data}, widgets=[line]).run()
    assert "and 300 more rows" in page["way_numbers"].value


def test_rows_without_a_group_are_left_out_and_counted(make: Any) -> None:
    data = SALES.assign(shop=["a", None, "a", "c", None, "a"])
    page = make({"sales": data}, widgets=[BAR | {"x": {"column": "shop"}, "y": TOTAL}]).run()
    assert bars(page) == {"a": 100, "c": 40}
    assert "2 rows have no value here and are left out." in page.html


def test_a_page_without_filters_has_no_machinery_for_them(make: Any) -> None:
    page = make({"sales": SALES}, widgets=[BAR | {"x": {"column": "shop"}, "y": TOTAL}])
    assert "refresh" not in page.code
    assert "filters" not in {cell.id for cell in page.notebook.cells}
