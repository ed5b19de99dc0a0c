"""What people bring along in bad shape: a dashboard, or one sentence that helps; never something half-made."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pytest

from tests.conftest import Place
from tests.end_to_end import public_network

ROWS = "city,amount\n" + "".join(f"{city},{number}\n" for number in range(30) for city in ("Oslo", "Rome"))
HOSTILE = ('"); import os #', "<script>alert(1)</script>", "🐟", "", "twice", "twice")


def missing(folder: Path) -> Path:
    return folder / "missing.csv"


def directory(folder: Path) -> Path:
    (folder / "directory.csv").mkdir()
    return folder / "directory.csv"


def empty(folder: Path) -> Path:
    return written(folder, "empty.csv", "")


def blank(folder: Path) -> Path:
    return written(folder, "blank.csv", "\n \n\n")


def header_only(folder: Path) -> Path:
    return written(folder, "header.csv", "city,amount\n")


def too_wide(folder: Path) -> Path:
    names = ",".join(f"column_{number}" for number in range(5_000))
    values = ",".join(str(number) for number in range(5_000))
    return written(folder, "wide.csv", f"{names}\n{values}\n{values}\n")


def rubbish(folder: Path) -> Path:
    path = folder / "rubbish.csv"
    path.write_bytes(random.Random(7).randbytes(20_000))
    return path


def zip_without_a_table(folder: Path) -> Path:
    return zipped(folder, {"readme.txt": "nothing to see", "picture.png": "\x89PNG\r\n\x1a\n"})


def zip_that_climbs_out(folder: Path) -> Path:
    return zipped(folder, {"../../climbed.csv": ROWS})


def zip_bomb(folder: Path) -> Path:
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.csv", "w") as file:
        for _ in range(300):
            file.write(b"0,0\n" * 250_000)
    return path


def protected_workbook(folder: Path) -> Path:
    workbook, plain = openpyxl.Workbook(), io.BytesIO()
    workbook.active.append(["city", "amount"])
    workbook.save(plain)
    path = folder / "protected.xlsx"
    with path.open("wb") as file:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("secret", file)
    return path


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def zipped(folder: Path, files: dict[str, str]) -> Path:
    path = folder / "files.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def assert_nothing_half_made(place: Place, before: list[str]) -> None:
    assert [row["slug"] for row in place.json("list")] == before
    ids = {row["dashboard_id"] for row in place.json("list", "--all") if row["version"] is None}
    assert not [folder for folder in (place.data_dir / "versions").iterdir() if folder.name in ids]


def assert_one_sentence(text: str, *words: str) -> None:
    """The last line tells it; those before are the steps that went well."""
    sentence = text.strip().splitlines()[-1]
    assert all(word in sentence for word in words), sentence
    assert sentence.endswith((".", "?", ")")), sentence
    assert "Traceback" not in text
    assert "has a bug" not in text


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (missing, ("There is no file", "missing.csv")),
        (directory, ("is a folder",)),
        (empty, ("empty.csv", "is empty")),
        (blank, ("blank.csv",)),
        (header_only, ("header.csv", "row")),
        (too_wide, ("5,000 columns", "2,000")),
        (rubbish, ("rubbish.csv",)),
        (zip_without_a_table, ("files.zip", "table")),
        (zip_that_climbs_out, ("climbed.csv",)),
        (protected_workbook, ("protected.xlsx", "password")),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_file_that_gives_no_dashboard_is_one_sentence(
    running: Place, tmp_path: Path, make: Callable[[Path], Path], words: tuple[str, ...]
) -> None:
    before = [row["slug"] for row in running.json("list")]
    done = running.call("new", "amount by city", "--data", str(make(tmp_path)))
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert_one_sentence(done.stderr, *words)
    assert_nothing_half_made(running, before)


def test_one_column_gives_a_dashboard(running: Place, tmp_path: Path) -> None:
    made = running.json("new", "what is there?", "--data", str(written(tmp_path, "one.csv", "amount\n1\n2\n3\n5\n8\n")))
    assert made["widgets"]


def test_several_tables_in_a_zip_give_a_dashboard(running: Place, tmp_path: Path) -> None:
    people = "person,city\n" + "".join(f"p{number},{('Oslo', 'Rome')[number % 2]}\n" for number in range(20))
    path = zipped(tmp_path, {"amounts.csv": ROWS, "people.csv": people, "readme.txt": "hello"})
    assert running.json("new", "amount by city", "--data", str(path))["status"] == "completed"


def test_hostile_names_give_a_dashboard(running: Place, tmp_path: Path) -> None:
    header = ",".join('"' + name.replace('"', '""') + '"' for name in HOSTILE)
    rows = "".join(f"a{number % 3},b{number % 2},{number},{number * 2},{number * 3},c\n" for number in range(40))
    made = running.json("new", "show everything", "--data", str(written(tmp_path, "hostile.csv", f"{header}\n{rows}")))
    assert made["status"] == "completed"
    assert len(made["widgets"]) >= 2


@pytest.mark.parametrize(
    "question", ["各地区的销售额如何变化？", "How many purple elephants dance?", "'; DROP TABLE dashboards; --"]
)
def test_any_question_about_data_that_is_there_gives_a_dashboard(running: Place, tmp_path: Path, question: str) -> None:
    made = running.json("new", question, "--data", str(written(tmp_path, "rows.csv", ROWS)))
    assert made["status"] == "completed"
    assert running.json("show", made["slug"])["question"] == question


def test_a_question_that_no_sample_answers_is_one_sentence(running: Place) -> None:
    before = [row["slug"] for row in running.json("list")]
    done = running.call("new", "zzzz qqqq xxxx")
    assert done.returncode == 1
    assert_one_sentence(done.stderr)
    assert_nothing_half_made(running, before)


def test_a_failure_is_data_for_programs(running: Place, tmp_path: Path) -> None:
    done = running.call("new", "amounts", "--data", str(header_only(tmp_path)), "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["status"] == "failed"
    assert told["error"]["code"] == "data"
    assert told["error"]["message"] in done.stderr


def test_private_addresses_are_refused(running: Place) -> None:
    for address in ("http://127.0.0.1:8000/data.csv", "http://169.254.169.254/latest/meta-data", "http://[::1]/a.csv"):
        done = running.call("new", "amounts", "--data", address)
        assert done.returncode == 1
        assert_one_sentence(done.stderr, "private")


def test_a_redirect_from_a_public_to_a_private_address_is_refused(place: Place, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    asked.touch()
    place.surroundings = (sys.executable, public_network.__file__, str(asked))
    if subprocess.run([*place.surroundings, "true"], check=False).returncode == public_network.NOT_POSSIBLE:
        pytest.skip("a network of its own can only be made by root on Linux")
    place.up()
    public = f"http://{public_network.PUBLIC}"
    assert place.json("new", "amount by city", "--data", f"{public}/good.csv")["status"] == "completed"
    before = [row["slug"] for row in place.json("list")]
    for path in public_network.MOVED:
        done = place.call("new", "amount by city", "--data", f"{public}{path}")
        assert done.returncode == 1
        assert_one_sentence(done.stderr, f"'{public}{path}' redirects to where it may not", "private network")
    assert_nothing_half_made(place, before)
    assert {line.partition("/")[0] for line in asked.read_text().splitlines()} == {public_network.PUBLIC}


def test_an_address_that_is_no_file_is_one_sentence(running: Place) -> None:
    for address in ("ftp://example.org/a.csv", "gibberish://x/y", "sqlite:////nowhere/a.db"):
        done = running.call("new", "amounts", "--data", address)
        assert done.returncode == 1
        assert_one_sentence(done.stderr)


class Answers(BaseHTTPRequestHandler):
    """A server that does what servers do on bad days."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        getattr(self, f"answer_{self.path.strip('/').partition('.')[0]}", self.answer_nothing)()

    def answer_slow(self) -> None:
        time.sleep(20)

    def answer_page(self) -> None:
        self.answer(200, b"<!doctype html><html><body><p>Please sign in.</p></body></html>", "text/html")

    def answer_broken(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(ROWS) * 2))
        self.end_headers()
        self.wfile.write(ROWS.encode())
        self.close_connection = True

    def answer_moved(self) -> None:
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_good(self) -> None:
        self.answer(200, ROWS.encode(), "text/csv")

    def answer_nothing(self) -> None:
        self.answer(404, b"nothing", "text/plain")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A Dashwright that may fetch from this machine, does not wait long and unpacks little."""
    variables = {"ALLOW_PRIVATE_ADDRESSES": "true", "DOWNLOAD_TIMEOUT": "1", "MAX_UNPACKED_SIZE": "100MB"}
    place = Place(
        tmp_path_factory.mktemp("trusting") / "data",
        {f"DASHWRIGHT_{name}": value for name, value in variables.items()},
    )
    place.up()
    yield place
    place.end()


def test_a_zip_bomb_is_one_sentence(trusting: Place, tmp_path: Path) -> None:
    done = trusting.call("new", "amounts", "--data", str(zip_bomb(tmp_path)))
    assert done.returncode == 1
    assert_one_sentence(done.stderr, "bomb.zip", "max_unpacked_size")
    assert not list((trusting.data_dir / "jobs").rglob("zeros*")), "nothing of it stays"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("slow.csv", "127.0.0.1"),
        ("page.csv", "web page"),
        ("broken.csv", "127.0.0.1"),
        ("moved.csv", "127.0.0.1"),
        ("nowhere.csv", "404"),
    ],
)
def test_a_server_on_a_bad_day_is_one_sentence(trusting: Place, server: str, name: str, words: str) -> None:
    done = trusting.call("new", "amount by city", "--data", f"{server}/{name}")
    assert done.returncode == 1, done.stderr
    assert_one_sentence(done.stderr, words)
    assert_nothing_half_made(trusting, [row["slug"] for row in trusting.json("list") if row["version"]])


def test_a_good_server_gives_a_dashboard(trusting: Place, server: str) -> None:
    assert trusting.json("new", "amount by city", "--data", f"{server}/good.csv")["status"] == "completed"


def test_a_file_that_may_not_be_read_is_one_sentence(running: Place, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = written(tmp_path, "closed.csv", ROWS)
    path.chmod(0)
    done = running.call("new", "amount by city", "--data", str(path))
    assert done.returncode == 1
    assert_one_sentence(done.stderr, "closed.csv")
