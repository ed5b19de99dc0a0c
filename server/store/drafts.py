"""Drafts: one of each dashboard, with its earlier saves. What was saved is never overwritten, only trimmed when old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ...pipelines.errors import DataError
from ...pipelines.merging import Conflict, Merged, merge
from ...pipelines.notebooks import plain, written
from ...pipelines.step import JobFolder
from ..drafting import Draft, DraftSave, Reason, Resolution, differing, resolved
from ..errors import ConflictError, MissingError
from ..storage import Versions
from ..tables import DashboardRow, DraftSaveRow, JobRow, UserRow, VersionRow
from .store import Store
from .translating import job_of

KEPT_SAVES = 50
KEPT_TURNS = 10
"""Merges and discards whose draft before is kept, however many saves have come after."""
TURNS = ("merged", "discarded")
Check = Callable[[str], None]
Before = Literal["merge", "edits"]


class Notebooks(NamedTuple):
    """Those of a version: as it ran, and as it was generated."""

    number: int
    mine: str
    generated: str
    data_as_of: datetime


class Drafts:
    """Each raises MissingError where there is no such dashboard, ConflictError where it has no published version, and
    StorageError where that version's files cannot be had."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._versions = Versions(store.settings)

    def draft(self, slug: str) -> Draft:
        """The draft as it is now, and how it stands to the published version."""
        with self._store.transaction() as session:
            row, save = self._current(session, slug)
            published, newest = _published(row), _newest(session, row, save)
            job = session.scalar(
                select(JobRow)
                .where(JobRow.dashboard_id == row.id, JobRow.kind == "draft")
                .order_by(JobRow.created_at.desc())
                .limit(1)
            )
            run = job_of(job) if job else None
            run_revision = job.request.get("draft") if job else None
            email = _email(session, save)
        seen = self._of(slug, published)
        based = self._of(slug, save.based_on) if save else seen
        notebook = save.notebook if save else seen.mine
        cells = differing(notebook, based.generated)
        latest = self._of(slug, newest)
        return Draft(
            slug=slug,
            exists=save is not None,
            revision=save.revision if save else None,
            based_on=based.number,
            published=published,
            newest=newest,
            is_stale=newest > based.number,
            behind=len(differing(latest.generated, based.generated)),
            changes=len(differing(notebook, seen.mine)),
            is_edited=bool(cells),
            cells=cells,
            conflicts=len(save.conflicts) if save else 0,
            saved_at=save.saved_at if save else None,
            saved_by=email,
            data_as_of=based.data_as_of,
            run=run,
            run_revision=run_revision,
        )

    def notebook(self, slug: str, revision: int | None = None, *, before: Before | None = None) -> tuple[str, str]:
        """The draft's notebook with its tag; that of an earlier save; or as it was before the last merge, or any edit.

        Raises:
            MissingError: there is no such save any more.
        """
        with self._store.transaction() as session:
            row, save = self._current(session, slug)
            if before == "merge" or revision is not None:
                wanted = _before_merge(session, row) if before == "merge" else revision
                found = _save(session, row, wanted)
                if found is None:
                    what = "none from before a merge" if before == "merge" else f"no save {revision}"
                    raise MissingError(f"Of the draft of '{slug}' there is {what}.")
                return found.notebook, tag_of(found, _published(row))
            tag = tag_of(save, _published(row))
            based_on = save.based_on if save else _published(row)
        if before == "edits":
            return written(plain(self._of(slug, based_on).generated)), tag
        return (save.notebook if save else written(plain(self._of(slug, _number(tag)).mine))), tag

    def data(self, slug: str) -> tuple[int, Path]:
        """The version that the draft is based on, and the folder of its data, which is brought here if it is not."""
        with self._store.transaction() as session:
            row, save = self._current(session, slug)
            number = save.based_on if save else _published(row)
        return number, self._folder(slug, number)[0].data.resolve()

    def saves(self, slug: str) -> tuple[DraftSave, ...]:
        """The draft as it was at each time, the newest first."""
        with self._store.transaction() as session:
            row = self._store.row(session, slug)
            rows = session.execute(
                select(DraftSaveRow, UserRow.email)
                .outerjoin(UserRow, DraftSaveRow.user_id == UserRow.id)
                .where(DraftSaveRow.dashboard_id == row.id)
                .order_by(DraftSaveRow.revision.desc())
            ).all()
            return tuple(
                DraftSave.model_validate(
                    {
                        "revision": save.revision,
                        "based_on": save.based_on,
                        "reason": save.reason,
                        "conflicts": len(save.conflicts),
                        "saved_at": save.saved_at,
                        "saved_by": email,
                    }
                )
                for save, email in rows
            )

    def conflicts(self, slug: str) -> tuple[tuple[Conflict, ...], str]:
        """Cells that nobody has decided about, and the draft's tag."""
        with self._store.transaction() as session:
            row, save = self._current(session, slug)
            return conflicts_of(save), tag_of(save, _published(row))

    def save(self, slug: str, notebook: str, check: Check, user_id: str | None = None) -> None:
        """Keep what a person has made of it. The same once more changes nothing.

        Args:
            check: sees the draft's tag while nobody else can change it, and raises if it is not as expected.

        Raises:
            DataError: it is no notebook, or too large.
        """
        text = written(plain(notebook))
        with self._store.transaction() as session:
            row, save = self._current(session, slug, lock=True)
            check(tag_of(save, _published(row)))
            if save is None or save.notebook != text:
                based_on = save.based_on if save else _published(row)
                add(session, row, "saved", text, based_on, save.conflicts if save else (), user_id)

    def restore(self, slug: str, revision: int, check: Check, user_id: str | None = None) -> None:
        """Let the draft be as it was at an earlier save, with the conflicts that it had.

        Raises:
            MissingError: there is no such save any more.
        """
        with self._store.transaction() as session:
            row, save = self._current(session, slug, lock=True)
            check(tag_of(save, _published(row)))
            if (old := _save(session, row, revision)) is None:
                raise MissingError(f"Of the draft of '{slug}' there is no save {revision}.")
            add(session, row, "restored", old.notebook, old.based_on, old.conflicts, user_id)

    def discard(self, slug: str, check: Check, user_id: str | None = None) -> None:
        """Let there be no draft any more. What it was stays among the saves."""
        with self._store.transaction() as session:
            row, save = self._current(session, slug, lock=True)
            check(tag_of(save, _published(row)))
            if save is not None:
                add(session, row, "discarded", save.notebook, save.based_on, (), user_id)

    def resolve(self, slug: str, resolutions: Sequence[Resolution], check: Check, user_id: str | None = None) -> None:
        """Decide what becomes of cells that both have changed.

        Raises:
            MissingError: there is no conflict in one of them.
            InputError: a text is missing.
        """
        with self._store.transaction() as session:
            _, save = self._current(session, slug)
            based_on = save.based_on if save else 0
        generated = self._of(slug, based_on).generated if save else ""
        with self._store.transaction() as session:
            row, save = self._current(session, slug, lock=True)
            check(tag_of(save, _published(row)))
            if save is None or save.based_on != based_on:
                raise MissingError(f"The draft of '{slug}' has no conflicts.")
            text, left = resolved(save.notebook, generated, conflicts_of(save), resolutions)
            add(session, row, "resolved", text, based_on, dumped(left), user_id)

    def merge(self, slug: str, check: Check, user_id: str | None = None) -> None:
        """Merge the draft with the newest version, if that is newer than what it is based on.

        Raises:
            LimitError: it takes too long, or too much memory.
            ConflictError: somebody has saved the draft meanwhile.
        """
        with self._store.transaction() as session:
            row, save = self._current(session, slug)
            check(tag_of(save, _published(row)))
            newest = _newest(session, row, save)
        merging = self.merging(slug, self._of(slug, newest), is_held=True)
        if merging is not None:
            with self._store.transaction() as session:
                row = self._store.row(session, slug, lock=True)
                if not follow(session, row, merging, user_id):
                    raise ConflictError("The draft was saved while it was merged; merge it again.")

    def merging(
        self, slug: str, newer: Notebooks, *, is_held: bool = False, is_refresh: bool = False
    ) -> Merging | None:
        """What becomes of the draft with a newer version. None: nothing, as there is no draft, or it is ahead of that.

        `is_held`: the version waits for a decision, so there must be a draft for it: the published notebook, else.
        """
        with self._store.transaction() as session:
            row, save = self._current(session, slug)
            published = row.published.number if row.published else None
            is_ahead = is_refresh and save is not None and _is_ahead(session, row, save)
        if published is None or is_ahead or (save is None and not is_held):
            return None
        based = self._of(slug, save.based_on if save else published)
        if newer.number <= based.number:
            return None
        mine = save.notebook if save else written(plain(based.mine))
        if not differing(newer.generated, based.generated):
            merged = Merged(notebook=mine, conflicts=())
        else:
            merged = merge(based.generated, mine, newer.generated)
        ours = {conflict.cell: conflict for conflict in (*conflicts_of(save), *merged.conflicts)}
        return Merging(
            save.revision if save else None,
            newer.number,
            mine,
            merged.notebook,
            dumped(tuple(ours.values())),
            based.number,
        )

    def follow_published(self, slug: str) -> None:
        """Base the draft on the version that was just published, where that was generated the same."""
        with self._store.transaction() as session:
            row, save = self._current(session, slug)
            published = _published(row)
        if save is None or published <= save.based_on:
            return
        if differing(self._of(slug, published).generated, self._of(slug, save.based_on).generated):
            return
        with self._store.transaction() as session:
            row, again = self._current(session, slug, lock=True)
            if again is not None and again.revision == save.revision and _published(row) == published:
                again.based_on = published

    def _of(self, slug: str, number: int) -> Notebooks:
        """The notebooks of a version."""
        folder, data_as_of = self._folder(slug, number)
        return notebooks_in(folder, number, data_as_of)

    def _folder(self, slug: str, number: int) -> tuple[JobFolder, datetime]:
        """The folder of a version on this machine, and how old its data is."""
        with self._store.transaction() as session:
            row = self._store.row(session, slug)
            version = session.scalar(
                select(VersionRow).where(VersionRow.dashboard_id == row.id, VersionRow.number == number)
            )
            if version is None:
                raise MissingError(f"The dashboard '{slug}' has no version {number} any more.")
        return JobFolder(self._versions.bring(version.folder, version.manifest)), version.data_as_of

    def _current(self, session: Session, slug: str, *, lock: bool = False) -> tuple[DashboardRow, DraftSaveRow | None]:
        row = self._store.row(session, slug, lock=lock)
        return row, current(session, row)


