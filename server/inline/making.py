"""Making: the steps from data to a notebook on a folder of one's own, in this process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import ValidationError

from ...pipelines.errors import InputError
from ...pipelines.model import AMENDMENT_LIMIT, QUESTION_LIMIT, Plan, Preferences, Profile, Request, sentence
from ...pipelines.providers import Providers
from ...pipelines.step import JobFolder, Limits, Progress, Report
from .bringing import bring

SLUG = "inline"
"""Nothing here has an address; a request wants one all the same."""
LIMITS = Limits()
MAX_NOTES = 12
"""As many as a plan may have."""


def folder_for(make: Callable[[JobFolder], None]) -> JobFolder:
    """A private folder in the system's temporary place, filled by `make`; none is left where that fails."""
    folder = JobFolder(tempfile.mkdtemp(prefix="dashwright-inline-"))
    try:
        make(folder)
    except BaseException:
        discard(folder.path)
        raise
    return folder


def discard(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)


def request(question: str, title: str | None, preferences: Preferences) -> Request:
    """
    Raises:
        InputError: there is no question, or it or the title is too long.
    """
    if not isinstance(question, str) or not question.strip():
        raise InputError('Ask something, in your own words: dashwright.ask("how do sales change by region?", sales).')
    if len(question) > QUESTION_LIMIT:
        raise InputError(f"The question has {len(question):,} characters; at most {QUESTION_LIMIT:,} can be read.")
    if title is not None and not (isinstance(title, str) and 0 < len(title) <= 255):
        raise InputError("A title is a text of 1 to 255 characters.")
    try:
        return Request(dashboard_id=SLUG, slug=SLUG, question=question, title=title, preferences=preferences)
    except ValidationError as error:
        raise InputError(f"This cannot be asked: {sentence(error)}.") from None


def preferences(planner: str, max_widgets: int, sample_values: bool) -> Preferences:
    """
    Raises:
        InputError: so many widgets, or such a planner, cannot be.
    """
    try:
        return Preferences(planner=planner, max_widgets=max_widgets, sample_values=sample_values)
    except ValidationError as error:
        raise InputError(f"This cannot be asked for: {sentence(error)}.") from None


def make(
    folder: JobFolder, asked: Request, data: Mapping[str, object], providers: Providers, report: Report
) -> tuple[str, ...]:
    """Everything from the data to the notebook. Gives notes about what was done to the data, which the plan has, too.

    Raises:
        DashwrightError: a step failed for a reason somebody can act on.
    """
    report(Progress(step="download_datasets", percent=5, message="Taking the data"))
    brought = bring(data, folder, LIMITS)
    folder.write(asked, folder.request)
    run(folder, ("read", "profile"), providers, report)
    _tell_orders(folder, brought.orders)
    _draw_up(folder, brought.notes, providers, report)
    return brought.notes


def amend(
    folder: JobFolder,
    before: JobFolder,
    words: str,
    wishes: Preferences,
    providers: Providers,
    report: Report,
) -> None:
    """The notebook of `before` changed as the words say.

    Raises:
        DashwrightError: they are not understood, or cannot be met.
    """
    if not words.strip() or len(words) > AMENDMENT_LIMIT:
        raise InputError(f"Say what to change, in at most {AMENDMENT_LIMIT:,} characters.")
    asked = before.read(Request, before.request).model_copy(
        update={"kind": "amend", "refresh_of": str(before.path), "amendment": words, "preferences": wishes}
    )
    folder.write(asked, folder.request)
    _begin(folder, asked)
    run(folder, ("plan", "compose"), providers, report)


def ask_again(
    folder: JobFolder,
    before: JobFolder,
    asked: Request,
    notes: tuple[str, ...],
    providers: Providers,
    report: Report,
) -> None:
    """Another question about the data of `before`.

    Raises:
        DashwrightError: nothing can be drawn for it.
    """
    _begin(folder, asked.model_copy(update={"kind": "amend", "refresh_of": str(before.path)}))
    folder.write(asked, folder.request)
    _draw_up(folder, notes, providers, report)


def _draw_up(folder: JobFolder, notes: tuple[str, ...], providers: Providers, report: Report) -> None:
    run(folder, ("plan",), providers, report)
    if notes:
        plan = folder.read(Plan, folder.plan)
        folder.write(plan.model_copy(update={"notes": (*plan.notes, *notes)[:MAX_NOTES]}), folder.plan)
    run(folder, ("compose",), providers, report)


def run(folder: JobFolder, names: tuple[str, ...], providers: Providers, report: Report) -> None:
    from ...pipelines import build

    for name in names:
        step = build.step(name)
        report(Progress(step=step.progress, percent=step.start, message=_WORDS[name]))
        step.run(folder, LIMITS, report, providers)


_WORDS = {
    "read": "Reading the data",
    "profile": "Looking at the columns",
    "plan": "Planning the dashboard",
    "compose": "Writing the notebook",
}


def _begin(folder: JobFolder, asked: Request) -> None:
    from ...pipelines import build

    build.begin(folder, asked)


def _tell_orders(folder: JobFolder, orders: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
    """The order of ordered categories is known from the frame; the file has only their texts."""
    if not orders:
        return
    profile = folder.read(Profile, folder.profile)
    tables = []
    for table in profile.tables:
        columns = []
        for column in table.columns:
            order = orders.get((table.dataset, column.name), ())
            values = {str(item.value) for item in column.values}
            known = column.type == "text" and column.distinct == len(values) and values <= set(order)
            present = tuple(item for item in order if item in values)
            columns.append(column.model_copy(update={"role": "ordered", "order": present}) if known else column)
        tables.append(table.model_copy(update={"columns": tuple(columns)}))
    folder.write(profile.model_copy(update={"tables": tuple(tables)}), folder.profile)
