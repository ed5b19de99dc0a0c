"""WHO: rows that are counted, codes that become words, and totals that are apart."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dashwright.pipelines.errors import DataError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.step import Limits

from .conftest import Wire, send
from .playing.who import Who, row

CODE = "SNEEZES_1"
TITLE = "Sneezes (per day)"


@pytest.fixture
def who(wire: Wire) -> Who:
    played = Who()
    wire.mount("/who", played)
    return played


@pytest.fixture
def limits(wire: Wire, tmp_path: Path) -> Limits:
    return Limits(
        download_timeout=5, services={"who": Service(base_url=wire.url("/who"))}, cache=str(tmp_path / "cache")
    )


def fetch(
    limits: Limits, into: Path, reference: str = CODE, previous: Dataset | None = None, **options: str
) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="who", reference=reference, name="x", title="x", options=options)
    return source("who").fetch(candidate, into, limits, unheard, previous)


def rows(fetched: Fetched, position: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(fetched.files[position].path).to_pylist()
    return found


def test_totals_are_one_table_and_what_they_are_made_of_another(who: Who, limits: Limits, tmp_path: Path) -> None:
    fetched = fetch(limits, tmp_path / "into")
    assert [file.name for file in fetched.files] == ["sneezes_1.parquet", "sneezes_1_by_sex.parquet"]
    totals, parts = rows(fetched), rows(fetched, 1)
    assert totals[0] == {
        "country": "Brazil",
        "country code": "BRA",
        "WHO region": "Americas",
        "year": 2000,
        TITLE: 9.5,
        "low estimate": 8.5,
        "high estimate": 10.5,
    }
    assert [(item["country"], item["year"]) for item in totals] == [
        ("Brazil", 2000),
        ("Brazil", 2001),
        ("Côte d’Ivoire", 2000),
        ("Côte d’Ivoire", 2001),
        ("Namibia", 2000),
    ]
    assert {item["sex"] for item in parts} == {"Female", "Male"}
    assert len(parts) == 2 * len(totals)
    assert "('AFR')" in fetched.left_out[0]


def test_each_row_is_asked_for_once_in_a_steady_order(who: Who, limits: Limits, tmp_path: Path) -> None:
    fetch(limits, tmp_path / "into")
    pages = [query for path, query in who.asked if path == CODE]
    assert [query["$skip"] for query in pages] == ["0", "10", "20"]
    assert {query["$orderby"] for query in pages} == {"Id"}


def test_groups_are_had_by_an_option(who: Who, limits: Limits, tmp_path: Path) -> None:
    found = rows(fetch(limits, tmp_path / "into", places="groups"))
    assert {(item["country"], item["country code"]) for item in found} == {("Africa", "AFR")}


def test_without_totals_there_is_one_table_with_all_parts(who: Who, limits: Limits, tmp_path: Path) -> None:
    who.rows = [item for item in who.rows if item["Dim1"] != "SEX_BTSX"]
    fetched = fetch(limits, tmp_path / "into")
    assert len(fetched.files) == 1
    assert {item["sex"] for item in rows(fetched)} == {"Male", "Female"}


def test_words_are_values_where_there_are_no_numbers(who: Who, limits: Limits, tmp_path: Path) -> None:
    who.rows = [row(1, "BRA", 2000, None, None, Value="Yes"), row(2, "CIV", 2000, None, None)]
    assert [(item["country"], item[TITLE]) for item in rows(fetch(limits, tmp_path / "into"))] == [("Brazil", "Yes")]


def test_what_is_no_number_among_numbers_is_told(who: Who, limits: Limits, tmp_path: Path) -> None:
    who.rows = [row(1, "BRA", 2000, None, 2.5), row(2, "CIV", 2000, None, None, Value="<5")]
    fetched = fetch(limits, tmp_path / "into")
    assert len(rows(fetched)) == 1
    assert fetched.left_out == ("rows whose value is no number ('<5').",)


def test_months_are_dates_and_unknown_codes_stay_codes(who: Who, limits: Limits, tmp_path: Path) -> None:
    who.rows = [
        row(1, "XYZ", 2000, None, 2.5, TimeDimType="MONTH", TimeDimensionBegin="2000-05-01T00:00:00+01:00",
            Dim1Type="PLANET", Dim1="PLANET_MARS"),
        row(2, "XYZ", 2000, None, 3.5, TimeDimType="MONTH", TimeDimensionBegin="2000-06-01T00:00:00+01:00",
            Dim1Type="PLANET", Dim1="PLANET_VENUS"),
    ]  # fmt: skip
    found = rows(fetch(limits, tmp_path / "into"))
    assert (found[0]["country"], found[0]["date"], found[0]["planet"]) == ("XYZ", date(2000, 5, 1), "PLANET_MARS")


def test_a_search_asks_for_the_list_once_a_week(who: Who, limits: Limits) -> None:
    who.names["CATS_1"] = "Cats that sneeze (%)"
    for _ in range(2):
        found = source("who").search(Query("How many cats sneeze worldwide?", ("cats", "sneeze"), 5), limits)
        assert [item.reference for item in found] == ["CATS_1", CODE]
    assert [path for path, _ in who.asked] == ["Indicator"]


def test_an_old_list_is_better_than_none(who: Who, wire: Wire, limits: Limits, tmp_path: Path) -> None:
    source("who").search(Query("sneezes", ("sneezes",), 5), limits)
    os.utime(tmp_path / "cache" / "who.json", (0, 0))
    wire.mount("/who", lambda request: send(request, b"<html>Retired</html>"))
    assert source("who").search(Query("sneezes", ("sneezes",), 5), limits)


def test_a_retired_server_that_answers_with_a_page_is_a_sentence(wire: Wire, limits: Limits) -> None:
    wire.mount("/who", lambda request: send(request, b"<html>Retired</html>"))
    with pytest.raises(SourceError, match=r"a web page instead of data .*DASHWRIGHT_WHO_BASE_URL"):
        source("who").search(Query("sneezes", ("sneezes",), 5), limits)


def test_an_indicator_is_described_with_the_terms_of_the_who(who: Who, limits: Limits) -> None:
    found = source("who").describe(Attachment(source="who", reference=CODE), limits)
    assert (found.title, found.publisher) == (TITLE, "World Health Organization")
    assert found.license is not None
    assert (found.license.spdx, "CC BY-NC-SA" in found.license.name) == (None, True)


def test_an_indicator_that_is_not_there_is_said(who: Who, limits: Limits, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such indicator"):
        fetch(limits, tmp_path / "into", "NONE")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda answer: answer.update({"@odata.count": 99}), "changed while it was read"),
        (lambda answer: answer.update(value=[]), "changed while it was read"),
        (lambda answer: answer["value"].__setitem__(0, answer["value"][1]), "changed while it was read"),
        (lambda answer: answer.pop("@odata.count"), "another form"),
        (lambda answer: answer["value"][0].pop("NumericValue"), "another form"),
        (lambda answer: answer["value"][0].update(NumericValue="75.9 [75.3-76.5]"), "another form"),
    ],
)
def test_pages_that_do_not_make_a_whole_are_never_half_a_table(
    wire: Wire, limits: Limits, tmp_path: Path, spoil: Callable[[Any], Any], words: str
) -> None:
    class Spoiled(Who):
        def page(self, query: dict[str, str]) -> dict[str, Any]:
            answer = super().page(query)
            if query["$skip"] == "10":
                answer["value"] = [dict(item) for item in answer["value"]]
                spoil(answer)
            return answer

    wire.mount("/who", Spoiled())
    with pytest.raises(SourceError, match=words):
        fetch(limits, tmp_path / "into")


def test_nothing_new_costs_one_row(who: Who, limits: Limits, tmp_path: Path) -> None:
    first = fetch(limits, tmp_path / "a")
    before = Dataset(
        name="sneezes",
        title="Sneezes",
        source="who",
        reference=CODE,
        files=tuple(
            DataFile(path=file.name, name=file.name, format=file.format, size=file.size, sha256=file.sha256)
            for file in first.files
        ),
        fetched_at=datetime.now(UTC),
        etag=first.etag,
    )
    who.asked.clear()
    assert fetch(limits, tmp_path / "b", previous=before).unchanged
    assert [query["$top"] for _, query in who.asked] == ["1"]
    who.rows.append(row(999, "BRA", 2002, "SEX_BTSX", 1.5))
    assert not fetch(limits, tmp_path / "c", previous=before).unchanged
