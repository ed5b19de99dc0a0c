"""Roles, units, keys and warnings on small tables made for one question each."""

from __future__ import annotations

from typing import Any

import pytest


def table(job: Any, header: str, rows: list[str], name: str = "things.csv", **more: Any) -> Any:
    return job.add(name, "\n".join([header, *rows]) + "\n", **more).profile().tables[0]


LONG = "that goes on for longer than a name would and is about nothing that repeats itself"


@pytest.mark.parametrize(
    ("name", "cells", "role"),
    [
        ("zip", ["10115", "20095", "80331", "50667"] * 8, "identifier"),
        ("customer_id", [str(1000 + n) for n in range(32)], "identifier"),
        ("order number", [str(70_000 + 3 * n) for n in range(32)], "identifier"),
        ("number of children", ["0", "1", "2", "3"] * 8, "measure"),
        ("quantity", ["1", "2", "3", "4"] * 8, "measure"),
        ("year", ["1999", "2000", "2001", "2004"] * 8, "time"),
        ("founded", ["1876", "1999", "2010", "1654"] * 8, "time"),
        ("price", ["1999", "2000", "2010", "1500"] * 8, "measure"),
        ("month", ["1", "2", "11", "12"] * 8, "ordered"),
        ("hour", ["0", "7", "13", "23"] * 8, "ordered"),
        ("survived", ["0", "1"] * 16, "boolean"),
        ("class", ["1", "2", "3", "3"] * 8, "category"),
        ("group", ["A", "B", "C", "D"] * 8, "category"),
        ("grade", ["A", "B", "C", "D"] * 8, "ordered"),
        ("size", ["S", "M", "L", "XL"] * 8, "ordered"),
        ("weekday", ["Mon", "Tue", "Fri", "Sun"] * 8, "ordered"),
        ("agreement", ["Agree", "Strongly agree", "Neutral", "Disagree"] * 8, "ordered"),
        ("level", ["low", "medium", "high", "high"] * 8, "ordered"),
        ("age", ["18-24", "25-34", "35-44", "65+"] * 8, "ordered"),
        ("season", ["2010/11", "2011/12", "2012/13", "2013/14"] * 8, "ordered"),
        ("where", ["France", "Germany", "Brazil", "Ivory Coast"] * 8, "place"),
        ("iso", ["FRA", "DEU", "BRA", "KEN"] * 8, "place"),
        ("state", ["TX", "CA", "NY", "WA"] * 8, "place"),
        ("city", ["Paris", "Berlin", "Rio", "Rome"] * 8, "place"),
        ("lat", ["48.85", "52.52", "-22.9", "41.9"] * 8, "coordinate"),
        ("remark", [f"remark {n} {LONG}" for n in range(32)], "text"),
        ("sku", [f"AB-{n:04}" for n in range(32)], "identifier"),
        ("nothing", [""] * 32, "empty"),
    ],
)  # fmt: skip
def test_role_of_a_column(job: Any, name: str, cells: list[str], role: str) -> None:
    found = table(job, f"key,{name}", [f"k{n % 3},{cell}" for n, cell in enumerate(cells)])
    assert found.columns[1].role == role


@pytest.mark.parametrize(
    ("name", "cells", "note", "unit", "additive"),
    [
        ("temperature", ["12.5", "13.1", "9.9"], "in degrees Fahrenheit", "°F", False),
        ("sales", ["12.5", "13.1", "9.9"], "", None, True),
        ("unit price", ["12.5", "13.1", "9.9"], "", None, False),
        ("revenue (€)", ["12.5", "13.1", "9.9"], "", "€", True),
        ("income per capita", ["1200", "1300", "990"], "", None, False),
        ("unemployment rate", ["12.5", "13.1", "9.9"], "percent", "%", False),
        ("share", ["0.12", "0.5", "0.38"], "", None, False),
        ("deaths", ["12", "13", "9"], "", None, True),
        ("score", ["12", "13", "9"], "", None, False),
        ("turnout", ["12%", "13%", "9%"], "", "%", False),
        ("energy", ["12", "13", "9"], "in megawatthours", "MWh", True),
        ("height_cm", ["180", "175", "190"], "", "cm", False),
        ("average age", ["31", "40", "29"], "", None, False),
    ],
)
def test_unit_and_additivity_of_a_measure(
    job: Any, name: str, cells: list[str], note: str, unit: str | None, additive: bool
) -> None:
    found = table(job, f"key,{name}", [f"k{n},{cell}" for n, cell in enumerate(cells * 4)], notes={name: note})
    assert (found.columns[1].unit, found.columns[1].additive) == (unit, additive)
    assert found.columns[1].description == note


