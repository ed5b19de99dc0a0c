"""Where versions are kept: a folder or a Google Cloud bucket. gcsfs is imported only for the latter."""

from .manifest import Kept, Manifest
from .objects import Heed, go_on
from .opening import open_storage
from .storage import Storage
from .versions import Versions

__all__ = ["Heed", "Kept", "Manifest", "Storage", "Versions", "go_on", "open_storage"]
