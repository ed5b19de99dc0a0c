"""The store: all reading and writing of metadata. Nouns come in and go out; rows stay inside."""

# ruff: noqa: E402
from __future__ import annotations

from ...pipelines.lean import import_jsonschema

import_jsonschema()  # before the drafts import nbformat

from .answers import SourceAnswers
from .api_tokens import ApiTokens
from .changes import Changes
from .claims import Claim, Claims, Outlook
from .drafts import Drafts
from .failures import SignInFailures
from .gallery import Gallery
from .identities import Identities
from .inquiries import Inquiries, UnattendedError
from .keys import Keys
from .ledger import Entry, Ledger
from .listing import Listing
from .measures import Measures
from .memory import SearchMemory
from .notices import Outbox
from .references import References
from .revisions import Revisions
from .schedules import Schedules
from .sessions import Sessions
from .sharing import Shares
from .shelf import StoreShelf
from .store import Store, opened
from .subscriptions import Subscriptions
from .uploads import Uploads
from .users import Users
from .views import Views
from .webhooks import Webhooks

__all__ = [
    "ApiTokens",
    "Changes",
    "Claim",
    "Claims",
    "Drafts",
    "Entry",
    "Gallery",
    "Identities",
    "Inquiries",
    "Keys",
    "Ledger",
    "Listing",
    "Measures",
    "Outbox",
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
    "Subscriptions",
    "UnattendedError",
    "Uploads",
    "Users",
    "Views",
    "Webhooks",
    "opened",
]
