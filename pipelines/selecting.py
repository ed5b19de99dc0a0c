"""Selecting: datasets for a question in any language. Where AI providers are configured a model says what the question
is in English and judges what was found; what it says only moves candidates that sources offered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from .errors import DataError, ProviderError, SetupError
from .model import Candidate, Candidates
from .providers import NoProviders, Providers
from .providers.transcript import Exchange
from .sources import source
from .sources.finding import Wanted
from .sources.ranking import keywords

if TYPE_CHECKING:
    from .planners.llm import Assistant, QueryAnalysis, Ranking

MOST_JUDGED = 20
"""Candidates that a model is shown."""
MOST_PICKED = 5
"""Of those that it names, the first so many are taken."""
ROUNDS = 1
"""How often an answer goes back: without any the search is as good as without a model, and somebody waits."""
WORTH = {"answers": 1.0, "helps": 0.7, "unrelated": 0.0}
SHARE = 0.5
"""Of a model's judgement in a score; the rest is our own ranking."""
ENOUGH = 0.3
"""A score with a judgement in it from which on a dataset is taken: our own has to be 0.6 to withstand "unrelated"."""
NO_PROVIDERS = NoProviders()


MOST_PAGES = 8
"""Of the web, of which most describe no dataset."""


class Find(Protocol):
    """What the sources offer, ranked."""

    def __call__(self, wanted: Wanted, /) -> Candidates: ...


class Selecting:
    """One search. `outcomes` say to whoever asked why a model's help was not used; they and `exchanges` are there also
    when it fails."""

    def __init__(self, providers: Providers = NO_PROVIDERS, tell: Callable[[str], None] | None = None) -> None:
        self._providers = providers
        self._assistant = _assistant(providers, tell) if providers.names else None
        self._is_unheard = False
        self.outcomes: tuple[str, ...] = ()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return self._assistant.exchanges if self._assistant else ()

    def select(self, wanted: Wanted, find: Find) -> Candidates:
        """The datasets that `find` offers, those first that fit the question.

        Raises:
            DataError: the question has no word to search by.
            DashwrightError: whatever `find` raises.
        """
        wordings = [text for text in self._wordings(wanted.question, wanted.sources) if keywords(text)]
        if not wordings:
            raise DataError(" ".join((_wordless(wanted.question), *self.outcomes)))
        pages = self._pages(wanted)
        worded = [replace(wanted, wording="" if text == wanted.question else text, pages=pages) for text in wordings]
        found = find(worded[0])
        for otherwise in worded[1:]:
            if found.chosen:
                break
            other = find(otherwise)
            found = other if other.chosen or not found.candidates else found
        return self._judged(wanted.question, found, wanted.most_chosen)

    def _pages(self, wanted: Wanted) -> tuple[str, ...]:
        """Addresses that an AI provider finds in the web, where one may be asked and a source looks at pages."""
        if self._assistant is None or not any(looks_at_pages(name) for name in wanted.sources):
            return ()
        try:
            return tuple(page.url for page in self._providers.search(wanted.question, MOST_PAGES).pages)
        except ProviderError as error:
            self.outcomes += (f"The web was not searched: {error}",)
            return ()

    def _wordings(self, question: str, sources: Sequence[str]) -> tuple[str, ...]:
        """What to search by, the best first: a question that is not in English has few words that datasets have."""
        if self._assistant is None:
            return (question,)
        from .planners.llm import AnalyzeQuery

        try:
            said = self._assistant.analyze_query(AnalyzeQuery(question=question, sources=tuple(sources)))
        except ProviderError as error:
            self.outcomes += (f"No model was asked about data: {error}",)
            self._is_unheard = True
            return (question,)
        english = _english(said)
        both = (question, english) if said.language.strip().casefold() == "english" else (english, question)
        return tuple(dict.fromkeys(both))

    def _judged(self, question: str, found: Candidates, most: int) -> Candidates:
        """With a model's judgement in the order; as it was found where there is none."""
        if self._assistant is None or self._is_unheard or not found.candidates:
            return found
        from .planners.llm import RankDatasets

        shown = found.candidates[:MOST_JUDGED]
        try:
            said = self._assistant.rank_datasets(RankDatasets(question=question, candidates=shown))
        except ProviderError as error:
            self.outcomes += (f"No model judged the data: {error}",)
            return found
        return blended(found, said, most, self._judge())

    def _judge(self) -> str:
        completion = self.exchanges[-1].completion
        return completion.provider if completion else "a model"


def blended(found: Candidates, said: Ranking, most: int, judge: str) -> Candidates:
    """Both judgements in one order. Chosen is what either chose, unless the other speaks too strongly against it."""
    verdicts = {item.candidate: item for item in said.ranking if item.candidate < len(found.candidates)}
    picked = [place for place, item in verdicts.items() if item.fits != "unrelated"][:MOST_PICKED]
    ranked: dict[int, Candidate] = {}
    for place, candidate in enumerate(found.candidates):
        if (verdict := verdicts.get(place)) is None:
            ranked[place] = candidate
            continue
        score = (1 - SHARE) * candidate.score + SHARE * WORTH[verdict.fits]
        reason = f"{verdict.reason} (judged by {judge})" if verdict.reason and place in picked else candidate.reason
        ranked[place] = candidate.model_copy(update={"score": round(score, 4), "reason": reason})
    order = sorted(ranked, key=lambda place: -ranked[place].score)
    either = {*found.chosen, *picked}
    chosen = [place for place in order if place in either and ranked[place].score >= ENOUGH][:most]
    rest = [place for place in order if place not in chosen]
    return found.model_copy(
        update={
            "candidates": tuple(ranked[place] for place in (*chosen, *rest)),
            "chosen": tuple(range(len(chosen))),
        }
    )


def looks_at_pages(name: str) -> bool:
    try:
        return source(name).looks_at_pages
    except SetupError:
        return False  # It says so when it is asked.


def _english(said: QueryAnalysis) -> str:
    return said.in_english or " ".join(said.keywords)


def _assistant(providers: Providers, tell: Callable[[str], None] | None) -> Assistant:
    from .planners.llm import Assistant, Policy

    return Assistant(providers, Policy(rounds=ROUNDS), tell)


def _wordless(question: str) -> str:
    return (
        f"The question '{excerpt(question)}' has no word that datasets could be found by; "
        "ask in English, naming what should be shown, or attach data."
    )


def excerpt(question: str) -> str:
    return question if len(question) <= 120 else question[:119] + "…"
