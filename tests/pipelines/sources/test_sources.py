"""What every source does. A new one adds a line to `CASES`; nothing else here knows which there are."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashwright.pipelines import sources
from dashwright.pipelines.errors import DashwrightError, DataError, InputError, LimitError, SetupError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.model.rights import OWN, caution, rights
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard, web
from dashwright.pipelines.sources.formats import sniff
from dashwright.pipelines.step import Limits
from dashwright.server import settings

from .conftest import CSV, Wire, send
from .playing.bigquery import BigQuery, write_key
from .playing.ckan import Ckan
from .playing.datagov import DataGov
from .playing.eurostat import Eurostat
from .playing.fred import Fred
from .playing.google_dataset import DataCommons, GoogleDataset
from .playing.huggingface import HuggingFace
from .playing.kaggle import Kaggle, serve_stored
from .playing.owid import Owid
from .playing.who import Who
from .playing.world_bank import WorldBank
from .playing.zenodo import Zenodo

LIMITS = Limits(allow_private_addresses=True, download_timeout=5)
KEY = "abcdefghijklmnopqrstuvwxyz012345"
Case = tuple[Attachment, Attachment]
"""Data of the source, and a reference of the right kind to something that is not there."""


def local_file(folder: Path, wire: Wire) -> Case:
    (folder / "sales.csv").write_bytes(CSV)
    return Attachment(reference=str(folder / "sales.csv")), Attachment(reference=str(folder / "none.csv"))


def web_file(folder: Path, wire: Wire) -> Case:
    wire.serve("/none.csv", b"", 404)
    return Attachment(reference=wire.serve("/sales.csv", etag='"1"')), Attachment(reference=wire.url("/none.csv"))


def sample(folder: Path, wire: Wire) -> Case:
    return Attachment(source="samples", reference="gapminder"), Attachment(source="samples", reference="none")


def database(folder: Path, wire: Wire) -> Case:
    with sqlite3.connect(folder / "shop.db") as connection:
        connection.execute("create table sales (city text, amount integer)")
        connection.executemany("insert into sales values (?, ?)", [(f"Town {row}", row) for row in range(5_000)])
    connection.close()
    url = f"sqlite:///{folder / 'shop.db'}"
    return (
        Attachment(source="sql", reference=url, options={"table": "sales"}),
        Attachment(source="sql", reference=url, options={"table": "none"}),
    )


def world_bank(folder: Path, wire: Wire) -> Case:
    wire.mount("/world-bank", WorldBank())
    return Attachment(source="world-bank", reference="SP.FISH.TANK"), Attachment(source="world-bank", reference="NONE")


def fred(folder: Path, wire: Wire) -> Case:
    wire.mount("/fred", Fred(KEY))
    return Attachment(source="fred", reference="EGGS"), Attachment(source="fred", reference="NONE")


def owid(folder: Path, wire: Wire) -> Case:
    wire.mount("/owid", Owid(wire.url("/owid")))
    return Attachment(source="owid", reference="penguins"), Attachment(source="owid", reference="none")


def who(folder: Path, wire: Wire) -> Case:
    wire.mount("/who", Who())
    return Attachment(source="who", reference="SNEEZES_1"), Attachment(source="who", reference="NONE")


def eurostat(folder: Path, wire: Wire) -> Case:
    wire.mount("/eurostat", Eurostat())
    return Attachment(source="eurostat", reference="bath_tubs"), Attachment(source="eurostat", reference="none_10")


def zenodo(folder: Path, wire: Wire) -> Case:
    wire.mount("/zenodo", Zenodo())
    return Attachment(source="zenodo", reference="10.5281/zenodo.7"), Attachment(source="zenodo", reference="404")


def google_dataset(reference: str, missing: str) -> Callable[[Path, Wire], Case]:
    def case(folder: Path, wire: Wire) -> Case:
        wire.serve("/hives.csv", etag='"1"')
        told = {"@type": "Dataset", "name": "Hives", "distribution": {"contentUrl": "/hives.csv"}}
        page = f'<html><script type="application/ld+json">{json.dumps(told)}</script></html>'
        played = GoogleDataset(DataCommons(KEY), wire.serve("/page", page.encode()))
        wire.mount("/google-dataset", played)
        one, none = (wire.url(text) if text.startswith("/") else text for text in (reference, missing))
        return Attachment(source="google-dataset", reference=one), Attachment(source="google-dataset", reference=none)

    return case


def kaggle(folder: Path, wire: Wire) -> Case:
    wire.mount("/kaggle", Kaggle(wire.mount("/storage", serve_stored)))
    return Attachment(source="kaggle", reference="ann/newts"), Attachment(source="kaggle", reference="ann/none")


def huggingface(folder: Path, wire: Wire) -> Case:
    wire.mount("/huggingface", HuggingFace())
    return (
        Attachment(source="huggingface", reference="wind/kites"),
        Attachment(source="huggingface", reference="wind/none"),
    )


def ckan(folder: Path, wire: Wire) -> Case:
    wire.mount("/ckan", Ckan(wire.url("/ckan")))
    return Attachment(source="ckan", reference="trees"), Attachment(source="ckan", reference="none")


def datagov(folder: Path, wire: Wire) -> Case:
    wire.mount("/datagov", DataGov(KEY, wire.url("/datagov")))
    return Attachment(source="datagov", reference="airports-5e97a"), Attachment(source="datagov", reference="none")


def bigquery(folder: Path, wire: Wire) -> Case:
    write_key(folder / "bigquery.json", wire.url("/bigquery/token"))
    wire.mount("/bigquery", BigQuery())
    return (
        Attachment(source="bigquery", reference="zoo-project.zoo.fish"),
        Attachment(source="bigquery", reference="zoo-project.zoo.none"),
    )


CASES: dict[str, Callable[[Path, Wire], Case]] = {
    "files: local": local_file,
    "files: web": web_file,
    "samples": sample,
    "sql": database,
    "world-bank": world_bank,
    "eurostat": eurostat,
    "who": who,
    "owid": owid,
    "fred": fred,
    "zenodo": zenodo,
    "google-dataset: page": google_dataset("/page", "/none"),
    "google-dataset: doi": google_dataset("10.1234/hives", "10.1234/none"),
    "google-dataset: variable": google_dataset("Count_Bee", "Count_None"),
    "kaggle": kaggle,
    "huggingface": huggingface,
    "ckan": ckan,
    "datagov": datagov,
    "bigquery": bigquery,
}


LIVE: dict[str, Case] = {
    "zenodo": (Attachment(source="zenodo", reference="5987761"), Attachment(source="zenodo", reference="999999999999")),
    "google-dataset": (
        Attachment(source="google-dataset", reference="10.5281/zenodo.5987761"),
        Attachment(source="google-dataset", reference="10.5281/zenodo.999999999999"),
    ),
    "bigquery": (
        Attachment(source="bigquery", reference="bigquery-public-data.samples.shakespeare"),
        Attachment(source="bigquery", reference="bigquery-public-data.samples.no_such_table"),
    ),
    "datagov": (
        Attachment(source="datagov", reference="electric-vehicle-population-data"),
        Attachment(source="datagov", reference="no-such-dataset-1"),
    ),
    "ckan": (
        Attachment(source="ckan", reference="https://demo.ckan.org/dataset/sample-dataset-1"),
        Attachment(source="ckan", reference="https://demo.ckan.org/dataset/no-such-dataset-1"),
    ),
    "huggingface": (
        Attachment(source="huggingface", reference="scikit-learn/iris"),
        Attachment(source="huggingface", reference="no-such-owner-1/none"),
    ),
    "eurostat": (
        Attachment(source="eurostat", reference="tps00001"),
        Attachment(source="eurostat", reference="no_such_dataset"),
    ),
    "who": (Attachment(source="who", reference="WHOSIS_000001"), Attachment(source="who", reference="NO_SUCH_THING")),
    "owid": (Attachment(source="owid", reference="life-expectancy"), Attachment(source="owid", reference="no-such-1")),
    "kaggle": (
        Attachment(source="kaggle", reference="uciml/iris"),
        Attachment(source="kaggle", reference="uciml/no-such-dataset-here"),
    ),
    "fred": (Attachment(source="fred", reference="GNPCA"), Attachment(source="fred", reference="NOSUCHSERIES")),
    "world-bank": (
        Attachment(source="world-bank", reference="EN.POP.DNST"),
        Attachment(source="world-bank", reference="NO.SUCH.INDICATOR"),
    ),
}
"""For the real services: something small that will stay, and something that will never be."""
KEYED = ("bigquery", "datagov", "fred", "kaggle")
"""Asked only where the settings have a key."""


@pytest.fixture(params=[*CASES, *(pytest.param(f"live: {name}", marks=pytest.mark.live) for name in LIVE)])
def case(request: pytest.FixtureRequest, tmp_path: Path, wire: Wire) -> Case:
    kind, _, name = request.param.partition("live: ")
    if not kind:
        return LIVE[name]
    folder = tmp_path / "theirs"
    folder.mkdir()
    return CASES[request.param](folder, wire)


@pytest.fixture
def limits(request: pytest.FixtureRequest, wire: Wire, tmp_path: Path) -> Limits:
    """All services are played by the same server, each in a folder of its name; live, they are the real ones."""
    if request.node.get_closest_marker("live"):
        services = settings.load().services
        for name in KEYED:
            if f"live: {name}" in request.node.name and services.get(name, Service()).key is None:
                pytest.skip(f"no key for '{name}' is set")
        return Limits(services={"ckan": Service(base_url="https://demo.ckan.org"), **services})
    names = [name for name in sources.TABLE if name not in ("files", "samples", "sql")]
    services = {name: Service(base_url=wire.url(f"/{name}"), key=SecretStr(KEY), user="user") for name in names}
    # Google's keys are files.
    services["bigquery"] = services["bigquery"].model_copy(
        update={"key": SecretStr(str(tmp_path / "theirs" / "bigquery.json"))}
    )
    return LIMITS.model_copy(update={"services": services})


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def fetch(attachment: Attachment, into: Path, limits: Limits, previous: Dataset | None = None) -> Fetched:
    place = source(attachment.source)
    return place.fetch(place.describe(attachment, limits), into, limits, unheard, previous)


def test_every_source_of_ours_is_tested_here() -> None:
    assert {name.partition(":")[0] for name in CASES} == set(sources.TABLE)


def test_it_knows_its_own_name(case: Case) -> None:
    assert source(case[0].source).name == case[0].source


def test_a_search_gives_no_more_than_asked_for_and_all_its_own(case: Case, limits: Limits) -> None:
    found = source(case[0].source).search(Query("life expectancy by country", ("life", "expectancy"), 3), limits)
    assert len(found) <= 3
    assert all(isinstance(item, Candidate) and item.source == case[0].source for item in found)


def test_a_described_dataset_has_a_name_a_title_and_a_reason(case: Case, limits: Limits) -> None:
    candidate = source(case[0].source).describe(case[0], limits)
    assert candidate.name
    assert candidate.title
    assert candidate.reason.endswith(".")
    assert candidate.options == case[0].options
    assert Candidate.model_validate_json(candidate.model_dump_json()) == candidate


def test_the_persons_own_title_is_kept(case: Case, limits: Limits) -> None:
    attachment = case[0].model_copy(update={"name": "My own title"})
    assert source(case[0].source).describe(attachment, limits).title == "My own title"


def test_fetched_files_are_whole_checked_and_all_that_is_left(case: Case, into: Path, limits: Limits) -> None:
    fetched = fetch(case[0], into, limits)
    assert fetched.files
    for file in fetched.files:
        content = file.path.read_bytes()
        assert file.path.parent == into
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert sniff(file.path, file.name) == file.format
        assert "/" not in file.name
    assert set(into.iterdir()) == {file.path for file in fetched.files}


def test_the_same_data_has_the_same_digests(case: Case, tmp_path: Path, limits: Limits) -> None:
    digests = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        digests.append([file.sha256 for file in fetch(case[0], tmp_path / name, limits).files])
    assert digests[0] == digests[1]


UNTOLD = ("files: local", "samples", "sql", "google-dataset: variable")
"""Cases in which nothing tells beforehand that the data is the same; its digest does afterwards."""


def test_what_did_not_change_is_not_brought_again(
    request: pytest.FixtureRequest, case: Case, into: Path, tmp_path: Path, limits: Limits
) -> None:
    first = fetch(case[0], into, limits)
    previous = Dataset(
        name="before",
        title="Before",
        source=case[0].source,
        reference=case[0].reference,
        files=tuple(
            DataFile(path=file.path.name, name=file.name, format=file.format, size=file.size, sha256=file.sha256)
            for file in first.files
        ),
        fetched_at=datetime.now(UTC),
        etag=first.etag,
        last_modified=first.last_modified,
    )
    (tmp_path / "again").mkdir()
    second = fetch(case[0], tmp_path / "again", limits, previous)
    if second.unchanged:
        assert not second.files
        assert not list((tmp_path / "again").iterdir())
        assert (second.etag, second.last_modified) == (first.etag, first.last_modified)
    else:
        assert [file.sha256 for file in second.files] == [file.sha256 for file in first.files]
    name = request.node.callspec.params["case"]
    assert second.unchanged == (name not in UNTOLD) or name.startswith("live: ")


def test_the_licence_has_an_id_or_a_link_and_others_data_names_its_origin(case: Case, limits: Limits) -> None:
    found = source(case[0].source).describe(case[0], limits)
    if found.license is not None:
        assert found.license.spdx or found.license.url
    assert rights(found) == OWN or (found.attribution and found.url) or found.source == "samples"
    assert (rights(found) == OWN) is (found.url is None and found.source in ("files", "sql"))
    assert bool(caution(found)) is (found.license is None and rights(found) != OWN)


def test_progress_counts_bytes_upwards(case: Case, into: Path, limits: Limits) -> None:
    seen: list[int] = []
    place = source(case[0].source)
    place.fetch(place.describe(case[0], limits), into, limits, lambda count, total: seen.append(count))
    assert seen == sorted(seen)
    assert seen[-1] > 0


def test_what_is_not_there_is_one_sentence(case: Case, into: Path, limits: Limits) -> None:
    with pytest.raises(DataError) as caught:
        fetch(case[1], into, limits)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_more_than_the_limit_is_refused_with_the_limit(case: Case, into: Path, limits: Limits) -> None:
    limits = limits.model_copy(update={"max_download_size": 100})
    with pytest.raises(LimitError, match="max_download_size"):
        fetch(case[0], into, limits)


def test_the_public_reference_is_public_already(case: Case) -> None:
    place = source(case[0].source)
    once = place.public(case[0].reference)
    assert place.public(once) == once


@pytest.mark.parametrize("reference", ["", " ", "\x00", "x" * 10_000, "://", "'; drop table x; --", "{{7*7}}", "💥"])
def test_any_reference_is_understood_or_refused_with_a_sentence(
    case: Case, into: Path, reference: str, limits: Limits
) -> None:
    with pytest.raises(DashwrightError) as caught:
        fetch(case[0].model_copy(update={"reference": reference}), into, limits)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 1_000


SLOW = {
    "bigquery": "Google's server for signing in cannot be reached",
    "ckan": r"did not answer within 0\.2 s \(DASHWRIGHT_CKAN_TIMEOUT\)",
    "datagov": r"did not answer within 0\.2 s \(DASHWRIGHT_DATAGOV_TIMEOUT\)",
    "huggingface": r"did not answer within 0\.2 s \(DASHWRIGHT_HUGGINGFACE_TIMEOUT\)",
}


@pytest.mark.parametrize("name", SLOW)
def test_a_service_that_does_not_answer_is_given_up_after_its_own_time(
    name: str, tmp_path: Path, wire: Wire, limits: Limits
) -> None:
    (tmp_path / "theirs").mkdir()
    attachment, _ = CASES[name](tmp_path / "theirs", wire)
    over = threading.Event()
    wire.mount(f"/{name}", lambda request: over.wait(60) and None)
    service = limits.service(name).model_copy(update={"timeout": 0.2})
    try:
        with pytest.raises(SourceError, match=SLOW[name]):
            source(name).describe(attachment, limits.model_copy(update={"services": {name: service}}))
    finally:
        over.set()


BUSY: dict[str, tuple[int, bytes, dict[str, str], str]] = {
    "zenodo": (429, b"{}", {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "40"}, "in 40 seconds"),
    "huggingface": (429, b'{"error": "slow"}', {"ratelimit": '"api";r=0;t=240'}, "in 4 minutes"),
    "kaggle": (429, b'{"error": {"code": 429, "message": "Too many"}}', {"retry_after": "600"}, "in 10 minutes"),
    "kaggle ": (429, b'{"code": 429, "message": "TooManyRequests"}', {}, "in some minutes"),
    "datagov": (429, b'{"error": {"code": "OVER_RATE_LIMIT"}}', {"x_ratelimit_remaining": "0"}, "in an hour"),
    "datagov ": (403, b'{"error": {"code": "OVER_RATE_LIMIT"}}', {}, "in an hour"),
    "fred": (429, b'{"error_code": 429, "error_message": "Too many"}', {}, "in a minute"),
    "ckan": (429, b'{"success": false, "error": "slow"}', {"retry_after": "30"}, "in 30 seconds"),
    "google-dataset: doi": (429, b'{"errors": [{"status": "429"}]}', {"retry_after": "300"}, "in 5 minutes"),
    "google-dataset: variable": (429, b'{"code": 8}', {}, "in some minutes"),
    "world-bank": (429, b"<html>", {"retry_after": "20"}, "in 20 seconds"),
    "eurostat": (503, b"<html>", {"retry_after": "120"}, "in 2 minutes"),
}
"""How services say that they were asked too often, and what people are told of it. A name may come twice."""


@pytest.mark.parametrize("name", BUSY)
def test_a_service_that_was_asked_too_often_is_waited_for_or_told_with_the_time(
    name: str, tmp_path: Path, wire: Wire, limits: Limits
) -> None:
    (tmp_path / "theirs").mkdir()
    attachment, _ = CASES[name.strip()](tmp_path / "theirs", wire)
    status, body, headers, when = BUSY[name]
    wire.mount(f"/{attachment.source}", lambda request: send(request, body, status, **headers))
    with pytest.raises(SourceError, match=rf"; try again {when}\.$"):
        source(attachment.source).describe(attachment, limits)
    assert len(wire.requests) in (1, web.MAX_ATTEMPTS)


# --- the table of sources -----------------------------------------------------------------------------------------


def test_an_unknown_source_is_told_with_those_there_are() -> None:
    with pytest.raises(
        InputError, match=rf"There is no source 'nowhere'\. The sources are: {', '.join(sorted(sources.names()))}\."
    ):
        source("nowhere")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's package with sources."""
    monkeypatch.syspath_prepend(Path(__file__).parent / "installed")


@pytest.mark.usefixtures("installed")
def test_an_installed_package_can_add_a_source() -> None:
    assert source("bees").name == "bees"
    assert {"bees", "files", "samples", "sql"} <= set(sources.names())


@pytest.mark.usefixtures("installed")
def test_nobody_can_take_the_place_of_a_source_of_ours() -> None:
    assert source("files").name == "files"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["no_module", "no_source"])
def test_a_source_that_cannot_be_loaded_is_a_sentence(name: str) -> None:
    with pytest.raises(SetupError, match=f"'{name}'"):
        source(name)


def test_a_missing_dependency_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sources.TABLE, "sql", sources.Entry("dashwright.not_there:X", sources.TABLE["sql"].missing))
    with pytest.raises(SetupError, match="pip install sqlalchemy sqlglot"):
        source("sql")
