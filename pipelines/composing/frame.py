"""Frame: a table or join in a notebook, with the names that its columns have there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ...notebook_templates.naming import plain
from ...notebook_templates.source import Code
from ..errors import PlanError
from ..model import Column


@dataclass
class Frame:
    """A table or join: its variable, its used columns by their name in the plan, and the lines that derive more."""

    name: str
    variable: Code
    rows: int
    row: str
    rows_noun: str
    columns: dict[str, Column]
    short: dict[str, str]
    derived: dict[tuple[str, ...], str] = field(default_factory=dict)
    prepared: list[Code] = field(default_factory=list)

    def column(self, name: str) -> Column:
        try:
            return self.columns[name]
        except KeyError:
            raise PlanError(
                f"Column '{name}' is not in '{self.name}'. It has: {', '.join(list(self.columns)[:30])}."
            ) from None

    def derive(self, key: tuple[str, ...], wish: str, make: Callable[[str], Code]) -> str:
        """The short name of a derived column; `make` writes the line for a new one."""
        if key not in self.derived:
            taken = {*self.short.values(), *self.derived.values()}
            self.derived[key] = plain(wish, taken, most=40)
            self.prepared.append(make(self.derived[key]))
        return self.derived[key]

    def improve(self, column: str, make: Callable[[], Code]) -> None:
        """Write a line, once, that puts a column in order where it is."""
        if ("order", column) not in self.derived:
            self.derived["order", column] = column
            self.prepared.append(make())
