"""Draft: a plan as a model writes it. One flat kind of widget, no positions, no parameters, every value a text.

A Plan has a class for each type of widget: right for us, but a schema of that size is refused by services and misread
by small models. What a Draft cannot say is decided in `converting`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ...model import Aggregate, Operator, TimeUnit, WidgetType
from ...model.insight import InsightType
from .answer import Answer, ColumnName, FrameName, NoneIsEmpty
from .texts import Heading, Line, Paragraphs, Reason

MOST_WIDGETS = 40
"""As many as a plan may have; what a request allows is less."""

Channel = Literal["x", "y", "color", "size", "detail", "column", "group", "value", "longitude", "latitude"]
SortBy = Literal["x", "y", "none"]
Order = Literal["ascending", "descending"]
FilterType = Literal["choice", "choices", "date_range", "number_range"]


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]


class DraftEncoding(Answer):
    channel: Channel
    column: ColumnName | None = Field(None, description="exact name of a column of the frame; null only to count rows")
    aggregate: Aggregate | None = Field(None, description="for numbers that are computed for each group")
    time_unit: TimeUnit | None = Field(None, description="for dates that are grouped")
    bins: int | None = Field(None, description="2 to 100, for numbers that are grouped")
    scale: Literal["linear", "log"] | None = Field(None, description="log only for values above zero over decades")
    title: Heading | None = Field(None, description="for people; null: the column's own label")


class DraftCondition(Answer):
    column: ColumnName
    operator: Operator
    values: Annotated[tuple[Text, ...], NoneIsEmpty] = Field(
        (), max_length=200, description="as text: one; two for between, both included; none for missing; dates ISO 8601"
    )


class DraftWidget(Answer):
    type: WidgetType
    id: str | None = Field(None, description="of the present widget that this one is; null for a new one")
    title: Line = Field("", description="neutral: what is shown, not what was found")
    subtitle: Line | None = Field(None, description="null: aggregate, unit and conditions are told")
    why: Reason = Field("", description="why this widget helps to answer the question, one sentence")
    frame: FrameName | None = Field(None, description="a table or the name of a join; null only for a text")
    encodings: Annotated[tuple[DraftEncoding, ...], NoneIsEmpty] = Field((), max_length=24)
    where: Annotated[tuple[DraftCondition, ...], NoneIsEmpty] = Field((), max_length=8)
    sort_by: SortBy | None = Field(None, description="bar, pie: by the group or by the value")
    order: Order | None = None
    limit: int | None = Field(None, description="most groups, lines or rows shown; null: as many as can be read")
    stack: Literal["stacked", "grouped", "normalized"] | None = Field(None, description="bar, area with a color")
    text: Paragraphs | None = Field(None, description="only for a text; no markup")


class DraftKey(Answer):
    left: str = Field(description="a column of left")
    right: str = Field(description="a column of right")


class DraftJoin(Answer):
    name: str = Field(description="new, lower case with underscores; widgets use it as their frame")
    left: str = Field(description="a table or an earlier join; its rows are kept in number")
    right: str = Field(description="a table")
    on: tuple[DraftKey, ...] = Field(max_length=6)
    how: Literal["inner", "left"] = "inner"
    why: Reason = ""


class DraftFilter(Answer):
    type: FilterType
    column: ColumnName
    frame: FrameName = Field(description="it acts on all frames that have the same column")
    label: Heading = ""
    why: Reason = ""


class DraftInsight(Answer):
    type: InsightType
    frame: FrameName
    encodings: Annotated[tuple[DraftEncoding, ...], NoneIsEmpty] = Field((), max_length=4)
    where: Annotated[tuple[DraftCondition, ...], NoneIsEmpty] = Field((), max_length=8)
    which: Literal["highest", "lowest"] | None = Field(None, description="extreme only")
    top: int | None = Field(None, description="share only: of the largest so many groups, 1 to 10")
    wording: Line | None = Field(None, description="a sentence with placeholders in braces and no digit, or null")
    why: Reason = ""


class Draft(Answer):
    """What `plan_dashboard` and `amend_plan` ask for."""

    title: Line = Field("", description="of the dashboard, neutral")
    description: Paragraphs = Field("", description="one or two sentences: what the dashboard shows")
    notes: Annotated[tuple[Reason, ...], NoneIsEmpty] = Field(
        (), max_length=8, description="what a reader must know: what of the question this data cannot answer"
    )
    joins: Annotated[tuple[DraftJoin, ...], NoneIsEmpty] = Field((), max_length=10)
    widgets: tuple[DraftWidget, ...] = Field(max_length=MOST_WIDGETS, description="in reading order")
    filters: Annotated[tuple[DraftFilter, ...], NoneIsEmpty] = Field((), max_length=6)
    insights: Annotated[tuple[DraftInsight, ...], NoneIsEmpty] = Field((), max_length=6)
