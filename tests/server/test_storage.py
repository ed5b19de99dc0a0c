"""What storage promises, of a folder and of a bucket alike."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dashwright.pipelines.errors import StorageError
from dashwright.server.storage import Kept, Manifest, Storage
from dashwright.server.storage.bucket import Access, Bucket
from dashwright.server.storage.folder import Folder
from dashwright.server.storage.storage import blob_key, manifest_key
from tests.conftest import Cloud

Damage = Callable[[str], None]
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, cloud: Cloud) -> Storage:
    if request.param == "folder":
        return Storage(Folder(tmp_path / "storage"))
    return Storage(Bucket(Access(cloud.bucket, cloud.prefix(), emulator=cloud.address)))


def version(folder: Path, **contents: str) -> Path:
    """A version's folder, as publishing makes it."""
    (folder / "data").mkdir(parents=True)
    for name, content in ({"version": "{}", "executed": "cells"} | contents).items():
        (folder / f"{name}.json").write_text(content)
    (folder / "data/a b ü#.parquet").write_bytes(b"columns" * 600_000)
    for path in folder.rglob("*.*"):
        path.chmod(0o444)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_whole(storage: Storage) -> None:
    for entry in storage.objects.entries("blobs"):
        content = storage.objects.read(entry.key, 1 << 30)
        assert blob_key(hashlib.sha256(content).hexdigest()) == entry.key


def replaced(storage: Storage, key: str, content: bytes) -> None:
    """What a failing disk or a wrong hand does to an object."""
    if isinstance(storage.objects, Folder):
        place = storage.objects.path / key
        place.unlink()
        place.write_bytes(content)
    else:
        assert isinstance(storage.objects, Bucket)
        storage.objects._files.pipe(storage.objects._name(key), content)


def test_a_version_comes_back_as_it_was(storage: Storage, tmp_path: Path) -> None:
    made = version(tmp_path / "made")
    digest = storage.put(made)
    assert storage.has(digest)
    storage.get(digest, tmp_path / "deep/again")
    assert contents(tmp_path / "deep/again") == contents(made)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["again"], "nothing else is left there"
    assert not os.access(tmp_path / "deep/again/version.json", os.W_OK) or os.geteuid() == 0
    assert storage.put(made) == digest, "the same content has the same name"


def test_what_two_versions_share_is_kept_once(storage: Storage, tmp_path: Path) -> None:
    digests = [storage.put(version(tmp_path / str(number), executed=f"run {number}")) for number in (1, 2)]
    assert len(set(digests)) == 2
    assert len(list(storage.objects.entries("blobs"))) == 4, "data and version once, two notebooks"
    assert len(list(storage.objects.entries("manifests"))) == 2
    for number, digest in enumerate(digests, 1):
        storage.get(digest, tmp_path / f"again {number}")
        assert (tmp_path / f"again {number}/executed.json").read_text() == f"run {number}"


def test_a_folder_holds_no_second_copy_of_anything(tmp_path: Path) -> None:
    storage = Storage(Folder(tmp_path / "storage"))
    first, second = version(tmp_path / "1"), version(tmp_path / "2")
    digest = storage.put(first)
    storage.put(second)
    storage.get(digest, tmp_path / "3")
    same = {(tmp_path / name / "data/a b ü#.parquet").stat().st_ino for name in "123"}
    assert len(same) == 1


