"""The resources: each module declares the routes under one heading of the documentation."""

from __future__ import annotations

from ..route import Route
from . import (
    dashboards,
    datasets,
    events,
    exports,
    files,
    finding,
    jobs,
    people,
    plans,
    schedules,
    session,
    sharing,
    state,
    thumbnails,
    tokens,
    versions,
    widgets,
)

ROUTES: tuple[Route, ...] = tuple(
    route
    for module in (
        *(dashboards, schedules, jobs, events, versions, thumbnails, exports, datasets),
        *(plans, widgets, sharing, finding, files),
        *(session, tokens, people, state),
    )
    for route in module.routes.found
)