class Merging(NamedTuple):
    """What becomes of a draft with a newer version."""

    revision: int | None
    """Of the draft that was merged; if it is another one by now, nothing must be done."""
    number: int
    """Of the newer version."""
    mine: str
    notebook: str
    conflicts: list[dict[str, Any]]
    based_on: int
    """Until then."""


def notebooks_in(folder: JobFolder, number: int, data_as_of: datetime) -> Notebooks:
    """
    Raises:
        DataError: they cannot be read.
    """
    try:
        mine = folder.notebook.read_text("utf-8")
        generated = folder.generated.read_text("utf-8") if folder.generated.exists() else mine
    except (OSError, ValueError) as error:
        raise DataError(f"The notebook of version {number} cannot be read.") from error
    return Notebooks(number, mine, generated, data_as_of)


def follow(session: Session, row: DashboardRow, merging: Merging, user_id: str | None = None) -> bool:
    """Let the draft be what it was merged into. False: it has been saved meanwhile, and is left alone."""
    save = current(session, row)
    if (save.revision if save else None) != merging.revision:
        return False
    if save is not None and merging.mine == merging.notebook and save.conflicts == merging.conflicts:
        save.based_on = merging.number
        return True
    if save is None:  # so that it can be seen as it was before
        add(session, row, "saved", merging.mine, merging.based_on, (), user_id)
    add(session, row, "merged", merging.notebook, merging.number, merging.conflicts, user_id)
    return True


