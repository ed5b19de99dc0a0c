"""Files that people brought: each in a folder of its own, with a row that says whose it is."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, func, select, text

from ..errors import ConflictError, MissingError
from ..nouns import Upload
from ..tables import JobRow, UploadRow
from .storable import storable
from .store import Store

LONGEST_NAME = 120
NAMED = text(
    "SELECT DISTINCT one ->> 'reference' FROM dashboard_jobs, jsonb_array_elements(request -> 'attachments') one"
)
FILES_OF_ONE = 10
"""Times the size of the largest file that one person may keep."""


class Uploads:
    """Each method is one transaction and raises DatabaseGoneError like the store's. `user_id` None: the local user."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, user_id: str | None, name: str, content: Path, sha256: str) -> Upload:
        """Keep a file, which is moved.

        Raises:
            ConflictError: this person keeps too much already.
        """
        size = content.stat().st_size
        most = FILES_OF_ONE * self._store.settings.max_upload_size
        with self._store.transaction() as session:
            owner = UUID(user_id) if user_id else None
            kept = session.scalar(select(func.sum(UploadRow.size)).where(UploadRow.user_id == owner))
            if int(kept or 0) + size > most:
                raise ConflictError(
                    f"You keep {int(kept or 0):,} bytes of files, and {most:,} are possible; delete some that no "
                    "dashboard needs."
                )
            row = UploadRow(user_id=owner, name=safe_name(name), size=size, sha256=sha256)
            session.add(row)
            session.flush()
            session.refresh(row)
            place = self._path(row)
            place.parent.mkdir(parents=True, mode=0o700)
            os.replace(content, place)
            return _upload(row)

    def path(self, user_id: str | None, upload_id: str) -> tuple[Path, str]:
        """Where a file of this person is, and how they called it.

        Raises:
            MissingError: they have none of this id.
        """
        with self._store.transaction() as session:
            row = session.get(UploadRow, UUID(upload_id))
            if row is None or str(row.user_id or "") != (user_id or "") or not self._path(row).is_file():
                raise MissingError(f"You have uploaded no file '{upload_id}'.")
            row.named_at = datetime.now(UTC)  # so that it stays until the request that names it is there
            return self._path(row), row.name

    def list(self, user_id: str | None) -> tuple[Upload, ...]:
        """The newest first."""
        owner = UUID(user_id) if user_id else None
        query = select(UploadRow).where(UploadRow.user_id == owner)
        with self._store.transaction() as session:
            rows = session.scalars(query.order_by(UploadRow.created_at.desc(), UploadRow.id).limit(1000))
            return tuple(map(_upload, rows))

    def delete(self, user_id: str | None, upload_id: str) -> None:
        """Delete a file.

        Raises:
            MissingError: they have none of this id.
            ConflictError: a dashboard is refreshed from it.
        """
        path, name = self.path(user_id, upload_id)
        with self._store.transaction() as session:
            named = JobRow.request.contains({"attachments": [{"reference": str(path)}]})
            job = session.scalar(select(JobRow).where(named).limit(1))
            if job is not None:
                raise ConflictError(f"The dashboard '{job.dashboard.slug}' is made from '{name}'; delete that first.")
            row = session.get(UploadRow, UUID(upload_id))
            if row is not None:
                session.delete(row)
        shutil.rmtree(path.parent, ignore_errors=True)

    def sweep(self, older: timedelta) -> tuple[str, ...]:
        """Delete the files that no dashboard was made from and nobody has named for so long. Their names."""
        with self._store.transaction() as session:
            before = datetime.now(UTC) - older
            rows = session.scalars(select(UploadRow).where(UploadRow.named_at < before)).all()
            named = {Path(reference).parent.name for reference in session.scalars(NAMED)} if rows else set()
            unused = {row.id: row for row in rows if str(row.id) not in named}
            gone = session.scalars(
                delete(UploadRow)
                .where(UploadRow.id.in_(unused), UploadRow.named_at < before)
                .returning(UploadRow.id)
                .execution_options(synchronize_session=False)
            ).all()
        for key in gone:
            shutil.rmtree(self._path(unused[key]).parent, ignore_errors=True)
        return tuple(unused[key].name for key in gone)

    def known_folders(self) -> frozenset[str]:
        """Names of the folders that hold the files."""
        with self._store.transaction() as session:
            return frozenset(str(key) for key in session.scalars(select(UploadRow.id)))

    def _path(self, row: UploadRow) -> Path:
        return self._store.settings.uploads / str(row.id) / row.name


def safe_name(name: str) -> str:
    """A name that is no path, and that every file system takes; the end, which tells the format, is kept."""
    plain = re.sub(r"[^\w.\- ]", "_", storable(name).replace("\\", "/").rpartition("/")[2]).strip(" .")
    while len(plain.encode()) > LONGEST_NAME:
        plain = plain[1:]
    return plain.lstrip(".") or "data"


def _upload(row: UploadRow) -> Upload:
    return Upload(id=str(row.id), name=row.name, size=row.size, sha256=row.sha256, created_at=row.created_at)
