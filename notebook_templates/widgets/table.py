"""Rows as they are, or one row a group, sorted and cut."""

from __future__ import annotations

from dataclasses import dataclass

from ..parts import Amount, Card, Group
from ..source import Code, blocks, lines, write


@dataclass(frozen=True)
class Shown:
    """A column of a table: its column in the frame, its head, and the function that writes its values."""

    column: str
    title: str
    form: Code


def _made(card: Card) -> Code:
    return write(
        """
        ${n} = widgets.HTML()
        $card
        """,
        n=card.name,
        card=card.made("{}"),
    )


def rows_table(card: Card, shown: list[Shown], sort_by: str | None, ascending: bool, limit: int | Code) -> Code:
    order = write(".sort_values($by, ascending=$ascending)", by=sort_by, ascending=ascending) if sort_by else Code("")
    columns = list(dict.fromkeys([*(item.column for item in shown)]))
    update = write(
        """
        def update_${n}(chosen):
            $where
            rows = chosen$order.head($limit)[$columns].set_axis($titles, axis=1)
            ${n}.value = as_table(rows, $forms)
        """,
        n=card.name,
        where=card.narrowed,
        order=order,
        limit=limit,
        columns=columns,
        titles=[item.title for item in shown],
        forms=Code(", ".join(item.form for item in shown)),
    )
    return blocks([_made(card), update])


def groups_table(
    card: Card, by: list[Group], values: list[Amount], sort_by: str | None, ascending: bool, limit: int | Code
) -> Code:
    """`sort_by` is a column of `by` or the title of a value."""
    columns = [group.column for group in by]
    amounts = {
        amount.title: amount.of([], Code("groups")) if amount.column else Code("groups.size()") for amount in values
    }
    steps = []
    if by:
        steps.append(write("groups = chosen.groupby($by)", by=columns if len(columns) > 1 else columns[0]))
        if values:
            steps.append(write("rows = pd.DataFrame($amounts)", amounts=amounts))
            if sort_by:
                steps.append(write("rows = rows.sort_values($by, ascending=$up)", by=sort_by, up=ascending))
            steps.append(write("rows = rows.head($limit).reset_index()", limit=limit))
        else:
            up = Code("" if ascending else ", ascending=False")
            steps = [
                write(
                    "rows = chosen[$by].drop_duplicates().sort_values($sort$up).head($limit)",
                    by=columns,
                    sort=sort_by or columns[0],
                    up=up,
                    limit=limit,
                )
            ]
    else:
        steps.append(write("rows = pd.DataFrame([$amounts])", amounts={item.title: item.of([]) for item in values}))
    for group in by:
        if group.kind == "period":
            quarter = Code('.dt.to_period("Q")' if group.freq == "Q" else "")
            steps.append(
                write(
                    "rows[$column] = rows[$column]$quarter.dt.strftime($text)",
                    column=group.column,
                    quarter=quarter,
                    text=group.text,
                )
            )
    forms = [Code("words") if group.kind != "number" else group.form for group in by] + [item.form for item in values]
    titles = [group.title for group in by] + [item.label for item in values]
    update = write(
        """
        def update_${n}(chosen):
            $where
            $steps
            ${n}.value = as_table(rows.set_axis($titles, axis=1), $forms)
        """,
        n=card.name,
        where=card.narrowed,
        steps=lines(steps),
        titles=titles,
        forms=Code(", ".join(forms)),
    )
    return blocks([_made(card), update])
