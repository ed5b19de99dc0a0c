"""How dashboards are shared: with whom, by which links, and where they may be embedded."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from psycopg.rows import dict_row
from sqlalchemy import Text, bindparam, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ..access import DOMAIN, DashboardFacts
from ..errors import ConflictError, MissingError
from ..nouns import Dashboard, ShareLink, Sharing
from ..tables import DashboardRow, JobRow, ShareLinkRow, ShareRow, UserRow
from .publicity import set_public
from .statements import as_text
from .storable import storable
from .store import Store
from .translating import link_of
from .users import SEEN_AGAIN, row_of

ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)(:[0-9]{1,5})?")
MOST_ORIGINS = 20


def plain_domain(text: str) -> str:
    """A domain as it is kept and compared.

    Raises:
        InputError: it is none.
    """
    domain = text.strip().lower().removeprefix("@")
    if not DOMAIN.fullmatch(domain):
        raise InputError(f"'{text.strip()[:80]}' is no domain of e-mail addresses; write one as in example.org.")
    return domain


def plain_origin(text: str) -> str:
    """An origin as browsers name it. No wildcards: each origin is one that somebody has thought of.

    Raises:
        InputError: it is none.
    """
    origin = text.strip().lower().removesuffix("/")
    if not ORIGIN.fullmatch(origin):
        raise InputError(
            f"'{text.strip()[:80]}' is no origin; write the beginning of an address without a path, as in "
            "https://intranet.example.org or http://localhost:3000."
        )
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


@cache
def _facts() -> str:
    """By a dashboard's slug: asked for almost every request."""
    shares = ShareRow.dashboard_id == DashboardRow.id
    people = select(cast(ShareRow.user_id, Text)).where(shares, ShareRow.user_id.is_not(None))
    domains = select(ShareRow.domain).where(shares, ShareRow.domain.is_not(None))
    query = select(
        cast(DashboardRow.id, Text).label("dashboard_id"),
        cast(DashboardRow.user_id, Text).label("owner_id"),
        DashboardRow.is_public,
        func.array(people.scalar_subquery()).label("shared_with"),
        func.array(domains.scalar_subquery()).label("shared_domains"),
        DashboardRow.embed_origins,
    )
    return as_text(query.where(DashboardRow.slug == bindparam("slug", type_=Text)))


