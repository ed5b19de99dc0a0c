"""The system user that PostgreSQL runs as when we are root, since it refuses to run as root itself."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...pipelines.errors import SetupError


@dataclass(frozen=True)
class Account:
    """A user with its main group and no other."""

    name: str
    uid: int
    gid: int

    @property
    def options(self) -> dict[str, Any]:
        """For `subprocess`: run as this user."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether this user can go into a folder, or run a program. Asked of the system, so that ACLs count too."""
        return subprocess.run(["test", "-x", str(path)], **self.options, check=False).returncode == 0

    def own(self, path: Path) -> None:
        if os.geteuid() != self.uid:
            os.chown(path, self.uid, self.gid)


def account_of(uid: int) -> Account:
    """The user of this number.

    Raises:
        SetupError: the system has no entry for it, without which PostgreSQL does not start.
    """
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise SetupError(
            f"The user {uid} has no entry in /etc/passwd, and PostgreSQL does not start without one: start Dashwright "
            "as another user, or name a database with DATABASE_URL."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def unprivileged(name: str) -> Account:
    """Ourselves; for root the user of this name, made if missing.

    Not `nobody`, whose every process could read the database; not `postgres`, which belongs to the system's own server.

    Raises:
        SetupError: there is no such user and none can be made.
    """
    if os.geteuid() != 0:
        return account_of(os.geteuid())
    try:
        pwd.getpwnam(name)
    except KeyError:
        _make(name)
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise SetupError(_advice(name, "it could not be made")) from None
    if entry.pw_uid == 0:
        raise SetupError(_advice(name, "it is root itself"))
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make(name: str) -> None:
    if program := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        command = [program, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", "--comment", "Dashwright's database", name]
    elif program := shutil.which("adduser", path="/usr/sbin:/sbin:/usr/bin:/bin"):  # busybox
        command = [program, "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/sbin/nologin", name]
    else:
        raise SetupError(_advice(name, "there is no useradd to make it with"))
    # Two first starts at once: the second useradd fails, and the user is there all the same.
    subprocess.run(command, check=False, capture_output=True)


def _advice(name: str, problem: str) -> str:
    return (
        f"PostgreSQL does not run as root, and as the system user '{name}' it cannot run: {problem}. Start Dashwright "
        "as another user, name one with DASHWRIGHT_POSTGRES_USER, or name a database with DATABASE_URL."
    )
