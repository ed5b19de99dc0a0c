"""The store: all reading and writing of metadata. Nouns come in and go out; rows stay inside."""

from __future__ import annotations

from .answers import SourceAnswers
from .claims import Claim, Claims, Outlook
from .ledger import Entry, Ledger
from .memory import SearchMemory
from .references import References
from .shelf import StoreShelf
from .store import Store, opened

__all__ = [
    "Claim",
    "Claims",
    "Entry",
    "Ledger",
    "Outlook",
    "References",
    "SearchMemory",
    "SourceAnswers",
    "Store",
    "StoreShelf",
    "opened",
]
