"""The one place that makes dashboards public, and that asks whether a public one may show its data."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ...pipelines.model import Version
from ..licensing import PublicLicences
from ..settings import Settings
from ..tables import DashboardRow


def set_public(row: DashboardRow, is_public: bool, settings: Settings) -> None:
    """Let everybody see a dashboard, or not any more. The row must be locked: a version that is published meanwhile
    would be asked about by nobody.

    Raises:
        InputError: its data has a licence that may not be published.
    """
    if is_public and row.published is not None:
        _refuse(row, Version.model_validate(row.published.version), settings)
    row.is_public = is_public


def refuse_unpublishable(session: Session, row: DashboardRow, version: Version, settings: Settings) -> None:
    """Whoever publishes a version asks this. Locks the row, so that nobody makes it public meanwhile.

    Raises:
        InputError: the dashboard is public, and the version's data has a licence that may not be published.
    """
    session.refresh(row, ["is_public"], with_for_update={"of": DashboardRow})
    if row.is_public:
        _refuse(row, version, settings)


def _refuse(row: DashboardRow, version: Version, settings: Settings) -> None:
    sentence = PublicLicences(settings.public_licences).refusal(row.slug, version)
    if sentence is not None:
        raise InputError(sentence)
