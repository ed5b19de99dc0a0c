"""The sample tables, profiled as a person would describe them."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from dashwright.pipelines.model import Column, Profile, Table

SAMPLES = Path(str(resources.files("dashwright.pipelines.sources") / "samples"))
CATALOGUE = json.loads((SAMPLES / "catalogue.json").read_text())
FILES = sorted(
    path.name for path in SAMPLES.iterdir() if path.suffix in (".csv", ".json") and path.name != "catalogue.json"
)


@pytest.fixture(scope="module")
def profiles(job_in: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Profile]:
    found = {}
    for name in FILES:
        known = next(item for item in CATALOGUE if item["file"] == name)
        notes = {field["name"]: field["description"] for field in known["columns"] if field.get("description")}
        job = job_in(tmp_path_factory.mktemp("job") / "job")
        found[name] = job.add(name, SAMPLES / name, description=known.get("description") or "", notes=notes).profile()
    return found


def column(profiles: dict[str, Profile], file: str, name: str) -> Column:
    found = profiles[file].tables[0].column(name)
    assert found is not None
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_sample_has_all_its_rows(profiles: dict[str, Profile], file: str) -> None:
    known = next(item for item in CATALOGUE if item["file"] == file)
    table = profiles[file].tables[0]
    assert table.rows == known["rows"]
    assert [column.name for column in table.columns] == [column["name"] for column in known["columns"]]


@pytest.mark.parametrize(
    ("file", "name", "role"),
    [
        ("airports.csv", "iata", "identifier"),
        ("airports.csv", "state", "place"),
        ("airports.csv", "latitude", "coordinate"),
        ("birdstrikes.csv", "Flight Date", "time"),
        ("birdstrikes.csv", "Wildlife Size", "ordered"),
        ("birdstrikes.csv", "Effect Amount of damage", "category"),
        ("birdstrikes.csv", "Origin State", "place"),
        ("birdstrikes.csv", "Cost Total $", "measure"),
        ("budget.json", "Account code", "identifier"),
        ("budget.json", "Source Category Code", "category"),
        ("countries.json", "year", "time"),
        ("countries.json", "country", "place"),
        ("flights-airport.csv", "origin", "category"),
        ("flights-airport.csv", "count", "measure"),
        ("gapminder.json", "cluster", "category"),
        ("gapminder.json", "year", "time"),
        ("gapminder.json", "pop", "measure"),
        ("global-temp.csv", "year", "time"),
        ("income.json", "group", "ordered"),
        ("income.json", "id", "identifier"),
        ("iowa-electricity.csv", "year", "time"),
        ("iowa-electricity.csv", "source", "category"),
        ("monarchs.json", "start", "time"),
        ("monarchs.json", "index", "identifier"),
        ("monarchs.json", "commonwealth", "boolean"),
        ("obesity.json", "state", "place"),
        ("penguins.json", "Species", "category"),
        ("penguins-raw.csv", "Clutch Completion", "boolean"),
        ("penguins-raw.csv", "Date Egg", "time"),
        ("political-contributions.json", "Candidate_Identification", "identifier"),
        ("political-contributions.json", "Party_Code", "category"),
        ("population_engineers_hurricanes.csv", "id", "identifier"),
        ("seattle-weather.csv", "weather", "category"),
        ("unemployment-across-industries.json", "month", "ordered"),
        ("us-employment.csv", "month", "time"),
        ("us-state-capitals.json", "lon", "coordinate"),
        ("weather.csv", "location", "category"),
    ],
)
def test_roles_are_those_a_person_would_give(profiles: dict[str, Profile], file: str, name: str, role: str) -> None:
    assert column(profiles, file, name).role == role


@pytest.mark.parametrize(
    ("file", "name", "unit", "scale", "additive"),
    [
        ("birdstrikes.csv", "Speed IAS in knots", "knots", 1, False),
        ("birdstrikes.csv", "Cost Total $", "$", 1, True),
        ("penguins.json", "Body Mass (g)", "g", 1, False),
        ("seattle-weather.csv", "precipitation", "mm", 1, True),
        ("seattle-weather.csv", "temp_max", "°C", 1, False),
        ("seattle-weather.csv", "wind", "km/h", 1, False),
        ("unemployment-across-industries.json", "count", None, 1000, True),
        ("unemployment-across-industries.json", "rate", "%", 1, False),
        ("us-employment.csv", "nonfarm", None, 1000, True),
        ("us-employment.csv", "retail_trade", None, 1000, True),
        ("gapminder.json", "pop", None, 1, True),
        ("gapminder.json", "life_expect", "years", 1, False),
        ("gapminder.json", "fertility", None, 1, False),
        ("population_engineers_hurricanes.csv", "engineers", None, 1, False),
        ("population_engineers_hurricanes.csv", "hurricanes", None, 1, True),
        ("iowa-electricity.csv", "net_generation", "MWh", 1000, True),
        ("political-contributions.json", "Ending_Cash", None, 1, True),
        ("obesity.json", "rate", None, 1, False),
        ("income.json", "pct", None, 1, False),
    ],
)
def test_units_come_from_names_and_notes(
    profiles: dict[str, Profile], file: str, name: str, unit: str | None, scale: float, additive: bool
) -> None:
    found = column(profiles, file, name)
    assert (found.unit, found.scale, found.additive) == (unit, scale, additive)


@pytest.mark.parametrize(
    ("file", "name", "grain", "periods", "gaps"),
    [
        ("seattle-weather.csv", "date", "day", 1461, 0),
        ("us-employment.csv", "month", "month", 120, 0),
        ("unemployment-across-industries.json", "date", "month", 122, 0),
        ("iowa-electricity.csv", "year", "year", 17, 0),
        ("gapminder.json", "year", "year", 11, 0),
        ("global-temp.csv", "year", "year", 144, 0),
        ("co2-concentration.csv", "Date", "month", 741, 5),
    ],
)
def test_times_have_their_grain_and_gaps(
    profiles: dict[str, Profile], file: str, name: str, grain: str, periods: int, gaps: int
) -> None:
    times = column(profiles, file, name).times
    assert times is not None
    assert (times.grain, times.periods, times.gaps) == (grain, periods, gaps)


@pytest.mark.parametrize(
    ("file", "noun"),
    [
        ("airports.csv", "airport"),
        ("birdstrikes.csv", "birdstrike"),
        ("gapminder.json", "country and year"),
        ("seattle-weather.csv", "day"),
        ("weather.csv", "location and day"),
        ("us-employment.csv", "month"),
        ("penguins.json", "penguin"),
        ("obesity.json", "state"),
        ("political-contributions.json", "candidate"),
        ("unemployment-across-industries.json", "series and month"),
    ],
)
def test_a_row_is_called_what_it_is(profiles: dict[str, Profile], file: str, noun: str) -> None:
    assert profiles[file].tables[0].row_noun == noun


def test_ordered_categories_have_their_order(profiles: dict[str, Profile]) -> None:
    assert column(profiles, "birdstrikes.csv", "Wildlife Size").order == ("Small", "Medium", "Large")
    group = column(profiles, "income.json", "group").order
    assert (group[0], group[1], group[-1]) == ("<10000", "10000 to 14999", "200000+")


def test_budget_is_also_offered_long(profiles: dict[str, Profile]) -> None:
    long: Table = profiles["budget.json"].tables[1]
    year = long.column("year")
    assert year is not None
    assert year.times is not None
    assert (year.times.first, year.times.last) == ("1962", "2020")


def test_samples_about_states_can_be_joined(job_in: Callable[[Path], Any], tmp_path: Path) -> None:
    job = job_in(tmp_path / "job")
    for name in ("us-state-capitals.json", "population_engineers_hurricanes.csv"):
        job.add(name, SAMPLES / name)
    join = job.profile().joins[0]
    assert join.on == (("state", "state"),)
    assert join.cardinality == "one-to-one"
    assert join.left_matched == 1.0
    assert join.right_matched > 0.9
