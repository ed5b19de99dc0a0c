"""Ranking: how well datasets answer a question, by words (BM25 over weighted fields) and by meaning.

Order comes from BM25F (Robertson and Zaragoza, 2009). Whether a dataset *fits* does not: a best match always exists,
also for a question about something else. So each word of the question is looked for in each dataset, as itself, as a
synonym, or as a word of near meaning, and a dataset fits when it covers enough of what was asked.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from ..model import Candidate
from .words import STOP, SYNONYMS

WEIGHTS = {"title": 3.0, "columns": 2.0, "tags": 2.0, "notes": 1.5, "description": 1.0, "publisher": 0.5}
TRUST = {"title": 1.0, "columns": 1.0, "tags": 0.85, "notes": 0.75, "description": 0.75, "publisher": 0.4}
"""How surely a dataset is about a word that stands in the field."""
K1, B = 1.2, 0.6
BLEND = {"coverage": 0.55, "lexical": 0.35, "title": 0.1}
FITS = 0.45
"""Share of the question, by weight of its words, that a dataset must cover."""
SYNONYM = 0.85
NEAR = 0.48
"""Cosine of two words' vectors from which on they count as near; then the cosine is what is covered."""
CORE = 0.95
"""A word covered so well is what the dataset is made of: itself in the title or a column."""
NAMED = 0.7
"""A word covered so well counts as being in the dataset."""

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Term:
    """A word of the question. `stem` is what is compared."""

    word: str
    stem: str


@dataclass(frozen=True)
class Ranked:
    """A candidate with what it covers of the question: word → 0 to 1."""

    candidate: Candidate
    covers: Mapping[str, float]
    weights: Mapping[str, float] = field(repr=False)

    def rescored(self, score: float) -> Ranked:
        return replace(self, candidate=self.candidate.model_copy(update={"score": score}))

    @property
    def coverage(self) -> float:
        total = sum(self.weights.values())
        return sum(self.weights[word] * share for word, share in self.covers.items()) / total if total else 0.0

    @property
    def named(self) -> frozenset[str]:
        return frozenset(word for word, share in self.covers.items() if share >= NAMED)

    @property
    def core(self) -> frozenset[str]:
        return frozenset(word for word, share in self.covers.items() if share >= CORE)


def words(text: str) -> list[str]:
    """Lower case words without accents; *camelCase* and *snake_case* are taken apart."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text)
    plain = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z]+[0-9]*|[0-9]+", plain)


def keywords(question: str) -> tuple[str, ...]:
    """The words of a question that mean something, each once."""
    return tuple(
        dict.fromkeys(word for word in words(question) if word not in STOP and (len(word) > 1) and not word.isdigit())
    )


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word))


def rank(question: str, candidates: Sequence[Candidate]) -> list[Ranked]:
    """All candidates, best first, with their scores between 0 and 1."""
    terms = [Term(word, stem(word)) for word in keywords(question)]
    documents = [fields(candidate) for candidate in candidates]
    frequencies = [weighted(document) for document in documents]
    rarity = inverse_frequencies(terms, frequencies)
    # A year helps to choose between two that fit, but none is unfit for not naming it.
    named = [*terms, *(Term(year, year) for year in re.findall(r"\b(?:1[5-9]|20)\d\d\b", question))]
    lexical = bm25(named, frequencies, inverse_frequencies(named, frequencies))
    top = max(lexical, default=0.0) or 1.0
    ranked = []
    for candidate, document, score in zip(candidates, documents, lexical, strict=True):
        item = Ranked(candidate, covered_words(terms, document), rarity)
        parts = {"coverage": item.coverage, "lexical": score / top, "title": title_share(terms, document["title"])}
        blended = round(sum(BLEND[name] * part for name, part in parts.items()), 4)
        ranked.append(item.rescored(blended))
    return sorted(ranked, key=lambda item: -item.candidate.score)


def title_share(terms: Sequence[Term], title: Sequence[str]) -> float:
    """How much of the title was asked for: of two datasets that have it all, the one without more is nearer."""
    useful = {stem(word) for word in title if word not in STOP}
    asked = set().union(*(related(term.word) for term in terms)) if terms else set()
    return len(useful & asked) / len(useful) if useful else 0.0


def fields(candidate: Candidate) -> dict[str, list[str]]:
    return {
        "title": words(candidate.title),
        "columns": words(" ".join(candidate.columns)),
        "tags": words(" ".join(candidate.tags)),
        "notes": words(" ".join(candidate.notes.values())),
        "description": words(candidate.description[:5_000]),
        "publisher": words(candidate.publisher or ""),
    }


def weighted(document: Mapping[str, Sequence[str]]) -> Counter[str]:
    """Stem → how often it occurs, each field by its weight and its length."""
    counts: Counter[str] = Counter()
    for name, texts in document.items():
        useful = [word for word in texts if word not in STOP]
        # A long field says less about each of its words: the b of BM25F, against a length of 20 words.
        norm = 1 - B + B * len(useful) / 20
        for word in useful:
            counts[stem(word)] += WEIGHTS[name] / max(norm, 0.4)  # type: ignore[assignment]
    return counts


def inverse_frequencies(terms: Sequence[Term], frequencies: Sequence[Counter[str]]) -> dict[str, float]:
    """Word → how much it tells datasets apart. A word that no dataset has counts as a rare one."""
    count = len(frequencies)
    return {
        term.word: math.log(
            1 + (count + 1) / (1 + sum(any(key in counts for key in related(term.word)) for counts in frequencies))
        )
        for term in terms
    }


def bm25(terms: Sequence[Term], frequencies: Sequence[Counter[str]], rarity: Mapping[str, float]) -> list[float]:
    scores = []
    for counts in frequencies:
        score = 0.0
        for term in terms:
            own = counts.get(term.stem, 0)
            others = max((counts.get(key, 0) for key in related(term.word) if key != term.stem), default=0)
            amount = max(own, SYNONYM * others)
            score += rarity[term.word] * amount / (amount + K1)
        scores.append(score)
    return scores


@functools.lru_cache(maxsize=20_000)
def related(word: str) -> frozenset[str]:
    """The stems of the word, of what it is the superlative of, and of their synonyms."""
    own = {stem(word), *(stem(base) for base in positives(word))}
    groups = [{stem(other) for other in synonyms} for synonyms in SYNONYMS]
    return frozenset(own.union(*(group for group in groups if group & own)))


def positives(word: str) -> list[str]:
    """*heaviest* → *heavy*, *fattest* → *fat*: what a stemmer leaves alone."""
    if len(word) < 6 or not word.endswith("est"):
        return []
    base = word[:-3]
    return [base[:-1] + "y" if base.endswith("i") else base, base[:-1] if base[-1] == base[-2] else base + "e"]


def covered_words(terms: Sequence[Term], document: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Word of the question → how surely the dataset is about it."""
    trust: dict[str, float] = {}
    for name, texts in document.items():
        for word in texts:
            if word not in STOP:
                trust[stem(word)] = max(trust.get(stem(word), 0.0), TRUST[name])
    return {term.word: cover(term, trust) for term in terms}


