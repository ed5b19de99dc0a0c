"""Merging three ways: what a person has made of a generated notebook, and how it is generated now.

The identity of a cell is its id, so one that was moved is still the same. What both changed in the same place is a
conflict; nothing is lost by it, as the person's stays in the notebook until they decide. The work is done in a process
of its own with limits, since a notebook may be made so that comparing it takes for ever. No step, so that composing and
the store can both ask it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Literal

from ..errors import LimitError
from ..model import Noun

TIMEOUT = 20.0
"""Seconds."""
MEMORY = 1024**3
"""Bytes of data that the process may have."""
Choice = Literal["mine", "theirs", "text"]


class Conflict(Noun):
    """A cell that both changed. None: it is not there on that side."""

    cell: str
    widget: str | None = None
    base: str | None
    """As it was generated when the person began."""
    mine: str | None
    """The person's. It is what the notebook has until somebody decides."""
    theirs: str | None
    """As it is generated now."""
    decision: Choice | None = None
    text: str | None = None
    """For the decision "text": what the cell is to be."""


class Merged(Noun):
    notebook: str
    """In Jupyter's format, with the person's cell wherever there is a conflict."""
    conflicts: tuple[Conflict, ...] = ()


def merge(base: str, mine: str, theirs: str, timeout: float = TIMEOUT) -> Merged:
    """Three notebooks become one.

    Args:
        base: as it was generated when the person began.
        mine: what the person has made of it.
        theirs: as it is generated now.
        timeout: seconds.

    Raises:
        LimitError: it takes too long or too much memory.
    """
    command = [sys.executable, "-P", "-m", f"{__name__}.process", str(MEMORY)]
    sent = json.dumps([base, mine, theirs])
    try:
        done = subprocess.run(command, input=sent, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise LimitError(
            f"Merging the edits of the notebook took longer than {timeout:g} seconds and was stopped; the notebook "
            "stays as it is. Split its longest cells."
        ) from None
    if done.returncode < 0 or "MemoryError" in done.stderr:
        raise LimitError(
            f"Merging the edits of the notebook needs more than {MEMORY // 1024**2} MiB of memory; the notebook "
            "stays as it is. Make its cells smaller."
        )
    if done.returncode:
        raise RuntimeError(f"the process that merges notebooks failed: {done.stderr[-2000:]}")
    return Merged.model_validate_json(done.stdout)
