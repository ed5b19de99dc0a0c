"""Run one step, or all of them, on a job's folder: ``python -m dashwright.pipelines STEP FOLDER``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .build import STEPS, begin, run, step
from .errors import DashwrightError
from .model import Request
from .step import JobFolder, Limits, Progress

DESCRIPTION = """Run one step of a job by hand, or all that are missing.

A job is a folder: each step reads the files before it and writes one. The first file is request.json.
"""


def main(arguments: list[str] | None = None) -> int:
    """0 when the step ended well, 1 with a sentence on stderr when it did not, 2 for wrong usage."""
    parser = argparse.ArgumentParser("python -m dashwright.pipelines", description=DESCRIPTION)
    parser.add_argument("step", choices=[*(item.name for item in STEPS), "all"], help="which step; all: those missing")
    parser.add_argument("folder", type=Path, help="the job's folder")
    parser.add_argument("--limits", default="{}", metavar="JSON", help="limits that differ from the defaults")
    options = parser.parse_args(arguments)
    folder = JobFolder(options.folder)
    try:
        limits = Limits.model_validate_json(options.limits)
    except ValueError as error:
        parser.error(f"--limits: {error}")
    try:
        if options.step == "all":
            run(folder, limits, show)
        else:
            if folder.request.exists():
                begin(folder, folder.read(Request, folder.request))
            step(options.step).run(folder, limits, show)
    except DashwrightError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def show(progress: Progress) -> None:
    """A line of progress on stderr."""
    print(f"{progress.percent:5.1f}%  {progress.step}  {progress.message}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
