"""Google dataset: pages with schema.org, DOIs of DataCite, variables of Data Commons."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from dashwright.pipelines.errors import DashwrightError, DataError, LimitError, SetupError, SourceError
from dashwright.pipelines.model import Attachment, Candidate
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.step import Limits

from .conftest import CSV, Wire, send, send_json
from .playing.google_dataset import DataCommons, GoogleDataset, entry
from .playing.zenodo import SNAILS, Zenodo

KEY = "abcdefghijklmnopqrstuvwxyz012345"
NAME = "google-dataset"


@pytest.fixture
def google(wire: Wire) -> GoogleDataset:
    played = GoogleDataset(DataCommons(KEY), wire.url("/page"))
    wire.mount(f"/{NAME}", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    services = {
        NAME: Service(base_url=wire.url(f"/{NAME}"), key=SecretStr(KEY)),
        "zenodo": Service(base_url=wire.url("/zenodo")),
    }
    return Limits(download_timeout=5, services=services)


@pytest.fixture
def local(limits: Limits) -> Limits:
    """Pages, too, are on this machine."""
    return limits.model_copy(update={"allow_private_addresses": True})


def describe(limits: Limits, reference: str, **options: str) -> Candidate:
    return source(NAME).describe(Attachment(source=NAME, reference=reference, options=options), limits)


def fetch(limits: Limits, into: Path, reference: str, title: str = "Bees", **options: str) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source=NAME, reference=reference, name="x", title=title, options=options)
    return source(NAME).fetch(candidate, into, limits, unheard)


def search(limits: Limits, *words: str, limit: int = 4) -> list[Candidate]:
    return list(source(NAME).search(Query("How many " + " ".join(words), words, limit), limits))


def serve_page(wire: Wire, *distributions: dict[str, Any], path: str = "/page", **more: Any) -> str:
    told = {"@type": "Dataset", "name": "Hives", "distribution": list(distributions), **more}
    return wire.serve(path, f'<script type="application/ld+json">{json.dumps(told)}</script>'.encode())


# --- pages --------------------------------------------------------------------------------------------------------


def test_the_tables_of_a_page_come_in_the_format_that_is_read_best(wire: Wire, local: Limits, tmp_path: Path) -> None:
    wire.serve("/b/hives.csv")
    wire.serve("/more", b"a,b\n1,2\n", content_disposition='attachment; filename="more.csv"')
    address = serve_page(
        wire,
        {"contentUrl": "/hives.json", "encodingFormat": "application/json"},
        {"contentUrl": "b/hives.csv", "encodingFormat": "CSV"},
        {"contentUrl": "/more", "encodingFormat": "text/csv"},
        {"contentUrl": "/report.pdf", "encodingFormat": "application/pdf"},
    )
    fetched = fetch(local, tmp_path / "into", address)
    assert [(file.name, file.format) for file in fetched.files] == [("hives.csv", "csv"), ("more.csv", "csv")]
    assert fetched.files[0].path.read_bytes() == CSV
    assert not any(path in ("/hives.json", "/report.pdf") for path, _ in wire.requests)


def test_a_file_of_a_page_is_chosen_by_its_name(wire: Wire, local: Limits, tmp_path: Path) -> None:
    wire.serve("/hives.json", b'[{"a": 1}]')
    address = serve_page(wire, {"contentUrl": "/hives.csv"}, {"contentUrl": "/hives.json"})
    assert fetch(local, tmp_path / "into", address, file="hives.json").files[0].format == "json"
    assert describe(local, address, file="hives.csv").options == {"file": "hives.csv"}
    with pytest.raises(DataError, match=r"has no table 'x'; there are 'hives\.csv', 'hives\.json'"):
        describe(local, address, file="x")


def test_a_page_without_data_says_what_to_do(wire: Wire, local: Limits) -> None:
    with pytest.raises(DataError, match="no file that is a table"):
        describe(local, serve_page(wire, {"contentUrl": "/report.pdf"}))
    with pytest.raises(DataError, match=r"describes no dataset: it has no JSON-LD.*Give the address of the file"):
        describe(local, wire.serve("/page", b"<html>Hello</html>"))
    with pytest.raises(DataError, match="its JSON-LD cannot be read"):
        describe(local, wire.serve("/page", b'<script type="application/ld+json">{"@type": </script>'))
    with pytest.raises(DataError, match="does not exist"):
        describe(local, wire.url("/none"))


def test_a_page_that_robots_may_not_read_is_not_asked_for(wire: Wire, local: Limits) -> None:
    address = serve_page(wire, {"contentUrl": "/hives.csv"})
    wire.serve("/robots.txt", b"User-agent: *\nDisallow: /page\n")
    with pytest.raises(DataError, match=r"robots\.txt"):
        describe(local, address)
    assert [path for path, _ in wire.requests] == ["/robots.txt"]


def test_a_page_without_an_end_is_given_up(wire: Wire, local: Limits) -> None:
    address = wire.serve("/page", b'<script type="application/ld+json">[' + b'{"@type": "Dataset"},' * 200_000)
    with pytest.raises(LimitError, match="larger than 2 MiB; give the address of the file"):
        describe(local, address)


def test_a_page_may_not_lead_to_the_operators_own_servers(wire: Wire, other_wire: Wire, limits: Limits) -> None:
    """Though DataCite is at a private address here: what it names is not."""
    address = serve_page(wire, {"contentUrl": "/hives.csv"})
    with pytest.raises(DataError, match="private network"):
        describe(limits, address)
    assert not wire.requests


def test_a_file_may_not_be_on_the_operators_own_servers(
    wire: Wire, google: GoogleDataset, limits: Limits, tmp_path: Path
) -> None:
    google.entries = [entry("10.1234/bees", "Bees", "", contentUrl=[wire.serve("/secret.csv")])]
    with pytest.raises(DataError, match="private network"):
        fetch(limits, tmp_path / "a", "10.1234/bees")
    google.entries = [entry("10.1234/bees", "Bees", serve_page(wire, {"contentUrl": "/secret.csv"}))]
    with pytest.raises(DataError, match="private network"):
        fetch(limits, tmp_path / "b", "10.1234/bees")
    assert {path.partition("?")[0] for path, _ in wire.requests} == {f"/{NAME}/dois/10.1234%2Fbees"}


def test_servers_of_pages_and_files_are_told_no_key(
    wire: Wire, other_wire: Wire, local: Limits, tmp_path: Path
) -> None:
    other_wire.serve("/hives.csv")
    fetch(local, tmp_path / "into", serve_page(wire, {"contentUrl": other_wire.url("/hives.csv")}))
    assert KEY not in json.dumps([*wire.requests, *other_wire.requests])


def test_a_digest_that_croissant_tells_is_compared(wire: Wire, local: Limits, tmp_path: Path) -> None:
    wire.serve("/hives.csv")
    file = {"@type": "cr:FileObject", "contentUrl": "/hives.csv", "sha256": hashlib.sha256(CSV).hexdigest()}
    assert fetch(local, tmp_path / "a", serve_page(wire, file)).files
    with pytest.raises(SourceError, match="its sha256 is another"):
        fetch(local, tmp_path / "b", serve_page(wire, {**file, "sha256": "0" * 64}))


def test_a_link_that_is_a_page_is_left_out_while_others_are_tables(wire: Wire, local: Limits, tmp_path: Path) -> None:
    wire.serve("/a.csv", b"<!DOCTYPE html><html>Sign in</html>", content_type="text/html")
    wire.serve("/b.csv")
    fetched = fetch(local, tmp_path / "into", serve_page(wire, {"contentUrl": "/a.csv"}, {"contentUrl": "/b.csv"}))
    assert [file.name for file in fetched.files] == ["b.csv"]
    assert "'a.csv' is a web page" in fetched.left_out[0]


def test_secrets_in_an_address_are_not_shown(wire: Wire, local: Limits) -> None:
    address = serve_page(wire, {"contentUrl": "/hives.csv"}) + "?token=sesame"
    found = describe(local, address)
    assert source(NAME).public(address) == found.url == wire.url("/page?token=***")
    assert "sesame" not in (found.attribution or "")


# --- DOIs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["10.1234/hives", "doi:10.1234/Hives", "https://doi.org/10.1234/HIVES"])
def test_a_doi_is_described_as_registered(google: GoogleDataset, limits: Limits, reference: str) -> None:
    found = describe(limits, reference)
    assert (found.reference, found.title, found.description) == ("10.1234/hives", "Hives of the world", "All hives.")
    assert found.attribution == "Doe, Jane (2020): Hives of the world. Dryad. https://doi.org/10.1234/hives"
    assert found.license is not None
    assert found.license.spdx == "CC-BY-4.0"


def test_the_files_of_a_doi_are_those_of_its_page(
    wire: Wire, google: GoogleDataset, local: Limits, tmp_path: Path
) -> None:
    wire.serve("/hives.csv")
    serve_page(wire, {"contentUrl": "/hives.csv"})
    assert fetch(local, tmp_path / "a", "10.1234/hives").files[0].name == "hives.csv"
    google.entries = [entry("10.1234/bees", "Bees", "", contentUrl=[wire.url("/hives.csv")], formats=["text/csv"])]
    assert fetch(local, tmp_path / "b", "10.1234/bees").files[0].name == "hives.csv"
    google.entries = [entry("10.1234/bees", "Bees", "ftp://old.example/x")]
    with pytest.raises(DataError, match="leads to no page with files"):
        fetch(local, tmp_path / "c", "10.1234/bees")


def test_what_zenodo_has_is_asked_for_there(wire: Wire, google: GoogleDataset, limits: Limits, tmp_path: Path) -> None:
    wire.mount("/zenodo", Zenodo())
    google.entries = [entry("10.5281/zenodo.7", "Snails", "https://zenodo.org/records/7")]
    fetched = fetch(limits, tmp_path / "into", "10.5281/zenodo.7", file="snails.csv")
    assert fetched.files[0].path.read_bytes() == SNAILS


# --- variables ----------------------------------------------------------------------------------------------------


def rows(fetched: Fetched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(fetched.files[0].path).to_pylist()
    return found


def test_a_variable_is_a_table_of_countries_measured_in_one_way(
    google: GoogleDataset, limits: Limits, tmp_path: Path
) -> None:
    fetched = fetch(limits, tmp_path / "into", "Count_Bee")
    assert rows(fetched) == [
        {"country": "France", "country code": "FRA", "year": 2019, "Bees (Millions)": 5.0},
        {"country": "France", "country code": "FRA", "year": 2020, "Bees (Millions)": 6.5},
        {"country": "Namibia", "country code": "NAM", "year": 2020, "Bees (Millions)": 7.0},
        {"country": "Peru", "country code": "PER", "year": 2020, "Bees (Millions)": 8.0},
    ]
    assert fetched.left_out == ("places that are no countries of today ('country/ANT').",)


def test_finer_periods_are_dates(google: GoogleDataset, limits: Limits, tmp_path: Path) -> None:
    google.data_commons.values = {"country/PER": {"1": [("2020-05", 1.0), ("2020-06-07", 2.0)]}}
    assert [row["date"] for row in rows(fetch(limits, tmp_path / "into", "Count_Bee"))] == [
        date(2020, 5, 1),
        date(2020, 6, 7),
    ]


def test_a_variable_is_described_with_its_origin(google: GoogleDataset, limits: Limits) -> None:
    found = describe(limits, "Count_Bee")
    assert (found.title, found.since, found.until) == ("Number of Bees", 2005, 2020)
    assert found.columns[-1] == "Number of Bees (Millions)"
    assert found.attribution == (
        "'Number of Bees' (Count_Bee), Data Commons, from BeeCensus (https://bees.example/census)"
    )
    with pytest.raises(DataError, match="has no options"):
        describe(limits, "Count_Bee", file="x")


def test_an_origin_is_linked_only_where_it_is_on_the_web(google: GoogleDataset, limits: Limits) -> None:
    google.data_commons.values = {"country/PER": {"2": [("2020", 1.0)]}}
    assert describe(limits, "Count_Bee").attribution == "'Number of Bees' (Count_Bee), Data Commons, from BeeSurvey"


def test_without_a_key_the_cure_is_told_and_datacite_is_searched_alone(
    wire: Wire, google: GoogleDataset, limits: Limits
) -> None:
    with pytest.raises(
        SetupError, match=r"get one for nothing at https://apikeys\.datacommons\.org and set DC_API_KEY"
    ):
        describe(Limits(), "Count_Bee")
    wrong = limits.model_copy(update={"services": {NAME: Service(base_url=wire.url(f"/{NAME}"), key=SecretStr("x"))}})
    with pytest.raises(SetupError, match="does not take the key in DC_API_KEY"):
        describe(wrong, "Count_Bee")
    assert [item.reference for item in search(wrong, "hives")] == ["10.1234/hives"]


@pytest.mark.parametrize(
    ("status", "said", "kind", "words"),
    [
        (200, {"code": 16, "message": "no"}, SetupError, "does not take the key"),
        (200, {"code": 13, "message": "grpc: marshal"}, SourceError, "code 13"),
        (200, {"code": 0, "message": "?"}, SourceError, "another form"),
        (429, {"code": 8, "message": "quota"}, SourceError, "more often than the key allows"),
        (404, {"code": 5, "message": "no"}, DataError, "no such variable"),
        (500, {}, SourceError, "HTTP 500"),
        (200, {}, SourceError, "another form"),
        (200, {"data": []}, SourceError, "another form"),
        (200, [[[]]], SourceError, "another form"),
    ],
)
def test_failures_of_data_commons_are_sentences_without_the_key(
    wire: Wire, limits: Limits, status: int, said: Any, kind: type[DashwrightError], words: str
) -> None:
    wire.mount(f"/{NAME}", lambda request: send_json(request, said, status, retry_after="0"))
    with pytest.raises(kind, match=words) as caught:
        describe(limits, "Count_Bee")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda answer: answer.pop("byVariable"), "another form"),
        (lambda answer: answer.pop("facets"), "origin is not told"),
        (lambda answer: values(answer).update(value="many"), "another form"),
        (lambda answer: values(answer).update(value=1e999), "another form"),
        (lambda answer: values(answer).update(date="soon"), "another form"),
    ],
)
def test_values_in_another_form_are_never_half_a_table(
    wire: Wire, limits: Limits, tmp_path: Path, spoil: Callable[[Any], Any], words: str
) -> None:
    class Spoiled(DataCommons):
        def observed(self, query: dict[str, list[str]]) -> dict[str, Any]:
            answer = super().observed(query)
            if "value" in query["select"] or "facets" in words or "origin" in words:
                spoil(answer)
            return answer

    wire.mount(f"/{NAME}", GoogleDataset(Spoiled(KEY), ""))
    with pytest.raises(SourceError, match=words):
        fetch(limits, tmp_path / "into", "Count_Bee")


def values(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer["byVariable"]["Count_Bee"]["byEntity"]["country/PER"]["orderedFacets"][0]
    observation: dict[str, Any] = found["observations"][0]
    return observation


def test_a_redirect_to_another_server_takes_no_key_along(wire: Wire, other_wire: Wire, local: Limits) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, b"", 302, location=other_wire.url(f"/stolen?{request.path.partition('?')[2]}"))

    wire.mount(f"/{NAME}", answer)
    with pytest.raises(DashwrightError):
        describe(local, "Count_Bee")
    assert other_wire.requests
    assert KEY not in json.dumps(other_wire.requests)


# --- searches -----------------------------------------------------------------------------------------------------


def test_a_search_asks_both_and_takes_from_them_in_turn(google: GoogleDataset, limits: Limits) -> None:
    google.entries.append(entry("10.1234/more", "More hives", "https://x.example"))
    found = search(limits, "hives", limit=2)
    assert [item.reference for item in found] == ["Count_Bee", "10.1234/hives"]
    asked = dict(google.asked)
    assert asked["v2/resolve"]["resolver"] == "indicator"
    assert asked["dois"]["query"] == "hives"
    assert (asked["dois"]["resource-type-id"], asked["dois"]["page[number]"]) == ("dataset", "1")


def test_fewer_words_are_asked_for_until_there_is_something(google: GoogleDataset, limits: Limits) -> None:
    found = search(limits, "hives", "title:*", "wonderful", "things")
    assert "10.1234/hives" in [item.reference for item in found]
    queries = [query["query"] for path, query in google.asked if path == "dois"]
    assert queries == ["hives AND wonderful AND things", "hives AND wonderful", "hives"]


def test_what_is_surely_no_table_is_not_offered(google: GoogleDataset, limits: Limits) -> None:
    google.entries = [
        entry("10.1234/film", "Hives film", "https://x.example", formats=["video/mp4"]),
        entry("10.1234/table", "Hives table", "https://x.example", formats=["video/mp4", "text/csv"]),
    ]
    assert [item.reference for item in search(limits, "hives")] == ["Count_Bee", "10.1234/table"]


def test_one_that_fails_is_told_only_where_the_other_found_nothing(
    wire: Wire, google: GoogleDataset, limits: Limits
) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if "/dois" in request.path:
            send(request, b'{"errors": [{"status": "429"}]}', 429, retry_after="0")
        else:
            google(request)

    wire.mount(f"/{NAME}", answer)
    assert [item.reference for item in search(limits, "hives")] == ["Count_Bee"]
    keyless = limits.model_copy(update={"services": {NAME: Service(base_url=wire.url(f"/{NAME}"))}})
    with pytest.raises(DashwrightError):
        search(keyless, "hives")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (429, b"{}", "DataCite was asked too often"),
        (400, b'{"errors": [{"status": "400", "title": "x"}]}', "DataCite refused to answer"),
        (200, b'{"errors": [{"status": "500"}]}', "DataCite answers in another form"),
        (200, b'{"data": {"attributes": {"doi": "10.9/other1", "titles": []}}}', "another DOI"),
        (200, b"<html>", "a web page instead of data"),
    ],
)
def test_failures_of_datacite_are_sentences(wire: Wire, limits: Limits, status: int, body: bytes, words: str) -> None:
    wire.mount(f"/{NAME}", lambda request: send(request, body, status, retry_after="0"))
    with pytest.raises(SourceError, match=words):
        describe(limits, "10.1234/hives")


def test_a_slow_page_ends_at_the_source_s_own_time_out(wire: Wire, local: Limits) -> None:
    over = threading.Event()
    service = local.services[NAME].model_copy(update={"timeout": 0.2})
    wire.answers["/page"] = lambda _request: over.wait(30) and None
    with pytest.raises(SourceError, match=r"did not answer within 0\.2 s"):
        describe(local.model_copy(update={"services": {NAME: service}}), wire.url("/page"))
    over.set()
