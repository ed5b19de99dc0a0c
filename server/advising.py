"""Advising: what the data of a published version is, and what could be asked about it next.

By a model if one is configured, within its owner's budget; else, or where no model answers, from what profiling and
the plan know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..pipelines.errors import ProviderError
from ..pipelines.model import Column, Dataset, Datasets, Noun, Plan, Profile, Table
from ..pipelines.providers import Providers
from ..pipelines.step import JobFolder

if TYPE_CHECKING:
    from ..pipelines.planners.llm import DatasetAnalysis
    from ..pipelines.providers.transcript import Exchange

OFFLINE = "offline"
FEW = 6
"""Values of a column that are named."""


class Subject(Noun):
    """The files of a published version that advice is taken from."""

    plan: Plan
    profile: Profile
    datasets: tuple[Dataset, ...]

    @classmethod
    def of(cls, path: Path) -> Subject:
        folder = JobFolder(path)
        return cls(
            plan=folder.read(Plan, folder.plan),
            profile=folder.read(Profile, folder.profile),
            datasets=folder.read(Datasets, folder.datasets).datasets,
        )


class Suggestion(Noun):
    """Something to ask next, and why."""

    question: str
    why: str = ""


class Suggestions(Noun):
    suggestions: tuple[Suggestion, ...]
    by: str
    """A provider, or "offline"."""
    note: str | None = None
    """Why no provider was of use."""


class ColumnDescription(Noun):
    name: str
    what: str
    """Its meaning, by a model."""
    facts: str
    """Its type and what is in it, by profiling."""


class TableDescription(Noun):
    name: str
    title: str
    rows: int
    row: str
    """What one row is."""
    columns: tuple[ColumnDescription, ...]


class Description(Noun):
    about: str
    tables: tuple[TableDescription, ...]
    caveats: tuple[str, ...]
    by: str
    note: str | None = None


def suggest(subject: Subject, providers: Providers, *, most: int = 5, sample_values: bool = True) -> Suggestions:
    """Questions that the data could answer, too."""
    if not providers.names:
        return _suggested(subject.plan, most, None)
    from ..pipelines.planners.llm import Assistant, SuggestQuestions

    assistant = Assistant(providers)
    request = SuggestQuestions(plan=subject.plan, profile=subject.profile, most=most, sample_values=sample_values)
    try:
        questions = assistant.suggest_questions(request).questions
    except ProviderError as error:
        return _suggested(subject.plan, most, str(error))
    return Suggestions(suggestions=tuple(Suggestion(question=text) for text in questions), by=_who(assistant.exchanges))


def describe(subject: Subject, providers: Providers, *, sample_values: bool = True) -> Description:
    """What the data is about, table by table and column by column."""
    if not providers.names:
        return _described(subject, None, OFFLINE, None)
    from ..pipelines.planners.llm import AnalyzeDataset, Assistant

    assistant = Assistant(providers)
    request = AnalyzeDataset(
        profile=subject.profile,
        datasets=subject.datasets,
        question=subject.plan.question,
        sample_values=sample_values,
    )
    try:
        analysis = assistant.analyze_dataset(request)
    except ProviderError as error:
        return _described(subject, None, OFFLINE, str(error))
    return _described(subject, analysis, _who(assistant.exchanges), None)


def _suggested(plan: Plan, most: int, note: str | None) -> Suggestions:
    """The charts that the planner thought of and left out."""
    found = (Suggestion(question=widget.title, why=widget.why) for widget in plan.suggestions[:most])
    return Suggestions(suggestions=tuple(found), by=OFFLINE, note=note)


def _who(exchanges: Sequence[Exchange]) -> str:
    return next((one.completion.provider for one in reversed(exchanges) if one.completion), OFFLINE)


def _described(subject: Subject, analysis: DatasetAnalysis | None, by: str, note: str | None) -> Description:
    meanings = {(one.table, one.column): one.description for one in analysis.columns} if analysis else {}
    profile = subject.profile
    return Description(
        about=(analysis.about if analysis else "") or _about(subject),
        tables=tuple(
            _table(table, meanings, analysis.row if analysis and len(profile.tables) == 1 else "")
            for table in profile.tables
        ),
        caveats=(*(analysis.caveats if analysis else ()), *profile.warnings),
        by=by,
        note=note,
    )


def _about(subject: Subject) -> str:
    """What the publishers say of it."""
    return "\n".join(f"{one.title}: {one.description}" for one in subject.datasets if one.description)


def _table(table: Table, meanings: dict[tuple[str, str], str], row: str) -> TableDescription:
    return TableDescription(
        name=table.name,
        title=table.title,
        rows=table.rows,
        row=row or table.row_noun,
        columns=tuple(
            ColumnDescription(
                name=column.name,
                what=meanings.get((table.name, column.name), "") or column.description,
                facts="; ".join(_facts(column)),
            )
            for column in table.columns
        ),
    )


def _facts(column: Column) -> Iterator[str]:
    yield f"{column.role} in {column.unit}" if column.unit else column.role
    if column.times is not None:
        yield f"{column.times.first} to {column.times.last}"
    elif column.role == "identifier":
        yield f"{column.distinct:,} different"
    elif column.numbers is not None:
        yield f"{column.numbers.min:,.6g} to {column.numbers.max:,.6g}"
    elif column.order or column.values:
        named = column.order or tuple(str(one.value) for one in column.values)
        shown = ", ".join(value[:40] for value in named[:FEW])
        yield shown if column.distinct <= FEW else f"{column.distinct:,} different, such as {shown}"
    if column.missing:
        yield f"{column.missing / column.rows:.0%} missing" if 100 * column.missing >= column.rows else "a few missing"
    yield from column.warnings
