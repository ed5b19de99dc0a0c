"""Every widget type on data that is hard to draw: nothing fails, nothing warns, and what is missing is not made up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashwright.pipelines.model import placeholders
from dashwright.pipelines.model.wording import FORMATS

SQUARE = {"x": 0, "y": 0, "width": 12, "height": 5}
DAYS = pd.date_range("2020-01-01", periods=60, freq="D")


def frame(**changes: Any) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    data = {
        "day": DAYS,
        "kind": [f"kind {number % 3}" for number in range(60)],
        "many": [f"name {number % 50}" for number in range(60)],
        "value": rng.normal(50, 10, 60).round(2),
        "count": rng.integers(0, 100, 60),
        "flag": [number % 2 == 0 for number in range(60)],
        "lon": rng.uniform(-10, 30, 60).round(3),
        "lat": rng.uniform(35, 60, 60).round(3),
        "country": [["France", "Spain", "Atlantis"][number % 3] for number in range(60)],
        "state": [["Texas", "NY", "Ohio"][number % 3] for number in range(60)],
    }
    return pd.DataFrame(data | changes)


def empty_of(name: str) -> pd.DataFrame:
    whole = frame()
    whole[name] = whole[name].where(whole[name].isna())
    return whole


HARD = {
    "plain": frame(),
    "one row": frame().head(1),
    "two rows": frame().head(2),
    "one category": frame(kind="only", many="only", country="France", state="Texas"),
    "constant": frame(value=5.0, count=7),
    "all zero": frame(value=0.0, count=0),
    "no value": empty_of("value"),
    "no category": frame(kind=None, many=None),
    "negative": frame(value=np.linspace(-90.0, -10.0, 60), count=np.arange(-70, -10)),
    "both signs": frame(value=np.linspace(-1e3, 1e3, 60), count=np.arange(-30, 30)),
    "huge": frame(value=np.linspace(1e12, 9e15, 60), count=np.arange(60) * 10**13),
    "tiny": frame(value=np.linspace(1e-9, 9e-7, 60)),
    "gaps": frame(value=np.where(np.arange(60) % 2 == 0, np.nan, 1.5)),
    "long names": frame(many=[f"A very long name of a category that nobody can read, number {n}" for n in range(60)]),
    "one day": frame(day=pd.Timestamp("2020-02-29")),
    "a century": frame(day=pd.date_range("1900-01-01", periods=60, freq="730D")),
    "before 1970": frame(day=pd.date_range("1700-01-01", periods=60, freq="YS")),
    "no day": frame(day=pd.NaT),
    "some flags": frame(flag=pd.Series([True, False, None] * 20, dtype=object)),
    "called Other": frame(many=["Other", *[f"name {number}" for number in range(59)]]),
    "numbers as names": frame(kind=[str(number % 4) for number in range(60)]),
}

COUNT = {"aggregate": "count"}
MEAN = {"column": "value", "aggregate": "mean"}
SUM = {"column": "count", "aggregate": "sum"}
BY_WEEK = {"column": "day", "time_unit": "week"}
KIND, MANY = {"column": "kind"}, {"column": "many"}

WIDGETS: dict[str, dict[str, Any]] = {
    "line": {"type": "line", "x": BY_WEEK, "y": MEAN},
    "line with colours": {"type": "line", "x": BY_WEEK, "y": COUNT, "color": KIND},
    "line of many": {"type": "line", "x": {"column": "day"}, "y": MEAN, "color": MANY, "limit": 8},
    "line on a log scale": {"type": "line", "x": BY_WEEK, "y": MEAN, "y_scale": "log"},
    "line over numbers": {"type": "line", "x": {"column": "count"}, "y": MEAN},
    "line over months": {
        "type": "line",
        "x": {"column": "day", "time_unit": "month_of_year"},
        "y": MEAN,
        "color": KIND,
    },
    "area": {"type": "area", "x": BY_WEEK, "y": COUNT, "color": KIND},
    "area over months": {
        "type": "area",
        "x": {"column": "day", "time_unit": "month_of_year"},
        "y": COUNT,
        "color": KIND,
    },
    "area of shares": {"type": "area", "x": BY_WEEK, "y": COUNT, "color": MANY, "stack": "normalized", "limit": 3},
    "ranked bars": {"type": "bar", "x": MANY, "y": SUM, "limit": 5},
    "bars of means": {"type": "bar", "x": MANY, "y": MEAN},
    "bars by month": {"type": "bar", "x": {"column": "day", "time_unit": "month"}, "y": SUM},
    "stacked bars": {"type": "bar", "x": BY_WEEK, "y": SUM, "color": KIND},
    "grouped bars": {"type": "bar", "x": KIND, "y": MEAN, "color": {"column": "flag"}, "stack": "grouped"},
    "bars of shares": {"type": "bar", "x": KIND, "y": COUNT, "color": MANY, "stack": "normalized"},
    "bars by bin": {"type": "bar", "x": {"column": "value", "bins": 10}, "y": COUNT},
    "smallest bars": {
        "type": "bar",
        "x": MANY,
        "y": SUM,
        "sort": {"by": "y", "order": "ascending"},
        "limit": 4,
        "others": False,
    },
    "bars as they come": {"type": "bar", "x": KIND, "y": SUM, "sort": {"by": "none"}, "color": {"column": "flag"}},
    "standing bars": {
        "type": "bar",
        "x": KIND,
        "y": MEAN,
        "orientation": "vertical",
        "sort": {"by": "x", "order": "descending"},
    },
    "pie": {"type": "pie", "x": KIND, "y": COUNT},
    "pie of many": {"type": "pie", "x": MANY, "y": SUM},
    "scatter": {"type": "scatter", "x": {"column": "value"}, "y": {"column": "count"}, "color": KIND, "detail": MANY},
    "scatter of groups": {
        "type": "scatter",
        "x": MEAN,
        "y": SUM,
        "size": COUNT,
        "detail": MANY,
        "color": {"column": "flag"},
    },
    "scatter on log scales": {
        "type": "scatter",
        "x": {"column": "value"},
        "y": {"column": "count"},
        "x_scale": "log",
        "y_scale": "log",
    },
    "scatter over time": {"type": "scatter", "x": {"column": "day"}, "y": {"column": "value"}, "color": MANY},
    "heatmap": {"type": "heatmap", "x": {"column": "day", "time_unit": "day_of_week"}, "y": MANY, "color": MEAN},
    "heatmap of bins": {
        "type": "heatmap",
        "x": {"column": "value", "bins": 5},
        "y": BY_WEEK,
        "color": COUNT,
        "limit": 6,
    },
    "histogram": {"type": "histogram", "x": {"column": "value", "bins": 20}},
    "histogram with colours": {"type": "histogram", "x": {"column": "count", "bins": 10}, "color": MANY},
    "histogram of times": {"type": "histogram", "x": {"column": "day", "time_unit": "month"}, "color": KIND},
    "box": {"type": "box", "y": {"column": "value"}},
    "boxes": {"type": "box", "x": MANY, "y": {"column": "value"}, "limit": 6},
    "metric": {"type": "metric", "y": MEAN},
    "metric with change": {"type": "metric", "y": SUM, "x": {"column": "day", "time_unit": "month"}, "good": "up"},
    "metric of a share": {"type": "metric", "y": {"column": "flag", "aggregate": "mean"}, "x": {"column": "day"}},
    "metric of a date": {"type": "metric", "y": {"column": "day", "aggregate": "max"}},
    "table of rows": {"type": "table", "show": ["many", "day", "value", "flag"], "sort_by": "value"},
    "table of groups": {
        "type": "table",
        "by": [KIND, BY_WEEK],
        "values": [COUNT, MEAN, {"column": "day", "aggregate": "min"}],
    },
    "table of totals": {"type": "table", "values": [COUNT, MEAN]},
    "table of names": {"type": "table", "by": [MANY]},
    "map of countries": {"type": "map", "level": "country", "x": {"column": "country"}, "color": MEAN},
    "map of states": {"type": "map", "level": "us_state", "x": {"column": "state"}, "color": COUNT},
    "map of points": {
        "type": "map",
        "level": "point",
        "longitude": "lon",
        "latitude": "lat",
        "color": {"column": "value"},
        "size": {"column": "count"},
        "detail": "many",
    },
}


def widgets(first: int = 0) -> list[dict[str, Any]]:
    """All of them from that one on, as many as a page takes."""
    made = [
        {"id": f"w{number}", "title": title, "frame": "things", "position": SQUARE | {"y": 5 * number}} | spec
        for number, (title, spec) in enumerate(WIDGETS.items())
    ]
    return made[first : first + 40]


INSIGHTS = [
    {"type": "change", "id": "i_change", "frame": "things", "x": BY_WEEK, "y": MEAN},
    {"type": "trend", "id": "i_trend", "frame": "things", "x": {"column": "day", "time_unit": "day"}, "y": MEAN},
    {"type": "extreme", "id": "i_highest", "frame": "things", "x": MANY, "y": SUM},
    {"type": "extreme", "id": "i_lowest", "frame": "things", "x": KIND, "y": MEAN, "which": "lowest"},
    {"type": "share", "id": "i_share", "frame": "things", "x": MANY, "y": SUM, "top": 3},
    {"type": "outlier", "id": "i_outlier", "frame": "things", "x": MANY, "y": MEAN},
    {"type": "correlation", "id": "i_rows", "frame": "things", "x": {"column": "value"}, "y": {"column": "count"}},
    {"type": "correlation", "id": "i_groups", "frame": "things", "x": MEAN, "y": SUM, "detail": MANY},
]


@pytest.mark.parametrize("first", [0, 22])
@pytest.mark.parametrize("data", HARD)
def test_every_widget_and_insight_is_computed_without_a_warning(make: Any, data: str, first: int) -> None:
    page = make({"things": HARD[data]}, widgets=widgets(first)[:22], insights=INSIGHTS).run()
    for widget in widgets(first)[:22]:
        if widget["type"] != "metric":
            card = page[f"{widget['id']}_card"]
            assert f"type-{widget['type']}" in card._dom_classes, widget
            assert f"widget-{widget['id']}" in card._dom_classes, widget
    assert "nan" not in page.html.replace("finance", "").lower()


def worded() -> list[dict[str, Any]]:
    """For every insight sentences that name all it computes, in all formats."""
    made = []
    for insight in INSIGHTS:
        known = placeholders(insight["type"])
        for number, (name, kind) in enumerate(known.items()):
            places = " ".join(f"{{{name}:{item}}}" for item in FORMATS[kind])
            changed = {"id": f"{insight['id']}_{number}", "wording": f"{name} {{{name}}} {places}"}
            made.append(insight | changed)
    return made


@pytest.mark.parametrize("data", HARD)
def test_everything_that_an_insight_computes_can_be_written(make: Any, data: str) -> None:
    """Sentences in other words, also on data that has none of it."""
    made = worded()
    for start in range(0, len(made), 12):
        make({"things": HARD[data]}, widgets=widgets()[:1], insights=made[start : start + 12]).run()


def test_a_filter_that_leaves_nothing_hides_the_charts_and_says_so(make: Any) -> None:
    filters = [
        {"type": "choice", "id": "kind", "column": "kind", "frames": ["things"], "label": "Kind"},
        {"type": "number_range", "id": "value", "column": "value", "frames": ["things"], "label": "Value"},
    ]
    page = make({"things": frame()}, widgets=widgets(), insights=INSIGHTS, filters=filters).run()
    lowest = page["value_filter"].min
    page["value_filter"].value = (lowest, lowest)
    assert "no-rows" in page["page"]._dom_classes
    assert "No things match these filters" in page["insights"].value
    page["value_filter"].value = (lowest, page["value_filter"].max)
    assert "no-rows" not in page["page"]._dom_classes


def test_every_choice_of_a_filter_draws_every_widget(make: Any) -> None:
    filters = [
        {"type": "choice", "id": "many", "column": "many", "frames": ["things"], "label": "Name"},
        {"type": "choices", "id": "kind", "column": "kind", "frames": ["things"], "label": "Kind"},
        {"type": "date_range", "id": "day", "column": "day", "frames": ["things"], "label": "Day"},
        {"type": "number_range", "id": "count", "column": "count", "frames": ["things"], "label": "Count"},
    ]
    page = make({"things": frame()}, widgets=widgets(), insights=INSIGHTS, filters=filters).run()
    everything = page.html
    for choice in page["many_filter"].options[:8]:
        page["many_filter"].value = choice
    page["many_filter"].value = "All"
    assert page.html == everything
    page["kind_filter"].value = ("kind 1",)
    assert page["tiles"].value != ""
    assert page.html != everything
    page["day_filter"].index = (2, 50)
    page["count_filter"].value = (20, 60)
    assert "no-rows" not in page["page"]._dom_classes


def test_a_condition_that_leaves_nothing_empties_only_its_own_card(make: Any) -> None:
    kinds = widgets(5)
    for widget in kinds:
        widget["where"] = [{"column": "value", "operator": ">", "value": 1e9}]
    kinds.append(
        {
            "type": "bar",
            "id": "rest",
            "title": "Rest",
            "frame": "things",
            "x": KIND,
            "y": COUNT,
            "position": SQUARE | {"y": 900},
        }
    )
    page = make({"things": frame()}, widgets=kinds).run()
    for widget in kinds[:-1]:
        if widget["type"] not in ("metric", "table"):
            assert not page.shown(f"{widget['id']}_card"), widget
    assert page.shown("rest_card")


def test_rows_without_a_value_stay_while_a_range_is_not_narrowed(make: Any) -> None:
    data = frame(value=np.where(np.arange(60) < 10, np.nan, np.arange(60.0)))
    filters = [{"type": "number_range", "id": "value", "column": "value", "frames": ["things"], "label": "Value"}]
    page = make({"things": data}, widgets=widgets()[:1], filters=filters).run()
    assert len(page["selected_things"]()) == 60
    page["value_filter"].value = (20.0, page["value_filter"].max)
    assert len(page["selected_things"]()) == 40


def test_a_large_scatter_plot_is_sampled_and_says_so(make: Any) -> None:
    data = pd.DataFrame({"a": np.arange(9000.0), "b": np.arange(9000.0) ** 2})
    scatter = {
        "type": "scatter",
        "id": "cloud",
        "title": "Cloud",
        "frame": "things",
        "x": {"column": "a"},
        "y": {"column": "b"},
        "position": SQUARE,
    }
    page = make({"things": data}, widgets=[scatter]).run()
    assert len(page["cloud_dots"].x) == 2000
    assert "2,000 of 9,000 dots, chosen at random" in page.html
    assert list(page["cloud_dots"].x) == list(page.run()["cloud_dots"].x)


def test_a_gap_in_time_is_a_gap_in_the_line_and_no_zero(make: Any) -> None:
    days = pd.date_range("2020-01-01", periods=10, freq="D").delete([4, 5])
    data = pd.DataFrame({"day": days, "value": np.arange(8.0)})
    line = {
        "type": "line",
        "id": "way",
        "title": "Way",
        "frame": "things",
        "x": {"column": "day", "time_unit": "day"},
        "y": MEAN,
        "position": SQUARE,
    }
    page = make({"things": data}, widgets=[line]).run()
    heights = np.asarray(page["way_lines"].y).ravel()
    assert np.isnan(heights[4:6]).all()
    assert not np.isnan(np.delete(heights, [4, 5])).any()


def test_part_periods_are_left_out_of_a_comparison(make: Any) -> None:
    data = pd.DataFrame({"day": pd.date_range("2019-01-01", "2021-03-15", freq="D")})
    metric = {
        "type": "metric",
        "id": "rows",
        "title": "Rows",
        "frame": "things",
        "y": COUNT,
        "x": {"column": "day", "time_unit": "year"},
        "position": SQUARE,
    }
    page = make({"things": data}, widgets=[metric]).run()
    assert "Rows, 2020" in page.html
    assert "366" in page.html
    assert "on 2019" in page.html


def test_bars_start_at_zero_and_lines_need_not(make: Any) -> None:
    data = frame(value=np.linspace(100, 110, 60))
    specs = {"bars": WIDGETS["standing bars"], "line": WIDGETS["line"]}
    page = make(
        {"things": data},
        widgets=[
            {"id": key, "title": key, "frame": "things", "position": SQUARE | {"y": 5 * number}} | spec
            for number, (key, spec) in enumerate(specs.items())
        ],
    ).run()
    assert page["bars_scales"]["y"].min == 0
    assert page["line_chart_scales" if "line_chart_scales" in page.names else "line_scales"]["y"].min > 50


def test_more_names_than_a_ranking_takes_go_together_as_other(make: Any) -> None:
    bars = {"type": "bar", "id": "ranks", "title": "Ranks", "frame": "things", "x": MANY, "y": SUM, "position": SQUARE}
    page = make({"things": frame()}, widgets=[bars]).run()
    names, values = list(page["ranks_bars"].x), list(page["ranks_bars"].y)
    assert len(names) == 12
    assert names[-1] == "Other"
    assert sum(values) == frame()["count"].sum()
    assert values[:11] == sorted(values[:11], reverse=True)


def test_means_have_no_other_as_they_do_not_add_up(make: Any) -> None:
    bars = {"type": "bar", "id": "ranks", "title": "Ranks", "frame": "things", "x": MANY, "y": MEAN, "position": SQUARE}
    page = make({"things": frame()}, widgets=[bars]).run()
    assert "Other" not in list(page["ranks_bars"].x)
    assert "the largest 12" in page.html


def test_the_same_name_has_the_same_colour_in_every_chart(make: Any) -> None:
    specs = [WIDGETS["line with colours"], WIDGETS["area"], WIDGETS["pie"], WIDGETS["stacked bars"], WIDGETS["scatter"]]
    page = make(
        {"things": frame()},
        widgets=[
            {"id": f"w{number}", "title": "x", "frame": "things", "position": SQUARE | {"y": 5 * number}} | spec
            for number, spec in enumerate(specs)
        ],
    ).run()
    colours = page["KIND_COLOURS"]
    assert len(set(colours.values())) == 3
    assert dict(zip(sorted(colours), reversed(page["w0_lines"].colors), strict=True)).keys() == colours.keys()
    ring = dict(zip([name.split(" ")[1] for name in colours], page["w2_ring"].colors, strict=True))
    assert set(ring.values()) == set(colours.values())
    assert set(page["w4_dots"].colors) == set(colours.values())
