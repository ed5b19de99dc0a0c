"""Eurostat: cubes as tidy tables, filters, and errors in several dresses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyarrow.parquet as pq
import pytest

from dashwright.pipelines.errors import DashwrightError, DataError, LimitError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.sources.cubes import kind_of
from dashwright.pipelines.step import Limits

from .conftest import Wire, send_json
from .playing.eurostat import Eurostat

CODE = "bath_tubs"
THOUSANDS, SHARE = "Bath tubs by colour (Thousand)", "Bath tubs by colour (Percentage)"


@pytest.fixture
def eurostat(wire: Wire) -> Eurostat:
    played = Eurostat()
    wire.mount("/eurostat", played)
    return played


@pytest.fixture
def limits(wire: Wire, tmp_path: Path) -> Limits:
    service = Service(base_url=wire.url("/eurostat"))
    return Limits(download_timeout=5, services={"eurostat": service}, cache=str(tmp_path / "cache"))


def describe(limits: Limits, reference: str = CODE, **options: str) -> Candidate:
    return source("eurostat").describe(Attachment(source="eurostat", reference=reference, options=options), limits)


def fetch(
    limits: Limits, into: Path, reference: str = CODE, previous: Dataset | None = None, **options: str
) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="eurostat", reference=reference, name="x", title="x", options=options)
    return source("eurostat").fetch(candidate, into, limits, unheard, previous)


def rows(fetched: Fetched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(fetched.files[0].path).to_pylist()
    return found


def test_a_cube_becomes_rows_with_words_and_a_column_for_each_unit(
    eurostat: Eurostat, limits: Limits, tmp_path: Path
) -> None:
    eurostat.values[("A", "PC", "W", "FR", "2019")] = None
    fetched = fetch(limits, tmp_path / "into")
    assert rows(fetched)[:2] == [
        {
            "country": "Greece",
            "country code": "GRC",
            "year": 2019,
            "colour of the tub": "Total",
            THOUSANDS: 2.5,
            SHARE: 14.5,
        },
        {
            "country": "Greece",
            "country code": "GRC",
            "year": 2020,
            "colour of the tub": "Total",
            THOUSANDS: 3.5,
            SHARE: 15.5,
        },
    ]
    white = [row for row in rows(fetched) if row["colour of the tub"] == "White" and row["country code"] == "FRA"]
    assert [(row[THOUSANDS], row[SHARE]) for row in white] == [(10.5, None), (11.5, 23.5)]
    assert len(rows(fetched)) == 2 * 2 * 2
    assert "('European Union')" in fetched.left_out[0]


def test_one_unit_is_in_the_name_of_the_values(eurostat: Eurostat, limits: Limits, tmp_path: Path) -> None:
    found = rows(fetch(limits, tmp_path / "into", unit="PC", colour="TOTAL"))
    assert list(found[0]) == ["country", "country code", "year", "colour of the tub", SHARE]


def test_options_choose_codes_and_periods(eurostat: Eurostat, limits: Limits, tmp_path: Path) -> None:
    found = rows(fetch(limits, tmp_path / "into", geo="EL+FR", since="2020", unit="THS", colour="W"))
    assert [(row["country code"], row["year"]) for row in found] == [("GRC", 2020), ("FRA", 2020)]
    assert eurostat.asked[0][1][2:] == [
        ("geo", "EL"),
        ("geo", "FR"),
        ("sinceTimePeriod", "2020"),
        ("unit", "THS"),
        ("colour", "W"),
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"color": "W"}, "There are: since, until, places, freq, unit, colour, geo"),
        ({"since": "long ago"}, "is a period, as 2010"),
        ({"places": "towns"}, "it can be: countries, regions, groups, all"),
        ({"geo": "FR;DE"}, "is no choice of codes"),
        ({"a b": "FR"}, "is no choice of codes"),
        ({"geo": "ZZ"}, "no values"),
    ],
)
def test_an_option_that_is_none_is_told(
    eurostat: Eurostat, limits: Limits, options: dict[str, str], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        describe(limits, CODE, **options)


def test_regions_have_their_level_and_come_alone(eurostat: Eurostat, limits: Limits, tmp_path: Path) -> None:
    places = {"EU27_2020": "European Union", "FR": "France", "FR1": "Ile de France", "FR10": "Paris"}
    eurostat.dimensions["geo"] = ("Entity", places)
    eurostat.values = {("A", "THS", "W", code, "2019"): float(number) for number, code in enumerate(places)}
    plain = fetch(limits, tmp_path / "a")
    assert [row["country code"] for row in rows(plain)] == ["FRA"]
    assert plain.left_out[1] == "2 regions of countries; the option places=regions brings them."
    assert [
        (row["region"], row["region code"], row["level"], row["country code"])
        for row in rows(fetch(limits, tmp_path / "b", places="regions"))
    ] == [("Ile de France", "FR1", "NUTS 1", "FRA"), ("Paris", "FR10", "NUTS 2", "FRA")]
    assert [row["level"] for row in rows(fetch(limits, tmp_path / "c", places="all"))] == [
        "group",
        "country",
        "NUTS 1",
        "NUTS 2",
    ]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("FR", "countries"), ("EL", "countries"), ("UK", "countries"), ("XK", "countries"), ("US", "countries"),
     ("EU27_2020", "groups"), ("EA19", "groups"), ("EA", "groups"), ("EFTA", "groups"), ("EEA30", "groups"),
     ("CC8", "groups"), ("TOTAL", "groups"), ("DE_TOT", "groups"), ("DE1", "regions"), ("EL30", "regions"),
     ("UKI31", "regions")],
)  # fmt: skip
def test_countries_regions_and_groups_are_told_apart(code: str, kind: str) -> None:
    assert kind_of(code) == kind


def test_quarters_and_marks(eurostat: Eurostat, limits: Limits, tmp_path: Path) -> None:
    eurostat.dimensions["time"] = ("Time", {"2019-Q3": "2019-Q3", "2019-Q4": "2019-Q4"})
    first, second = ("A", "THS", "W", "FR", "2019-Q3"), ("A", "THS", "W", "FR", "2019-Q4")
    eurostat.values, eurostat.status = {first: 1.0, second: 2.0}, {first: "p", second: "ep"}
    fetched = fetch(limits, tmp_path / "into")
    assert [row["date"] for row in rows(fetched)] == [date(2019, 7, 1), date(2019, 10, 1)]
    assert fetched.left_out[-1] == "marks at values (2 provisional, 1 estimated)."


def test_other_ways_to_write_json_stat_are_read(eurostat: Eurostat, wire: Wire, limits: Limits, tmp_path: Path) -> None:
    cube = eurostat.cube([("geo", "FR"), ("geo", "EL")])
    cube["value"] = [cube["value"].get(str(number)) for number in range(16)]
    cube["status"] = [None] * 15 + ["b"]
    cube["dimension"]["geo"]["category"]["index"] = ["EL", "FR"]
    del cube["dimension"]["freq"]["category"]["index"]
    plain = rows(fetch(limits, tmp_path / "a"))
    wire.mount("/eurostat", lambda request: send_json(request, cube))
    assert rows(fetch(limits, tmp_path / "b")) == plain


def test_a_dataset_is_described_from_a_small_part_of_it(eurostat: Eurostat, limits: Limits) -> None:
    found = describe(limits)
    assert (found.title, found.publisher) == ("Bath tubs by colour", "Eurostat")
    assert found.columns == ("country", "country code", "year", "colour of the tub", THOUSANDS, SHARE)
    assert found.license is not None
    assert found.license.spdx == "CC-BY-4.0"
    assert found.updated_at == datetime.fromisoformat("2024-01-15T11:00:00+01:00")
    assert ("lastTimePeriod", "1") in eurostat.asked[0][1]


def test_the_table_of_contents_is_searched_with_its_folders_and_kept(eurostat: Eurostat, limits: Limits) -> None:
    for _ in range(2):
        found = source("eurostat").search(Query("Which households have bath tubs?", ("households",), 5), limits)
        assert [item.reference for item in found] == ["bath_tubs"]
    assert found[0].tags == ("Database by themes", "Households")
    assert (found[0].since, found[0].until, found[0].updated_at) == (1995, 2020, datetime(2024, 1, 15, tzinfo=UTC))
    assert len(eurostat.asked) == 1


def test_a_table_of_contents_of_another_form_is_a_sentence(eurostat: Eurostat, limits: Limits) -> None:
    eurostat.contents = "<html>Moved</html>"
    with pytest.raises(SourceError, match="another form"):
        source("eurostat").search(Query("tubs", ("tubs",), 5), limits)


@pytest.mark.parametrize(
    ("status", "content", "kind", "words"),
    [
        (404, {"error": [{"status": 404, "id": 100, "label": "x"}]}, DataError, "no such dataset"),
        (400, {"error": [{"status": 400, "id": 150, "label": "x"}]}, DataError, "check the options"),
        (413, {"error": [{"status": 413, "id": 100, "label": "x"}]}, LimitError, "narrow it with the options"),
        (200, {"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE. Try later"}}, LimitError, "narrow it"),
        (200, {"error": [{"status": 404, "id": 100, "label": "x"}]}, DataError, "no such dataset"),
        (200, {"error": "?"}, SourceError, "an answer without values"),
        (500, {"error": [{"status": 500, "id": 500, "label": "x"}]}, SourceError, "HTTP 500"),
    ],
)
def test_errors_in_all_their_dresses_are_sentences(
    wire: Wire, limits: Limits, tmp_path: Path, status: int, content: Any, kind: type[DashwrightError], words: str
) -> None:
    wire.mount("/eurostat", lambda request: send_json(request, content, status))
    with pytest.raises(kind, match=words):
        fetch(limits, tmp_path / "into")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cube: cube["size"].pop(),
        lambda cube: cube["size"].__setitem__(3, 9),
        lambda cube: cube["dimension"].pop("geo"),
        lambda cube: cube["value"].update({"24": 1.0}),
        lambda cube: cube["value"].update({"-1": 1.0}),
        lambda cube: cube["value"].update({"first": 1.0}),
        lambda cube: cube["value"].update({"0": "many"}),
        lambda cube: cube["dimension"]["time"]["category"].update(index={"soon": 0, "later": 1}),
        lambda cube: cube.pop("updated"),
        lambda cube: cube.update(id=["freq", "unit", "colour", "geo", "unit"]),
    ],
)
def test_a_cube_of_another_form_is_never_half_a_table(
    eurostat: Eurostat, wire: Wire, limits: Limits, tmp_path: Path, spoil: Callable[[Any], Any]
) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        cube = json.loads(json.dumps(eurostat.cube(parse_qsl(urlsplit(request.path).query))))
        spoil(cube)
        send_json(request, cube)

    wire.mount("/eurostat", answer)
    with pytest.raises(SourceError, match="another form"):
        fetch(limits, tmp_path / "into")


def test_nothing_new_costs_a_small_part(eurostat: Eurostat, limits: Limits, tmp_path: Path) -> None:
    first = fetch(limits, tmp_path / "a")
    file = first.files[0]
    before = Dataset(
        name="tubs",
        title="Tubs",
        source="eurostat",
        reference=CODE,
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=datetime.now(UTC),
        last_modified=first.last_modified,
    )
    eurostat.asked.clear()
    assert fetch(limits, tmp_path / "b", previous=before).unchanged
    assert [("lastTimePeriod", "1") in query for _, query in eurostat.asked] == [True]
    eurostat.updated = "2024-02-15T11:00:00+0100"
    assert not fetch(limits, tmp_path / "c", previous=before).unchanged
