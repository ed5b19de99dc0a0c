"""From what a person typed after --data and as a question to a request's nouns."""

from __future__ import annotations

import os
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
NAMED = re.compile(r"([a-z][a-z0-9-]{0,40}):(?!//)(.*)", re.DOTALL)
"""A source and what it calls a dataset: world-bank:NY.GDP.PCAP.CD"""
OPTION = re.compile(r"([a-z][a-z0-9_]{0,40})=(.*)", re.DOTALL)
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


def attachments_of(
    data: Sequence[str], table: str | None = None, query: str | None = None, options: Sequence[str] = ()
) -> tuple[Attachment, ...]:
    """Files, web addresses, databases and datasets of sources, each told by its looks.

    Raises:
        UsageError: the options do not fit each other.
        DataError: there is no such file, or it cannot be read.
    """
    wanted = _options(options)
    found = tuple(_attachment(_text(item, "--data"), table, query, wanted) for item in data)
    kinds = {item.source for item in found}
    if (table and "sql" not in kinds) or (query and not kinds & {"sql", "bigquery"}):
        raise UsageError(
            "--table and --query go with a database: name it with --data, as in --data sqlite:///sales.db."
        )
    if table and query:
        raise UsageError("Give --table or --query, not both.")
    if wanted and not kinds - {"files", "sql"}:
        raise UsageError(
            "--option goes with a dataset of a source: name it with --data, as in --data kaggle:owner/name --option "
            "file=sales.csv."
        )
    return found


def _options(texts: Sequence[str]) -> dict[str, str]:
    """
    Raises:
        UsageError: one is not NAME=VALUE, or is there twice.
    """
    options: dict[str, str] = {}
    for text in texts:
        match = OPTION.fullmatch(_text(text, "--option"))
        if match is None:
            raise UsageError(f"--option '{text[:80]}' is not of the form NAME=VALUE, as in --option file=sales.csv.")
        if match[1] in options:
            raise UsageError(f"The option '{match[1]}' is given twice.")
        options[match[1]] = match[2]
    return options


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


def _attachment(item: str, table: str | None, query: str | None, options: dict[str, str]) -> Attachment:
    if not item.strip():
        raise UsageError("--data is empty. Give it a path, a web address, a database address or SOURCE:NAME.")
    if named := _named(item):
        source, reference = named
        asked = {"query": query} if query and source == "bigquery" else {}
        return Attachment(source=source, reference=reference, options=asked | options)
    scheme = SCHEME.match(item)
    kind = scheme[1].lower() if scheme else "file"
    if kind in FILES_AFAR:
        return Attachment(reference=item)
    if kind != "file":
        chosen = {"table": table} if table else {"query": query} if query else {}
        return Attachment(source="sql", reference=_absolute_database(item), options=chosen)
    return _file(item)


def _named(item: str) -> tuple[str, str] | None:
    """A source and its dataset, unless there is a file of that very name.

    Raises:
        UsageError: nothing is named.
    """
    from ...pipelines.sources import names

    match = NAMED.fullmatch(item.strip())
    if match is None or match[1] in ("files", "sql") or match[1] not in names() or os.path.lexists(item):
        return None
    if not match[2].strip():
        raise UsageError(f"--data '{item[:80]}' names no dataset; `dashwright search` lists them, as {match[1]}:NAME.")
    return match[1], match[2].strip()


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
