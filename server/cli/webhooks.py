"""`webhook`: addresses that are told what becomes of dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import AsJson, DataDir, UsageError, settings_for

if TYPE_CHECKING:
    from ..notices.events import Event
    from ..notices.nouns import Webhook

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")
WebhookId = Annotated[
    str, typer.Argument(metavar="WEBHOOK", help="Its id, as `dashwright webhook list` names it.", show_default=False)
]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where it is told; https.", show_default=False)],
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="EVENT", help="As in dashboard.ready; may be repeated.", show_default="all"),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option("--user", metavar="E-MAIL", help="Tell only of what this user is told of.", show_default="all"),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make a webhook and print the secret by which its receiver checks signatures. It is told this once.

    * `dashwright webhook add https://hooks.example.org/dashwright`
    * `dashwright webhook add https://hooks.example.org/ada --event refresh.failed --user ada@example.org`
    """
    from ..notices.hooks import secret_of
    from ..store import Users, Webhooks
    from .access import store_of
    from .output import say, show, show_json

    settings, events = settings_for(data_dir), _events(event)
    with store_of(settings) as store:
        owner = Users(store).user(user).id if user else None
        webhook = Webhooks(store, owner).add(url, events)
    secret = secret_of(settings, webhook.id)
    if as_json:
        show_json(facts(webhook) | {"secret": secret})
        return
    say(f"The webhook {webhook.id} is told of: {', '.join(webhook.events)}. Its secret is shown only now:")
    show(secret)


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the webhooks of everybody, the oldest first.

    * `dashwright webhook list`
    """
    from ..notices.hooks import shown_url
    from ..store import Webhooks
    from .access import store_of
    from .output import age, say, show_json, show_table

    with store_of(settings_for(data_dir)) as store:
        found = Webhooks(store, None, all_of_them=True).all()
    if as_json:
        show_json([facts(webhook) for webhook in found])
    elif found:
        rows = [
            (
                *(one.id, shown_url(one.url), ", ".join(one.events), "on" if one.enabled else "off"),
                *(age(one.last_sent_at), one.disabled_reason or ""),
            )
            for one in found
        ]
        show_table(("Webhook", "Where", "Events", "State", "Last sent", "Reason"), rows, wrap=2)
    else:
        say("There are no webhooks. Make one: dashwright webhook add https://…")


@app.command()
def remove(webhook: WebhookId, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Remove a webhook, and what it is yet to be sent.

    * `dashwright webhook remove 0b9f6a52-…`
    """
    from ..store import Webhooks
    from .access import store_of
    from .output import say, show_json

    with store_of(settings_for(data_dir)) as store:
        removed = Webhooks(store, None, all_of_them=True).remove(webhook)
    if as_json:
        show_json(facts(removed))
    else:
        say(f"The webhook {removed.id} is removed.")


@app.command("test")
def send_test(webhook: WebhookId, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Send a webhook something to see whether its receiver works.

    * `dashwright webhook test 0b9f6a52-…`
    """
    from ..store import Webhooks
    from .access import store_of
    from .output import say, show_json

    with store_of(settings_for(data_dir)) as store:
        delivery = Webhooks(store, None, all_of_them=True).test(webhook)
    if as_json:
        show_json(delivery.model_dump(mode="json"))
    else:
        say("The worker sends it now, if one runs; `dashwright notices` tells what became of that.")


def facts(webhook: Webhook) -> dict[str, Any]:
    """What a program learns of a webhook, on a command line, which others may see: not the whole address."""
    from ..notices.hooks import shown_url

    return webhook.model_dump(mode="json") | {"url": shown_url(webhook.url)}


def _events(texts: list[str] | None) -> tuple[Event, ...]:
    """The events of these names.

    Raises:
        UsageError: there is none of a name.
    """
    from ..notices.events import Event

    names = [name.strip().lower() for text in texts or () for name in text.split(",") if name.strip()]
    if wrong := next((name for name in names if name not in list(Event)), None):
        raise UsageError(f"There is no event '{wrong[:40]}'; there are: {', '.join(Event)}.")
    return tuple(Event(name) for name in names) or tuple(Event)
