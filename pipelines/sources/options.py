"""Options: what a person may choose about a dataset beside its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import DataError
from ..model import Attachment, Candidate

ATTACHED = "It was attached to the question."


def chosen(options: Mapping[str, str], known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each option with the value that was given, or else its first one.

    Raises:
        DataError: an option or a value that does not exist, and which do.
    """
    for name, value in options.items():
        if name not in known:
            raise DataError(f"There is no option '{name[:50]}'. There are: {', '.join(known)}.")
        if value not in known[name]:
            raise DataError(f"The option '{name}' cannot be '{value[:50]}'; it can be: {', '.join(known[name])}.")
    return {name: options.get(name, values[0]) for name, values in known.items()}


def described(candidate: Candidate, attachment: Attachment) -> Candidate:
    """A dataset that a person named."""
    return candidate.model_copy(
        update={
            "title": attachment.name or candidate.title,
            "reason": ATTACHED,
            "options": attachment.options,
        }
    )
