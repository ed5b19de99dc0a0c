"""The resources: each module declares the routes under one heading of the documentation."""

from __future__ import annotations

from ..route import Route
from . import (
    dashboards,
    datasets,
    drafts,
    events,
    files,
    finding,
    jobs,
    people,
    plans,
    session,
    sharing,
    state,
    tokens,
    versions,
    widgets,
)

ROUTES: tuple[Route, ...] = tuple(
    route
    for module in (
        *(dashboards, jobs, events, versions, drafts, datasets, plans, widgets, sharing, finding, files),
        *(session, tokens, people, state),
    )
    for route in module.routes.found
)
