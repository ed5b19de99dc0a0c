"""Download: the chosen datasets under their digests, whole or not at all; a refresh fetches the same again."""

from __future__ import annotations

import hashlib
import resource
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from dashwright.pipelines import downloading, searching
from dashwright.pipelines.downloading import download
from dashwright.pipelines.errors import DataError, InputError, LimitError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, Candidates, Datasets, Request
from dashwright.pipelines.step import JobFolder, Limits, Progress, silent

from .conftest import CSV, Wire, send

LIMITS = Limits(allow_private_addresses=True, download_timeout=5)


def job(folder: Path, *attachments: Attachment, question: str = "What sells?") -> JobFolder:
    made = JobFolder(folder)
    made.write(Request(dashboard_id="d", slug="s", question=question, attachments=attachments), made.request)
    return made


def run(folder: Path, *attachments: Attachment, question: str = "What sells?", limits: Limits = LIMITS) -> Datasets:
    made = job(folder, *attachments, question=question)
    searching.search(made, limits, silent)
    return download(made, limits, silent)


def refresh(folder: Path, published: Path, *attachments: Attachment, limits: Limits = LIMITS) -> Datasets:
    made = JobFolder(folder)
    request = Request(
        kind="refresh", dashboard_id="d", slug="s", question="?", attachments=attachments, refresh_of=str(published)
    )
    made.write(request, made.request)
    return download(made, limits, silent)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "downloads").iterdir())


def test_a_sample_arrives_with_its_licence_origin_and_words_on_columns(tmp_path: Path) -> None:
    (dataset,) = run(tmp_path, question="How has life expectancy changed across the world?").datasets
    assert dataset.name == "gapminder"
    assert dataset.title == "Life expectancy, fertility and population of the world"
    assert dataset.license is not None
    assert dataset.license.spdx == "CC-BY-4.0"
    assert dataset.attribution == "Free data from Gapminder.org"
    assert dataset.notes["life_expect"] == "Life expectancy at birth in years"
    assert dataset.url
    assert dataset.url.startswith("https://")
    assert datetime.now(UTC) - dataset.fetched_at < timedelta(minutes=1)


def test_files_are_kept_under_their_digests(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(CSV)
    (dataset,) = run(tmp_path / "job", Attachment(reference=str(tmp_path / "sales.csv"))).datasets
    (file,) = dataset.files
    digest = hashlib.sha256(CSV).hexdigest()
    assert (file.name, file.format, file.size, file.sha256) == ("sales.csv", "csv", len(CSV), digest)
    assert file.path == f"downloads/{digest}.csv"
    assert (tmp_path / "job" / file.path).read_bytes() == CSV
    assert kept(tmp_path / "job") == [f"{digest}.csv"]


def test_the_file_of_the_step_holds_what_is_returned(tmp_path: Path) -> None:
    made = job(tmp_path, Attachment(source="samples", reference="income"))
    searching.search(made, LIMITS, silent)
    result = download(made, LIMITS, silent)
    assert made.read(Datasets, made.datasets) == result


def test_the_step_can_be_run_again(tmp_path: Path) -> None:
    made = job(tmp_path, Attachment(source="samples", reference="income"))
    searching.search(made, LIMITS, silent)
    first = download(made, LIMITS, silent)
    (made.downloads / f"{downloading.UNFINISHED}left").mkdir()
    assert download(made, LIMITS, silent).digest == first.digest
    assert len(kept(tmp_path)) == 1


def test_datasets_of_the_same_name_get_names_of_their_own(tmp_path: Path) -> None:
    paths = [tmp_path / name / "sales 2024.csv" for name in ("a", "b")]
    for number, path in enumerate(paths):
        path.parent.mkdir()
        path.write_bytes(CSV + b"Oslo,2024,%d\n" % number)
    result = run(tmp_path / "job", *(Attachment(reference=str(path)) for path in paths))
    assert [dataset.name for dataset in result.datasets] == ["sales_2024", "sales_2024_2"]


def test_an_archive_of_several_tables_is_one_dataset_of_several_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sales.zip", "w") as archive:
        archive.writestr("2023.csv", CSV)
        archive.writestr("2024.csv", CSV + b"x,2024,1\n")
        archive.writestr("empty.csv", b"")
    (dataset,) = run(tmp_path / "job", Attachment(reference=str(tmp_path / "sales.zip"))).datasets
    assert [file.name for file in dataset.files] == ["2023.csv", "2024.csv"]
    assert "Left out: 'empty.csv' is empty" in dataset.description
    assert len(kept(tmp_path / "job")) == 2


def test_progress_goes_from_25_to_50_percent_and_names_what_comes(tmp_path: Path) -> None:
    made = job(tmp_path, *(Attachment(source="samples", reference=name) for name in ("income", "penguins")))
    searching.search(made, LIMITS, silent)
    seen: list[Progress] = []
    download(made, LIMITS, seen.append)
    percents = [item.percent for item in seen]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (25, 50)
    assert {item.step for item in seen} == {"download_datasets"}
    assert any("Penguins" in item.message for item in seen)


# --- when it fails ------------------------------------------------------------------------------------------------


def test_nothing_half_made_is_left_when_a_download_breaks_off(wire: Wire, tmp_path: Path) -> None:
    url = wire.serve("/sales.csv", CSV[:1_000], content_length=str(len(CSV)))
    with pytest.raises(SourceError, match="broke off"):
        run(tmp_path, Attachment(reference=url))
    assert kept(tmp_path) == []
    assert not (tmp_path / "datasets.json").exists()


def test_an_attachment_that_cannot_be_had_ends_the_job_with_the_others_done(wire: Wire, tmp_path: Path) -> None:
    good, bad = wire.serve("/good.csv"), wire.serve("/bad.csv", b"", 404)
    with pytest.raises(DataError, match=r"/bad\.csv' does not exist"):
        run(tmp_path, Attachment(reference=good), Attachment(reference=bad))


def test_one_of_several_datasets_that_were_found_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parent / "installed")
    made = job(tmp_path)
    bees = Candidate(source="bees", reference="x", name="bees", title="Bees")
    income = Candidate(source="samples", reference="income", name="income", title="Income")
    found = Candidates(candidates=(bees, income), chosen=(0, 1), total_found=2, search_time_ms=1)
    made.write(found, made.candidates)
    seen: list[Progress] = []
    assert [dataset.name for dataset in download(made, LIMITS, seen.append).datasets] == ["income"]
    assert any("left out 'Bees': 'Bees' is lent out" in item.message for item in seen)
    made.write(found.model_copy(update={"chosen": (0,)}), made.candidates)
    with pytest.raises(SourceError, match="'Bees' is lent out"):
        download(made, LIMITS, silent)


