"""Published: the folder of the version that viewers see, for the resources that tell of it."""

from __future__ import annotations

from pathlib import Path

from ....pipelines.errors import StorageError
from ....pipelines.model import Datasets, Plan, Profile
from ....pipelines.step import JobFolder
from ...errors import ConflictError
from ...nouns import Dashboard, PublishedVersion
from ...storage import Versions
from ..route import Call


def folder_of(call: Call, dashboard: Dashboard) -> Path:
    """The folder of the published version, on this machine from now on.

    Raises:
        ConflictError: there is none yet.
        StorageError: it is not here and cannot be had.
    """
    if dashboard.folder is None:
        state = "its making failed" if dashboard.status == "failed" else "it is still being made"
        raise ConflictError(f"The dashboard '{dashboard.slug}' has no published version: {state}.")
    return Versions(call.settings).bring(dashboard.folder, dashboard.manifest)


def brought(call: Call, version: PublishedVersion) -> Path:
    """The folder of any version.

    Raises:
        StorageError: it is not here and cannot be had.
    """
    return Versions(call.settings).bring(version.folder, version.manifest)


def picture(call: Call, version: PublishedVersion, name: str) -> Path | None:
    """A picture of a version, on this machine from now on. None: there is none, or it cannot be had."""
    if version.pictures is None:
        return None
    try:
        path = Versions(call.settings).bring(f"pictures/{version.pictures}", version.pictures) / name
    except StorageError:
        return None
    return path if path.is_file() else None


def plan_in(folder: Path) -> Plan:
    files = JobFolder(folder)
    return files.read(Plan, files.plan)


def profile_in(folder: Path) -> Profile:
    files = JobFolder(folder)
    return files.read(Profile, files.profile)


def datasets_in(folder: Path) -> Datasets:
    files = JobFolder(folder)
    return files.read(Datasets, files.datasets)


def tag_of(dashboard: Dashboard) -> str:
    """The ETag of what belongs to the published version: versions never change."""
    return f"v{dashboard.version.number if dashboard.version else 0}"


def tagged(call: Call, slug: str) -> tuple[Dashboard, Path]:
    """The dashboard and the folder of its published version; the answer says which one it is."""
    dashboard = call.store.dashboard(slug)
    folder = folder_of(call, dashboard)
    call.tag(tag_of(dashboard))
    return dashboard, folder
