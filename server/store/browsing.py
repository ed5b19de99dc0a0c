"""Browsing: the statements that read pages of dashboards, each made once and from then on only sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    TextClause,
    any_,
    bindparam,
    false,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.types import Uuid

from ..tables import SEARCHED, DashboardRow, ShareRow, VersionRow
from .statements import as_text
from .translating import dashboard_columns

Order = Literal["-created_at", "created_at", "-updated_at", "updated_at", "title", "-title"]
Owner = Literal["me", "others"]
Who = Literal["everything", "public", "person"]
NEAR = 10
"""A word that at least one in so many dashboards has is looked for among the next ones of the list."""
_STRINGS = ARRAY(Text)
_USER = bindparam("user_id", type_=Uuid)


@dataclass(frozen=True)
class Browse:
    """What decides the text of a statement; all else are its parameters."""

    who: Who
    order: Order
    limit: int
    has_status: bool = False
    has_tags: bool = False
    is_public: bool | None = None
    owner: Owner | None = None
    is_somebody: bool = True
    """False: who asks has no account. What was made without one is the machine's user's."""
    is_later: bool = False
    """A page that is not the first one."""
    search: Literal["near", "everywhere"] | None = None
    """Where words are looked for: in the list's next dashboards, where one that many have is soon found; or in all by
    the index of words, and what is found is put in order. Either takes 10 to 100 times as long for the other's words,
    and PostgreSQL cannot tell them apart, as it has no statistics of the beginnings of words."""

    @property
    def is_filtered(self) -> bool:
        """Whether the best way to the answer depends on the parameters."""
        return self.has_status or self.has_tags

    @property
    def is_down(self) -> bool:
        return self.order.startswith("-")

    @property
    def column(self) -> Any:
        return getattr(DashboardRow, self.order.removeprefix("-"))


@lru_cache(maxsize=1024)
def statement(browse: Browse) -> str:
    """Of a page and one dashboard more: what `dashboard_from` takes, in the order of the list."""
    page = _page(browse)
    row, version = DashboardRow.__table__.alias("d"), VersionRow.__table__.alias("v")
    query = (
        select(*dashboard_columns(row.c, version.c))
        .select_from(page)
        .join(row, row.c.id == page.c.id)
        .outerjoin(version, version.c.id == row.c.published_version_id)
    )
    return as_text(_ordered(query, browse, page.c.value, page.c.id))


@cache
def one_statement() -> str:
    """Of the dashboard with the parameter `slug`: the same columns."""
    row, version = DashboardRow.__table__.alias("d"), VersionRow.__table__.alias("v")
    query = select(*dashboard_columns(row.c, version.c)).select_from(row)
    query = query.outerjoin(version, version.c.id == row.c.published_version_id)
    return as_text(query.where(row.c.slug == bindparam("slug", type_=Text)))


def _page(browse: Browse) -> FromClause:
    """Ids and values in the order, of a page and of one more."""
    if browse.search == "everywhere":
        return _found_everywhere(browse).subquery("page")
    if browse.search == "near":
        around = _page(replace(browse, search=None, limit=NEAR * browse.limit))
        hits = select(around.c.id, around.c.value).join(DashboardRow, DashboardRow.id == around.c.id).where(_matches())
        return _limited(hits, browse, around.c.value, around.c.id).subquery("hits")
    # Each way to see a dashboard is a query of its own, which an index answers in that order: a page costs the same
    # however many dashboards there are, and however few of them somebody sees.
    parts = []
    for way in _shown(browse):
        seen = select(DashboardRow.id, browse.column.label("value")).where(way, *_conditions(browse))
        parts.append(select(_limited(seen, browse, browse.column, DashboardRow.id).subquery()))
    both = (union(*parts) if len(parts) > 1 else parts[0]).subquery()
    return _limited(select(both.c.id, both.c.value), browse, both.c.value, both.c.id, is_later=False).subquery("page")


def _found_everywhere(browse: Browse) -> Select[Any]:
    columns = (DashboardRow.id, DashboardRow.user_id, DashboardRow.is_public, browse.column.label("value"))
    matching = select(*columns).where(_matches(), *_conditions(browse))
    # OFFSET 0: all that match, before any order. Else the list could be gone through for a word that is nowhere.
    found = matching.offset(literal_column("0")).subquery("found").c
    return _limited(select(found.id, found.value).where(or_(*_shown(browse, found))), browse, found.value, found.id)


def _matches() -> TextClause:
    # Written as the index has it.
    return text(f"{SEARCHED} @@ to_tsquery('simple'::regconfig, :words)").bindparams(bindparam("words", type_=Text))


def _conditions(browse: Browse) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if browse.has_status:
        found.append(DashboardRow.status == any_(bindparam("status", type_=_STRINGS)))
    if browse.has_tags:
        found.append(DashboardRow.tags.contains(bindparam("tags", type_=_STRINGS)))
    if browse.is_public is not None:
        found.append(DashboardRow.is_public.is_(browse.is_public))
    if browse.owner == "others" and browse.who != "public":  # all is of others to a stranger
        owner = DashboardRow.user_id
        found.append(owner.is_distinct_from(_USER) if browse.is_somebody else owner.is_not(None))
    return found


def _shown(browse: Browse, row: Any = DashboardRow) -> tuple[ColumnElement[bool], ...]:
    if browse.owner != "me":
        return ways(browse.who, row)
    if browse.who == "public":
        return (false(),)
    return (row.user_id == _USER if browse.is_somebody else row.user_id.is_(None),)


def ways(who: Who, row: Any = DashboardRow) -> tuple[ColumnElement[bool], ...]:
    """By which somebody sees dashboards, with the parameters `user_id` and `domain`; one may be seen by several."""
    if who == "everything":
        return (true(),)
    if who == "public":
        return (row.is_public.is_(True),)
    return (
        row.is_public.is_(True),
        row.user_id == _USER,
        row.id.in_(select(ShareRow.dashboard_id).where(ShareRow.user_id == _USER)),
        row.id.in_(select(ShareRow.dashboard_id).where(ShareRow.domain == bindparam("domain", type_=Text))),
    )


def _limited(query: Select[Any], browse: Browse, value: Any, key: Any, *, is_later: bool | None = None) -> Select[Any]:
    if browse.is_later if is_later is None else is_later:
        kind = Text() if browse.column.key == "title" else TIMESTAMP(timezone=True)
        here = tuple_(value, key)
        there = tuple_(bindparam("after_value", type_=kind), bindparam("after_id", type_=Uuid))
        query = query.where(here < there if browse.is_down else here > there)
    return one_more(_ordered(query, browse, value, key), browse.limit)


def one_more(query: Select[Any], limit: int) -> Select[Any]:
    """A page, and one row that says whether there are more."""
    return query.limit(literal_column(str(int(limit) + 1)))  # for a parameter PostgreSQL reckons with a tenth of all


def _ordered(query: Select[Any], browse: Browse, value: Any, key: Any) -> Select[Any]:
    return query.order_by(*((value.desc(), key.desc()) if browse.is_down else (value, key)))
