"""Judging: answers of the small operations against what was asked. What cannot be right is told and left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from ...model import Candidate, Profile
from ...providers import FoundPage
from .answer import Answer
from .operations import (
    DatasetAnalysis,
    DescribedColumn,
    FoundDataset,
    JudgedPage,
    JudgedPages,
    QueryAnalysis,
    Questions,
    RankedCandidate,
    Ranking,
)
from .parts import Findings, Part, listed, resolved
from .prompting import MOST_CANDIDATES
from .reading import Reading
from .texts import known_numbers, stated

A = TypeVar("A", bound=Answer)
_RELEVANCE = {"high": 0.9, "medium": 0.6, "low": 0.3, "none": 0.0}
_UNJUDGED = 0.5
_YEARS = range(-10_000, 10_000)


@dataclass(frozen=True)
class Judgement(Generic[A]):
    """An answer, and what is wrong with it."""

    answer: A | None
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def worth(self) -> tuple[bool, int, int]:
        return (not self.problems, -1 if self.answer is None else 1, -len(self.problems))


def judged(reading: Reading[A]) -> Judgement[A]:
    return Judgement(reading.answer, reading.problems, reading.remarks)


def _with(reading: Reading[A], answer: A, findings: Findings) -> Judgement[A]:
    return Judgement(answer, (*reading.problems, *findings.sentences), reading.remarks)


def query_analysis(reading: Reading[QueryAnalysis], sources: Sequence[str]) -> Judgement[QueryAnalysis]:
    answer = reading.answer
    if answer is None:
        return judged(reading)
    findings = Findings()
    known = [name for name in answer.suggested_sources if name in sources]
    years = [year for year in (answer.first_year, answer.last_year) if year is not None]
    if not answer.keywords:
        Part("keywords", findings).wrong("there is none; give the English words that data can be found by.")
    if any(year not in _YEARS for year in years) or (len(years) == 2 and years[0] > years[1]):
        Part("first_year", findings).wrong(f"{answer.first_year} to {answer.last_year} is no span of years.")
        answer = answer.model_copy(update={"first_year": None, "last_year": None})
    return _with(reading, answer.model_copy(update={"suggested_sources": tuple(dict.fromkeys(known))}), findings)


def judged_pages(reading: Reading[JudgedPages], pages: Sequence[FoundPage]) -> Judgement[JudgedPages]:
    if reading.answer is None:
        return judged(reading)
    findings = Findings()
    kept: dict[int, JudgedPage] = {}
    for index, item in enumerate(reading.answer.datasets):
        part = Part(reading.path("datasets", index), findings)
        if not 0 <= item.page < len(pages):
            part.inner("page").wrong(f"there is no page {item.page}. There is: 0 to {len(pages) - 1}.")
        else:
            kept.setdefault(item.page, item)
    return _with(reading, JudgedPages(datasets=tuple(kept.values())), findings)


def found_datasets(pages: Sequence[FoundPage], answer: JudgedPages | None) -> tuple[FoundDataset, ...]:
    """The pages that offer data, best first; all of them where nobody judged. Addresses are the search's own."""
    said = {item.page: item for item in answer.datasets} if answer else {}
    order = [*said, *(index for index in range(len(pages)) if index not in said)]
    found = [_found(pages[index], said.get(index)) for index in order if _is_address(pages[index].url)]
    return tuple(sorted((item for item in found if item.relevance > 0), key=lambda item: -item.relevance))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _found(page: FoundPage, said: JudgedPage | None) -> FoundDataset:
    host = urlsplit(page.url).hostname or ""
    return FoundDataset(
        title=((said and said.title) or page.title or host)[:250],
        description=((said and said.description) or page.description)[:1_000],
        source=(page.publisher or (said and said.publisher) or host)[:120],
        url=page.url,
        format=said.format.lower() if said and said.format else _extension(page.url),
        size=said.size if said else None,
        updated_on=page.updated_on or _day(said.updated if said else None),
        relevance=_RELEVANCE[said.relevance] if said else _UNJUDGED,
    )