def test_statistics_are_right(job: Any) -> None:
    found = table(job, "k,amount", [f"a,{n}" for n in range(100)] + ["a,", "a,10000"]).columns[1]
    numbers = found.numbers
    assert (found.rows, found.missing, found.distinct) == (102, 1, 101)
    assert (numbers.min, numbers.max, numbers.median) == (0, 10_000, 50)
    assert (numbers.lower_quartile, numbers.upper_quartile) == (25, 75)
    assert (numbers.zeros, numbers.negatives, numbers.outliers) == (1, 0, 1)
    assert numbers.skew > 5
    assert any("far from the others" in warning for warning in found.warnings)


def test_keys_are_the_smallest_sets_that_tell_rows_apart(job: Any) -> None:
    rows = [f"{country},{year},{year % 7}" for country in ("France", "Spain", "Italy") for year in range(2000, 2010)]
    found = table(job, "country,year,value", rows)
    assert found.keys == (("country", "year"),) or found.keys == (("year", "country"),)
    assert (found.row_noun, found.row_noun_plural) == ("country and year", "countries and years")


def test_missing_constant_and_doubled_are_said(job: Any) -> None:
    rows = [f"x,{n % 5 if n % 4 == 0 else ''},same" for n in range(60)]
    found = table(job, "a,b,c", rows)
    said = " ".join((*found.warnings, *(warning for column in found.columns for warning in column.warnings)))
    assert "Column 'b' is missing in 75% of the rows." in said
    assert "Column 'c' has the same value in every row: 'same'." in said
    assert "rows are exact copies of others" in said


def test_tables_are_joined_by_keys_and_what_refers_to_them(job: Any) -> None:
    job.add("airports.csv", "id,name\n" + "".join(f"{n * 7},Airport {n}\n" for n in range(40)))
    job.add("flights.csv", "airport_id,passengers\n" + "".join(f"{(n % 30) * 7},{n * 11 % 97}\n" for n in range(300)))
    joins = job.profile().joins
    assert [(join.left, join.right, join.on, join.cardinality) for join in joins] == [
        ("airports", "flights", (("id", "airport_id"),), "one-to-many")
    ]
    assert (joins[0].left_matched, joins[0].right_matched) == (0.75, 1.0)


def test_running_numbers_of_unrelated_tables_are_not_joined(job: Any) -> None:
    job.add("cats.csv", "id,fur\n" + "".join(f"{n},{'red' if n % 2 else 'grey'}\n" for n in range(1, 60)))
    job.add("taxes.csv", "id,amount\n" + "".join(f"{n},{n * 13 % 101}\n" for n in range(1, 60)))
    assert job.profile().joins == ()


def test_two_columns_together_join_where_neither_does_alone(job: Any) -> None:
    years = range(2000, 2006)
    for name, factor in (("births.csv", 3), ("deaths.csv", 5)):
        job.add(
            name,
            "country,year,total\n"
            + "".join(f"{c},{y},{y * factor % 97}\n" for c in ("France", "Spain", "Chile") for y in years),
        )
    best = job.profile().joins[0]
    assert set(best.on) == {("country", "country"), ("year", "year")}
    assert best.cardinality == "one-to-one"


def test_tables_meet_by_codes_and_years_where_names_and_regions_are_spelt_differently(job: Any) -> None:
    years = range(2000, 2010)
    for name, ivory, region in (("births.csv", "Cote d'Ivoire", "Africa"), ("deaths.csv", "Ivory Coast", "Sub-Sahara")):
        places = (
            ("France", "FRA", "Europe"),
            ("Spain", "ESP", "Europe"),
            (ivory, "CIV", region),
            ("Chad", "TCD", region),
        )
        rows = (f"{country},{code},{where},{year},{year % 7}\n" for country, code, where in places for year in years)
        job.add(name, "country,country code,region,year,total\n" + "".join(rows))
    best = job.profile().joins[0]
    assert set(best.on) == {("country code", "country code"), ("year", "year")}
    assert (best.left_matched, best.right_matched, best.cardinality) == (1.0, 1.0, "one-to-one")


def test_large_table_is_profiled_from_all_rows_where_that_matters(job: Any) -> None:
    rows = [f"{n},{n % 1000},c{n % 20},2020-01-{n % 31 + 1:02}" for n in range(250_000)]
    found = table(job, "id,amount,kind,day", rows)
    by_name = {column.name: column for column in found.columns}
    assert (by_name["id"].unique, by_name["id"].role, by_name["id"].distinct) == (True, "identifier", 250_000)
    assert by_name["kind"].distinct == 20
    assert sum(value.count for value in by_name["kind"].values) == 250_000
    assert by_name["amount"].numbers.max == 999
    assert abs(by_name["amount"].numbers.median - 499.5) < 25
    assert by_name["day"].times.periods == 31
