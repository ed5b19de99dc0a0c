"""Every sample with the questions that a person would ask of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashwright.pipelines import sources
from dashwright.pipelines.checking import problems
from dashwright.pipelines.model import Plan, Profile
from dashwright.pipelines.planners.offline import plan

FILES = [
    item["file"] for item in json.loads((Path(str(sources.__file__)).parent / "samples/catalogue.json").read_text())
]
Sample = Callable[[str], Profile]


def draw(sample: Sample, file: str, question: str) -> Plan:
    drawn = plan(question, sample(file))
    assert problems(drawn, sample(file)) == ()
    return drawn


def all_of(drawn: Plan, kind: str) -> list[Any]:
    return [widget for widget in drawn.widgets if widget.type == kind]


@pytest.mark.parametrize("file", FILES)
def test_every_sample_gives_a_sound_overview(sample: Sample, file: str) -> None:
    drawn = draw(sample, file, "What is in this data?")
    assert len(drawn.widgets) >= 2
    assert all(widget.why for widget in drawn.widgets)


def test_life_expectancy_is_followed_over_time_and_across_the_world(sample: Sample) -> None:
    drawn = draw(sample, "gapminder.json", "How have life expectancy and income changed across the world?")
    trend = all_of(drawn, "line")[0]
    assert (trend.x.column, trend.y.column, trend.y.aggregate) == ("year", "life_expect", "mean")
    assert all_of(drawn, "map")[0].where[0].value == 2005
    assert any("income" in note for note in drawn.notes)


def test_relationship_in_a_year_is_drawn_for_that_year(sample: Sample) -> None:
    drawn = draw(sample, "gapminder.json", "relationship between fertility and life expectancy in 2000")
    asked: Any = drawn.widgets[0]
    assert asked.type == "scatter"
    assert {asked.x.column, asked.y.column} == {"fertility", "life_expect"}
    assert [(c.column, c.value) for c in asked.where] == [("year", 2000)]


def test_two_countries_get_a_line_each(sample: Sample) -> None:
    asked: Any = draw(sample, "countries.json", "life expectancy in China and India over time").widgets[0]
    assert (asked.type, asked.color.column) == ("line", "country")
    assert asked.where[0].values == ("China", "India")


def test_strikes_are_counted_by_airline(sample: Sample) -> None:
    asked: Any = draw(sample, "birdstrikes.csv", "Which airlines have the most bird strikes?").widgets[0]
    assert (asked.type, asked.x.column, asked.y.aggregate) == ("bar", "Aircraft Airline Operator", "count")


def test_when_where_and_what_it_costs_makes_trend_and_map(sample: Sample) -> None:
    drawn = draw(sample, "birdstrikes.csv", "When and where do birds hit planes, and what does it cost?")
    assert all_of(drawn, "line")[0].y.column == "Cost Total $"
    assert all_of(drawn, "map")[0].level == "us_state"


def test_since_a_year_is_about_the_date(sample: Sample) -> None:
    asked: Any = draw(sample, "birdstrikes.csv", "repair cost by phase of flight since 1995").widgets[0]
    assert (asked.x.column, asked.y.column) == ("Phase of flight", "Cost Repair")
    assert (asked.where[0].column, asked.where[0].value) == ("Flight Date", "1995-01-01")


def test_airports_are_points_on_a_map(sample: Sample) -> None:
    asked: Any = draw(sample, "airports.csv", "Where are the airports?").widgets[0]
    assert (asked.type, asked.level, asked.detail) == ("map", "point", "name")


def test_shift_of_sources_is_a_line_each(sample: Sample) -> None:
    drawn = draw(sample, "iowa-electricity.csv", "How did electricity generation shift to renewables?")
    assert all_of(drawn, "line")[0].color.column == "source"


def test_seasons_and_course_are_both_shown(sample: Sample) -> None:
    drawn = draw(sample, "co2-concentration.csv", "Is CO2 rising and is there a seasonal pattern?")
    shown = {widget.x.time_unit for widget in [*all_of(drawn, "line"), *all_of(drawn, "bar")]}
    assert "month_of_year" in shown
    assert shown & {"month", "quarter", "year"}


def test_industries_are_ranked_by_their_rate(sample: Sample) -> None:
    question = "Which industries have the highest unemployment rate?"
    asked: Any = draw(sample, "unemployment-across-industries.json", question).widgets[0]
    assert (asked.x.column, asked.y.column, asked.y.aggregate) == ("series", "rate", "mean")


def test_places_are_ranked_and_mapped(sample: Sample) -> None:
    drawn = draw(sample, "obesity.json", "Which states have the highest obesity rate?")
    asked: Any = drawn.widgets[0]
    assert (asked.type, asked.x.column, asked.y.column) == ("bar", "state", "rate")
    assert all_of(drawn, "map")


def test_weight_and_length_are_set_against_each_other(sample: Sample) -> None:
    asked: Any = draw(sample, "penguins.json", "Are heavier penguins longer flippered?").widgets[0]
    assert asked.type == "scatter"
    assert {asked.x.column, asked.y.column} == {"Body Mass (g)", "Flipper Length (mm)"}


def test_species_are_compared_by_the_main_measures(sample: Sample) -> None:
    drawn = draw(sample, "penguins.json", "How do penguin species differ?")
    assert len([bar for bar in all_of(drawn, "bar") if bar.x.column == "Species"]) >= 3


def test_wide_budget_is_read_from_its_long_table(sample: Sample) -> None:
    asked: Any = draw(sample, "budget.json", "How has the US federal budget developed by agency?").widgets[0]
    assert (asked.type, asked.x.column, asked.color.column) == ("line", "year", "Agency name")


def test_flights_that_stand_for_many_are_summed(sample: Sample) -> None:
    asked: Any = draw(sample, "flights-airport.csv", "Which airports have the most flights?").widgets[0]
    assert (asked.y.column, asked.y.aggregate) == ("count", "sum")