def test_downloads_are_kept_with_a_version_and_not_among_its_files(storage: Storage, tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text("a,b\n1,2\n")
    earlier = Kept(path="downloads/earlier.csv", sha256="0" * 64, size=5)
    manifest = storage.manifest(storage.put(version(tmp_path / "made"), [raw], [earlier]))
    assert [kept.path for kept in manifest.downloads] == ["downloads/earlier.csv", "downloads/raw.csv"]
    storage.get(manifest.digest, tmp_path / "again")
    assert "downloads/raw.csv" not in contents(tmp_path / "again")
    storage.get_file(manifest.downloads[1], tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize("damage", [b"cellz", b"cells and more", b""])
def test_a_damaged_file_is_told_in_a_sentence_and_not_handed_out(
    storage: Storage, tmp_path: Path, damage: bytes
) -> None:
    digest = storage.put(version(tmp_path / "made"))
    replaced(storage, blob_key(hashlib.sha256(b"cells").hexdigest()), damage)
    with pytest.raises(StorageError, match=r"is damaged: 'executed.json' is not what was stored \(blobs/.*backup"):
        storage.get(digest, tmp_path / "deep/again")
    assert not list((tmp_path / "deep").iterdir())


def test_a_damaged_list_of_files_is_told_in_a_sentence(storage: Storage, tmp_path: Path) -> None:
    digest = storage.put(version(tmp_path / "made"))
    changed = json.loads(storage.manifest(digest).encoded()) | {"files": []}
    replaced(storage, manifest_key(digest), json.dumps(changed).encode())
    with pytest.raises(StorageError, match="list of files is not what was stored"):
        storage.get(digest, tmp_path / "again")
    with pytest.raises(StorageError, match="list of files is missing"):
        storage.get("0" * 64, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_missing_file_is_told_in_a_sentence(storage: Storage, tmp_path: Path) -> None:
    digest = storage.put(version(tmp_path / "made"))
    assert storage.objects.remove(blob_key(hashlib.sha256(b"cells").hexdigest()), LATER)
    with pytest.raises(StorageError, match=r"'executed\.json' is missing"):
        storage.get(digest, tmp_path / "again")


def test_a_damaged_file_is_made_whole_by_whoever_stores_it_again(storage: Storage, tmp_path: Path) -> None:
    digest = storage.put(version(tmp_path / "made"))
    replaced(storage, blob_key(hashlib.sha256(b"cells").hexdigest()), b"cells and more")
    assert storage.put(version(tmp_path / "once more")) == digest
    storage.get(digest, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(tmp_path / "once more")


class UnwantedError(Exception):
    pass


def test_storing_that_is_not_wanted_any_more_leaves_nothing_to_see(storage: Storage, tmp_path: Path) -> None:
    made = version(tmp_path / "made")
    left = 3

    def heed() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise UnwantedError

    with pytest.raises(UnwantedError):
        storage.put(made, heed=heed)
    assert not list(storage.objects.entries("manifests"))
    assert_whole(storage)


def test_fetching_that_is_not_wanted_any_more_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    digest = storage.put(version(tmp_path / "made"))

    def heed() -> None:
        raise UnwantedError

    with pytest.raises(UnwantedError):
        storage.get(digest, tmp_path / "deep/again", heed)
    assert not list((tmp_path / "deep").iterdir())


KILLED = """
import os, signal, sys
from pathlib import Path
from dashwright.server.storage import Storage
from dashwright.server.storage.bucket import Access, Bucket
from dashwright.server.storage.folder import Folder

what, kind, where, prefix, address, made, digest, left = sys.argv[1:]
objects = Folder(Path(where)) if kind == "folder" else Bucket(Access(where, prefix, emulator=address))
pieces = int(left)

def heed():
    global pieces
    pieces -= 1
    if pieces < 0:
        os.kill(os.getpid(), signal.SIGKILL)

if what == "put":
    Storage(objects).put(Path(made), heed=heed)
else:
    Storage(objects).get(digest, Path(made), heed)
"""


@pytest.mark.parametrize("what", ["put", "get"])
def test_kill_leaves_nothing_half_made_under_its_name(
    storage: Storage, tmp_path: Path, cloud: Cloud, what: str
) -> None:
    made = version(tmp_path / "made")
    (made / "data/large.parquet").write_bytes(b"rows" * 5_000_000)  # uploaded in three pieces
    digest = "-" if what == "put" else storage.put(made)
    target = made if what == "put" else tmp_path / "deep/again"
    place = (
        ("folder", storage.address, "-", "-")
        if isinstance(storage.objects, Folder)
        else ("bucket", *storage.address.removeprefix("gs://").split("/", 1), cloud.address)
    )
    command = [sys.executable, "-P", "-c", KILLED, what, *place, str(target), digest, "7"]
    assert subprocess.run(command, check=False, timeout=100).returncode == -signal.SIGKILL
    assert not (tmp_path / "deep/again").exists()
    if what == "put":
        assert not list(storage.objects.entries("manifests"))
    assert_whole(storage)
    digest = storage.put(made)
    storage.get(digest, tmp_path / "whole")
    assert contents(tmp_path / "whole") == contents(made)


def test_what_is_old_can_be_removed_and_what_is_wanted_again_is_young(storage: Storage, tmp_path: Path) -> None:
    storage.put_file(version(tmp_path / "made") / "executed.json")
    (entry,) = storage.objects.entries("blobs")
    storage.put_file(version(tmp_path / "once more") / "executed.json")
    (again,) = storage.objects.entries("blobs")
    assert again.changed_at > entry.changed_at
    assert not storage.objects.remove(entry.key, again.changed_at)
    assert storage.objects.exists(entry.key)
    assert storage.objects.remove(entry.key, LATER)
    assert not storage.objects.exists(entry.key)
    assert not storage.objects.remove(entry.key, LATER)


@pytest.mark.parametrize("kind", ["symlink", "pipe"])
def test_only_ordinary_files_are_stored(storage: Storage, tmp_path: Path, kind: str) -> None:
    made = version(tmp_path / "made")
    (tmp_path / "secret").write_text("of the server")
    if kind == "symlink":
        (made / "data/x.parquet").symlink_to(tmp_path / "secret")
    else:
        os.mkfifo(made / "data/x.parquet")
    with pytest.raises(StorageError, match=r"x\.parquet' is no ordinary file"):
        storage.put(made)
    assert not list(storage.objects.entries("manifests"))


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a//b", ".", "", "a\0b", "a/./b"])
def test_a_manifest_leads_nowhere_outside(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        Manifest(files=(Kept(path=path, sha256="0" * 64, size=0),))


def test_a_folder_signs_no_links(tmp_path: Path) -> None:
    storage = Storage(Folder(tmp_path / "storage"))
    digest = storage.put(version(tmp_path / "made"))
    with pytest.raises(StorageError, match="no addresses to share"):
        storage.sign(digest, "executed.json", "x.json", 60)
    with pytest.raises(StorageError, match=r"no file 'other'\. It has: data/"):
        storage.sign(digest, "other", "x.json", 60)


def test_credentials_without_a_key_sign_no_links(tmp_path: Path, cloud: Cloud) -> None:
    storage = Storage(Bucket(Access(cloud.bucket, cloud.prefix(), emulator=cloud.address)))
    digest = storage.put(version(tmp_path / "made"))
    with pytest.raises(StorageError, match=r"cannot sign links.*GOOGLE_APPLICATION_CREDENTIALS"):
        storage.sign(digest, "executed.json", "x.json", 60)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of a service account, whose tokens a server of ours gives out."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("key") / "key.json"
    facts = {"type": "service_account", "project_id": "p", "client_email": "dashwright@p.example", "client_id": "1"}
    facts |= {"private_key": key.decode(), "token_uri": f"http://127.0.0.1:{server.server_port}/token"}
    path.write_text(json.dumps(facts))
    yield path
    server.shutdown()
    server.server_close()
    thread.join()


class Tokens(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        content = json.dumps({"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def test_a_link_is_signed_for_a_while_and_leads_to_the_file(tmp_path: Path, cloud: Cloud, key_file: Path) -> None:
    access = Access(cloud.bucket, cloud.prefix(), "p", key_file, cloud.address)
    storage = Storage(Bucket(access))
    digest = storage.put(version(tmp_path / "made"))
    link = storage.sign(digest, "executed.json", 'my "sales"; x=1\r\n.json', 600)
    asked = httpx.URL(link).params
    assert asked["X-Goog-Algorithm"] == "GOOG4-RSA-SHA256"
    assert asked["X-Goog-Expires"] == "600"
    assert asked["X-Goog-Credential"].startswith("dashwright@p.example/")
    assert asked["response-content-disposition"].isprintable()
    assert asked["response-content-disposition"].startswith("attachment; filename*=UTF-8''my%20%22sales")
    assert "PRIVATE" not in link
    assert "a-token" not in link
    assert httpx.get(link).content == b"cells"


def test_a_bucket_that_is_not_there_is_told(tmp_path: Path, cloud: Cloud) -> None:
    objects = Bucket(Access("nothing-here", "x", project="mine", emulator=cloud.address))
    with pytest.raises(
        StorageError, match=r"no bucket 'nothing-here'.*buckets create gs://nothing-here --project=mine"
    ):
        objects.probe()


def test_a_key_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text("{}")
    with pytest.raises(StorageError, match=r"key\.json' is no key of a service account"):
        Bucket(Access("some-bucket", key_file=tmp_path / "key.json"))
