"""The pages that are no dashboard: the list, signing in, and the page for every error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined, select_autoescape

from ..access import Anonymous, LinkHolder, LocalUser, Principal, SignedIn
from .moment import moment
from .shelf import Published

_environment = Environment(
    loader=PrefixLoader(
        {
            "page": PackageLoader("dashwright.server.viewer", "pages"),
            "shared": PackageLoader("dashwright.notebook_templates", "voila"),
        }
    ),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
)
_environment.filters["moment"] = moment

TITLES = {
    400: "This request is not understood",
    403: "This is not allowed",
    404: "There is no such page",
    405: "This is not allowed",
    500: "Something went wrong here",
    503: "All places are taken",
}


@dataclass(frozen=True)
class Visitor:
    """Who looks at a page, as the page says it."""

    name: str
    """Empty: nobody known, or the person at this machine."""
    token: str
    """That a form must send, so that no page of elsewhere can send it."""
    can_sign_in: bool
    is_home: bool


def visitor(who: Principal, token: str, *, has_door: bool) -> Visitor:
    person = who.beside if isinstance(who, LinkHolder) else who
    name = person.name or person.email if isinstance(person, SignedIn) else ""
    return Visitor(name, token, has_door and isinstance(person, Anonymous), isinstance(person, LocalUser))


def list_page(home: str, dashboards: Sequence[Published], visitor: Visitor) -> str:
    return _environment.get_template("page/list.html.j2").render(home=home, dashboards=dashboards, visitor=visitor)


def sign_in_page(
    home: str,
    token: str,
    follow: str,
    *,
    email: str = "",
    said: str = "",
    has_accounts: bool = True,
    ways: Sequence[tuple[str, str]] = (),
) -> str:
    """`ways`: of other servers that prove who somebody is, the key in addresses and the name."""
    return _environment.get_template("page/sign_in.html.j2").render(
        home=home, token=token, follow=follow, email=email, said=said, has_accounts=has_accounts, ways=ways
    )


def set_up_page(home: str, token: str, email: str, said: str = "") -> str:
    return _environment.get_template("page/set_up.html.j2").render(home=home, token=token, email=email, said=said)


def link_page(home: str, token: str, said: str = "") -> str:
    return _environment.get_template("page/link.html.j2").render(home=home, token=token, said=said)


def unsubscribe_page(home: str, token: str, title: str, *, is_done: bool = False) -> str:
    return _environment.get_template("page/unsubscribe.html.j2").render(
        home=home, token=token, title=title, is_done=is_done, said=""
    )


def error_page(home: str, status: int, sentence: str) -> str:
    title = TITLES.get(status, "Something went wrong here" if status >= 500 else "This did not work")
    return _environment.get_template("page/error.html.j2").render(
        home=home, status=status, title=title, sentence=sentence
    )


SENTENCES: dict[int, str] = {
    400: "The server did not understand what was asked of it. Go back and try again.",
    403: "The server refused this. If you came here by a link, open it again from the list of dashboards.",
    404: "It may have been deleted or renamed, it may not be open to everybody, or the address has a typing mistake.",
    405: "Dashboards can be looked at here, not changed.",
    500: "This is not your fault. Reload the page; if that does not help, tell whoever runs this server.",
    503: "Wait half a minute and reload the page.",
}


def sentence_for(status: int) -> str:
    return SENTENCES.get(status, SENTENCES[500] if status >= 500 else SENTENCES[400])


def said(error: Any, status: int) -> str:
    """The sentence an error carries for the reader, or the usual one of its status."""
    text = getattr(error, "sentence", None)
    return text if isinstance(text, str) and text else sentence_for(status)
