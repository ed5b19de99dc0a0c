"""A wheel and an sdist, built once from a copy of the checkout, and an environment with the wheel in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", ".demo", "node_modules", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", "golden"
)

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session", name="run")
def run_fixture() -> Run:
    return run


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


def run(command: Sequence[str | Path], cwd: Path, path: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={"PATH": path, "HOME": str(cwd), "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def path_without_node(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with every program of PATH but Node's, and no virtual environment."""
    folder = tmp_path_factory.mktemp("bin")
    for place in reversed(os.environ.get("PATH", os.defpath).split(os.pathsep)):
        if not place or Path(place).resolve().is_relative_to(ROOT) or not Path(place).is_dir():
            continue
        for program in Path(place).iterdir():
            if program.name not in ("node", "nodejs", "npm", "npx", "corepack"):
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    assert shutil.which("node", path=str(folder)) is None
    return str(folder)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source, so that building changes nothing here. Its front end is built as the checkout's is."""
    copy = tmp_path_factory.mktemp("source") / "dashwright"
    shutil.copytree(ROOT, copy, ignore=NOT_SOURCE, symlinks=True)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    return copy


@pytest.fixture(scope="session")
def dist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both."""
    place = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist", "--outdir", place]
    result = run(command, checkout, os.environ["PATH"])
    assert result.returncode == 0, result.stdout
    return place


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="session")
def sdist(dist: Path) -> Path:
    return next(dist.glob("*.tar.gz"))


@pytest.fixture(scope="session")
def installed(wheel: Path, path_without_node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel, on a machine without Node; what it depends on is borrowed from here."""
    place = tmp_path_factory.mktemp("venv") / "venv"
    venv.EnvBuilder(with_pip=False, symlinks=True).create(place)
    python = place / "bin" / "python"
    result = run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", wheel], place, path_without_node
    )
    assert result.returncode == 0, result.stdout
    # A plain line in a .pth file adds a folder without reading that folder's own .pth files: the editable Dashwright
    # of this checkout stays out of it.
    packages = next((place / "lib").glob("python*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return place
