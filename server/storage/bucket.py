"""Objects in a Google Cloud bucket, through gcsfs. An object is there when its upload has ended, and not before."""

from __future__ import annotations

import contextlib
import os
import tempfile
import urllib.parse
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from fsspec.callbacks import Callback

from ...pipelines.errors import LimitError, SetupError, StorageError
from .folder import FULL
from .objects import Entry, Heed, Objects, go_on

PIECE = 8 * 1024**2
"""Bytes of one message of an upload; a multiple of 256 KiB."""
CONNECT_TIME, SILENCE = 20.0, 60.0
"""Seconds that the service may take to be reached, and to send nothing."""
WANTED = "wanted_at"
SCOPE = "https://www.googleapis.com/auth/devstorage.full_control"
ROLE = "roles/storage.objectUser"


class Access(NamedTuple):
    """How a bucket is reached."""

    bucket: str
    prefix: str = ""
    project: str | None = None
    key_file: Path | None = None
    """Of a service account; else whatever credentials this machine has."""
    emulator: str | None = None
    """Address of a server that stands in for Google's."""


class Heeding(Callback):  # type: ignore[misc]  # fsspec is not typed
    """Asks between two pieces whether to go on."""

    def __init__(self, heed: Heed) -> None:
        super().__init__()
        self._heed = heed

    def call(self, *_: Any, **__: Any) -> None:
        self._heed()