def current(session: Session, row: DashboardRow) -> DraftSaveRow | None:
    """The draft, if there is one."""
    newest = session.scalar(
        select(DraftSaveRow).where(DraftSaveRow.dashboard_id == row.id).order_by(DraftSaveRow.revision.desc()).limit(1)
    )
    return newest if newest is not None and newest.reason != "discarded" else None


def add(
    session: Session,
    row: DashboardRow,
    reason: Reason,
    notebook: str,
    based_on: int,
    conflicts: Sequence[dict[str, Any]],
    user_id: str | None,
) -> DraftSaveRow:
    """One more save. The dashboard's row must be locked."""
    last = session.scalar(select(func.max(DraftSaveRow.revision)).where(DraftSaveRow.dashboard_id == row.id)) or 0
    save = DraftSaveRow(
        dashboard_id=row.id,
        revision=last + 1,
        based_on=based_on,
        notebook=notebook,
        conflicts=list(conflicts),
        reason=reason,
        user_id=UUID(user_id) if user_id else None,
    )
    session.add(save)
    session.flush()
    _trim(session, row)
    return save


def _trim(session: Session, row: DashboardRow) -> None:
    saves = session.execute(
        select(DraftSaveRow.revision, DraftSaveRow.reason)
        .where(DraftSaveRow.dashboard_id == row.id)
        .order_by(DraftSaveRow.revision.desc())
    ).all()
    kept = {revision for revision, _ in saves[:KEPT_SAVES]}
    turns = [place for place, (_, reason) in enumerate(saves) if reason in TURNS][:KEPT_TURNS]
    kept |= {saves[at].revision for place in turns for at in (place, place + 1) if at < len(saves)}
    gone = [revision for revision, _ in saves if revision not in kept]
    if gone:
        session.execute(
            delete(DraftSaveRow).where(DraftSaveRow.dashboard_id == row.id, DraftSaveRow.revision.in_(gone))
        )


