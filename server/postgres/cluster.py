"""A cluster's files and its server: made, started, asked, stopped. Whoever calls holds the lock of `embedded`."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from ...pipelines.errors import SetupError
from ..keeping import kept_secret
from .place import SOCKET, Place
from .programs import MAJOR_VERSION, Programs

SUPERUSER, OWNER, DATABASE = "postgres", "dashwright", "dashwright"
START_PATIENCE, STOP_PATIENCE = 300, 120
"""Seconds. Recovery after a crash replays what was written since the last checkpoint."""

CONFIGURATION = """\
# Written by Dashwright at every start.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
port = 5432
max_connections = 120
password_encryption = scram-sha-256
shared_buffers = 128MB
max_wal_size = 512MB
jit = off
timezone = UTC
log_timezone = UTC
lc_messages = C
client_min_messages = warning
idle_in_transaction_session_timeout = 5min
logging_collector = on
log_directory = '{log}'
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_min_messages = warning
"""
ACCESS = "# Written by Dashwright at every start.\nlocal all all scram-sha-256\n"


class Cluster:
    """The cluster in a place. Secrets are kept in the folder `secrets`."""

    def __init__(self, place: Place, programs: Programs, secrets: Path) -> None:
        self.place = place
        self.programs = programs
        self.secrets = secrets

    @property
    def url(self) -> str:
        """As our own role, which owns its database and is no superuser."""
        password = kept_secret(self.secrets, "postgres-password")
        return f"postgresql://{OWNER}:{password}@/{DATABASE}?host={self.place.sockets}"

    @property
    def is_up(self) -> bool:
        """Whether the server's process is there. Much cheaper than to ask it, for who wants to know every second."""
        return self._postmaster() is not None

    def make(self) -> None:
        """Make the files, unless they are there.

        Raises:
            SetupError: initdb failed, or the files are of another major version.
        """
        version = self.place.cluster / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != MAJOR_VERSION:
                raise SetupError(
                    f"The database in '{self.place.cluster}' was made by PostgreSQL {found}, and this is "
                    f"{MAJOR_VERSION}: dump it with the Dashwright that made it, or move the folder away to begin anew."
                )
            return
        for left in self.place.folder.glob(".cluster.*"):
            shutil.rmtree(left, ignore_errors=True)
        staging = Path(tempfile.mkdtemp(dir=self.place.folder, prefix=".cluster."))
        password = staging / "password"
        password.write_text(kept_secret(self.secrets, "postgres-superuser"))
        for path in (staging, password):
            self.place.account.own(path)
        password.chmod(0o600)
        self.programs.run(
            "initdb",
            f"--pgdata={staging / 'cluster'}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # The same order of texts on every system, whatever its C library.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            patience=START_PATIENCE,
        )
        (staging / "cluster").rename(self.place.cluster)
        shutil.rmtree(staging)

    def start(self) -> None:
        """Start the server, unless it answers, and see to it that our role and database are there.

        Raises:
            SetupError: it does not start; the sentence has the end of its log.
        """
        if self._answers():
            return
        self._configure()
        self._clear_stale()
        log = self.place.log / "start.log"
        try:
            self.programs.run(
                "pg_ctl",
                "start",
                "--silent",
                "--wait",
                f"--timeout={START_PATIENCE}",
                f"--pgdata={self.place.cluster}",
                f"--log={log}",
                patience=START_PATIENCE + 10,
            )
        except SetupError as error:
            raise SetupError(f"{error} Its log: {_end_of(log)}") from None
        if not self._answers():
            self._provide()

    def stop(self) -> None:
        """Stop the server, if it runs. Clients are disconnected."""
        if not (self.place.cluster / "postmaster.pid").exists():
            return
        options = ("--silent", "--wait", f"--timeout={STOP_PATIENCE}", f"--pgdata={self.place.cluster}")
        try:
            self.programs.run("pg_ctl", "stop", "--mode=fast", *options, patience=STOP_PATIENCE + 10)
        except SetupError:
            if self._postmaster() is not None:
                self.programs.run("pg_ctl", "stop", "--mode=immediate", *options, patience=STOP_PATIENCE + 10)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True

    def _configure(self) -> None:
        sockets, log = (str(path).replace("'", "''") for path in (self.place.sockets, self.place.log))
        for name, text in (
            ("postgresql.conf", CONFIGURATION.format(sockets=sockets, log=log)),
            ("pg_hba.conf", ACCESS),
        ):
            path = self.place.cluster / name
            path.write_text(text)
            self.place.account.own(path)
            path.chmod(0o600)

    def _clear_stale(self) -> None:
        """Remove the pid file and socket of a server that was killed.

        PostgreSQL does so itself, unless the number belongs to another process of its user by now, as is usual after a
        restart of a container, or to a zombie. Processes that a killed server left behind are given time to notice.
        """
        pid_file = self.place.cluster / "postmaster.pid"
        if pid_file.exists() and self._postmaster() is None:
            deadline = time.monotonic() + 30
            while self._has_backends() and time.monotonic() < deadline:
                time.sleep(0.05)
            for left in (pid_file, self.place.sockets / SOCKET, self.place.sockets / f"{SOCKET}.lock"):
                left.unlink(missing_ok=True)

    def _postmaster(self) -> psutil.Process | None:
        """The running server, by the pid file and by what that process really is."""
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            process = psutil.Process(int((self.place.cluster / "postmaster.pid").read_text().splitlines()[0]))
            if process.status() != psutil.STATUS_ZOMBIE and _works_in(process, self.place.cluster):
                return process
        return None

    def _has_backends(self) -> bool:
        return any(
            _works_in(process, self.place.cluster)
            for process in psutil.process_iter(["name"])
            if process.info["name"] == "postgres"
        )

    def _provide(self) -> None:
        """Make our role and database; each step again if an earlier start was cut off."""
        ours = kept_secret(self.secrets, "postgres-password")
        superuser = kept_secret(self.secrets, "postgres-superuser")
        try:
            with psycopg.connect(
                host=str(self.place.sockets), user=SUPERUSER, password=superuser, dbname="postgres", autocommit=True
            ) as connection:
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone():
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(OWNER)))
                connection.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(OWNER), sql.Literal(ours))
                )
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                    connection.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {} STRATEGY file_copy").format(
                            sql.Identifier(DATABASE), sql.Identifier(OWNER)
                        )
                    )
        except psycopg.OperationalError as error:
            raise SetupError(f"The embedded PostgreSQL does not let us in: {' '.join(str(error).split())}") from error


def _works_in(process: psutil.Process, folder: Path) -> bool:
    """Whether a process is a server of this cluster: PostgreSQL's working folder is its cluster."""
    try:
        return Path(process.cwd()) == folder.resolve()
    except psutil.AccessDenied:
        return "postgres" in process.name()
    except psutil.Error:
        return False


def _end_of(log: Path) -> str:
    with contextlib.suppress(OSError):
        return " ".join(log.read_bytes()[-1500:].decode(errors="replace").split())
    return f"'{os.fspath(log)}'"
