"""The store: all reading and writing of metadata. Nouns come in and go out; rows stay inside."""

from __future__ import annotations

from .answers import SourceAnswers
from .api_tokens import ApiTokens
from .changes import Changes
from .claims import Claim, Claims, Outlook
from .failures import SignInFailures
from .gallery import Gallery
from .identities import Identities
from .inquiries import Inquiries, UnattendedError
from .keys import Keys
from .ledger import Entry, Ledger
from .listing import Listing
from .memory import SearchMemory
from .references import References
from .revisions import Revisions
from .schedules import Schedules
from .sessions import Sessions
from .sharing import Shares
from .shelf import StoreShelf
from .store import Store, opened
from .uploads import Uploads
from .users import Users

__all__ = [
    "ApiTokens",
    "Changes",
    "Claim",
    "Claims",
    "Entry",
    "Gallery",
    "Identities",
    "Inquiries",
    "Keys",
    "Ledger",
    "Listing",
    "Outlook",
    "References",
    "Revisions",
    "Schedules",
    "SearchMemory",
    "Sessions",
    "Shares",
    "SignInFailures",
    "SourceAnswers",
    "Store",
    "StoreShelf",
    "UnattendedError",
    "Uploads",
    "Users",
    "opened",
]
