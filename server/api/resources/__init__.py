"""The resources: each module declares the routes under one heading of the documentation."""

from __future__ import annotations

from ..route import Route
from . import (
    dashboards,
    datasets,
    drafts,
    events,
    exports,
    files,
    finding,
    jobs,
    notices,
    people,
    plans,
    schedules,
    session,
    sharing,
    state,
    thumbnails,
    tokens,
    versions,
    views,
    webhooks,
    widgets,
)

ROUTES: tuple[Route, ...] = tuple(
    route
    for module in (
        *(dashboards, schedules, jobs, events, versions, drafts, thumbnails, exports, datasets, plans, widgets),
        *(sharing, views, finding, files, session, tokens, people, notices, webhooks, state),
    )
    for route in module.routes.found
)
