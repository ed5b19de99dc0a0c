"""The pages that are no dashboard: the list, and the page for every error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined, select_autoescape

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


def list_page(home: str, dashboards: Sequence[Published]) -> str:
    return _environment.get_template("page/list.html.j2").render(home=home, dashboards=dashboards)


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
