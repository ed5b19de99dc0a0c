"""The store: all reading and writing of metadata. Nouns come in and go out; rows stay inside."""

from __future__ import annotations

from .claims import Claim, Claims, Outlook
from .keys import Keys
from .ledger import Entry, Ledger
from .listing import Listing
from .memory import SearchMemory
from .shelf import StoreShelf
from .store import Store, opened
from .uploads import Uploads

__all__ = [
    "Claim",
    "Claims",
    "Entry",
    "Keys",
    "Ledger",
    "Listing",
    "Outlook",
    "SearchMemory",
    "Store",
    "StoreShelf",
    "Uploads",
    "opened",
]