def cover(term: Term, trust: Mapping[str, float]) -> float:
    same = trust.get(term.stem, 0.0)
    synonym = max((SYNONYM * trust.get(key, 0.0) for key in related(term.word)), default=0.0)
    if best := max(same, synonym):
        return best
    near, share = max(((similarity(term.word, key), share) for key, share in trust.items()), default=(0.0, 0.0))
    return near * share if near >= NEAR else 0.0


@functools.lru_cache(maxsize=200_000)
def similarity(one: str, other: str) -> float:
    left, right = vector(one), vector(other)
    return 0.0 if left is None or right is None else float(left @ right)


@functools.lru_cache(maxsize=50_000)
def vector(word: str) -> Vector | None:
    """A word's meaning as a direction; None where the model is not installed."""
    embed = model()
    if embed is None or len(word) < 4:
        return None
    found: Vector = embed.embed([word], norm=True)[0]
    return found


@functools.cache
def model():  # type: ignore[no-untyped-def]
    try:
        import wordllama
    except ImportError:
        return None
    # The package carries this model; without the two arguments it would look for others on the network.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def choose(ranked: Sequence[Ranked], most: int) -> list[Candidate]:
    """The best one that fits, and those made of words of the question which the others are not made of.

    One that adds must itself be about more than the added word, and share a word with those before it: there must be
    something to join or compare by.
    """
    best = next((item for item in ranked if item.coverage >= FITS and item.named), None)
    if best is None:
        return []
    chosen, core, named = [best], set(best.core), set(best.named)
    for item in ranked:
        if len(chosen) >= most:
            break
        if item.core - core and len(item.named) > 1 and item.named & named and item not in chosen:
            chosen.append(item)
            core |= item.core
            named |= item.named
    return [explained(item, position) for position, item in enumerate(chosen)]


def explained(item: Ranked, position: int) -> Candidate:
    """The candidate with the reason why it was chosen."""
    known = [word for word in item.covers if item.covers[word] > 0]
    lacking = [word for word in item.covers if item.covers[word] == 0]
    reason = f"It {'is' if position == 0 else 'adds what is known'} about {listed(known)}"
    if lacking and position == 0:
        reason += f", but says nothing about {listed(lacking)}"
    return item.candidate.model_copy(update={"reason": f"{reason}{facts(item.candidate)}."})


def facts(candidate: Candidate) -> str:
    """What else speaks for or against a dataset, as the source says it."""
    told = []
    if candidate.since is not None and candidate.until is not None:
        told.append(f"covers {candidate.since} to {candidate.until}")
    if candidate.updated_at is not None:
        told.append(f"was updated in {candidate.updated_at:%B %Y}")
    return f"; it {' and '.join(told)}" if told else ""


def listed(texts: Sequence[str]) -> str:
    quoted = [f"'{text}'" for text in texts]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
