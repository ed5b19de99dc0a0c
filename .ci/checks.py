"""Run the checks, all of them whatever fails, and sum up: ``python .ci/checks.py [lint|test|NAME ...]``.

Two short ones run at a time, then three long ones; the former show their output only when they fail, tests show theirs
as it comes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
NPX = ("npx", "--no-install")
PYTEST = ("pytest", "-q", "--durations=5", "-p", "no:cacheprovider")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RULER = re.compile(r"^=+ | =+$")


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    needs: str = "."
    """A pattern of files; where none matches there is nothing to check."""
    is_long: bool = False

    @property
    def is_void(self) -> bool:
        return self.needs != "." and not any(ROOT.glob(self.needs))


@dataclass(frozen=True)
class Outcome:
    check: Check
    code: int
    seconds: float
    closing: str

    @property
    def line(self) -> str:
        verdict = "ok  " if self.code == 0 else "FAIL"
        return f"{verdict}  {self.check.name:<16} {self.seconds:6.1f} s  {self.closing[:140]}"


LINT = (
    Check("ruff format", ("ruff", "format", "--check", ".")),
    Check("ruff check", ("ruff", "check", ".")),
    Check("mypy", ("mypy", "-p", "dashwright")),
    Check("mypy tooling", ("mypy", "--cache-dir=.mypy_cache/tooling", ".ci/prepare.py", ".ci/checks.py")),
    Check("imports", ("lint-imports", "--no-cache")),
    Check("api types", ("npm", "run", "--silent", "api:types", "--", "--check")),
    Check("prettier", (*NPX, "prettier", "--check", ".")),
    Check("eslint", (*NPX, "eslint", "--max-warnings", "0", ".")),
    Check("tsc", (*NPX, "tsc", "--noEmit")),
    Check("vitest", (*NPX, "vitest", "run")),
)
APART = ("tests/server", "tests/cli", "tests/end_to_end", "tests/browser", "tests/pipelines/sources")
TESTS = (
    # The longest first, so that all that run at a time end at about the same time.
    Check("pytest server", (*PYTEST, "tests/server", "--ignore=tests/server/api"), is_long=True),
    Check("pytest", (*PYTEST, "tests", *(f"--ignore={folder}" for folder in APART)), is_long=True),
    Check("pytest commands", (*PYTEST, "tests/cli", "tests/end_to_end"), is_long=True),
    # Apart also because Playwright's event loop stays in its thread, where other tests start theirs.
    Check("pytest browser", (*PYTEST, "tests/browser"), is_long=True),
    Check("pytest api", (*PYTEST, "tests/server/api"), is_long=True),
    Check("pytest sources", (*PYTEST, "tests/pipelines/sources"), is_long=True),
    Check(
        "notebooks",
        (*PYTEST, "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120", "notebook_templates"),
        needs="notebook_templates/**/*.ipynb",
        is_long=True,
    ),
)
GROUPS = {"lint": LINT, "test": (*LINT, *TESTS)}


def run(check: Check) -> Outcome:
    """Run one check. A failing one's output is shown, a long one's as it comes."""
    started = time.monotonic()
    process = subprocess.Popen(
        check.command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    output: list[str] = []
    for line in process.stdout or ():
        output.append(line)
        if check.is_long:
            show(f"[{check.name}] {line}")
    code = process.wait()
    if code and not check.is_long:
        show(f"\n---- {check.name}: {' '.join(check.command)}\n{''.join(output)}")
    return Outcome(check, code, time.monotonic() - started, closing_line(output))


def environment() -> dict[str, str]:
    """Ours, with the tools first. Bytecode is kept, also where an image of a container says otherwise: the tests start
    hundreds of interpreters, each of which would compile everything anew."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def closing_line(output: Sequence[str]) -> str:
    """The last line that says something: where pytest, mypy and their like put the counts."""
    plain = (COLOUR.sub("", line).strip() for line in reversed(output))
    words = [
        line for line in plain if line and not line.startswith(("npm warn", "Duration", "Start at", "[*]", "No fixes"))
    ]
    return RULER.sub("", words[0]) if words else ""


def show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def run_all(checks: Sequence[Check]) -> list[Outcome]:
    """Several tests at a time, also on two processors: they wait for processes and clocks more than they compute."""
    outcomes = []
    for is_long, at_once in ((False, 2), (True, 3)):
        with ThreadPoolExecutor(at_once) as pool:
            for outcome in pool.map(run, [check for check in checks if check.is_long == is_long]):
                show(f"{outcome.line}\n")
                outcomes.append(outcome)
    return outcomes


def main() -> int:
    names = {check.name: (check,) for check in GROUPS["test"]}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["test"], metavar="NAME", help=f"{', '.join([*GROUPS, *names])}")
    options = parser.parse_args()
    known = {**GROUPS, **names}
    if unknown := [name for name in options.what if name not in known]:
        parser.error(f"There is no check '{unknown[0]}'. There are: {', '.join(known)}.")
    checks = [check for name in options.what for check in known[name] if not check.is_void]
    started = time.monotonic()
    outcomes = run_all(list(dict.fromkeys(checks)))
    show(f"\n{'=' * 100}\n")
    for outcome in outcomes:
        show(f"{outcome.line}\n")
    failed = [outcome.check.name for outcome in outcomes if outcome.code]
    verdict = f"FAILED: {', '.join(failed)}" if failed else "all passed"
    show(f"{len(outcomes)} checks in {time.monotonic() - started:.0f} s, {verdict}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