def test_a_job_without_its_search_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no candidates\.json; run the step before first"):
        download(job(tmp_path), LIMITS, silent)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from dashwright.pipelines import downloading, errors, step
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
try:
    downloading.download(step.JobFolder(Path(sys.argv[1])), step.Limits(), step.silent)
except errors.LimitError as error:
    print(error)
"""


def test_a_file_larger_than_the_system_lets_grow_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    made = job(tmp_path, Attachment(source="samples", reference="penguins"))
    searching.search(made, LIMITS, silent)
    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.startswith("The disk is full: 'Penguins of the Palmer Archipelago' could not be stored")
    assert kept(tmp_path) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A file system of 256 KiB, where the system lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if not mount or subprocess.run([mount, "-t", "tmpfs", "-o", "size=256k", "none", place], check=False).returncode:
        pytest.skip("no right to mount a file system here")
    return place


@pytest.mark.parametrize("name", ["birdstrikes", "zipped"])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(small_disk: Path, tmp_path: Path, name: str) -> None:
    attachment = Attachment(source="samples", reference=name)
    if name == "zipped":
        with zipfile.ZipFile(tmp_path / "sales.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("sales.csv", CSV * 40)
        attachment = Attachment(reference=str(tmp_path / "sales.zip"))
    try:
        with pytest.raises(LimitError, match=r"The disk is full: .* Free some space and try again"):
            run(small_disk / "job", attachment)
        assert kept(small_disk / "job") == []
    finally:
        subprocess.run(["umount", small_disk], check=True)


# --- secrets ------------------------------------------------------------------------------------------------------


def test_a_password_reaches_the_server_but_not_the_published_file(wire: Wire, tmp_path: Path) -> None:
    url = wire.serve("/sales.csv").replace("//", "//bob:sesame@") + "?token=hunter2&year=2024"
    run(tmp_path, Attachment(reference=url))
    assert wire.requests[0][0] == "/sales.csv?token=hunter2&year=2024"
    assert wire.requests[0][1]["authorization"].startswith("Basic ")
    for name in ("datasets.json", "candidates.json"):
        text = (tmp_path / name).read_text()
        assert "sesame" not in text
        assert "hunter2" not in text


def test_a_refresh_takes_the_password_from_its_request(wire: Wire, tmp_path: Path) -> None:
    attachment = Attachment(reference=wire.serve("/sales.csv") + "?token=hunter2")
    run(tmp_path / "published", attachment)
    refresh(tmp_path / "again", tmp_path / "published", attachment)
    assert [path for path, _ in wire.requests] == ["/sales.csv?token=hunter2"] * 2
    with pytest.raises(InputError, match="is not kept; attach it to the request again"):
        refresh(tmp_path / "third", tmp_path / "published")


# --- refresh ------------------------------------------------------------------------------------------------------


class Changing:
    """A file that says by its ETag whether it changed."""

    def __init__(self, wire: Wire, path: str) -> None:
        self.version = 1
        self.sent = 0
        self.url = wire.url(path)
        wire.answers[path] = self.answer

    @property
    def body(self) -> bytes:
        return CSV + b"new,2024,%d\n" % self.version

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        etag = f'"{self.version}"'
        if request.headers.get("If-None-Match") == etag:
            send(request, b"", 304, etag=etag)
        else:
            self.sent += 1
            send(request, self.body, etag=etag)


def test_unchanged_data_is_not_downloaded_again(wire: Wire, tmp_path: Path) -> None:
    file = Changing(wire, "/sales.csv")
    before = run(tmp_path / "published", Attachment(reference=file.url))
    after = refresh(tmp_path / "again", tmp_path / "published")
    assert file.sent == 1
    assert after.digest == before.digest
    assert after.datasets[0].fetched_at > before.datasets[0].fetched_at
    assert after.datasets[0].etag == '"1"'


def test_changed_data_is_downloaded_and_keeps_its_name(wire: Wire, tmp_path: Path) -> None:
    file = Changing(wire, "/sales.csv")
    before = run(tmp_path / "published", Attachment(reference=file.url, name="My sales"))
    file.version = 2
    after = refresh(tmp_path / "again", tmp_path / "published")
    assert after.digest != before.digest
    assert (tmp_path / "again" / after.datasets[0].files[0].path).read_bytes() == file.body
    assert [dataset.name for dataset in after.datasets] == [dataset.name for dataset in before.datasets]
    assert after.datasets[0].title == "My sales"
    assert after.datasets[0].etag == '"2"'


def test_when_one_of_two_changed_both_are_there(wire: Wire, tmp_path: Path) -> None:
    one, two = Changing(wire, "/one.csv"), Changing(wire, "/two.csv")
    run(tmp_path / "published", Attachment(reference=one.url), Attachment(reference=two.url))
    two.version = 2
    after = refresh(tmp_path / "again", tmp_path / "published")
    assert [(tmp_path / "again" / dataset.files[0].path).exists() for dataset in after.datasets] == [True, True]
    assert (one.sent, two.sent) == (2, 2)


def test_a_server_without_etags_is_compared_by_digest(wire: Wire, tmp_path: Path) -> None:
    url = wire.serve("/sales.csv")
    before = run(tmp_path / "published", Attachment(reference=url))
    assert refresh(tmp_path / "again", tmp_path / "published").digest == before.digest
    wire.serve("/sales.csv", CSV + b"x,1,1\n")
    assert refresh(tmp_path / "third", tmp_path / "published").digest != before.digest


def test_a_local_file_is_compared_by_digest(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(CSV)
    before = run(tmp_path / "published", Attachment(reference=str(path)))
    path.write_bytes(CSV)
    assert refresh(tmp_path / "again", tmp_path / "published").digest == before.digest
    path.write_bytes(CSV + b"x,1,1\n")
    assert refresh(tmp_path / "third", tmp_path / "published").digest != before.digest


def test_a_database_is_asked_the_same_again(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.executescript("create table sales (a); insert into sales values (1)")
    attachment = Attachment(source="sql", reference=f"sqlite:///{tmp_path / 'shop.db'}", options={"table": "sales"})
    before = run(tmp_path / "published", attachment)
    assert refresh(tmp_path / "again", tmp_path / "published", attachment).digest == before.digest
    connection.executescript("insert into sales values (2)")
    connection.close()
    assert refresh(tmp_path / "third", tmp_path / "published", attachment).digest != before.digest


def test_a_file_that_is_gone_ends_the_refresh_with_a_sentence(wire: Wire, tmp_path: Path) -> None:
    run(tmp_path / "published", Attachment(reference=wire.serve("/sales.csv")))
    wire.serve("/sales.csv", b"", 404)
    with pytest.raises(DataError, match="does not exist"):
        refresh(tmp_path / "again", tmp_path / "published")
    assert not (tmp_path / "again" / "datasets.json").exists()


def test_a_refresh_of_nothing_says_so(tmp_path: Path) -> None:
    made = JobFolder(tmp_path)
    made.write(Request(kind="refresh", dashboard_id="d", slug="s", question="?"), made.request)
    with pytest.raises(InputError, match="names no version"):
        download(made, LIMITS, silent)
