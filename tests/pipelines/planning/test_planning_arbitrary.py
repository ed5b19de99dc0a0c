"""Whatever the data and whatever the question: the plan validates and has no problems."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashwright.pipelines.checking import frames, problems
from dashwright.pipelines.model import Column, JoinCandidate, Numbers, Plan, Profile, Table, Times, Value
from dashwright.pipelines.planners.offline import plan

_NAMES = st.one_of(
    st.text(min_size=1, max_size=30),
    st.sampled_from(
        ["id", "name", "year", "date", "price", "Sales (US$)", "count", "country", "lat", "lon", "region_code", "No"]
    ),
)
_VALUES = st.text(max_size=20)


@st.composite
def _column(draw: st.DrawFn, name: str, rows: int) -> Column:
    kind = draw(st.sampled_from(["text", "integer", "number", "boolean", "date", "datetime", "time"]))
    distinct = draw(st.integers(0, rows))
    missing = draw(st.integers(0, rows))
    more: dict[str, Any] = {"role": draw(st.sampled_from(_ROLES[kind]))}
    if kind in ("integer", "number"):
        low = draw(st.floats(-1e12, 1e12))
        high = low + draw(st.floats(0, 1e12))
        if more["role"] == "time":
            low, high = 1900.0, 2020.0
        more["numbers"] = Numbers(
            min=low, max=high, mean=low, median=low, std=0, lower_quartile=low, upper_quartile=high,
            skew=draw(st.floats(-20, 20)), negatives=int(low < 0),
        )  # fmt: skip
        more["additive"] = draw(st.sampled_from([True, False, None]))
    if kind in ("date", "datetime"):
        moment = draw(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)))  # noqa: DTZ001
        more["times"] = Times(
            first=moment.replace(tzinfo=UTC).date().isoformat(),
            last=draw(st.sampled_from([moment.date().isoformat(), "9999-12-31"])),
            grain=draw(st.sampled_from(["year", "quarter", "month", "week", "day", "hour"])),
            periods=draw(st.integers(1, 10**6)),
            gaps=draw(st.integers(0, 10**6)),
        )
    if kind == "text":
        more["place"] = draw(st.sampled_from([None, None, "country", "us_state", "city"]))
        more["values"] = tuple(Value(value=value, count=1) for value in draw(st.lists(_VALUES, max_size=4)))
    label = draw(st.one_of(st.just(name), st.text(max_size=10)))
    more["unit"] = draw(st.sampled_from([None, "%", "US$", "x" * 60]))
    more["unique"] = distinct == rows and not missing
    return Column(name=name, label=label, type=kind, rows=rows, missing=missing, distinct=distinct, **more)


_ROLES = {
    "text": ["category", "ordered", "identifier", "place", "text", "empty"],
    "integer": ["measure", "identifier", "category", "ordered", "time", "coordinate"],
    "number": ["measure", "coordinate", "identifier"],
    "boolean": ["boolean"],
    "date": ["time", "category"],
    "datetime": ["time", "identifier"],
    "time": ["category", "ordered"],
}


@st.composite
def _profile(draw: st.DrawFn) -> Profile:
    tables = []
    for name in draw(st.sampled_from([["first"], ["first", "second"], ["a", "b", "c"]])):
        rows = draw(st.one_of(st.integers(1, 30), st.integers(1, 10**7)))
        names = draw(st.lists(_NAMES, min_size=1, max_size=7, unique=True))
        columns = tuple(draw(_column(column, rows)) for column in names)
        keys = draw(
            st.lists(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True).map(tuple), max_size=2)
        )
        tables.append(
            Table(
                name=name,
                title=draw(st.text(max_size=20)),
                dataset="d",
                path="x",
                rows=rows,
                columns=columns,
                keys=tuple(keys),
            )
        )
    return Profile(tables=tuple(tables), joins=tuple(_joins(draw, tables)))


def _joins(draw: st.DrawFn, tables: list[Table]) -> list[JoinCandidate]:
    found = []
    for left, right in pairwise(tables):
        pairs = [(a.name, b.name) for a in left.columns for b in right.columns if a.type == b.type]
        if pairs and draw(st.booleans()):
            cardinality = draw(st.sampled_from(["one-to-one", "many-to-one", "one-to-many", "many-to-many"]))
            on = (draw(st.sampled_from(pairs)),)
            rates = {"left_matched": 1.0, "right_matched": 0.5}
            found.append(JoinCandidate(left=left.name, right=right.name, on=on, cardinality=cardinality, **rates))
    return found


_PHRASES = st.sampled_from(
    """
    bar chart of|pie|scatter|line|histogram|map|by|for each|average|total|number of|how many|top 5|in 2015|more than 3|
    between 1 and 2|over time|colored by|sorted by|descending|not|and|relationship|share of|in a table|heatmap|box plot|
    per month|weekday|the highest|most|since 1990|stacked|excluding|distribution of|where
    """.replace("\n", "").split("|")
)


@st.composite
def _question(draw: st.DrawFn, profile: Profile) -> str:
    names = [column.name for table in profile.tables for column in table.columns] + [
        table.name for table in profile.tables
    ]
    words = st.one_of(_PHRASES, st.sampled_from(names), st.text(max_size=12))
    return " ".join(draw(st.lists(words, min_size=1, max_size=12)))


@settings(
    max_examples=2 * settings.default.max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_any_question_on_any_data_gives_a_sound_plan(data: st.DataObject) -> None:
    profile = data.draw(_profile())
    question = data.draw(st.one_of(_question(profile), st.text(max_size=200)))
    drawn = plan(question, profile)
    assert problems(drawn, profile) == ()
    assert Plan.model_validate_json(drawn.model_dump_json()) == drawn
    columns = frames(drawn, profile)
    assert all(set(widget.columns) <= set(columns[widget.frame]) for widget in drawn.widgets if widget.frame)
