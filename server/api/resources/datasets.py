"""Datasets: what a dashboard is made from, with profiles and some rows; and what could be asked about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from ....pipelines.model import License, Noun, Table
from ....pipelines.planners import OFFLINE
from ....pipelines.providers import NoProviders
from ... import advising, previewing
from ...access import Action, decide
from ...errors import MissingError
from ...inquiries import Describe, Described, Suggest, Suggested
from ...store import UnattendedError
from ..asking import replied
from ..route import Call, Routes, Slug
from .finding import Planner
from .published import datasets_in, profile_in, tagged

routes = Routes("Datasets")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class FileSummary(Noun):
    name: str
    format: str
    size: int


class TableSummary(Noun):
    name: str
    title: str
    rows: int
    columns: tuple[str, ...]


class DatasetSummary(Noun):
    """A dataset, without what its source needs to fetch it, which may be a secret."""

    name: str
    title: str
    description: str
    source: str
    url: str | None
    publisher: str | None
    license: License | None
    attribution: str | None
    fetched_at: datetime
    files: tuple[FileSummary, ...]
    tables: tuple[TableSummary, ...]


class DatasetList(Noun):
    items: tuple[DatasetSummary, ...]


class RowsQuery(Noun):
    offset: Annotated[int, Field(ge=0, le=10**12)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    column: Annotated[tuple[ColumnName, ...], Field(max_length=200, description="None: all of them.")] = ()


class DescriptionQuery(Noun):
    planner: Planner = "auto"


class SuggestionsQuery(Noun):
    planner: Planner = "auto"
    most: Annotated[int, Field(ge=1, le=12)] = 5


@routes.get("/dashboards/{slug}/datasets", "List the datasets", Action.SEE, tagged=True, problems=(409, 422))
def list_datasets(call: Call, slug: Slug) -> DatasetList:
    """With licence and origin, and the tables that were read from them."""
    _, folder = tagged(call, slug)
    tables = profile_in(folder).tables
    return DatasetList(
        items=tuple(
            DatasetSummary(
                **{name: getattr(one, name) for name in DatasetSummary.model_fields if name not in ("files", "tables")},
                files=tuple(FileSummary(name=file.name, format=file.format, size=file.size) for file in one.files),
                tables=tuple(
                    TableSummary(
                        name=table.name,
                        title=table.title,
                        rows=table.rows,
                        columns=tuple(column.name for column in table.columns),
                    )
                    for table in tables
                    if table.dataset == one.name
                ),
            )
            for one in datasets_in(folder).datasets
        )
    )


@routes.get(
    "/dashboards/{slug}/tables/{table}",
    "Show the profile of a table",
    Action.SEE_DATA,
    tagged=True,
    problems=(409, 422),
)
def show_table(call: Call, slug: Slug, table: Name) -> Table:
    """Each column with its type, role, unit, statistics and warnings."""
    return _table(call, slug, table)


@routes.get(
    "/dashboards/{slug}/tables/{table}/rows", "Show rows of a table", Action.SEE_DATA, tagged=True, problems=(409,)
)
def show_rows(call: Call, slug: Slug, table: Name, query: RowsQuery) -> previewing.Rows:
    """In the order of the file. Texts longer than 1,000 characters are cut."""
    found = _table(call, slug, table)
    _, folder = tagged(call, slug)
    return previewing.rows(folder / found.path, query.column, query.offset, query.limit)


@routes.get(
    "/dashboards/{slug}/description",
    "Describe the data",
    Action.SEE_DATA,
    tagged=True,
    slow=True,
    problems=(409, 422, 502),
)
def describe_data(call: Call, slug: Slug, query: DescriptionQuery) -> advising.Description:
    """What a row is, what each column means, and what to beware of. For callers who may ask for dashboards a worker
    asks a model, if one is configured and the dashboard was not made `offline`; else profiling tells."""
    subject, note = advising.Subject.of(tagged(call, slug)[1]), None
    if _may_ask(call, query.planner):
        try:
            return replied(call, Describe(slug=slug, planner=query.planner), Described).description
        except UnattendedError as error:
            note = str(error)
    return advising.describe(subject, NoProviders()).model_copy(update={"note": note})


@routes.get(
    "/dashboards/{slug}/suggestions",
    "Suggest what to ask next",
    Action.SEE,
    tagged=True,
    slow=True,
    problems=(409, 502),
)
def suggest_questions(call: Call, slug: Slug, query: SuggestionsQuery) -> advising.Suggestions:
    """By a model, under the same conditions as the description; else what the planner thought of and left out."""
    subject, note = advising.Subject.of(tagged(call, slug)[1]), None
    if _may_ask(call, query.planner):
        try:
            inquiry = Suggest(slug=slug, planner=query.planner, most=query.most)
            return replied(call, inquiry, Suggested).suggestions
        except UnattendedError as error:
            note = str(error)
    return advising.suggest(subject, NoProviders(), most=query.most).model_copy(update={"note": note})


def _may_ask(call: Call, planner: str) -> bool:
    """Whether a model may be asked for this caller, which costs money: looking at a dashboard must not."""
    return planner != OFFLINE and decide(call.principal, Action.ASK).is_allowed


def _table(call: Call, slug: str, name: str) -> Table:
    tables = profile_in(tagged(call, slug)[1])
    table = tables.table(name)
    if table is None:
        there = ", ".join(one.name for one in tables.tables)
        raise MissingError(f"There is no table '{name}'. There is: {there}.")
    return table
