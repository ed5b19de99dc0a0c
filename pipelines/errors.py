"""What can go wrong for a reason somebody can act on.

    DashwrightError
    ├── InputError          the person who asked: another question, file or option cures it
    │   ├── DataError       … the data: missing, empty, unreadable, too large
    │   └── PlanError       … the plan: names a column that does not exist, cannot be drawn
    ├── SourceError         somebody else's server: trying again later may cure it
    │   └── ProviderError   … that of an AI provider: a plan is made without it
    ├── NotebookError       whoever edits the notebook: a cell failed
    ├── LimitError          whoever sets the limits: time, memory, disk
    └── SetupError          the operator: something is not installed, configured or reachable
        └── StorageError    … where files are kept: missing, refused, damaged

Every text is one full sentence for the person named: what, which value, which limit, what to do. Anything outside
this tree is a bug of ours.
"""

from __future__ import annotations


class DashwrightError(Exception):
    """Base of all. `str(error)` is the sentence to show."""

    code = "error"
    """Stable, for programs; in JSON beside the sentence."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence. Where in our code it was raised helps nobody who can act on it."""
        return [f"{type(self).__name__}: {self}"]


class InputError(DashwrightError):
    code = "input"


class DataError(InputError):
    code = "data"


class PlanError(InputError):
    code = "plan"


class SourceError(DashwrightError):
    code = "source"


class ProviderError(SourceError):
    code = "provider"


class NotebookError(DashwrightError):
    """A cell failed. `cell_id`, `line` (from 1), `source` and `traceback` say where; the notebook as far as it ran is
    kept."""

    code = "notebook"

    def __init__(
        self, message: str, *, cell_id: str = "", source: str = "", traceback: str = "", line: int | None = None
    ) -> None:
        super().__init__(message)
        self.cell_id = cell_id
        self.source = source
        self.traceback = traceback
        self.line = line


class LimitError(DashwrightError):
    code = "limit"


class SetupError(DashwrightError):
    code = "setup"


class StorageError(SetupError):
    code = "storage"


BY_CODE: dict[str, type[DashwrightError]] = {
    kind.code: kind
    for kind in (
        InputError,
        DataError,
        PlanError,
        SourceError,
        ProviderError,
        NotebookError,
        LimitError,
        SetupError,
        StorageError,
    )
}
