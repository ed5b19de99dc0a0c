"""Our World in Data: charts as tables, with the rights of those whose data they show."""

from __future__ import annotations

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

from .conftest import Wire, send_json
from .playing.owid import Owid


@pytest.fixture
def owid(wire: Wire) -> Owid:
    played = Owid(wire.url("/owid"))
    wire.mount("/owid", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    return Limits(download_timeout=5, services={"owid": Service(base_url=wire.url("/owid"))})


def describe(limits: Limits, reference: str = "penguins", **options: str) -> Candidate:
    return source("owid").describe(Attachment(source="owid", reference=reference, options=options), limits)


def fetch(
    limits: Limits, into: Path, reference: str = "penguins", previous: Dataset | None = None, **options: str
) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="owid", reference=reference, name="x", title="x", options=options)
    return source("owid").fetch(candidate, into, limits, unheard, previous)


def rows(fetched: Fetched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(fetched.files[0].path).to_pylist()
    return found


def test_a_chart_becomes_rows_of_countries_with_codes_of_iso(owid: Owid, limits: Limits, tmp_path: Path) -> None:
    fetched = fetch(limits, tmp_path / "into")
    assert rows(fetched) == [
        {"country": "Chile", "country code": "CHL", "year": 2000, "Penguins (thousands)": 7.0, "note": "many"},
        {"country": "Kosovo", "country code": "XKX", "year": 2001, "Penguins (thousands)": 0.0, "note": "none"},
        {"country": "Korea, South", "country code": "KOR", "year": -500, "Penguins (thousands)": 1000.0, "note": None},
    ]
    assert "('Africa', 'World')" in fetched.left_out[0]
    assert owid.asked[0][1] == {"v": "1", "csvType": "full", "useColumnShortNames": "true"}


def test_groups_are_had_by_an_option_and_come_alone_where_there_is_nothing_else(
    owid: Owid, limits: Limits, tmp_path: Path
) -> None:
    groups = rows(fetch(limits, tmp_path / "a", places="groups"))
    assert [(row["country"], row["country code"]) for row in groups] == [("Africa", None), ("World", "OWID_WRL")]
    owid.csv = "Entity,Code,Day,penguins\nNorthern Hemisphere,,2020-02-29,1.5\n"
    alone = fetch(limits, tmp_path / "b")
    assert rows(alone) == [
        {"entity": "Northern Hemisphere", "code": None, "date": date(2020, 2, 29), "Penguins (thousands)": 1.5}
    ]
    assert not alone.left_out


def test_a_chart_is_described_with_who_is_to_be_named(owid: Owid, limits: Limits) -> None:
    found = describe(limits)
    assert (found.title, found.description) == ("Penguins", "Birds that swim.")
    assert found.attribution == "Bird office (2024) – processed by Our World in Data."
    assert found.license is not None
    assert found.license.spdx == "CC-BY-4.0"
    assert (found.since, found.until, found.updated_at) == (1900, 2001, datetime(2024, 5, 6, tzinfo=UTC))
    assert found.notes == {"Penguins (thousands)": "Grown ones."}


def test_the_licence_of_others_goes_before_our_own_guess(owid: Owid, limits: Limits) -> None:
    owid.licences = ("CC BY 4.0", "Birds only, no re-use")
    licence = describe(limits).license
    assert licence is not None
    assert (licence.spdx, licence.name) == (None, "CC BY 4.0; Birds only, no re-use")
    owid.licences = ()
    licence = describe(limits).license
    assert licence is not None
    assert "data of others keeps its own licence" in licence.name


def test_metadata_may_not_send_us_to_other_servers(owid: Owid, limits: Limits, other_wire: Wire) -> None:
    owid.address = other_wire.url("/owid")
    describe(limits.model_copy(update={"allow_private_addresses": True}))
    assert not other_wire.requests


@pytest.mark.parametrize(
    ("reference", "kept"),
    [
        ("https://ourworldindata.org/grapher/penguins?tab=map&time=2000", "penguins"),
        ("grapher/penguins", "penguins"),
        ("/grapher/penguins/", "penguins"),
        ("penguins?sex=both&csvType=filtered", "penguins?sex=both"),
    ],
)
def test_a_chart_is_named_in_any_usual_way(owid: Owid, limits: Limits, reference: str, kept: str) -> None:
    assert describe(limits, reference).reference == kept


@pytest.mark.parametrize("reference", ["https://elsewhere.org/grapher/penguins", "../api/search", "a/b/c", "x#y", "ü"])
def test_what_is_no_chart_is_refused_unasked(owid: Owid, limits: Limits, reference: str) -> None:
    with pytest.raises(DataError, match="is no chart of Our World in Data"):
        describe(limits, reference)
    assert not owid.asked


def test_a_search_gives_charts_and_views_of_explorers(owid: Owid, limits: Limits) -> None:
    base = "https://ourworldindata.org"
    owid.hits = [
        {"title": "Penguins", "url": f"{base}/grapher/penguins", "updatedAt": "2024-05-03T21:44:14.000Z"},
        {"title": "An article", "url": f"{base}/penguins-are-birds/x"},
        {"title": "Birds", "subtitle": "All", "url": f"{base}/explorers/birds?Kind=Penguin&tab=map"},
    ]
    found = source("owid").search(Query("Penguins", ("penguins",), 3), limits)
    assert [item.reference for item in found] == ["penguins", "explorers/birds?Kind=Penguin"]
    assert found[0].updated_at == datetime(2024, 5, 3, 21, 44, 14, tzinfo=UTC)
    assert owid.asked[0][1]["hitsPerPage"] == "3"


@pytest.mark.parametrize(("reference", "words"), [("secret", "may not pass on"), ("none", "no such chart")])
def test_data_that_may_not_be_passed_on_or_is_not_there_is_said(
    owid: Owid, limits: Limits, tmp_path: Path, reference: str, words: str
) -> None:
    with pytest.raises(DataError, match=words):
        fetch(limits, tmp_path / "into", reference)


def test_a_search_that_is_refused_is_told(wire: Wire, limits: Limits) -> None:
    said = {"error": "Invalid parameter value", "message": "page must be positive"}
    wire.mount("/owid", lambda request: send_json(request, said, 400))
    with pytest.raises(SourceError, match="page must be positive"):
        source("owid").search(Query("x", ("penguins",)), limits)


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html></html>",
        "Entity,Code,Decade,penguins\nChile,CHL,2000,1\n",
        "Entity,Code,Year\nChile,CHL,2000\n",
        "Entity,Code,Year,penguins\nChile,CHL,2000\n",
        "Entity,Code,Year,penguins\nChile,CHL,early,1\n",
        'Entity,Code,Year,penguins\n"' + "x" * 200_000 + '",CHL,2000,1\n',
    ],
)
def test_a_table_of_another_form_is_never_half_read(owid: Owid, limits: Limits, tmp_path: Path, body: str) -> None:
    owid.csv = body
    with pytest.raises(SourceError, match="another form"):
        fetch(limits, tmp_path / "into")


def test_nothing_new_costs_one_question_without_an_answer(owid: Owid, limits: Limits, tmp_path: Path) -> None:
    first = fetch(limits, tmp_path / "a")
    file = first.files[0]
    before = Dataset(
        name="penguins",
        title="Penguins",
        source="owid",
        reference="penguins",
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=datetime.now(UTC),
        etag=first.etag,
    )
    owid.asked.clear()
    assert fetch(limits, tmp_path / "b", previous=before).unchanged
    assert len(owid.asked) == 1
    owid.etag = '"2"'
    assert not fetch(limits, tmp_path / "c", previous=before).unchanged