class Shares:
    """Each method is one transaction and raises DatabaseGoneError like the store's. A dashboard that does not exist
    and a person without an account are InputErrors."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sharing(self, slug: str) -> Sharing:
        """All ways by which others see a dashboard."""
        with self._store.transaction() as session:
            row = self._store.row(session, slug)
            return self._sharing(session, row)

    def facts(self, slug: str) -> DashboardFacts | None:
        """What a decision about a dashboard needs to know; None if there is none."""
        with self._store.reading() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            found = cursor.execute(_facts(), {"slug": storable(slug)}).fetchone()
        return DashboardFacts.model_validate(found) if found else None

    def facts_of_job(self, job_id: str) -> DashboardFacts | None:
        """Of the dashboard that a job is about; None if there is no such job."""
        with self._store.transaction() as session:
            dashboard_id = session.scalar(select(JobRow.dashboard_id).where(JobRow.id == UUID(job_id)))
            return facts_in(session, [dashboard_id]).get(str(dashboard_id)) if dashboard_id else None

    def facts_of(self, dashboards: Collection[Dashboard]) -> Mapping[str, DashboardFacts]:
        """By the dashboard's id."""
        with self._store.transaction() as session:
            return facts_in(session, [UUID(dashboard.id) for dashboard in dashboards])

    def set_public(self, slug: str, is_public: bool) -> Sharing:
        """
        Raises:
            InputError: there is no such dashboard, or its data has a licence that may not be published.
        """
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            set_public(row, is_public, self._store.settings)
            return self._sharing(session, row)

    def share_with(self, slug: str, email: str) -> Sharing:
        """Let somebody who has an account see it."""
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            user = row_of(session, email)
            session.execute(insert(ShareRow).values(dashboard_id=row.id, user_id=user.id).on_conflict_do_nothing())
            return self._sharing(session, row)

    def share_with_domain(self, slug: str, domain: str) -> Sharing:
        """Let everybody see it whose account has an address of this domain."""
        plain = plain_domain(domain)
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            session.execute(insert(ShareRow).values(dashboard_id=row.id, domain=plain).on_conflict_do_nothing())
            return self._sharing(session, row)

    def unshare(self, slug: str, whom: str) -> Sharing:
        """Take back a share: `whom` is an e-mail address or a domain.

        Raises:
            MissingError: it is not shared with them.
        """
        plain = whom.strip().lower().removeprefix("@")
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            user = select(UserRow.id).where(UserRow.email == plain).scalar_subquery()
            gone = session.scalars(
                delete(ShareRow)
                .where(ShareRow.dashboard_id == row.id, (ShareRow.domain == plain) | (ShareRow.user_id == user))
                .returning(ShareRow.id)
            ).all()
            if not gone:
                raise MissingError(f"'{row.slug}' is not shared with '{whom.strip()[:80]}'.")
            return self._sharing(session, row)

    def embed(self, slug: str, origin: str) -> Sharing:
        """Let pages of this origin show it in a frame."""
        plain = plain_origin(origin)
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            origins = list(dict.fromkeys((*row.embed_origins, plain)))
            if len(origins) > MOST_ORIGINS:
                raise ConflictError(
                    f"'{row.slug}' may be embedded by {MOST_ORIGINS} origins at most; take one back first."
                )
            row.embed_origins = origins
            return self._sharing(session, row)

    def unembed(self, slug: str, origin: str) -> Sharing:
        """Take that back.

        Raises:
            MissingError: it was never allowed.
        """
        plain = plain_origin(origin)
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            if plain not in row.embed_origins:
                raise MissingError(f"'{row.slug}' is not embedded by '{plain}'.")
            row.embed_origins = [one for one in row.embed_origins if one != plain]
            return self._sharing(session, row)

    def add_link(
        self, slug: str, token_hash: str, password_hash: str | None, lifetime: timedelta | None, user_id: str | None
    ) -> ShareLink:
        """A new link. Without a lifetime it has no end."""
        with self._store.transaction() as session:
            dashboard = self._store.row(session, slug)
            row = ShareLinkRow(
                dashboard_id=dashboard.id,
                user_id=UUID(user_id) if user_id else None,
                token_hash=token_hash,
                password_hash=password_hash,
                expires_at=datetime.now(UTC) + lifetime if lifetime else None,
            )
            session.add(row)
            session.flush()
            session.refresh(row)
            return link_of(row, dashboard.slug)

    def link(self, token_hash: str) -> tuple[ShareLink, str | None] | None:
        """The link with this hash, if it is good now, and the hash of its password."""
        return self._good_link(ShareLinkRow.token_hash == token_hash)

    def link_by_id(self, link_id: str) -> ShareLink | None:
        """The link of this id, if it is good now."""
        with contextlib.suppress(ValueError):
            found = self._good_link(ShareLinkRow.id == UUID(link_id))
            return found[0] if found else None
        return None

    def revoke_link(self, slug: str, link_id: str) -> ShareLink:
        """End a link, for those who have opened it as well.

        Raises:
            MissingError: the dashboard has no such link.
        """
        with self._store.transaction() as session, contextlib.suppress(ValueError):
            dashboard = self._store.row(session, slug)
            row = session.scalar(
                select(ShareLinkRow)
                .where(ShareLinkRow.id == UUID(link_id), ShareLinkRow.dashboard_id == dashboard.id)
                .with_for_update()
            )
            if row is not None:
                row.revoked_at = row.revoked_at or datetime.now(UTC)
                return link_of(row, dashboard.slug)
        raise MissingError(f"'{slug}' has no share link '{link_id[:80]}'; `dashwright share {slug}` lists them.")

    def _good_link(self, condition: object) -> tuple[ShareLink, str | None] | None:
        with self._store.transaction() as session:
            found = session.execute(
                select(ShareLinkRow, DashboardRow.slug)
                .join(DashboardRow, DashboardRow.id == ShareLinkRow.dashboard_id)
                .where(
                    condition,  # type: ignore[arg-type]
                    ShareLinkRow.revoked_at.is_(None),
                    ShareLinkRow.expires_at.is_(None) | (ShareLinkRow.expires_at > func.now()),
                )
            ).one_or_none()
            if found is None:
                return None
            row, slug = found
            now = datetime.now(UTC)
            if row.last_used_at is None or row.last_used_at < now - SEEN_AGAIN:
                row.last_used_at = now
            return link_of(row, slug), row.password_hash

    def _sharing(self, session: Session, row: DashboardRow) -> Sharing:
        session.flush()
        facts = facts_in(session, [row.id])[str(row.id)]
        people = session.scalars(
            select(UserRow.email)
            .join(ShareRow, ShareRow.user_id == UserRow.id)
            .where(ShareRow.dashboard_id == row.id)
            .order_by(UserRow.email)
        )
        links = session.scalars(
            select(ShareLinkRow)
            .where(ShareLinkRow.dashboard_id == row.id)
            .order_by(ShareLinkRow.created_at.desc(), ShareLinkRow.id)
        )
        return Sharing(
            slug=row.slug, facts=facts, people=tuple(people), links=tuple(link_of(link, row.slug) for link in links)
        )


def facts_in(session: Session, ids: Collection[UUID]) -> dict[str, DashboardFacts]:
    """By the dashboard's id, as part of the session's transaction."""
    people: dict[UUID, set[str]] = defaultdict(set)
    domains: dict[UUID, set[str]] = defaultdict(set)
    for share in session.scalars(select(ShareRow).where(ShareRow.dashboard_id.in_(ids))):
        if share.user_id is not None:
            people[share.dashboard_id].add(str(share.user_id))
        if share.domain is not None:
            domains[share.dashboard_id].add(share.domain)
    rows = session.execute(
        select(DashboardRow.id, DashboardRow.user_id, DashboardRow.is_public, DashboardRow.embed_origins).where(
            DashboardRow.id.in_(ids)
        )
    )
    return {
        str(row.id): DashboardFacts(
            dashboard_id=str(row.id),
            owner_id=str(row.user_id) if row.user_id else None,
            is_public=row.is_public,
            shared_with=frozenset(people[row.id]),
            shared_domains=frozenset(domains[row.id]),
            embed_origins=tuple(row.embed_origins),
        )
        for row in rows
    }
