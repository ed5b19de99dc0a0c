"""What a fresh checkout promises: locks without addresses, and a Makefile that passes a question on untouched."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def test_locks_name_no_host(root: Path) -> None:
    assert "://" not in (root / "requirements.lock").read_text()
    packages = json.loads((root / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]


def test_lock_covers_everything_that_is_asked_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    # What only `make load` needs is installed by it, and locked nowhere.
    asked = [*project["dependencies"], *chain.from_iterable(extras[name] for name in extras if name != "load")]
    locked = {re.split(r"[=\[ ;]", line)[0] for line in (root / "requirements.lock").read_text().splitlines()}
    for item in asked:
        name = re.split(r"[<>=\[; ]", item)[0]
        assert name == "dashwright" or name in locked, f"{name} is not in requirements.lock: run `make lock`."


@pytest.mark.parametrize(
    "question",
    [
        "What does $5 buy, and $(shell id) or $${HOME}?",
        'It\'s "quoted" `id` ; touch /tmp/x & | > < \\ # %',
        "世界の平均寿命はどう変わりましたか 🌍",
        "--help",
    ],
)
@pytest.mark.parametrize("by", ["argument", "environment"])
def test_make_passes_a_question_on_untouched(root: Path, tmp_path: Path, question: str, by: str) -> None:
    target = tmp_path / "show.mk"
    target.write_text(f'include {root}/Makefile\nshow:\n\t@printf \'%s|%s\' "$$QUESTION" "$$DATA"\n')
    said = {"QUESTION": question, "DATA": "my $data/a b.csv"}
    arguments = [f"{name}={value}" for name, value in said.items()] if by == "argument" else []
    variables = said if by == "environment" else {}
    result = subprocess.run(
        ["make", "-s", "-f", target, "show", *arguments],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == f"{question}|my $data/a b.csv"


def test_help_names_every_target_for_people(root: Path) -> None:
    said = subprocess.run(["make", "-s", "help"], cwd=root, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "demo-stop", "test", "lint", "bench", "bench-data", "format", "clean", "help"):
        assert re.search(rf"^  {target} ", said, re.MULTILINE)


def test_an_old_python_is_refused_with_a_sentence(root: Path, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    result = subprocess.run(
        ["make", "-s", "ready", f"PYTHON={old}"], cwd=root, capture_output=True, text=True, check=False
    )
    assert result.returncode != 0
    assert "Python 3.11 or newer" in result.stderr


def imported(folder: Path) -> set[str]:
    """Top-level names of all modules that a folder's Python files import, wherever in the file."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"dashwright"}


def declared(root: Path, *extras: str) -> set[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"][name] for name in extras)]
    return {canonicalize_name(Requirement(item).name) for item in asked}


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("pipelines", ("ai", "kaggle", "gcs")),
        ("server", ("ai", "kaggle", "gcs", "otel", "pictures")),
        ("kernels", ()),
        ("notebook_templates", ()),
        ("tests", ("ai", "kaggle", "gcs", "otel", "test", "dev", "load")),
    ],
)
def test_whatever_is_imported_is_a_declared_dependency(root: Path, folder: str, extras: tuple[str, ...]) -> None:
    """It may not come along by chance, as a dependency of something else."""
    known, providers = declared(root, *extras), packages_distributions()
    for module in sorted(imported(root / folder)):
        distributions = {canonicalize_name(name) for name in providers.get(module, [])}
        if distributions:  # else a name of the folder's own, on the path of what it starts
            assert distributions & known, f"{folder}/ imports '{module}', which comes from {sorted(distributions)}."
