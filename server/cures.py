"""What to do when a job has failed: one sentence beside the one that says why. For whom it is follows from the code of
the error, as the tree in `pipelines.errors` is grouped by who can act."""

from __future__ import annotations

from typing import NamedTuple

from ..pipelines.errors import (
    DataError,
    InputError,
    LimitError,
    NotebookError,
    PlanError,
    ProviderError,
    SetupError,
    SourceError,
    StorageError,
)
from ..pipelines.model import JobKind, StepName


class Case(NamedTuple):
    """A job that failed."""

    code: str
    kind: JobKind
    step: StepName
    """Where it stopped."""


AGAIN = "Wait a little and try again from '{step}': what was made before is kept."
OPERATOR = "Whoever runs the server can see what is wrong with `dashwright doctor`; afterwards try again from '{step}'."
CURES = {
    InputError.code: "Ask in other words, or about other data.",
    DataError.code: "Bring the data in another form or choose other data, and ask again.",
    PlanError.code: "Ask in other words, or say which columns and charts you mean.",
    SourceError.code: AGAIN,
    ProviderError.code: f"{AGAIN} Or ask again with the planner 'offline', which asks nobody.",
    NotebookError.code: "Open the notebook in JupyterLab to see the cell that failed, mend it, and publish it again.",
    LimitError.code: "Ask about less data, or have whoever runs the server allow more; then try again from '{step}'.",
    SetupError.code: OPERATOR,
    StorageError.code: OPERATOR,
    "error": "This is a mistake of Dashwright. Report it with the job's id; trying again from '{step}' may help.",
}
AT_REFRESH = {
    DataError.code: "The data at its source has another form than when the dashboard was made, and the version before "
    "stays. Look at the source; if it is to stay so, ask for the dashboard anew.",
    PlanError.code: "The data no longer has what the dashboard shows, and the version before stays. Change the "
    "dashboard to what there is, or ask for it anew.",
    InputError.code: "The data cannot be had as it was when the dashboard was made, and the version before stays. Look "
    "at the source, or ask for the dashboard anew.",
}


def cure(case: Case) -> str | None:
    """One or two sentences; None: nobody knows one."""
    found = (AT_REFRESH if case.kind == "refresh" else {}).get(case.code) or CURES.get(case.code)
    return found.format(step=case.step) if found else None
