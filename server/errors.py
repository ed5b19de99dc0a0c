"""What can be wrong with a wish about things that the server keeps, for those who must tell one from the other.

InputError
├── MissingError      there is no such thing, or it is not theirs to see
└── ConflictError     it cannot be done as things are now
    └── StaleError    … since somebody else has changed it meanwhile
"""

from __future__ import annotations

from ..pipelines.errors import InputError


class MissingError(InputError):
    code = "missing"


class ConflictError(InputError):
    code = "conflict"


class StaleError(ConflictError):
    code = "stale"
