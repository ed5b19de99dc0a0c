"""Resuming: a job begins with the files that an earlier one, which failed, had made before a step. It is no step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .model import Request, steps_of
from .step import JobFolder, share

FILES = {
    "search": ("candidates.json",),
    "download": ("downloads", "datasets.json"),
    "read": ("data", "tables.json"),
    "profile": ("profile.json",),
    "plan": ("plan.json",),
    "compose": ("notebook.ipynb",),
    "execute": ("executed.ipynb",),
}
"""What each step leaves for those after it. A file that says that the step has ended comes last."""
PROMPTS = "prompts.json"
UNFINISHED = "."
"""What begins so in a folder was being written."""


def resume(folder: JobFolder, request: Request) -> str:
    """Share the files that the request wants kept. Done again it changes nothing.

    Returns: a sentence where they are not there any more, so that the job begins at the beginning.
    """
    if request.resume is None or request.resume.folder is None:
        return ""
    steps = steps_of(request.kind)
    kept = steps[: steps.index(request.resume.step)]
    earlier = JobFolder(request.resume.folder)
    names = [name for step in kept for name in FILES[step]]
    if all((folder.path / name).exists() for name in names):
        return ""
    if not all((earlier.path / name).exists() for name in names):
        return f"The files of the job before are gone, so this one does not begin at '{request.resume.step}' but anew."
    for name in (*((PROMPTS,) if (earlier.path / PROMPTS).exists() else ()), *names):
        for file in _files(earlier.path / name):
            place = folder.path / file.relative_to(earlier.path)
            place.parent.mkdir(parents=True, exist_ok=True)
            share(file, place)
    for step in kept:
        if step in earlier.seconds:
            folder.add_seconds(step, earlier.seconds[step])
    return ""


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for inner in sorted(path.iterdir()):
        if not inner.name.startswith(UNFINISHED) and not inner.is_symlink():
            yield from _files(inner)
