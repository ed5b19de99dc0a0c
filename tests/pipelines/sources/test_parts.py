"""A download that was cut off, also by a kill, goes on in the next process or begins anew; never a mix of two."""

from __future__ import annotations

import fcntl
import gzip
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from dashwright.pipelines.downloading import PARTS, download
from dashwright.pipelines.errors import DataError, LimitError, SourceError
from dashwright.pipelines.model import Candidate, Candidates, Datasets, Request
from dashwright.pipelines.sources import parts, unheard, web
from dashwright.pipelines.sources.source import Received
from dashwright.pipelines.step import JobFolder, Limits, silent

from .conftest import Wire, send

ROW = b"Town %07d,2024,1\n"
FILE = b"city,year,sales\n" + b"".join(ROW % row for row in range(3 * parts.EVERY // len(ROW % 0)))
OTHER = FILE.replace(b"2024", b"1999")
STALL = 5 * parts.EVERY // 2
"""Bytes sent before the server falls silent: what may wait in sockets is less than half of them."""
LIMITS = Limits(allow_private_addresses=True, download_timeout=30)
DATE = "Mon, 23 Nov 2026 08:00:00 GMT"


@dataclass
class Server:
    """One file with its validators, which is sent until `stall` bytes have gone."""

    wire: Wire
    body: bytes = FILE
    validators: dict[str, str] = field(default_factory=dict)
    stall: int | None = None
    careless: bool = False
    """Sends the part that is asked for whatever `If-Range` says."""
    stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    watched: Path | None = None
    seen: set[str] = field(default_factory=set)
    sent: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wire.answers["/sales.csv"] = self.answer

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        asked, same = request.headers.get("Range"), request.headers.get("If-Range") in self.validators.values()
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and (same or self.careless) else 0
        rest = memoryview(self.body)[start:]
        told = {"content_range": f"bytes {start}-{len(self.body) - 1}/{len(self.body)}"} if start else {}
        send(request, b"", 206 if start else 200, content_length=str(len(rest)), **told, **self.validators)
        self.sent.append(0)
        for begin in range(0, len(rest), 1024**2):
            if self.watched:
                self.seen |= {path.name for path in self.watched.iterdir()}
            if self.stall is not None and begin >= self.stall:
                self.stalled.set()
                self.go_on.wait(60)
                return
            request.wfile.write(rest[begin : begin + 1024**2])
            self.sent[-1] += len(rest[begin : begin + 1024**2])


def job(folder: Path, url: str) -> JobFolder:
    made = JobFolder(folder)
    made.write(Request(dashboard_id="d", slug="s", question="What sells?"), made.request)
    found = Candidate(source="files", reference=url, name="sales", title="Sales")
    made.write(Candidates(candidates=(found,), chosen=(0,), total_found=1, search_time_ms=1), made.candidates)
    return made


def killed(folder: Path, server: Server) -> JobFolder:
    """A job whose step was killed while the server was sending."""
    server.stall = STALL
    made = job(folder, server.wire.url("/sales.csv"))
    process = subprocess.Popen(
        [sys.executable, "-m", "dashwright.pipelines", "download", folder, "--limits", LIMITS.model_dump_json()],
        stderr=subprocess.DEVNULL,
    )
    assert server.stalled.wait(60)
    process.kill()
    process.wait(60)
    server.go_on.set()
    server.stall = None
    return made


@pytest.fixture(scope="module")
def long_wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def left_behind(long_wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> JobFolder:
    """What a kill leaves of a file that has an ETag."""
    return killed(tmp_path_factory.mktemp("killed"), Server(long_wire, validators={"etag": '"one"'}))


@pytest.fixture
def made(left_behind: JobFolder, tmp_path: Path) -> JobFolder:
    return JobFolder(shutil.copytree(left_behind.path, tmp_path / "job"))


@pytest.fixture
def server(long_wire: Wire, made: JobFolder) -> Server:
    """The same server when the job is taken up again."""
    return Server(long_wire, validators={"etag": '"one"'}, watched=made.downloads)


def content(made: JobFolder, result: Datasets) -> bytes:
    """Of the one file that there is."""
    (file,) = result.datasets[0].files
    assert [path.name for path in made.downloads.iterdir()] == [Path(file.path).name]
    return (made.path / file.path).read_bytes()


def part_of(made: JobFolder) -> Path:
    (path,) = (path for path in (made.downloads / PARTS).iterdir() if path.suffix == "")
    return path


def asked_for(server: Server) -> str | None:
    return server.wire.requests[-1][1].get("range")


def test_a_kill_leaves_nothing_under_a_final_name(left_behind: JobFolder) -> None:
    assert all(path.name.startswith(".") for path in left_behind.downloads.iterdir())
    assert part_of(left_behind).stat().st_size >= parts.EVERY
    assert not left_behind.datasets.exists()


def test_after_a_kill_only_the_rest_is_asked_for(made: JobFolder, server: Server) -> None:
    noted = json.loads(part_of(made).with_suffix(".json").read_bytes())["size"]
    assert content(made, download(made, LIMITS, silent)) == FILE
    assert asked_for(server) == f"bytes={noted}-"
    assert server.sent == [len(FILE) - noted]
    assert all(name.startswith(".") for name in server.seen)


def test_another_etag_means_another_file(made: JobFolder, server: Server) -> None:
    server.body, server.validators = OTHER, {"etag": '"two"'}
    assert content(made, download(made, LIMITS, silent)) == OTHER
    assert server.sent == [len(OTHER)]


@pytest.mark.parametrize(("etag", "body"), [('"two"', OTHER), ('"one"', OTHER + b"Bern,1999,1\n")])
def test_a_server_that_sends_a_part_of_another_file_is_asked_for_the_whole(
    made: JobFolder, server: Server, etag: str, body: bytes
) -> None:
    server.body, server.validators, server.careless = body, {"etag": etag}, True
    assert content(made, download(made, LIMITS, silent)) == body
    assert asked_for(server) is None


def change(made: JobFolder) -> None:
    with part_of(made).open("r+b") as file:
        file.seek(1_000)
        file.write(b"9")


def shorten(made: JobFolder) -> None:
    with part_of(made).open("r+b") as file:
        file.truncate(1_000)


def redirect(made: JobFolder) -> None:
    """A link that somebody put there: it is not followed."""
    part = part_of(made)
    part.rename(made.path / "elsewhere").touch()
    part.symlink_to(made.path / "elsewhere")


def spoil(record: bytes) -> Callable[[JobFolder], None]:
    return lambda made: part_of(made).with_suffix(".json").write_bytes(record) and None


@pytest.mark.parametrize(
    "tamper",
    [change, shorten, redirect, spoil(b""), spoil(b'{"said":{},"size":-1,"sha256":""}'), spoil(b"[" * 20_000)],
    ids=["changed", "shortened", "a link", "no record", "a wrong record", "a deep record"],
)
def test_a_part_that_is_not_as_it_was_left_is_not_gone_on_with(
    made: JobFolder, server: Server, tamper: Callable[[JobFolder], None]
) -> None:
    tamper(made)
    assert content(made, download(made, LIMITS, silent)) == FILE
    assert server.sent == [len(FILE)]


def test_a_part_that_another_process_has_is_left_to_it(made: JobFolder, server: Server) -> None:
    part = part_of(made)
    with part.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert (made.path / download(made, LIMITS, silent).datasets[0].files[0].path).read_bytes() == FILE
        assert server.sent == [len(FILE)]


def test_a_part_over_a_limit_that_is_lower_by_now_is_refused_and_goes(made: JobFolder, server: Server) -> None:
    with pytest.raises(LimitError, match="max_download_size"):
        download(made, LIMITS.model_copy(update={"max_download_size": 1_000}), silent)
    assert list(made.downloads.iterdir()) == []


def test_a_file_that_is_gone_takes_its_part_along(made: JobFolder, server: Server) -> None:
    server.wire.serve("/sales.csv", b"", 404)
    with pytest.raises(DataError, match="does not exist"):
        download(made, LIMITS, silent)
    assert list(made.downloads.iterdir()) == []


def test_a_server_that_fails_for_a_while_costs_nothing_of_what_is_there(made: JobFolder, server: Server) -> None:
    server.wire.serve("/sales.csv", b"", 500)
    with pytest.raises(SourceError, match="HTTP 500"):
        download(made, LIMITS, silent)
    Server(server.wire, validators={"etag": '"one"'})
    assert content(made, download(made, LIMITS, silent)) == FILE
    assert asked_for(server) is not None


# --- stopped without a kill: what has come is noted to the last byte ---------------------------------------------


def stopped(server: Server, folder: Path) -> int:
    """Stop a download as a person does who has had enough. Returns how many bytes had come."""
    come: list[int] = []

    def enough(count: int, total: int | None) -> None:
        come.append(count)
        if count > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(server, folder, enough)
    return come[-1]


def get(server: Server, folder: Path, received: Received = unheard) -> bytes:
    limits = LIMITS.model_copy(update={"parts": str(folder / "parts")})
    web.download(server.wire.url("/sales.csv"), folder / "file", limits, received)
    assert list((folder / "parts").iterdir()) == []
    return (folder / "file").read_bytes()


@pytest.mark.parametrize(
    ("validators", "goes_on"),
    [
        ({"etag": '"one"'}, True),
        ({"last_modified": DATE}, True),
        ({"etag": 'W/"one"', "last_modified": DATE}, True),
        ({"etag": 'W/"one"'}, False),
        ({}, False),
    ],
    ids=["ETag", "date", "weak ETag and date", "weak ETag", "nothing"],
)
def test_without_a_strong_etag_a_date_will_do_and_nothing_else(
    wire: Wire, tmp_path: Path, validators: dict[str, str], goes_on: bool
) -> None:
    server = Server(wire, FILE[:500_000], validators)
    size = stopped(server, tmp_path)
    assert len(list((tmp_path / "parts").iterdir())) == (2 if goes_on else 0)
    assert get(server, tmp_path) == server.body
    assert asked_for(server) == (f"bytes={size}-" if goes_on else None)


@pytest.mark.parametrize(("validators", "goes_on"), [({"etag": '"one"'}, True), ({"last_modified": DATE}, False)])
def test_a_packed_file_goes_on_by_its_etag_only(
    wire: Wire, tmp_path: Path, validators: dict[str, str], goes_on: bool
) -> None:
    """Servers that pack on the way give the packed and the plain file the same date."""
    packed = gzip.compress(FILE[:3_000_000], 1)
    server = Server(wire, packed, {**validators, "content_encoding": "gzip"})
    stopped(server, tmp_path)
    assert get(server, tmp_path) == FILE[:3_000_000]
    assert (asked_for(server) is not None) == goes_on


def test_the_parts_of_two_addresses_are_two(wire: Wire, tmp_path: Path) -> None:
    server = Server(wire, FILE[:500_000], {"etag": '"one"'})
    stopped(server, tmp_path)
    wire.answers["/other.csv"] = wire.answers["/sales.csv"]
    limits = LIMITS.model_copy(update={"parts": str(tmp_path / "parts")})
    web.download(wire.url("/other.csv"), tmp_path / "file", limits, unheard)
    assert asked_for(server) is None


def test_what_is_given_up_for_the_time_it_takes_goes_on_another_time(wire: Wire, tmp_path: Path) -> None:
    server = Server(wire, FILE[:3_000_000], {"etag": '"one"'}, stall=1)
    limits = LIMITS.model_copy(update={"parts": str(tmp_path / "parts"), "download_timeout": 0.3})
    with pytest.raises(SourceError, match="did not answer"):
        web.download(wire.url("/sales.csv"), tmp_path / "file", limits, unheard)
    server.go_on.set()
    server.stall = None
    assert get(server, tmp_path) == server.body
    assert asked_for(server) is not None
