"""What a fresh checkout promises: locks without addresses, and a Makefile that passes a question on untouched."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path

import pytest


def test_locks_name_no_host(root: Path) -> None:
    assert "://" not in (root / "requirements.lock").read_text()
    packages = json.loads((root / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]


def test_lock_covers_everything_that_is_asked_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
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
