"""Profiles to plan from: small ones made by hand, and those of the samples, read and profiled for real."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest

from dashwright.pipelines import profiling, reading, sources
from dashwright.pipelines.model import (
    Column,
    DataFile,
    Dataset,
    Datasets,
    JoinCandidate,
    Numbers,
    Profile,
    Table,
    Times,
    Value,
)
from dashwright.pipelines.step import JobFolder, Limits, silent

SAMPLES = Path(str(sources.__file__)).parent / "samples"
ROWS = 400


def number(name: str, low: float = 0.0, high: float = 100.0, **more: Any) -> Column:
    middle = (low + high) / 2
    numbers = Numbers(
        min=low,
        max=high,
        mean=middle,
        median=middle,
        std=1,
        lower_quartile=low,
        upper_quartile=high,
        negatives=int(low < 0),
    )
    settings = {"type": "number", "role": "measure", "distinct": 200, "additive": True, "numbers": numbers} | more
    return Column(name=name, label=_label(name), rows=ROWS, missing=0, **settings)


def category(name: str, *values: str, **more: Any) -> Column:
    told = tuple(Value(value=value, count=ROWS // max(len(values), 1)) for value in values)
    settings = {"role": "category", "distinct": max(len(values), 1), "values": told} | more
    return Column(name=name, label=_label(name), type="text", rows=ROWS, missing=0, **settings)


def date(name: str = "date", grain: str = "day", periods: int = 365, **more: Any) -> Column:
    times = Times(first="2015-01-01", last="2019-12-31", grain=grain, periods=periods)  # type: ignore[arg-type]
    settings = {"type": "date", "role": "time", "distinct": periods, "times": times} | more
    return Column(name=name, label=_label(name), rows=ROWS, missing=0, **settings)


def year(name: str = "year", first: int = 2000, last: int = 2019) -> Column:
    count = last - first + 1
    return number(
        name, first, last, type="integer", role="time", distinct=count, additive=None,
        times=Times(first=str(first), last=str(last), grain="year", periods=count),
    )  # fmt: skip


def key(name: str, **more: Any) -> Column:
    settings = {"type": "integer", "role": "identifier", "distinct": ROWS, "unique": True} | more
    return Column(name=name, label=_label(name), rows=ROWS, missing=0, **settings)


def table(name: str, *columns: Column, rows: int = ROWS, **more: Any) -> Table:
    return Table(
        name=name, title=_label(name), dataset="data", path=f"data/{name}.parquet", rows=rows, columns=columns, **more
    )


def profile(*tables: Table, joins: tuple[JoinCandidate, ...] = ()) -> Profile:
    return Profile(tables=tables, joins=joins)


def _label(name: str) -> str:
    return name.replace("_", " ")


@pytest.fixture
def make() -> SimpleNamespace:
    """The functions above, for tests that need a profile of their own."""
    return SimpleNamespace(
        number=number, category=category, date=date, year=year, key=key, table=table, profile=profile
    )


@pytest.fixture
def shop() -> Profile:
    """Orders as a shop has them."""
    return profile(
        table(
            "orders",
            key("order_id"),
            date("order_date"),
            category("region", "North", "South", "East", "West"),
            category("product_name", *(f"Product {letter}" for letter in "ABCDEFGHIJKLMNOPQRST")),
            number("sales", 1, 5000, unit="US$"),
            number("profit", -200, 900, unit="US$"),
            number("unit_price", 1, 90, additive=False, unit="US$"),
            number("discount_rate", 0, 0.8, additive=False),
            row_noun="order",
            row_noun_plural="orders",
        )
    )


@pytest.fixture
def countries() -> Profile:
    """One row a country and year."""
    return profile(
        table(
            "development",
            year("year", 1990, 2009),
            category("country", *(f"Country {n}" for n in range(20)), role="place", place="country", distinct=20),
            category("region", "Africa", "Asia", "Europe"),
            number("life_expectancy", 40, 83, additive=False, unit="years"),
            number("population", 1e5, 1.3e9),
            keys=(("country", "year"),),
            row_noun="country and year",
            row_noun_plural="countries and years",
        )
    )


@pytest.fixture
def school() -> Profile:
    """Three tables, the one in the middle only a bridge."""
    links = (
        JoinCandidate(
            left="enrolments", right="students", on=(("student_id", "student_id"),),
            left_matched=1, right_matched=0.9, cardinality="many-to-one",
        ),
        JoinCandidate(
            left="enrolments", right="courses", on=(("course_id", "id"),),
            left_matched=1, right_matched=1, cardinality="many-to-one",
        ),
    )  # fmt: skip
    return profile(
        table(
            "students",
            key("student_id"),
            category("name", role="identifier", distinct=ROWS),
            number("age", 17, 40, additive=False),
        ),
        table("enrolments", key("student_id", unique=False, distinct=90), key("course_id", unique=False, distinct=12)),
        table("courses", key("id", distinct=12), category("title", *"ABCDEFGHIJKL"), number("credits", 1, 10), rows=12),
        joins=links,
    )  # fmt: skip


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Profile]:
    """The profile of a sample by its file name, read and profiled once."""
    return cache(_profiled)


def _profiled(file: str) -> Profile:
    told = {item["file"]: item for item in json.loads((SAMPLES / "catalogue.json").read_text())}[file]
    content = (SAMPLES / file).read_bytes()
    with TemporaryDirectory() as name:
        folder = JobFolder(Path(name))
        folder.downloads.mkdir()
        shutil.copy(SAMPLES / file, folder.downloads / file)
        dataset = Dataset(
            name=told["name"],
            title=told["name"].replace("_", " "),
            description=told.get("description", ""),
            source="samples",
            reference=file,
            files=(
                DataFile(
                    path=f"downloads/{file}",
                    name=file,
                    format=file.rsplit(".", 1)[1],
                    size=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                ),
            ),
            fetched_at=datetime.now(UTC),
            notes={field["name"]: field.get("description", "") for field in told.get("fields", [])},
        )
        folder.write(Datasets(datasets=(dataset,)), folder.datasets)
        reading.read(folder, Limits(), silent)
        return profiling.profile(folder, Limits(), silent)
