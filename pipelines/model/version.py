"""Version: an executed notebook with all that its page needs, frozen."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from .dataset import License
from .noun import Noun


class WidgetSummary(Noun):
    """A widget as lists and the API show it."""

    id: str
    type: str
    title: str


class Provenance(Noun):
    """Where the numbers of a version come from."""

    dataset: str
    title: str
    source: str
    url: str | None = None
    publisher: str | None = None
    license: License | None = None
    attribution: str | None = None
    digest: str
    fetched_at: datetime
    rows: int


class Version(Noun):
    """The last file of a job, and the first one to read in the folder of a published version.

    That folder is whole or absent, and holds ``version.json plan.json profile.json datasets.json notebook.ipynb
    executed.ipynb data/``, and ``prompts.json`` where a model was asked, ``generated.ipynb`` where a person has edited
    the notebook.
    """

    dashboard_id: str
    slug: str
    number: int = Field(ge=1)
    title: str
    description: str = ""
    question: str
    widgets: tuple[WidgetSummary, ...]
    provenance: tuple[Provenance, ...]
    notebook: str
    """Path of the executed notebook, relative to the data directory."""
    data_digest: str
    data_as_of: datetime
    """When the newest of its datasets was fetched."""
    created_at: datetime
    planner: str
    notes: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    """Ids of the notebook's cells that are not as they were generated: a person's, also those they removed."""
    conflicts: tuple[str, ...] = ()
    """Ids of cells where a changed plan does not go with a person's edits of the notebook. Where there are any,
    this version has none of the edits, and viewers go on seeing the one before."""
    broken: tuple[str, ...] = ()
    """What the plan expects and the run did not hold, as sentences."""
    unchanged: bool = False
    """True for a refresh that found the same data: nothing was executed and no new version was made."""
