"""The horizontal axis of charts that go along time, numbers or names."""

from __future__ import annotations

from ..parts import Card, Group
from ..source import Code, write


def scale(x: Group) -> Code:
    return Code({"period": "bq.DateScale", "number": "bq.LinearScale", "category": "bq.OrdinalScale"}[x.kind])


def x_ticks(card: Card, x: Group, by: Code) -> Code:
    """The line that sets ticks for the index of a table; names are in the variable `names`."""
    match x.kind:
        case "period":
            return write("date_ticks(${n}_x_axis, $by.index)", n=card.name, by=by)
        case "number":
            whole = Code(", whole=True" if x.whole else "")
            return write(
                "number_ticks($n, ${n}_x_axis, $by.index, $form$whole)", n=card.name, by=by, form=x.form, whole=whole
            )
    return write("name_ticks(${n}_x_axis, names)", n=card.name)
