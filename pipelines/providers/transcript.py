"""Transcript: the very prompts that were sent for a dashboard, with their answers and what was wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Noun
from ..step import JobFolder
from .provider import Completion, Prompt


class Exchange(Noun):
    """One prompt and what came back."""

    prompt: Prompt
    completion: Completion | None = None
    """With provider, model, usage and seconds. None: nobody answered."""
    problems: tuple[str, ...] = ()
    """What the model was told to mend, or what kept the answer from being used."""
    remarks: tuple[str, ...] = ()
    """What was left out of the answer without asking again."""
    failure: str | None = None
    """Why nobody answered, as a sentence."""


class Transcript(Noun):
    """The file ``prompts.json`` of a job and of a version. Holds no key: no prompt and no sentence has one."""

    exchanges: tuple[Exchange, ...] = ()
    outcomes: tuple[str, ...] = ()
    """For the person who made the dashboard, not for its viewers: what of the answers was not used, and why."""

    def and_then(self, exchanges: tuple[Exchange, ...], outcomes: tuple[str, ...] = ()) -> Transcript:
        """With more at the end: a step that runs again asks again, and both are told."""
        return Transcript(exchanges=(*self.exchanges, *exchanges), outcomes=(*self.outcomes, *outcomes))


def remember(folder: JobFolder, exchanges: Sequence[Exchange], outcomes: Sequence[str] = ()) -> None:
    """Add to the transcript of a job. Without anything to add no file is made."""
    if not exchanges and not outcomes:
        return
    before = folder.read(Transcript, folder.prompts) if folder.prompts.exists() else Transcript()
    folder.write(before.and_then(tuple(exchanges), tuple(outcomes)), folder.prompts)
