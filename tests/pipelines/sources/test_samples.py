"""The sample catalogue tells the truth about its files."""

from __future__ import annotations

import csv
import json

import pytest

from dashwright.pipelines.errors import DataError
from dashwright.pipelines.sources.naming import identifier
from dashwright.pipelines.sources.samples import HERE, Sample, catalogue, named

EVERY = pytest.mark.parametrize("sample", catalogue(), ids=lambda sample: sample.name)
SPDX = {"CC-BY-4.0", "CC0-1.0", "OGL-UK-3.0"}


def records(sample: Sample) -> list[dict[str, object]]:
    with (HERE / sample.file).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)) if sample.file.endswith(".csv") else json.load(file)


def test_there_are_21_and_no_file_without_an_entry() -> None:
    assert len(catalogue()) == 21
    files = {path.name for path in HERE.iterdir() if path.suffix in (".csv", ".json")}
    assert files - {"catalogue.json"} == {sample.file for sample in catalogue()}


@EVERY
def test_rows_and_columns_are_those_of_the_file(sample: Sample) -> None:
    rows = records(sample)
    names = dict.fromkeys(name for row in rows for name in row)
    assert sample.rows == len(rows)
    assert [column.name for column in sample.columns] == list(names)


@EVERY
def test_every_sample_says_what_it_is_whose_and_what_may_be_done_with_it(sample: Sample) -> None:
    assert identifier(sample.name) == sample.name
    assert sample.title
    assert sample.description.endswith(".")
    assert sample.publisher
    assert sample.attribution
    assert len(sample.tags) >= 3
    assert sample.license.url
    assert sample.license.url.startswith("https://")
    assert sample.license.spdx is None or sample.license.spdx in SPDX
    assert all(origin.url.startswith(("http://", "https://")) for origin in sample.origins)


@EVERY
def test_most_columns_are_described_where_names_do_not_tell(sample: Sample) -> None:
    described = [column for column in sample.columns if column.description]
    assert len(described) >= min(len(sample.columns) / 5, 7)


@EVERY
def test_the_readme_names_the_licence_of_every_sample(sample: Sample) -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("|") and f"`{sample.name}`" in line]
    assert line.startswith(f"| {sample.license.spdx or ''}")


@pytest.mark.parametrize("spelling", ["seattle_weather", "Seattle Weather", "seattle-weather.csv", " seattle-weather "])
def test_a_sample_is_found_in_any_usual_spelling(spelling: str) -> None:
    assert named(spelling).name == "seattle_weather"


def test_a_sample_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r"There is no sample 'pinguins'\. There are: penguins, penguins_raw"):
        named("pinguins")
