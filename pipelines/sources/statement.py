"""Statement: whether an SQL text is one SELECT and nothing else."""

from __future__ import annotations

import sqlglot
from sqlglot import expressions as sql
from sqlglot.errors import SqlglotError

from ..errors import DataError

MAX_LENGTH = 100_000
"""Characters."""
DIALECTS = {"postgresql": "postgres", "mariadb": "mysql", "mssql": "tsql"}
"""SQLAlchemy's names where sqlglot has others."""
WRITES = (
    sql.Insert, sql.Update, sql.Delete, sql.Merge, sql.Create, sql.Drop, sql.Alter, sql.TruncateTable, sql.Copy,
    sql.Command, sql.Into, sql.Lock, sql.Set, sql.Pragma, sql.Attach, sql.Detach, sql.Use, sql.Grant, sql.Transaction,
    sql.Commit, sql.Rollback, sql.LoadData, sql.Install, sql.Kill,
)  # fmt: skip


def check_select(text: str, backend: str) -> None:
    """
    Raises:
        DataError: it is several statements, none, or one that does more than to read.
    """
    if len(text) > MAX_LENGTH:
        raise DataError(f"The query has {len(text):,} characters; at most {MAX_LENGTH:,} are read.")
    dialect = DIALECTS.get(backend, backend)
    try:
        statements = [item for item in sqlglot.parse(text, dialect=known(dialect)) if item is not None]
    except (SqlglotError, RecursionError) as error:
        raise DataError(f"The query cannot be understood: {str(error).splitlines()[0][:200]}.") from error
    if len(statements) != 1:
        raise DataError(f"The query holds {len(statements)} statements; give exactly one SELECT.")
    statement = statements[0]
    if not isinstance(statement, sql.Query):
        raise DataError(f"Only a SELECT may be asked, but the query is '{text.split()[0].upper()[:40]}'.")
    for node in statement.walk():
        if isinstance(node, WRITES):
            raise DataError(f"Only reading is allowed, but the query has a part '{node.key.upper()}' that does more.")


def known(dialect: str) -> str | None:
    return dialect if dialect in sqlglot.Dialects.__members__.values() or dialect in sqlglot.Dialect.classes else None
