"""Sharing: who sees a dashboard, by which links, and which pages show it in a frame."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from ....pipelines.model import Noun
from ...access import Action
from ...accounts import links
from ...errors import MissingError
from ...nouns import ShareLink, Sharing
from ...store import Shares
from ...up.running import public_address
from ..route import Call, Id, Routes, Slug

routes = Routes("Sharing")

Whom = Annotated[str, StringConstraints(pattern=r"^[^\s/]{3,320}$")]
Origin = Annotated[
    str, Field(min_length=8, max_length=300, description="The beginning of an address: `https://intranet.example.org`.")
]
Lifetime = Annotated[int, Field(ge=60, le=10 * 366 * 86_400, description="Seconds; none: it has no end.")]


class Audience(Noun):
    """All ways by which others than its owner and admins see a dashboard."""

    is_public: bool
    people: tuple[str, ...] = Field(description="E-mail addresses of accounts.")
    domains: tuple[str, ...] = Field(description="Every account with such an address sees it.")
    embed_origins: tuple[str, ...]
    links: tuple[ShareLink, ...] = Field(description="The newest first, also those that are over.")


class NewLink(Noun):
    expires_in: Lifetime | None = None
    password: Annotated[
        SecretStr | None,
        Field(min_length=1, max_length=1000, description="Which it opens with; 10 characters at least."),
    ] = None


class MadeLink(Noun):
    link: ShareLink
    url: str = Field(description="Told this once.")


class NewEmbedding(Noun):
    origin: Origin


class EmbeddingQuery(Noun):
    origin: Origin


@routes.get("/dashboards/{slug}/sharing", "Show who sees a dashboard", Action.SHARE)
def show_sharing(call: Call, slug: Slug) -> Audience:
    return _audience(Shares(call.store).sharing(slug))


@routes.put("/dashboards/{slug}/shares/{whom}", "Share a dashboard", Action.SHARE, problems=(422,))
def share_dashboard(call: Call, slug: Slug, whom: Whom) -> Audience:
    """Lets somebody see it: the e-mail address of an account, or a domain for all accounts that have such addresses."""
    shares = Shares(call.store)
    if "@" not in whom.removeprefix("@"):
        return _audience(shares.share_with_domain(slug, whom))
    try:
        return _audience(shares.share_with(slug, whom))
    except MissingError:  # whose sentence names addresses that are like it
        raise MissingError(f"Nobody has an account with the address '{whom[:80]}'; ask an admin to add one.") from None


@routes.delete("/dashboards/{slug}/shares/{whom}", "Take a share back", Action.SHARE)
def unshare_dashboard(call: Call, slug: Slug, whom: Whom) -> Audience:
    return _audience(Shares(call.store).unshare(slug, whom))


@routes.post("/dashboards/{slug}/links", "Make a share link", Action.SHARE, status=201)
def create_link(call: Call, slug: Slug, body: NewLink) -> MadeLink:
    """An address that opens this one dashboard to whoever has it, without an account. It is told this once, so there
    is no Idempotency-Key, which would keep the answer."""
    link, secret = links.create(
        Shares(call.store),
        slug,
        password=body.password.get_secret_value() if body.password else None,
        lifetime=timedelta(seconds=body.expires_in) if body.expires_in else None,
        user_id=call.user_id,
    )
    return MadeLink(link=link, url=public_address(call.settings, f"s/{secret}"))


@routes.delete("/dashboards/{slug}/links/{link_id}", "End a share link", Action.SHARE)
def revoke_link(call: Call, slug: Slug, link_id: Id) -> ShareLink:
    """For those who have opened it as well."""
    return Shares(call.store).revoke_link(slug, link_id)


@routes.post("/dashboards/{slug}/embed-origins", "Let pages embed a dashboard", Action.SHARE)
def embed_dashboard(call: Call, slug: Slug, body: NewEmbedding) -> Audience:
    """Lets pages of an origin show it in a frame, to whoever may see it."""
    return _audience(Shares(call.store).embed(slug, body.origin))


@routes.delete("/dashboards/{slug}/embed-origins", "Take an embedding back", Action.SHARE)
def unembed_dashboard(call: Call, slug: Slug, query: EmbeddingQuery) -> Audience:
    return _audience(Shares(call.store).unembed(slug, query.origin))


def _audience(sharing: Sharing) -> Audience:
    return Audience(
        is_public=sharing.facts.is_public,
        people=sharing.people,
        domains=tuple(sorted(sharing.facts.shared_domains)),
        embed_origins=sharing.facts.embed_origins,
        links=sharing.links,
    )
