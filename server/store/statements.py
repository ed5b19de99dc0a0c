"""Statements as texts, for what is asked too often to be composed each time: psycopg gets them as they are."""

from __future__ import annotations

from sqlalchemy import SelectBase
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def as_text(query: SelectBase) -> str:
    """For `Store.reading`. Every parameter has a name of ours: `bindparam`, never a value."""
    return str(query.compile(dialect=_DIALECT))
