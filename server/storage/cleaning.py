"""Cleaning: what no version refers to goes, once it has been there for a while."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from ...pipelines.errors import StorageError
from ...pipelines.model import Noun
from .storage import Storage, blob_key, manifest_key

OWNERS = "owners"
PREFIXES = ("manifests", "blobs", "probes")


class Cleaned(Noun):
    """What a clean-up left, and what it took."""

    versions: int
    objects: int
    """That are in use."""
    size: int
    """Bytes of these."""
    young: int
    """That nothing refers to, but that may belong to something that is just being made."""
    removed: int
    freed: int
    """Bytes."""


def mark(storage: Storage, owner: str) -> None:
    """Say that a database keeps versions here, before it does."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "owner")
        place.write_text("A database of Dashwright keeps versions here.\n")
        storage.objects.add(place, f"{OWNERS}/{owner}")


def clean(
    storage: Storage, owner: str, wanted: Collection[str], before: datetime, *, only_look: bool = False
) -> Cleaned:
    """Remove what is older than a time and belongs to none of the wanted manifests.

    Raises:
        StorageError: another database keeps versions here, too, or one of the manifests cannot be read: then nobody
            knows what is in use, and nothing is removed.
    """
    _require_alone(storage, owner)
    manifests = storage.manifests(wanted)
    sizes = {blob_key(kept.sha256): kept.size for manifest in manifests for kept in manifest.all}
    sizes |= {manifest_key(manifest.digest): len(manifest.encoded()) for manifest in manifests}
    young = removed = freed = 0
    for prefix in PREFIXES:
        for entry in storage.objects.entries(prefix):
            if entry.key in sizes:
                continue
            if entry.changed_at < before and (only_look or storage.objects.remove(entry.key, before)):
                removed += 1
                freed += entry.size
            else:
                young += 1
    return Cleaned(
        versions=len(manifests),
        objects=len(sizes),
        size=sum(sizes.values()),
        young=young,
        removed=removed,
        freed=freed,
    )


def _require_alone(storage: Storage, owner: str) -> None:
    others = [entry.key for entry in storage.objects.entries(OWNERS) if entry.key != f"{OWNERS}/{owner}"]
    if others:
        raise StorageError(
            f"Nothing was removed from '{storage.address}', since another database keeps versions there, too. If that "
            f"one is gone for good, remove '{others[0]}' there; else give each database a place of its own."
        )
