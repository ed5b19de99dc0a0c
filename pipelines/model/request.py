"""Request: what someone asked, and the data they brought along."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from .noun import Noun
from .plan import Plan

QUESTION_LIMIT = 4_000
"""Characters. Longer than any question, short enough for every model and page."""

AMENDMENT_LIMIT = 2_000
"""Characters."""

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUESTION_LIMIT)]
SlugText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$")]


StepName = Literal["search", "download", "read", "profile", "plan", "compose", "execute", "publish"]
"""As a person types it, in their order."""
JobKind = Literal["new", "refresh", "amend", "draft", "preview"]
"""The last two are trials, whose version nobody gets to see unasked: of the draft of a notebook, which is put into the
job's folder, and of a plan."""


def steps_of(kind: JobKind) -> tuple[StepName, ...]:
    """The steps of a job in their order. An amendment has the data of the version that it changes, a trial
    that of the one it is tried on."""
    steps: tuple[StepName, ...] = get_args(StepName)
    return steps if kind in ("new", "refresh") else steps[steps.index("plan") :]


class Attachment(Noun):
    """Data named by the person: a path, an http(s) URL or an SQLAlchemy URL.

    `source` is a key of the table of sources ("files", "samples", "sql"); `reference` is in that source's own words.
    `options` are the source's own (for "sql": ``table`` or ``query``).
    """

    source: str = "files"
    reference: str
    name: str | None = None
    options: dict[str, str] = Field(default_factory=dict)


class Preferences(Noun):
    """Wishes that shape a dashboard without changing the question."""

    sources: tuple[str, ...] = ()
    """Where data is looked for; "all": in every source that is ready. Empty: as DASHWRIGHT_SOURCES says, else in the
    samples."""
    max_candidates: int = Field(20, ge=1, le=100)
    max_datasets: int = Field(5, ge=1, le=20)
    max_widgets: int = Field(12, ge=1, le=24)
    planner: str = "auto"
    """"auto": the configured AI providers, then offline; "offline"; or names with commas, in the order to ask them."""
    sample_values: bool = True
    """Whether AI providers may be told values of cells. DASHWRIGHT_AI_SAMPLE_VALUES sets it."""


class Resume(Noun):
    """What a job takes over from an earlier one: all that was made before a step."""

    job_id: str
    step: StepName
    folder: str | None = None
    """Of the earlier job, on the machine that runs this one."""


class Request(Noun):
    """The first file of a job. A refresh carries the published version whose plan and notebook it keeps, an amendment
    the one whose data it keeps and whose plan it changes. A trial carries the one whose data it is tried on."""

    kind: JobKind = "new"
    dashboard_id: str
    slug: SlugText
    question: Question
    title: str | None = Field(None, max_length=255)
    attachments: tuple[Attachment, ...] = ()
    preferences: Preferences = Preferences()
    refresh_of: str | None = None
    """Folder of the version whose plan and notebook a refresh keeps, or which an amendment changes."""
    amendment: str | None = Field(None, min_length=1, max_length=AMENDMENT_LIMIT)
    """For kind "amend": what to change, in the person's own words."""
    plan: Plan | None = None
    """For kinds "amend", instead of words, and "preview": the whole plan as it is to be."""
    draft: int | None = Field(None, ge=1)
    """For kind "draft": which save of it."""
    resume: Resume | None = None
    version_number: int = Field(1, ge=1)
    """Number that the version made by this job will have."""
    versions: str | None = None
    """Folder in which the version's folder is made. None: ``versions`` beside the folder that holds the job's."""
