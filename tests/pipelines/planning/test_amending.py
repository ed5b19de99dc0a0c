"""A plan is changed by words, as people say them: all that was asked for, nothing else, or one sentence why not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashwright.pipelines.checking import problems
from dashwright.pipelines.errors import PlanError
from dashwright.pipelines.model import (
    BarWidget,
    ChangeInsight,
    Dimension,
    LineWidget,
    Measure,
    Plan,
    Position,
    Profile,
    Sort,
    TextWidget,
)
from dashwright.pipelines.planners.offline import amend, plan


@pytest.fixture
def store(make: SimpleNamespace) -> Profile:
    products = (f"Product {letter}" for letter in "ABCDEFGHIJKLMNOPQRST")
    return make.profile(  # type: ignore[no-any-return]
        make.table(
            "orders",
            make.key("order_id"),
            make.date("order_date"),
            make.category("region", "North", "South", "East", "West"),
            make.category("product_name", *products),
            make.category("channel", "Web", "Shop", "Phone"),
            make.number("sales", 1, 5000, unit="US$"),
            make.number("profit", -200, 900, unit="US$"),
            make.number("unit_price", 1, 90, additive=False, unit="US$"),
            row_noun="order",
            row_noun_plural="orders",
        )
    )


@pytest.fixture
def sold(store: Profile) -> Plan:
    """Headline numbers, a line over time by region, bars by product, a table."""
    return plan("How do sales develop by region and product?", store)


@pytest.fixture
def lived(countries: Profile) -> Plan:
    """Headline numbers, lines over years, bars, a map, a scatter, a histogram and a table of the last year."""
    return plan("How have life expectancy and population changed across the world?", countries)


def changed(base: Plan, profile: Profile, words: str) -> Plan:
    """The amended plan, sound and with nothing lost that was not spoken of."""
    new = amend(base, profile, words)
    assert problems(new, profile) == ()
    assert Plan.model_validate_json(new.model_dump_json()) == new
    assert new.question == base.question
    assert new.notes[-1].startswith("Changed as asked: ")
    assert amend(base, profile, words) == new
    return new


def touched(base: Plan, new: Plan) -> set[str]:
    """Types of the widgets that are not as they were."""
    before = {widget.id: widget for widget in base.widgets}
    return {widget.type for widget in new.widgets if before.get(widget.id) != widget}


def only(new: Plan, kind: str) -> Any:
    found = [widget for widget in new.widgets if widget.type == kind]
    assert len(found) == 1, [widget.type for widget in new.widgets]
    return found[0]


def refusal(base: Plan, profile: Profile, words: str) -> str:
    with pytest.raises(PlanError) as caught:
        amend(base, profile, words)
    text = str(caught.value)
    assert text.endswith(".")
    assert "changed" in text or "Nothing to change" in text or "too many" in text
    return text


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("make it yearly", "year"),
        ("weekly please", "week"),
        ("Could you show it by quarter?", "quarter"),
        ("per day", "day"),
        ("quarterly instead of monthly", "quarter"),
        ("group the line by week", "week"),
    ],
)
def test_unit_of_time(sold: Plan, store: Profile, words: str, unit: str) -> None:
    new = changed(sold, store, words)
    assert only(new, "line").x.time_unit == unit
    assert touched(sold, new) == {"line"}
    told = [insight for insight in new.insights if insight.type == "change"]
    assert [insight.x.time_unit for insight in told if isinstance(insight, ChangeInsight)] == [unit]


def test_unit_that_comes_again_is_drawn_as_bars(sold: Plan, store: Profile) -> None:
    new = changed(sold, store, "by day of the week")
    bars: Any = next(widget for widget in new.widgets if widget.id.startswith("sales_by_order_date"))
    assert (bars.type, bars.x.time_unit) == ("bar", "day_of_week")
    assert not [insight for insight in new.insights if insight.type in ("change", "trend")]


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("drop the table", ["table"]),
        ("remove the line", ["line"]),
        ("without the tiles, please", ["metric", "metric"]),
        ("I don't need the trend and the table", ["line", "table"]),
        ("get rid of the first chart", ["line"]),
        ("drop the last two charts", ["bar", "table"]),
        ("delete sales by product name", ["bar"]),
        ("only show the bars", ["line", "metric", "metric", "table"]),
    ],
)
def test_widgets_that_are_to_go(sold: Plan, store: Profile, words: str, gone: list[str]) -> None:
    new = changed(sold, store, words)
    left = {widget.id for widget in new.widgets}
    assert sorted(widget.type for widget in sold.widgets if widget.id not in left) == gone
    assert touched(sold, new) == set()


def test_sentences_go_with_their_chart(sold: Plan, store: Profile) -> None:
    assert {insight.type for insight in sold.insights} == {"change", "trend", "extreme", "share"}
    assert {insight.type for insight in changed(sold, store, "drop the line").insights} == {"extreme", "share"}
    assert changed(sold, store, "remove the insights").insights == ()


@pytest.mark.parametrize(
    ("words", "operator", "value"),
    [
        ("show only North", "=", "North"),
        ("just the North", "=", "North"),
        ("only the North and South", "in", ("North", "South")),
        ("exclude the West", "!=", "West"),
        ("without East and West", "not in", ("East", "West")),
        ("where sales is above 1000", ">", 1000),
        ("since 2017", ">=", "2017-01-01"),
        ("only 2018", "between", ("2018-01-01", "2018-12-31")),
        ("between 2016 and 2018", "between", ("2016-01-01", "2018-12-31")),
        ("without 2019", "<", "2019-01-01"),
        ("without 2015", ">=", "2016-01-01"),
    ],
)
def test_rows_that_are_shown(sold: Plan, store: Profile, words: str, operator: str, value: Any) -> None:
    new = changed(sold, store, words)
    for item in (*new.widgets, *new.insights):
        (condition,) = item.where
        assert (condition.operator, condition.values or condition.value) == (operator, value)
    assert [widget.position for widget in new.widgets] == [widget.position for widget in sold.widgets]


def test_rows_of_one_widget_alone(sold: Plan, store: Profile) -> None:
    new = changed(sold, store, "exclude North from the table")
    assert touched(sold, new) == {"table"}
    assert only(new, "table").where[0].value == "North"


def test_filter_with_one_choice_left_goes(sold: Plan, store: Profile) -> None:
    assert "region" in {filter_.column for filter_ in sold.filters}
    assert "region" not in {filter_.column for filter_ in changed(sold, store, "only East").filters}
    assert changed(sold, store, "only East and West").filters == sold.filters


@pytest.mark.parametrize(
    ("words", "year"),
    [("since 2000", 2009), ("before 2000", 1999), ("without 2009", 2008), ("until 2003", 2003), ("in 1995", 1995)],
)
def test_charts_of_one_year_stay_charts_of_one_year(lived: Plan, countries: Profile, words: str, year: int) -> None:
    new = changed(lived, countries, words)
    shown: Any = only(new, "map")
    assert [(c.operator, c.value) for c in shown.where] == [("=", year)]


def test_all_years_again(lived: Plan, countries: Profile) -> None:
    assert only(changed(lived, countries, "show all years"), "map").where == ()
    assert only(changed(lived, countries, "remove the restriction on year"), "histogram").where == ()


@pytest.mark.parametrize(
    ("words", "limit", "order"),
    [
        ("top 5 instead of 12", 5, "descending"),
        ("show the top five", 5, "descending"),
        ("limit the bars to 7", 7, "descending"),
        ("only 8 bars", 8, "descending"),
        ("bottom 3 products", 3, "ascending"),
    ],
)
def test_length_of_a_ranking(sold: Plan, store: Profile, words: str, limit: int, order: str) -> None:
    new = changed(sold, store, words)
    bars, values = only(new, "bar"), {item.name: item.value for item in new.parameters}
    assert (bars.limit if isinstance(bars.limit, int) else values[bars.limit.parameter]) == limit
    assert bars.sort.order == order


def test_length_of_one_table(sold: Plan, store: Profile) -> None:
    new = changed(sold, store, "show only 5 rows in the table")
    assert only(new, "table").limit == 5
    assert touched(sold, new) == {"table"}


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        ("as a bar chart", "line", "bar"),
        ("turn the line into an area chart", "line", "area"),
        ("use a pie chart instead of the bars", "bar", "pie"),
        ("replace the bars with a table", "bar", "table"),
        ("make the line a table", "line", "table"),
        ("change sales by product name to a pie", "bar", "pie"),
    ],
)
def test_type_of_a_chart(sold: Plan, store: Profile, words: str, before: str, after: str) -> None:
    old = only(sold, before)
    new = changed(sold, store, words)
    now: Any = next(widget for widget in new.widgets if widget.id == old.id)
    assert (now.type, now.title, now.position) == (after, old.title, old.position)
    assert touched(sold, new) == {after}


def test_chart_that_would_show_what_another_shows_is_left_out(lived: Plan, countries: Profile) -> None:
    new = changed(lived, countries, "replace the map with a bar chart")
    assert len(new.widgets) == len(lived.widgets) - 1
    assert "another one shows the same" in new.notes[-1]


@pytest.mark.parametrize(
    ("words", "aggregate"),
    [("use the median", "median"), ("average instead of total", "mean"), ("show the maximum of sales", "max")],
)
def test_aggregate(sold: Plan, store: Profile, words: str, aggregate: str) -> None:
    new = changed(sold, store, words)
    assert {only(new, "line").y.aggregate, only(new, "bar").y.aggregate} == {aggregate}
    assert not [insight for insight in new.insights if insight.type == "share"]


def test_aggregate_of_one_chart(sold: Plan, store: Profile) -> None:
    new = changed(sold, store, "use the average for the line")
    assert touched(sold, new) == {"line"}


@pytest.mark.parametrize(
    ("words", "x", "y"),
    [
        ("by region instead of by product", "region", "sales"),
        ("replace product with channel", "channel", "sales"),
        ("by channel", "channel", "sales"),
        ("group the bars by channel", "channel", "sales"),
        ("show profit instead of sales", "product_name", "profit"),
        ("use unit price rather than sales in the bars", "product_name", "unit_price"),
    ],
)
def test_columns(sold: Plan, store: Profile, words: str, x: str, y: str) -> None:
    bars = only(changed(sold, store, words), "bar")
    assert (bars.id, bars.x.column, bars.y.column) == (only(sold, "bar").id, x, y)
    assert bars.y.aggregate == ("mean" if y == "unit_price" else "sum")


def test_colours(sold: Plan, store: Profile) -> None:
    assert only(changed(sold, store, "colour by channel"), "line").color.column == "channel"
    assert only(changed(sold, store, "a line for each channel"), "line").color.column == "channel"
    assert only(changed(sold, store, "split the bars by channel"), "bar").color.column == "channel"
    assert only(changed(sold, store, "no colours"), "line").color is None


@pytest.mark.parametrize(
    ("words", "kind", "title"),
    [
        ("add a histogram of unit price", "histogram", "Distribution of unit price"),
        ("add a pie of sales by channel", "pie", "Sales by channel"),
        ("also show a scatter of sales and profit", "scatter", "Profit and sales"),
        ("give me a heatmap", "heatmap", "Sales by product name and order date"),
    ],
)
def test_widgets_that_are_to_come(sold: Plan, store: Profile, words: str, kind: str, title: str) -> None:
    new = changed(sold, store, words)
    assert touched(sold, new) == {kind}
    if kind != "heatmap":
        assert new.widgets[-1].title == title
    assert new.widgets[:-1] == sold.widgets
    assert new.widgets[-1].position.y >= max(w.position.y + w.position.height for w in sold.widgets)


def test_map_is_added_where_there_are_places(lived: Plan, sold: Plan, countries: Profile, store: Profile) -> None:
    without = amend(lived, countries, "drop the map")
    assert only(changed(without, countries, "add a map"), "map").x.column == "country"
    assert "the data cannot bear a map" in refusal(sold, store, "add a map")
    assert "shows that already" in refusal(lived, countries, "add a map of life expectancy")


def test_filters(sold: Plan, store: Profile) -> None:
    labels = [filter_.label for filter_ in sold.filters]
    assert [f.label for f in changed(sold, store, "remove the filter on region").filters] == [
        label for label in labels if label != "Region"
    ]
    assert [f.label for f in changed(sold, store, "drop the last filter").filters] == labels[:-1]
    assert changed(sold, store, "no filters").filters == ()
    assert [f.column for f in changed(sold, store, "add a filter for channel").filters][-1] == "channel"
    assert "there is a filter on “Region” already" in refusal(sold, store, "add a filter for region")
    assert "there is no filter on “channel”; filters are" in refusal(sold, store, "remove the channel filter")


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("rename it to Best of sales", "Best of sales"),
        ("call the dashboard “Shops and more, in 2020”", "Shops and more, in 2020"),
        ("Change the title to What we sold", "What we sold"),
        ("title: A & <b>B</b>", "A & <b>B</b>"),
    ],
)
def test_names(sold: Plan, store: Profile, words: str, title: str) -> None:
    new = changed(sold, store, words)
    assert new.title == title
    assert new.widgets == sold.widgets


def test_name_of_a_widget(sold: Plan, store: Profile) -> None:
    assert only(changed(sold, store, "rename the table to All orders"), "table").title == "All orders"


def test_order(sold: Plan, store: Profile) -> None:
    def first(words: str) -> str:
        charts = [w for w in changed(sold, store, words).widgets if w.type != "metric"]
        return min(charts, key=lambda w: (w.position.y, w.position.x)).type

    assert {first(words) for words in ("first the table", "put the table first", "table at the top")} == {"table"}
    assert first("move the bars before the line") == "bar"
    assert first("put the line last") == "bar"


def test_sorting(sold: Plan, store: Profile) -> None:
    assert only(changed(sold, store, "sort by name"), "bar").sort == Sort(by="x", order="ascending")
    assert only(changed(sold, store, "smallest first"), "bar").sort == Sort(by="y", order="ascending")
    table = only(changed(sold, store, "sort the table by order date, newest first"), "table")
    assert (table.sort_by, table.order) == ("order_date", "descending")


def test_scales_and_stacks(sold: Plan, lived: Plan, store: Profile, countries: Profile) -> None:
    assert only(changed(sold, store, "log scale"), "line").y_scale == "log"
    scatter = only(changed(lived, countries, "a logarithmic x axis for the scatter"), "scatter")
    assert (scatter.x_scale, scatter.y_scale) == ("log", only(lived, "scatter").y_scale)
    assert only(changed(sold, store, "make the bars horizontal"), "bar").orientation == "horizontal"
    coloured = amend(sold, store, "split the bars by channel")
    assert only(changed(coloured, store, "side by side please"), "bar").stack == "grouped"


def test_several_wishes_are_all_met(sold: Plan, store: Profile) -> None:
    words = "Could you please make it quarterly, drop the table, top 3 and add a pie of sales by channel? Only East."
    new = changed(sold, store, words)
    assert only(new, "line").x.time_unit == "quarter"
    assert only(new, "pie").x.column == "channel"
    assert {widget.type for widget in new.widgets} == {"metric", "line", "bar", "pie"}
    assert all(widget.where[0].value == "East" for widget in new.widgets)
    assert f"“{words}”" in only(new, "line").why


def test_what_is_so_already_does_not_keep_others_from_being_met(sold: Plan, store: Profile) -> None:
    new = changed(sold, store, "make it monthly and drop the table")
    assert touched(sold, new) == set()
    assert refusal(sold, store, "make it monthly") == "Everything is as asked already, so nothing was changed."


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (
            "dance a bit",
            "“dance a bit” was not understood, so nothing was changed: say, for example, “make it monthly”",
        ),
        ("make it yearly and dance", "“make it yearly and dance” was understood, but “dance” was not, so nothing"),
        ("drop the table, then paint it blue", "“drop the table” was understood, but “paint it blue” was not"),
        ("blue background", "there is the line “Sales over time by region”"),
        ("!!!", "Nothing to change was said."),
        ("please", "Nothing to change was said."),
        ("drop the pie", "there is no “pie”, but the line “Sales over time by region”"),
        ("remove everything", "a dashboard needs at least one widget"),
        ("show only Mars", "no value or condition was found in “mars” (region: North, South, East, West"),
        ("without 2020", "its values are from 2015-01-01 to 2019-12-31"),
        ("without 2017", "say “before 2017” or “since 2018”"),
        ("sales above 9000", "no value of 'sales' is > 9000; its values are from 1 to 5000"),
        ("turn the table into a pie", "it shows no value for each of several groups, which a pie needs"),
        ("add a chart of happiness", "the data has nothing about “happiness”"),
        ("drop the table. " * 30, "30 wishes at once are too many"),
        ("<script>alert(1)</script>", "was not understood"),
        ("{{7*7}} __import__('os')", "was not understood"),
        ("日本語だけ", "was not understood"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_done(sold: Plan, store: Profile, words: str, part: str) -> None:
    assert part in refusal(sold, store, words)


def test_years_alone_have_no_months(lived: Plan, countries: Profile) -> None:
    assert "the data has years only, no dates" in refusal(lived, countries, "make it monthly")


def test_plan_that_somebody_else_wrote_keeps_its_words(store: Profile) -> None:
    total = Measure(column="sales", aggregate="sum", title="Turnover")
    at = Position(x=0, y=0, width=12, height=5)
    line = LineWidget(
        id="course", title="How we fared", frame="orders", position=at,
        x=Dimension(column="order_date", time_unit="month"), y=total,
    )  # fmt: skip
    bars = BarWidget(
        id="where", title="Where it comes from", frame="orders", position=at.model_copy(update={"y": 5}),
        x=Dimension(column="region"), y=total,
    )  # fmt: skip
    note = TextWidget(id="about", title="About", text="Words.", position=at.model_copy(update={"y": 10}))
    change = ChangeInsight(
        id="told", frame="orders", x=line.x, y=total, wording="{measure} {direction} by {change:.0%} within months"
    )
    base = Plan(
        title="T", question="Q", tables=("orders",), widgets=(line, bars, note), insights=(change,), planner="gemini"
    )
    new = changed(base, store, "only North")
    assert [widget.title for widget in new.widgets] == ["How we fared", "Where it comes from", "About"]
    assert new.insights[0].wording == change.wording
    yearly = changed(base, store, "make it yearly")
    assert yearly.insights[0].wording is None
    assert yearly.widgets[1:] == base.widgets[1:]
    assert (yearly.planner, yearly.widgets[-1]) == ("gemini", note)


def test_amended_plan_can_be_amended_again(sold: Plan, store: Profile) -> None:
    new = sold
    for words in ("make it yearly", "only North", "drop the table", "add a pie of sales by channel", "top 4"):
        new = changed(new, store, words)
    assert sum(note.startswith("Changed as asked: ") for note in new.notes) == 1
    assert only(new, "pie").where == ()


def test_joined_frames_are_amended_too(school: Profile) -> None:
    base = plan("average age of students for each course title", school)
    assert base.joins
    new = changed(base, school, "use the median and sort by name")
    bars: Any = new.widgets[0]
    assert (bars.y.aggregate, bars.sort.by) == ("median", "x")


VOCABULARY = """
make it monthly drop the pie only Europe North and , top 5 as a bar chart use median add map histogram of sales remove
filter on region rename to sort by name log scale without 2017 first table instead product not 0 … colour by all years
not exclude last two charts "x" line ; . < { 9999999999999999999 since before
"""
_WORDS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=14)


@settings(max_examples=settings.default.max_examples, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.one_of(_WORDS.map(" ".join), st.text(max_size=60)))
def test_whatever_is_said_a_sound_plan_or_one_sentence_comes_back(sold: Plan, store: Profile, words: str) -> None:
    try:
        new = amend(sold, store, words)
    except PlanError as error:
        told = str(error)
    else:
        told = new.notes[-1]
        assert problems(new, store) == ()
    assert told.endswith((".", "…"))
