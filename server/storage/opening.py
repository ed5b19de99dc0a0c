"""Opening: the storage that the settings name."""

from __future__ import annotations

from ..settings import Settings
from .bucket import Access, Bucket
from .folder import Folder
from .storage import Storage


def open_storage(settings: Settings) -> Storage:
    """The storage of these settings.

    Raises:
        SetupError: it is a bucket, and a package or credentials are missing.
    """
    if settings.gcs_bucket is None:
        return Storage(Folder(settings.storage))
    bucket, _, prefix = settings.gcs_bucket.partition("/")
    access = Access(
        bucket=bucket,
        prefix=prefix,
        project=settings.google_cloud_project,
        key_file=settings.google_application_credentials,
        emulator=settings.storage_emulator_host,
    )
    return Storage(Bucket(access))
