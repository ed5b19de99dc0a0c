"""`token`: what programs show to act for a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import AsJson, DataDir, lifetime_of, scopes_named, settings_for

if TYPE_CHECKING:
    from ..nouns import ApiToken

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="The user the program acts for.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="What it is for.")] = "command line",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", metavar="SCOPE", help="read, ask, write or admin; may be repeated.", show_default="read"
        ),
    ] = None,
    expires: Annotated[str | None, typer.Option("--expires", metavar="TIME", help="As in 12h, 7d or 4w.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make an API token and print it. It is told this once.

    * `dashwright token add ada@example.org --scope read --scope ask --expires 30d`
    """
    from ..accounts import tokens
    from ..store import ApiTokens
    from .access import store_of
    from .output import say, show, show_json

    lifetime, scopes = lifetime_of(expires), scopes_named(scope or ["read"])
    with store_of(settings_for(data_dir)) as store:
        token, secret = tokens.create(ApiTokens(store), email, name, scopes, lifetime)
    if as_json:
        show_json(facts(token) | {"token": secret})
        return
    say(f"A program with this token acts for '{token.email}' ({', '.join(token.scopes)}). It is shown only now:")
    show(secret)


@app.command("list")
def list_(
    email: Annotated[str | None, typer.Argument(help="Those of one user.", show_default=False)] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the API tokens, the newest first.

    * `dashwright token list`
    """
    from ..store import ApiTokens
    from .access import store_of
    from .output import age, moment, say, show_json, show_table

    with store_of(settings_for(data_dir)) as store:
        found = ApiTokens(store).all(email)
    if as_json:
        show_json([facts(token) for token in found])
    elif found:
        rows = [
            (
                *(token.id, token.email, token.name, ", ".join(token.scopes)),
                *(moment(token.expires_at), age(token.last_used_at)),
            )
            for token in found
        ]
        show_table(("Token", "User", "Name", "Scopes", "Ends", "Last used"), rows, wrap=2)
    else:
        say("There are no API tokens. Make one: dashwright token add E-MAIL --scope read")


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(help="Its id, as `dashwright token list` names it.", show_default=False)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """End an API token.

    * `dashwright token revoke 0b9f6a52-…`
    """
    from ..store import ApiTokens
    from .access import store_of
    from .output import say, show_json

    with store_of(settings_for(data_dir)) as store:
        revoked = ApiTokens(store).revoke(token)
    if as_json:
        show_json(facts(revoked))
    else:
        say(f"The token '{revoked.name}' of '{revoked.email}' is revoked.")


def facts(token: ApiToken) -> dict[str, Any]:
    """What a program learns of a token."""
    return token.model_dump(mode="json")
