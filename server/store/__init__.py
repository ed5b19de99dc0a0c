"""The store: all reading and writing of metadata. Nouns come in and go out; rows stay inside."""

from __future__ import annotations

from .answers import SourceAnswers
from .api_tokens import ApiTokens
from .changes import Changes
from .claims import Claim, Claims, Outlook
from .failures import SignInFailures
from .identities import Identities
from .inquiries import Inquiries, UnattendedError
from .keys import Keys
from .ledger import Entry, Ledger
from .listing import Listing
from .measures import Measures
from .memory import SearchMemory
from .references import References
from .revisions import Revisions
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
    "Identities",
    "Inquiries",
    "Keys",
    "Ledger",
    "Listing",
    "Measures",
    "Outlook",
    "References",
    "Revisions",
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
