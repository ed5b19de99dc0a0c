"""From what a person typed after --data and as a question to a request's nouns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...pipelines.errors import InputError
from ...pipelines.model import AMENDMENT_LIMIT, QUESTION_LIMIT, Attachment
from .usage import UsageError

if TYPE_CHECKING:
    from ..settings import Settings

FILES_AFAR = ("http", "https", "ftp", "ftps", "sftp", "s3", "gs")
"""Schemes that name a file; the source of files says which of them it can fetch. All others name a database."""
SCHEME = re.compile(r"([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?://", re.IGNORECASE)
DATABASE_FILE = re.compile(r"(?P<scheme>(?:sqlite|duckdb)(?:\+\w+)?://)/(?P<path>[^?]*)(?P<query>.*)", re.IGNORECASE)
TITLE_LIMIT = 255


def question_of(text: str) -> str:
    """The question without white space around it.

    Raises:
        UsageError: it is empty, too long, or not text.
    """
    question = _text(text, "question").strip()
    if not question:
        raise UsageError('The question is empty. Ask something, as in: dashwright new "How do sales differ by region?"')
    if len(question) > QUESTION_LIMIT:
        raise UsageError(
            f"The question has {len(question):,} characters; at most {QUESTION_LIMIT:,} are possible. "
            "Ask shortly, and bring data along with --data."
        )
    return question


def title_of(text: str | None) -> str | None:
    """The title, if one was given.

    Raises:
        UsageError: it is empty, too long, or not text.
    """
    if text is None:
        return None
    title = " ".join(_text(text, "title").split())
    if not title:
        raise UsageError("The title is empty. Leave --title out to let Dashwright choose one.")
    if len(title) > TITLE_LIMIT:
        raise UsageError(f"The title has {len(title):,} characters; at most {TITLE_LIMIT} are possible.")
    return title


def wish_of(text: str) -> str:
    """What to change about a dashboard, without white space around it.

    Raises:
        UsageError: it is empty, too long, or not text.
    """
    wish = _text(text, "wish").strip()
    if not wish:
        raise UsageError('The wish is empty. Say what to change, as in: dashwright amend SLUG "make it monthly"')
    if len(wish) > AMENDMENT_LIMIT:
        raise UsageError(f"The wish has {len(wish):,} characters; at most {AMENDMENT_LIMIT:,} are possible.")
    return wish


def planner_of(text: str | None) -> str | None:
    """The planner, or planners in their order, if any was named.

    Raises:
        UsageError: there is none of this name, or it stands only alone.
    """
    from ...pipelines.planners import refuse_unknown

    if text is None:
        return None
    names = [name.strip().lower() for name in _text(text, "--planner").split(",")]
    try:
        refuse_unknown(names)
    except InputError as error:
        raise UsageError(str(error)) from error
    return ",".join(names)


def attachments_of(data: Sequence[str], table: str | None, query: str | None) -> tuple[Attachment, ...]:
    """Files, web addresses and databases, each told by its looks.

    Raises:
        UsageError: the options do not fit each other.
        DataError: there is no such file, or it cannot be read.
    """
    found = tuple(_attachment(_text(item, "--data"), table, query) for item in data)
    if (table or query) and not any(item.source == "sql" for item in found):
        raise UsageError(
            "--table and --query go with a database: name it with --data, as in --data sqlite:///sales.db."
        )
    if table and query:
        raise UsageError("Give --table or --query, not both.")
    return found


def sources_of(names: Sequence[str], attachments: Sequence[Attachment], settings: Settings) -> tuple[str, ...]:
    """The sources that a person wants searched. Empty: as the settings of whoever searches say.

    Raises:
        UsageError: data was attached, too.
        InputError: there is no such source, or it cannot be searched.
        SetupError: nothing runs yet, and with these settings the source could not be asked.
    """
    from ...pipelines.sources.standing import refuse_missing, refuse_unknown
    from ..up import running

    if names and attachments:
        raise UsageError("Give --data or --source, not both: data that is named is taken as it is.")
    wanted = names_of(names)
    if running.is_claimed(settings.data_dir):  # with settings of its own, and maybe with other keys
        refuse_unknown(wanted)
    else:
        refuse_missing(wanted, settings.limits)
    return wanted


def names_of(names: Sequence[str]) -> tuple[str, ...]:
    """What was typed after --source, each once.

    Raises:
        UsageError: it is not text.
    """
    return tuple(dict.fromkeys(_text(name, "--source").strip().lower() for name in names))


def _attachment(item: str, table: str | None, query: str | None) -> Attachment:
    if not item.strip():
        raise UsageError("--data is empty. Give it a path, a web address or a database address.")
    scheme = SCHEME.match(item)
    kind = scheme[1].lower() if scheme else "file"
    if kind in FILES_AFAR:
        return Attachment(reference=item)
    if kind != "file":
        options = {"table": table} if table else {"query": query} if query else {}
        return Attachment(source="sql", reference=_absolute_database(item), options=options)
    return _file(item)


def _absolute_database(url: str) -> str:
    """The worker has another working folder: ``sqlite:///sales.db`` is meant from here."""
    match = DATABASE_FILE.fullmatch(url)
    if match is None or match["path"].startswith(("/", ":memory:", "file:")) or not match["path"]:
        return url
    return f"{match['scheme']}/{Path(match['path']).absolute()}{match['query']}"


def _file(item: str) -> Attachment:
    """Absolute, for the same reason. What is certainly wrong is said before anything is made.

    Raises:
        DataError: it is no file that can be read.
    """
    from ...pipelines.sources.files import check_local, local_path

    path = local_path(item)
    check_local(path, item)
    return Attachment(reference=str(path), name=path.name)


def _text(text: str, what: str) -> str:
    """Arguments that are not UTF-8 arrive with lone surrogates, which no file and no database takes."""
    if "\0" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise UsageError(f"The {what} is not valid text: write it in UTF-8.")
    return text
