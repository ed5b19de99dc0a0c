"""Prompting: what stands in the first turn of each operation. All that others wrote is in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...model import Candidate, Plan
from ...providers import FoundPage
from .describing import Described
from .fencing import block
from .keeping import draft_of

MOST_CANDIDATES = 40


def question_block(question: str) -> str:
    return block("question", question)


def data_blocks(told: Described, datasets: Sequence[dict[str, Any]]) -> list[str]:
    """Origin, tables and joins: one table, dataset or join a line."""
    found = [block("datasets", list(datasets))] if any(datasets) else []
    found.append(block("data", told.tables))
    return [*found, block("joins", told.joins)] if told.joins else found


def plan_block(plan: Plan) -> str:
    """The plan in the form in which it is answered; for follow-up questions, too."""
    return block("plan", draft_of(plan).model_dump(mode="json"))


def page_blocks(pages: Sequence[FoundPage]) -> list[str]:
    told = [
        {
            "page": index,
            "title": page.title[:200],
            "address": page.url[:300],
            "description": page.description[:600],
            "publisher": (page.publisher or "")[:100],
            "updated": page.updated_on.isoformat() if page.updated_on else None,
        }
        for index, page in enumerate(pages)
    ]
    return [block("pages", told)]


def candidate_blocks(candidates: Sequence[Candidate]) -> list[str]:
    """What is public of them: not the reference, the address or the options, which may hold a secret."""
    told = [
        {
            "candidate": index,
            "title": item.title[:200],
            "description": item.description[:400],
            "columns": [name[:60] for name in item.columns[:40]],
            "tags": [tag[:40] for tag in item.tags[:10]],
            "source": item.source,
            "publisher": (item.publisher or "")[:100],
            "updated": item.updated_at.date().isoformat() if item.updated_at else None,
            "rows": item.rows,
        }
        for index, item in enumerate(candidates[:MOST_CANDIDATES])
    ]
    return [block("candidates", told)]