def _extension(url: str) -> str | None:
    ending = urlsplit(url).path.lower().rpartition(".")[2]
    return ending if ending in ("csv", "tsv", "json", "jsonl", "parquet", "xlsx", "xls", "ods", "zip") else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def ranking(reading: Reading[Ranking], candidates: Sequence[Candidate]) -> Judgement[Ranking]:
    """Each candidate once that the model spoke of. Reasons state no number that the candidate does not."""
    if reading.answer is None:
        return judged(reading)
    count = min(len(candidates), MOST_CANDIDATES)
    findings = Findings()
    kept: dict[int, RankedCandidate] = {}
    for index, item in enumerate(reading.answer.ranking):
        part = Part(reading.path("ranking", index), findings).inner("candidate")
        if not 0 <= item.candidate < count:
            part.wrong(f"there is no candidate {item.candidate}. There is: 0 to {count - 1}.")
        elif item.candidate in kept:
            part.wrong(f"candidate {item.candidate} is ranked twice.")
        else:
            kept[item.candidate] = _reasoned(item, candidates[item.candidate])
    return _with(reading, Ranking(ranking=tuple(kept.values())), findings)


def _reasoned(item: RankedCandidate, candidate: Candidate) -> RankedCandidate:
    """Without a reason that states what nobody knows: to ask for a better one takes longer than it is worth."""
    said = json.dumps(candidate.model_dump(mode="json", exclude={"reference", "options", "url"}))
    return item if stated(item.reason, known_numbers([said])) is None else item.model_copy(update={"reason": ""})


def dataset_analysis(reading: Reading[DatasetAnalysis], profile: Profile) -> Judgement[DatasetAnalysis]:
    answer = reading.answer
    if answer is None:
        return judged(reading)
    findings = Findings()
    known = known_numbers(
        text for table in profile.tables for c in table.columns for text in (table.title, c.name, c.label, c.unit or "")
    )
    columns = (
        _described(item, Part(reading.path("columns", index), findings), profile, known)
        for index, item in enumerate(answer.columns)
    )
    sound = DatasetAnalysis(
        about=Part("about", findings).text(answer.about, known) or "",
        row=Part("row", findings).text(answer.row, known) or "",
        columns=tuple(item for item in columns if item is not None),
        caveats=_texts(answer.caveats, "caveats", findings, known),
    )
    return _with(reading, sound, findings)


def _described(item: DescribedColumn, part: Part, profile: Profile, known: frozenset[str]) -> DescribedColumn | None:
    tables = {table.name: [column.name for column in table.columns] for table in profile.tables}
    table = resolved(item.table, tables)
    if table is None:
        part.inner("table").wrong(f"there is no table {item.table!r}. There is: {listed(tables)}.")
        return None
    column = resolved(item.column, tables[table])
    if column is None:
        part.inner("column").wrong(f"column {item.column!r} is not in '{table}'. It has: {listed(tables[table])}.")
        return None
    text = part.inner("description").text(item.description, known)
    return DescribedColumn(table=table, column=column, description=text) if text else None


def questions(reading: Reading[Questions], asked: str, most: int) -> Judgement[Questions]:
    """Different ones, and not the one that was asked."""
    answer = reading.answer
    if answer is None:
        return judged(reading)
    findings = Findings()
    different = {" ".join(text.casefold().split()): text for text in answer.questions if text}
    different.pop(" ".join(asked.casefold().split()), None)
    if not different:
        Part("questions", findings).wrong("there is none that was not asked already.")
        return replace(_with(reading, answer, findings), answer=None)
    return _with(reading, Questions(questions=tuple(different.values())[:most]), findings)


def _texts(texts: Iterable[str], name: str, findings: Findings, known: frozenset[str]) -> tuple[str, ...]:
    told = (Part(f"{name}[{index}]", findings).text(text, known) for index, text in enumerate(texts))
    return tuple(text for text in told if text)
