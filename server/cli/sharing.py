"""`share`: who sees a dashboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import AsJson, DataDir, Slug, UsageError, lifetime_of, settings_for, typed_password

if TYPE_CHECKING:
    from ..nouns import ShareLink, Sharing
    from ..settings import Settings


def share(
    slug: Slug,
    public: Annotated[
        bool | None, typer.Option("--public/--private", help="Whether everybody sees it, without any account or link.")
    ] = None,
    with_: Annotated[
        list[str] | None, typer.Option("--with", metavar="E-MAIL", help="Let somebody with an account see it.")
    ] = None,
    domain: Annotated[
        list[str] | None,
        typer.Option("--domain", metavar="DOMAIN", help="Let all accounts with such addresses see it."),
    ] = None,
    unshare: Annotated[
        list[str] | None, typer.Option("--unshare", metavar="WHOM", help="Take back a share with an address or domain.")
    ] = None,
    link: Annotated[bool, typer.Option("--link", help="Make an address that opens it to whoever has it.")] = False,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="TIME", help="When the new link ends, as in 12h, 7d or 4w.")
    ] = None,
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password (or read it from a pipe) for the new link.")
    ] = False,
    revoke: Annotated[list[str] | None, typer.Option("--revoke", metavar="ID", help="End a link.")] = None,
    embed: Annotated[
        list[str] | None, typer.Option("--embed", metavar="ORIGIN", help="Let pages of this origin show it in a frame.")
    ] = None,
    unembed: Annotated[list[str] | None, typer.Option("--unembed", metavar="ORIGIN", help="Take that back.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Say who sees a dashboard; without options, show it.

    A dashboard is private at first: its owner and admins see it. Options can be combined and, but for `--public`,
    repeated.

    * `dashwright share sales --with ada@example.org --domain example.org`
    * `dashwright share sales --link --expires 7d --password`
    * `dashwright share sales --public --embed https://intranet.example.org`
    """
    from ..accounts import links
    from ..store import Shares
    from .access import store_of
    from .looking import cautions
    from .output import say

    if not link and (expires or password):
        raise UsageError("--expires and --password are about a new link: add --link.")
    settings, lifetime = settings_for(data_dir), lifetime_of(expires)
    made: tuple[ShareLink, str] | None = None
    with store_of(settings) as store:
        shares = Shares(store)
        store.dashboard(slug)
        wanted = typed_password() if password else None
        if public is not None:
            shares.set_public(slug, public)
            for sentence in cautions(store.dashboard(slug)) if public else ():
                say(f"Note: {sentence}")
        _each(shares.share_with, slug, with_)
        _each(shares.share_with_domain, slug, domain)
        _each(shares.unshare, slug, unshare)
        _each(shares.revoke_link, slug, revoke)
        _each(shares.embed, slug, embed)
        _each(shares.unembed, slug, unembed)
        if link:
            made = links.create(shares, slug, password=wanted, lifetime=lifetime)
        sharing = shares.sharing(slug)
    _tell(sharing, settings, made, as_json=as_json)


def _each(act: Callable[[str, str], object], slug: str, values: list[str] | None) -> None:
    for value in values or ():
        act(slug, value)


def facts(sharing: Sharing) -> dict[str, Any]:
    """What a program learns of who sees a dashboard."""
    return {
        "slug": sharing.slug,
        "is_public": sharing.facts.is_public,
        "people": list(sharing.people),
        "domains": sorted(sharing.facts.shared_domains),
        "embed_origins": list(sharing.facts.embed_origins),
        "links": [link.model_dump(mode="json") for link in sharing.links],
    }


def _tell(sharing: Sharing, settings: Settings, made: tuple[ShareLink, str] | None, *, as_json: bool) -> None:
    from ..up.running import public_address
    from .output import show, show_json

    address = public_address(settings, f"s/{made[1]}") if made else None
    if as_json:
        new = {"new_link": made[0].model_dump(mode="json") | {"url": address}} if made else {}
        show_json(facts(sharing) | new)
        return
    _show(sharing)
    if address:
        show()
        show("New link, shown only now:")
        show(address)


def _show(sharing: Sharing) -> None:
    from datetime import UTC, datetime

    from .output import age, moment, show

    def line(name: str, text: str) -> None:
        show(f"{name:<9} {text}")

    line("Seen by", "everybody" if sharing.facts.is_public else "its owner and admins")
    for whom in (*sharing.people, *(f"addresses of {domain}" for domain in sorted(sharing.facts.shared_domains))):
        line("", whom)
    for origin in sharing.facts.embed_origins:
        line("Embedded", f"by {origin}")
    now = datetime.now(UTC)
    for link in sharing.links:
        state = "revoked" if link.revoked_at else f"ends {moment(link.expires_at)}" if link.is_good(now) else "over"
        lock = ", with a password" if link.has_password else ""
        line("Link", f"{link.id} ({state}{lock}, used {age(link.last_used_at)})")
