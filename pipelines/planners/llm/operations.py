"""Operations: what a model can be asked, each as a typed request with a typed answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ...model import Candidate, Dataset, Noun, Plan, Profile, WidgetType
from ...model.request import AMENDMENT_LIMIT, Question
from .answer import Answer, NoneIsEmpty, one_of
from .texts import Heading, Line, Paragraphs, Reason

Intent = Literal[
    "overview", "trend", "comparison", "ranking", "share", "distribution", "relationship", "place", "lookup"
]
SourceName = Annotated[str, one_of("sources")]


class AnalyzeQuery(Noun):
    """What is a question about, and by which words can data be found for it?"""

    question: Question
    sources: tuple[str, ...] = ()
    """Names of those that can be searched."""


class QueryAnalysis(Answer):
    intent: Intent = "overview"
    language: Heading = Field("English", description="of the question, its English name")
    in_english: Line = Field(
        "", description="the question in English, in the words that titles and columns of datasets have"
    )
    data_types: Annotated[tuple[Heading, ...], NoneIsEmpty] = Field(
        (), max_length=12, description="kinds of data needed, as 'population by country and year'"
    )
    suggested_sources: Annotated[tuple[SourceName, ...], NoneIsEmpty] = Field(
        (), max_length=20, description="of the given ones, best first"
    )
    visualization_types: Annotated[tuple[WidgetType, ...], NoneIsEmpty] = Field((), max_length=12)
    keywords: Annotated[tuple[Heading, ...], NoneIsEmpty] = Field(
        (),
        max_length=16,
        description="to search catalogues with: English, whatever the question's language; best first",
    )
    first_year: int | None = Field(None, description="of the time asked about; null: not said")
    last_year: int | None = None
    places: Annotated[tuple[Heading, ...], NoneIsEmpty] = Field((), max_length=40, description="in English")


class FindDatasets(Noun):
    """Which pages of the web offer data about a question?"""

    question: Question
    limit: int = Field(20, ge=1, le=100)


class JudgedPage(Answer):
    page: int = Field(description="its number in the list")
    title: Line = Field("", description="of the dataset")
    description: Reason = ""
    publisher: Heading | None = None
    format: Heading | None = Field(None, description="csv, xlsx, json, parquet, api ...; null: not known")
    size: Heading | None = Field(None, description="only as the page says it; null: not known")
    updated: str | None = Field(None, description="date of the last update, ISO 8601; null: not known")
    relevance: Literal["high", "medium", "low", "none"] = Field("low", description="none: offers no data")


class JudgedPages(Answer):
    datasets: tuple[JudgedPage, ...] = Field(max_length=100, description="best first")


class FoundDataset(Noun):
    """A dataset that a web search found. `url` is the search's own, never a model's, and hostile all the same."""

    title: str
    description: str = ""
    source: str
    """Who publishes it: as the page says, else its host."""
    url: str
    format: str | None = None
    size: str | None = None
    updated_on: date | None = None
    relevance: float = Field(ge=0, le=1)


class RankDatasets(Noun):
    """Which of these candidates answer a question?"""

    question: Question
    candidates: tuple[Candidate, ...] = Field(min_length=1)


class RankedCandidate(Answer):
    candidate: int = Field(description="its number in the list")
    fits: Literal["answers", "helps", "unrelated"] = "helps"
    reason: Reason = Field("", description="for the person who asked, one sentence")


class Ranking(Answer):
    """Positions in the candidates of the request, best first, each once; those that the model spoke of."""

    ranking: tuple[RankedCandidate, ...] = Field(max_length=200, description="best first, each candidate once")


class AnalyzeDataset(Noun):
    """What is in this data? In words, never in numbers."""

    profile: Profile
    datasets: tuple[Dataset, ...] = ()
    question: str = ""
    """Decides which columns are told where there are too many."""
    sample_values: bool = True


class DescribedColumn(Answer):
    table: str
    column: Annotated[str, one_of("columns")]
    description: Reason


class DatasetAnalysis(Answer):
    about: Paragraphs = Field("", description="what the data is about, one or two sentences")
    row: Line = Field("", description="what one row is")
    columns: Annotated[tuple[DescribedColumn, ...], NoneIsEmpty] = Field((), max_length=400)
    caveats: Annotated[tuple[Reason, ...], NoneIsEmpty] = Field(
        (), max_length=8, description="what a reader must know before trusting a chart of it"
    )


class PlanDashboard(Noun):
    question: Question
    profile: Profile
    datasets: tuple[Dataset, ...] = ()
    title: str | None = None
    max_widgets: int = Field(12, ge=1, le=24)
    sample_values: bool = True


class AmendPlan(Noun):
    """The plan is changed as the words say; what they do not speak of stays."""

    plan: Plan
    profile: Profile
    amendment: str = Field(min_length=1, max_length=AMENDMENT_LIMIT)
    datasets: tuple[Dataset, ...] = ()
    max_widgets: int = Field(24, ge=1, le=40)
    sample_values: bool = True


class SuggestQuestions(Noun):
    """What else could be asked of this data?"""

    plan: Plan
    profile: Profile
    most: int = Field(5, ge=1, le=12)
    sample_values: bool = True


class Questions(Answer):
    questions: tuple[Line, ...] = Field(
        max_length=12, description="in the language of the question, each answerable by this data and different"
    )


class Planned(Noun):
    """A plan, and for the person who made it what did not go as asked."""

    plan: Plan
    outcomes: tuple[str, ...] = ()
