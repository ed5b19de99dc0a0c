"""Drafts: what a person has made of a notebook, tried and merged before anybody else sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from ....pipelines.merging import Conflict
from ....pipelines.model import Noun, Plan
from ...access import Action, LocalUser
from ...drafting import Draft, DraftSave, Resolution
from ...nouns import Dashboard, Job
from ...store import Drafts, Revisions
from ..route import Call, Routes, Slug
from .plans import begun, fitting
from .versions import Notebook

routes = Routes("Drafts")

LARGEST = 8 * 1024**2
"""Bytes of a notebook as it comes, with its outputs, which are not kept."""
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]


class NotebookQuery(Noun):
    revision: Annotated[Revision | None, Field(description="An earlier save instead.")] = None
    before: Annotated[
        Literal["merge", "edits"] | None,
        Field(
            description="`merge`: as it was before it was last merged with a newer version. `edits`: as the version "
            "that it is based on was generated, before anybody edited it."
        ),
    ] = None


class DraftData(Noun):
    based_on: int
    folder: str | None
    """Where this machine has the data of the version that the draft is based on: what the notebook calls `data_folder`.
    None: it is the server's machine, not the caller's."""


class DraftSaves(Noun):
    items: tuple[DraftSave, ...]


class Restored(Noun):
    revision: Revision


class Conflicts(Noun):
    items: tuple[Conflict, ...]


class Resolutions(Noun):
    items: Annotated[tuple[Resolution, ...], Field(min_length=1, max_length=1_000)]


@routes.get("/dashboards/{slug}/draft", "Show the draft", Action.EDIT_NOTEBOOK, tagged=True, problems=(409, 422))
def show_draft(call: Call, slug: Slug) -> Draft:
    """How the draft of the notebook stands: which cells are a person's, what differs from what viewers see, whether
    there is a newer version, what has to be decided, and how the last try went. Without a draft, the same of the
    published notebook."""
    return _shown(call, slug)


@routes.get(
    "/dashboards/{slug}/draft/notebook",
    "Open the draft's notebook",
    Action.EDIT_NOTEBOOK,
    tagged=True,
    problems=(409, 422),
)
def show_draft_notebook(call: Call, slug: Slug, query: NotebookQuery) -> Notebook:
    """Without outputs. Where there is no draft, it is the published notebook, and saving it begins one. `revision` and
    `before` bring back what it was; their `ETag` is not good for saving."""
    text, tag = Drafts(call.store).notebook(slug, query.revision, before=query.before)
    call.tag(tag)
    return Notebook.model_validate(json.loads(text))


@routes.get("/dashboards/{slug}/draft/data", "Find the draft's data", Action.EDIT_NOTEBOOK, problems=(409, 422))
def find_draft_data(call: Call, slug: Slug) -> DraftData:
    """Where the data is that the draft runs on, for who runs it in a kernel of this machine, as JupyterLab does."""
    based_on, folder = Drafts(call.store).data(slug)
    is_here = isinstance(call.principal, LocalUser)
    return DraftData(based_on=based_on, folder=folder.as_posix() if is_here else None)


@routes.put(
    "/dashboards/{slug}/draft/notebook",
    "Save the draft's notebook",
    Action.EDIT_NOTEBOOK,
    guarded=True,
    tagged=True,
    largest=LARGEST,
)
def save_draft_notebook(call: Call, slug: Slug, body: Notebook) -> Draft:
    """Keeps the notebook without its outputs. Viewers see nothing of it before a try of it is published."""
    text = json.dumps(body.model_dump(mode="json"))
    Drafts(call.store).save(slug, text, _check(call, slug), call.user_id)
    return _shown(call, slug)


@routes.delete("/dashboards/{slug}/draft/notebook", "Discard the draft", Action.EDIT_NOTEBOOK, status=204, guarded=True)
def discard_draft(call: Call, slug: Slug) -> None:
    """From then on the draft is the published notebook. What it was stays among the saves."""
    Drafts(call.store).discard(slug, _check(call, slug), call.user_id)


@routes.get("/dashboards/{slug}/draft/saves", "List the draft's saves", Action.EDIT_NOTEBOOK)
def list_draft_saves(call: Call, slug: Slug) -> DraftSaves:
    """The newest first: the last fifty, and those before the last ten merges and discards."""
    return DraftSaves(items=Drafts(call.store).saves(slug))


@routes.post(
    "/dashboards/{slug}/draft/restorations",
    "Restore a save of the draft",
    Action.EDIT_NOTEBOOK,
    guarded=True,
    tagged=True,
)
def restore_draft(call: Call, slug: Slug, body: Restored) -> Draft:
    """Lets the draft be what it was at an earlier save. What it is now stays among the saves."""
    Drafts(call.store).restore(slug, body.revision, _check(call, slug), call.user_id)
    return _shown(call, slug)


@routes.post(
    "/dashboards/{slug}/draft/runs",
    "Try the draft",
    Action.EDIT_NOTEBOOK,
    status=202,
    repeatable=True,
    problems=(422,),
)
def run_draft(call: Call, slug: Slug) -> Job:
    """Runs the draft as it is saved, on the data of the version that it is based on, and makes a version of it that is
    not published: look at it at `/d/SLUG/versions/NUMBER` of the viewer. Where a cell fails, the job says which one
    and in which line. An earlier try that goes on is cancelled."""
    return begun(call, Revisions(call.store).try_draft(slug, call.user_id))


@routes.post(
    "/dashboards/{slug}/draft/merges",
    "Merge the draft",
    Action.EDIT_NOTEBOOK,
    guarded=True,
    tagged=True,
    slow=True,
    problems=(422,),
)
def merge_draft(call: Call, slug: Slug) -> Draft:
    """Merges the draft with the newest version, as is done by itself when a changed plan makes one: what only one side
    has changed is taken, and where both have, the draft keeps its own until somebody decides."""
    Drafts(call.store).merge(slug, _check(call, slug), call.user_id)
    return _shown(call, slug)


@routes.get("/dashboards/{slug}/draft/conflicts", "List conflicts", Action.EDIT_NOTEBOOK, tagged=True, problems=(409,))
def list_conflicts(call: Call, slug: Slug) -> Conflicts:
    """Cells that a person and a changed plan both have changed: as generated before, as the person's, and as generated
    now."""
    found, tag = Drafts(call.store).conflicts(slug)
    call.tag(tag)
    return Conflicts(items=found)


@routes.post(
    "/dashboards/{slug}/draft/resolutions",
    "Decide conflicts",
    Action.EDIT_NOTEBOOK,
    guarded=True,
    tagged=True,
)
def resolve_conflicts(call: Call, slug: Slug, body: Resolutions) -> Draft:
    """Says for some cells, or all, whose is taken: `mine` as the draft has it now, `theirs` as generated now, or a
    `text`."""
    Drafts(call.store).resolve(slug, body.items, _check(call, slug), call.user_id)
    return _shown(call, slug)


@routes.post("/dashboards/{slug}/plan/runs", "Try a plan", Action.CHANGE, status=202, repeatable=True, problems=(422,))
def run_plan(call: Call, slug: Slug, body: Plan) -> Job:
    """Makes a version of a plan that is not published, on the data that there is, for a look at what it would be. An
    earlier preview that goes on is cancelled."""

    def change(dashboard: Dashboard) -> Plan:
        return fitting(call, dashboard, body)

    return begun(call, Revisions(call.store).preview(slug, change))


def _shown(call: Call, slug: str) -> Draft:
    drafts = Drafts(call.store)
    found = drafts.draft(slug)
    call.tag(f"d{found.revision}" if found.exists else f"v{found.published}")
    return found


def _check(call: Call, slug: str) -> Callable[[str], None]:
    return lambda tag: call.check(tag, f"The draft of '{slug}'")