class Bucket(Objects):
    """A bucket, or what is below a prefix in it."""

    at_once = 8

    def __init__(self, access: Access) -> None:
        self._access = access
        self._root = f"{access.bucket}/{access.prefix}".rstrip("/")
        self.address = f"gs://{self._root}"
        self._files = _file_system(access)

    def add(self, source: Path, key: str, heed: Heed = go_on) -> None:
        with self._explained("write", writes=True):
            if self._size(key) == source.stat().st_size and self._freshen(key):
                return
            self._files.put_file(
                str(source),
                self._name(key),
                chunksize=PIECE,
                content_type="application/octet-stream",
                callback=Heeding(heed),
            )

    def fetch(self, key: str, target: Path, heed: Heed = go_on) -> None:
        with self._explained("read"):
            self._files.get_file(self._name(key), str(target), callback=Heeding(heed))

    def read(self, key: str, limit: int) -> bytes:
        with self._explained("read"):
            return bytes(self._files.cat_file(self._name(key))[:limit])

    def exists(self, key: str) -> bool:
        with self._explained("read"):
            return self._size(key) is not None

    def entries(self, prefix: str) -> Iterator[Entry]:
        with self._explained("list"):
            found = self._files.find(self._name(prefix), detail=True)
        for name, facts in found.items():
            key = str(name).removeprefix(f"{self._root}/")
            yield Entry(key, int(facts["size"]), _changed_at(facts))

    def remove(self, key: str, before: datetime) -> bool:
        """Only the very object that was looked at: one that changes meanwhile has another generation."""
        with self._explained("remove"):
            try:
                facts = self._facts(key)
                if _changed_at(facts) >= before:
                    return False
                seen = {
                    "ifGenerationMatch": facts["generation"],
                    "ifMetagenerationMatch": facts["metageneration"],
                }
                self._files.call("DELETE", "b/{}/o/{}", *self._parts(key), **seen)
            except (FileNotFoundError, FileExistsError):  # gone, or changed: 412
                return False
            return True

    def sign(self, key: str, name: str, seconds: int) -> str:
        from google.auth.exceptions import GoogleAuthError

        quoted = urllib.parse.quote(name, safe="")
        try:
            return str(
                self._files.sign(
                    self._name(key),
                    expiration=seconds,
                    version="v4",
                    method="GET",
                    response_disposition=f"attachment; filename*=UTF-8''{quoted}",
                )
            )
        except (AttributeError, TypeError, ValueError, OSError, GoogleAuthError) as error:
            raise StorageError(
                f"The credentials for '{self.address}' cannot sign links: that takes the key of a service account. "
                "Name its file with GOOGLE_APPLICATION_CREDENTIALS."
            ) from error

    def probe(self) -> None:
        key = f"probes/{uuid.uuid4().hex}"
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"probe")
            file.flush()
            self.add(Path(file.name), key)
        if self.read(key, 100) != b"probe":
            raise StorageError(f"What is written to '{self.address}' cannot be read again.")
        if not self.remove(key, datetime.max.replace(tzinfo=UTC)):
            raise StorageError(f"What is written to '{self.address}' cannot be found again.")

    def _name(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _facts(self, key: str) -> dict[str, Any]:
        """What Google knows of an object. gcsfs's own `info` also asks whether it is a folder."""
        return dict(self._files.call("GET", "b/{}/o/{}", *self._parts(key), json_out=True))

    def _parts(self, key: str) -> tuple[str, str]:
        bucket, _, name = self._name(key).partition("/")
        return bucket, name

    def _size(self, key: str) -> int | None:
        try:
            return int(self._facts(key)["size"])
        except FileNotFoundError:
            return None

    def _freshen(self, key: str) -> bool:
        """Let its age begin anew, as long as it is there."""
        try:
            self._files.setxattrs(self._name(key), **{WANTED: datetime.now(UTC).isoformat()})
        except FileNotFoundError:
            return False
        return True

    @contextlib.contextmanager
    def _explained(self, what: str, *, writes: bool = False) -> Iterator[None]:
        """Turns what Google or the network says into a sentence, which quotes neither addresses nor credentials."""
        try:
            yield
        except FileNotFoundError as error:
            if writes:
                raise StorageError(self._no_bucket()) from error
            raise
        except (LimitError, SetupError):
            raise
        except Exception as error:
            if (sentence := self._sentence(error, what)) is None:
                raise
            raise StorageError(sentence) from error

    def _no_bucket(self) -> str:
        project = f" --project={self._access.project}" if self._access.project else ""
        return (
            f"There is no bucket '{self._access.bucket}', or these credentials may not see it. Correct GCS_BUCKET, or "
            f"make it: gcloud storage buckets create gs://{self._access.bucket}{project}"
        )

    def _sentence(self, error: Exception, what: str) -> str | None:
        from aiohttp import ClientError
        from gcsfs.retry import ChecksumError, HttpError
        from google.auth.exceptions import GoogleAuthError
        from requests import RequestException

        if isinstance(error, OSError) and error.errno in FULL:
            return f"The disk of this machine is full, so that nothing can be fetched from '{self.address}'; free some."
        if isinstance(error, OSError) and str(error).startswith("Forbidden"):
            return (
                f"The credentials may not {what} in '{self.address}'. Give their account the role {ROLE} for the "
                "bucket."
            )
        if isinstance(error, GoogleAuthError) or getattr(error, "code", None) in (401, "401"):
            return (
                f"Google does not accept the credentials for '{self.address}', or there are none. Name the key of a "
                "service account with GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login"
            )
        if isinstance(error, ChecksumError):
            return f"What went to or came from '{self.address}' arrived damaged; try again."
        if isinstance(error, HttpError | ClientError | RequestException | TimeoutError | ConnectionError):
            code = f" (code {error.code})" if isinstance(error, HttpError) else ""
            return f"Google Cloud Storage does not answer for '{self.address}'{code}; try again later."
        return None


def _changed_at(facts: dict[str, Any]) -> datetime:
    """By Google's clock, or by that of whoever wanted to write it again."""
    times = [facts["updated"], *filter(None, [(facts.get("metadata") or {}).get(WANTED)])]
    return max(time if isinstance(time, datetime) else datetime.fromisoformat(time) for time in times)


def _file_system(access: Access) -> Any:
    """The plain one of gcsfs: the one that `gs` names asks for the kind of the bucket first, by gRPC.

    Raises:
        SetupError: gcsfs is not installed, or the credentials cannot be found.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # each of Google's packages tells how old Python is
            import aiohttp
            from gcsfs.core import GCSFileSystem
            from google.auth.exceptions import GoogleAuthError
            from google.oauth2.service_account import Credentials
    except ImportError as error:
        raise SetupError(
            "GCS_BUCKET is set, and the package 'gcsfs' is not installed: pip install \"dashwright[gcs]\""
        ) from error
    address = access.emulator and (access.emulator if "://" in access.emulator else f"http://{access.emulator}")
    try:
        token: Any = "anon" if address else "google_default"
        if access.key_file is not None:
            token = Credentials.from_service_account_file(os.fspath(access.key_file), scopes=[SCOPE])
        return GCSFileSystem(
            project=access.project or "",
            token=token,
            endpoint_url=address,
            consistency="md5",
            use_listings_cache=False,
            skip_instance_cache=True,
            requests_timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIME, sock_read=SILENCE),
        )
    except (GoogleAuthError, OSError, ValueError) as error:
        where = f"the file '{access.key_file}' is no key of a service account" if access.key_file else "there are none"
        raise StorageError(
            f"The credentials for gs://{access.bucket} cannot be used: {where}. Name the key of a service account with "
            "GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login"
        ) from error
