"""Views: who looked at a dashboard, as counts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ....pipelines.model import Noun
from ...access import Action
from ...nouns import Viewership
from ...store import Views
from ..route import Call, Routes, Slug

routes = Routes("Views")


class ViewsQuery(Noun):
    days: Annotated[int, Field(ge=1, le=3660, description="The last so many days in UTC, today included.")] = 30


@routes.get("/dashboards/{slug}/views", "Show how many looked at a dashboard", Action.SEE_ANALYTICS)
def show_views(call: Call, slug: Slug, query: ViewsQuery) -> Viewership:
    """Views by day and version, unique visitors, referrers, open pages, and the median time to load. For its owner and
    admins."""
    return Views(call.store).viewership(slug, query.days)
