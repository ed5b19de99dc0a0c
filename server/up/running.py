"""What runs on a data directory: one supervisor at most, and the addresses of what it started.

The lock is the truth (the system frees it however its holder ends); ``run/up.json`` beside it only tells the details.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from ...pipelines.errors import SetupError
from ...pipelines.model import Noun

if TYPE_CHECKING:
    from ..settings import Settings

PATIENCE = 60.0
"""Seconds for a supervisor to start, or to end everything it started."""


class RunningPart(Noun):
    """One program under the supervisor. `address` is what a person opens, where there is one."""

    name: str
    pid: int
    address: str | None = None


class Running(Noun):
    """The file ``run/up.json``. `studio` carries JupyterLab's token, so the file is for its owner alone."""

    pid: int
    state: Literal["starting", "ready", "stopping"]
    viewer: str
    """Address of the list of dashboards."""
    api: str | None = None
    """Address of the REST API."""
    database: Literal["embedded", "external"] = "embedded"
    """The latter is known by DATABASE_URL alone."""
    studio: str | None = None
    parts: tuple[RunningPart, ...] = ()

    def page(self, slug: str) -> str:
        """Address of a dashboard's page."""
        return f"{self.viewer}d/{slug}"


def record_path(data_dir: Path) -> Path:
    return data_dir / "run" / "up.json"


def record(data_dir: Path, running: Running) -> None:
    """Write the file whole and readable by its owner alone."""
    path = record_path(data_dir)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(running.model_dump_json(indent=1))
    os.replace(temporary, path)


@contextlib.contextmanager
def claimed(data_dir: Path) -> Iterator[Callable[[], bool]]:
    """Be the one supervisor of this data directory. Gives a way to see that it still is the same directory.

    Raises:
        SetupError: another one is; the sentence names its address.
    """
    (data_dir / "run").mkdir(parents=True, exist_ok=True)
    handle = os.open(data_dir / "run" / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(handle, fcntl.LOCK_EX, patience=0.5):
            raise _second(data_dir)
        record_path(data_dir).unlink(missing_ok=True)
        try:
            yield lambda: _is_at(handle, data_dir / "run" / "up.lock")
        finally:
            record_path(data_dir).unlink(missing_ok=True)
    finally:
        os.close(handle)


@contextlib.contextmanager
def lock_of_parts(data_dir: Path) -> Iterator[int]:
    """A lock that every part holds as long as it lives; who has it knows that none of an earlier run is left.

    Raises:
        SetupError: parts of a supervisor that was killed do not end.
    """
    handle = os.open(data_dir / "run" / "up.parts", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(handle, fcntl.LOCK_EX, patience=PATIENCE):
            raise SetupError(
                f"Programs of an earlier start on '{data_dir}' have not ended within {PATIENCE:.0f} s; "
                f"`fuser '{data_dir}/run/up.parts'` lists them."
            )
        yield handle
    finally:
        os.close(handle)


def current(data_dir: Path) -> Running | None:
    """What runs now, if anything; one that is still starting counts."""
    return _wait_for_record(data_dir) if is_claimed(data_dir) else None


def is_claimed(data_dir: Path) -> bool:
    """Whether a supervisor holds this data directory."""
    try:
        handle = os.open(data_dir / "run" / "up.lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    except PermissionError:
        raise SetupError(f"'{data_dir}' belongs to another user; choose another with --data-dir.") from None
    try:
        return not _lock(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def wait_until_ready(data_dir: Path, patience: float = PATIENCE) -> Running | None:
    """What runs, once all of it is ready; None when it ended instead.

    Raises:
        SetupError: it takes longer than `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not is_claimed(data_dir):
            return None
        running = current(data_dir)
        if running is not None and running.state == "ready":
            return running
        time.sleep(0.05)
    raise SetupError(f"Dashwright on '{data_dir}' has not become ready within {patience:.0f} s; see '{data_dir}/logs'.")


def wait_while_stopping(data_dir: Path, patience: float = PATIENCE) -> None:
    """Let a supervisor that is about to end do so."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and (now := current(data_dir)) is not None and now.state == "stopping":
        time.sleep(0.05)


def public_address(settings: Settings, path: str) -> str:
    """Where people reach a page of the viewer."""
    now = current(settings.data_dir) if settings.public_url is None else None
    base = settings.public_url or (now.viewer if now else f"http://{settings.host}:{settings.viewer_port}")
    return f"{base.rstrip('/')}/{path}"


def stop(data_dir: Path, patience: float = PATIENCE) -> bool:
    """End the supervisor and wait until all it started has ended. False: none was running.

    Raises:
        SetupError: it does not end within `patience` seconds, or may not be told to.
    """
    running = current(data_dir)
    if running is None:
        return False
    try:
        os.kill(running.pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    except PermissionError:
        raise SetupError(f"Dashwright on '{data_dir}' belongs to another user (process {running.pid}).") from None
    deadline = time.monotonic() + patience
    while is_claimed(data_dir):
        if time.monotonic() > deadline:
            raise SetupError(f"Dashwright on '{data_dir}' (process {running.pid}) has not ended in {patience:.0f} s.")
        time.sleep(0.05)
    return True


def _is_at(handle: int, path: Path) -> bool:
    """Whether an open file is still the one under its name: a lock on a deleted file keeps nobody out."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _second(data_dir: Path) -> SetupError:
    other = _wait_for_record(data_dir)
    place = f": its dashboards are at {other.viewer}" if other else ""
    return SetupError(
        f"Dashwright is already running on '{data_dir}'{place}. "
        "Stop it with `dashwright down`, or choose another data directory with --data-dir."
    )


def _lock(handle: int, kind: int, patience: float = 0.0) -> bool:
    """Lock without waiting longer than `patience`: long enough for one who only looks whether it is taken."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def _wait_for_record(data_dir: Path) -> Running | None:
    """The file, which a supervisor writes moments after it took the lock."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, ValidationError):
            return Running.model_validate_json(record_path(data_dir).read_bytes())
        if not is_claimed(data_dir):
            return None
        time.sleep(0.05)
    return None