def _save(session: Session, row: DashboardRow, revision: int | None) -> DraftSaveRow | None:
    if revision is None:
        return None
    return session.scalar(
        select(DraftSaveRow).where(DraftSaveRow.dashboard_id == row.id, DraftSaveRow.revision == revision)
    )


def _before_merge(session: Session, row: DashboardRow) -> int | None:
    of_row = DraftSaveRow.dashboard_id == row.id
    merged = select(func.max(DraftSaveRow.revision)).where(of_row, DraftSaveRow.reason == "merged").scalar_subquery()
    return session.scalar(select(func.max(DraftSaveRow.revision)).where(of_row, DraftSaveRow.revision < merged))


def conflicts_of(save: DraftSaveRow | None) -> tuple[Conflict, ...]:
    return tuple(Conflict.model_validate(one) for one in (save.conflicts if save else ()))


def dumped(conflicts: Sequence[Conflict]) -> list[dict[str, Any]]:
    return [conflict.model_dump(mode="json") for conflict in conflicts]


def tag_of(save: DraftSaveRow | None, published: int) -> str:
    """The ETag of a draft; where there is none, of the published notebook."""
    return f"d{save.revision}" if save else f"v{published}"


def _number(tag: str) -> int:
    return int(tag[1:])


def _published(row: DashboardRow) -> int:
    if row.published is None:
        raise ConflictError(f"The dashboard '{row.slug}' has no published version, and so no notebook to edit.")
    return row.published.number


def _is_ahead(session: Session, row: DashboardRow, save: DraftSaveRow) -> bool:
    """Whether the draft is based on a changed plan that viewers have not seen, as it waits for the draft: a refresh of
    what they see is nothing newer to it, and would take the change back."""
    based = select(VersionRow).where(VersionRow.dashboard_id == row.id, VersionRow.number == save.based_on)
    version = session.scalar(based)
    return version is not None and version.published_at is None


def _newest(session: Session, row: DashboardRow, save: DraftSaveRow | None) -> int:
    """The published version, or a newer one that was held back since a draft has to be decided about first."""
    published = _published(row)
    is_refreshed = row.published is not None and row.published.kind == "refresh"
    if save is not None and is_refreshed and _is_ahead(session, row, save):
        return save.based_on
    held = session.scalar(
        select(func.max(VersionRow.number)).where(
            VersionRow.dashboard_id == row.id,
            VersionRow.published_at.is_(None),
            VersionRow.kind == "amend",
            VersionRow.number > published,
        )
    )
    return held or published


def _email(session: Session, save: DraftSaveRow | None) -> str | None:
    if save is None or save.user_id is None:
        return None
    return session.scalar(select(UserRow.email).where(UserRow.id == save.user_id))
