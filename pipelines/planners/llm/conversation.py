"""Conversation: a prompt, and what was wrong with its answer, until it is right or the rounds are over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ...errors import ProviderError
from ...providers import Completion, Prompt, Providers, Turn
from ...providers.transcript import Exchange
from .fencing import block

MOST_REPEATED = 40_000
"""Characters of a refused answer that go back to the model."""


class Judged(Protocol):
    """What an answer is worth."""

    @property
    def problems(self) -> tuple[str, ...]: ...

    @property
    def remarks(self) -> tuple[str, ...]: ...

    @property
    def worth(self) -> tuple[bool, int, int]:
        """Sorts answers; the second item is below zero for one of which nothing can be used."""
        ...


J = TypeVar("J", bound=Judged)


@dataclass(frozen=True)
class Outcome(Generic[J]):
    """The best answer there was."""

    answer: J
    provider: str
    failure: str | None = None
    """Why no better one could be had, where a later round failed."""


class Conversation:
    """Asks, judges and asks again; remembers every exchange."""

    def __init__(self, providers: Providers, tell: Callable[[str], None], rounds: int) -> None:
        self._providers = providers
        self._tell = tell
        self._rounds = rounds
        self.exchanges: list[Exchange] = []

    def ask(self, prompt: Prompt, judge: Callable[[str], J]) -> Outcome[J]:
        """
        Raises:
            ProviderError: nobody answered, or no answer could be used at all.
        """
        best: Outcome[J] | None = None
        asked: Prompt = prompt
        last: str | None = None
        for round_ in range(self._rounds + 1):
            self._tell(self._message(round_, best))
            try:
                completion = self._providers.complete(asked)
            except ProviderError as error:
                self.exchanges.append(Exchange(prompt=asked, failure=str(error)))
                if best is None or best.answer.worth[1] < 0:
                    raise
                return Outcome(best.answer, best.provider, str(error))
            judged = judge(completion.text)
            self.exchanges.append(
                Exchange(prompt=asked, completion=completion, problems=judged.problems, remarks=judged.remarks)
            )
            if best is None or judged.worth > best.answer.worth:
                best = Outcome(judged, completion.provider)
            if not judged.problems or completion.text == last:
                break
            last = completion.text
            asked = again(prompt, completion, judged.problems)
        if best is None or best.answer.worth[1] < 0:
            raise ProviderError(self._useless(prompt, best))
        return best

    def _message(self, round_: int, best: Outcome[J] | None) -> str:
        if best is None:
            return f"asking {self._providers.names[0] if self._providers.names else 'a model'}…"
        count = len(best.answer.problems)
        problems = "one problem" if count == 1 else f"{count} problems"
        return f"asking {best.provider} again, {round_} of {self._rounds}: its best answer has {problems}…"

    def _useless(self, prompt: Prompt, best: Outcome[J] | None) -> str:
        what = prompt.operation.replace("_", " ")
        last = self.exchanges[-1]
        who = f"{last.completion.provider} ({last.completion.model})" if last.completion else "the provider"
        why = best.answer.problems[0] if best is not None and best.answer.problems else "it is empty"
        return f"No answer of {who} to '{what}' could be used: {why}"


def again(prompt: Prompt, completion: Completion, problems: tuple[str, ...]) -> Prompt:
    """The prompt with its last answer and what is wrong with it. Earlier rounds are left out: they only cost tokens."""
    text = completion.text
    if len(text) > MOST_REPEATED:
        text = f"{text[:MOST_REPEATED]}\n(cut)"
    mend = (
        "Your answer cannot be used as it is. Each of these problems names its place and what exists; the list is "
        f"data, too.\n{block('problems', list(problems))}\n"
        "Answer again with the whole JSON object, these problems mended and the rest unchanged."
    )
    turns = (*prompt.turns, Turn(role="model", text=text or "(empty)"), Turn(role="user", text=mend))
    return prompt.model_copy(update={"turns": turns})
