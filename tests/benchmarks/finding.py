"""How well datasets are ranked: NDCG@10 of our ranking beside plain BM25, over ``finding.json``.

The questions, their graded answers and the descriptions of the distractors are ours, written before the ranking was
tuned on anything; the answers among the samples are real.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dashwright.pipelines.model import Candidate
from dashwright.pipelines.sources.finding import ordered
from dashwright.pipelines.sources.ranking import stem, words
from dashwright.pipelines.sources.samples import candidate, catalogue
from dashwright.pipelines.step import Limits

PAGE = Path(__file__).with_suffix(".json")
K1, B = 1.2, 0.75
"""The usual ones (Robertson and Zaragoza, 2009)."""

Ranking = Callable[[str, Sequence[Candidate]], list[str]]
"""Question and candidates → names, best first."""


def scores() -> dict[str, Any]:
    content = json.loads(PAGE.read_text(encoding="utf-8"))
    candidates = [*map(candidate, catalogue()), *(distractor(item) for item in content["candidates"])]
    questions = content["questions"]
    return {"questions": len(questions), "datasets": len(candidates)} | {
        name: sum(ndcg(ranking(item["question"], candidates), item["relevant"]) for item in questions) / len(questions)
        for name, ranking in (("bm25", plain), ("ours", ours))
    }


def distractor(item: Mapping[str, Any]) -> Candidate:
    return Candidate.model_validate({"source": "elsewhere", "reference": item["name"], **item})


def ours(question: str, candidates: Sequence[Candidate]) -> list[str]:
    return [item.candidate.name for item in ordered(question, candidates, Limits())]


def plain(question: str, candidates: Sequence[Candidate]) -> list[str]:
    """BM25 over all that is said of a dataset as one text, stemmed."""
    texts = [Counter(map(stem, words(told(item)))) for item in candidates]
    lengths = [sum(text.values()) for text in texts]
    usual = sum(lengths) / len(lengths)
    asked = {stem(word) for word in words(question)}
    rarity = {
        word: math.log(1 + (len(texts) - there + 0.5) / (there + 0.5))
        for word in asked
        for there in [sum(word in text for text in texts)]
    }
    points = [
        sum(
            rarity[word] * text[word] * (K1 + 1) / (text[word] + K1 * (1 - B + B * length / usual))
            for word in asked & text.keys()
        )
        for text, length in zip(texts, lengths, strict=True)
    ]
    order = sorted(range(len(candidates)), key=lambda position: -points[position])
    return [candidates[position].name for position in order]


def told(item: Candidate) -> str:
    return " ".join((item.title, item.description, *item.columns, *item.tags, item.publisher or ""))


def ndcg(names: Sequence[str], relevant: Mapping[str, int], most: int = 10) -> float:
    """Normalized discounted cumulative gain of the first `most`, with gains 2^grade - 1 (Burges et al., 2005)."""

    def gain(grades: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))

    best = gain(sorted(relevant.values(), reverse=True)[:most])
    return gain([relevant.get(name, 0) for name in names[:most]]) / best


if __name__ == "__main__":
    print(json.dumps(scores()))
