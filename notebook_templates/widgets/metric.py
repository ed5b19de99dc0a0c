"""One number on a tile; with a time the last full period against the one before."""

from __future__ import annotations

from ..parts import Amount, Card, Group
from ..source import Code, write
from .line import every_period


def metric(card: Card, y: Amount, x: Group | None, times: Code | None, good: str | None) -> Code:
    """`times` is the column whose coverage says which periods are whole."""
    if x is None:
        return write(
            """
            def ${n}_tile(chosen):
                $where
                return tile($id, $title, $form($value))
            """,
            n=card.name,
            where=card.narrowed,
            id=card.id,
            title=card.title,
            form=y.form,
            value=y.of([]),
        )
    by = x.table
    value = y.of([x.column])
    if x.kind == "period" and x.regular:
        value = every_period(value, x, y)
    whole = write("$by = whole_periods($by, $times, $freq)", by=by, times=times, freq=x.freq) if times else Code("")
    return write(
        """
        def ${n}_tile(chosen):
            $where
            $by = $value
            $whole
            return change_tile($id, $title, $by.set_axis($names), $form$good)
        """,
        n=card.name,
        where=card.narrowed,
        by=by,
        value=value,
        whole=whole,
        id=card.id,
        title=card.title,
        names=x.names(write("$by.index", by=by)),
        form=y.form,
        good=write(", good=$good", good=good) if good else Code(""),
    )


def tiles(names: list[Code], calls: list[Code]) -> Code:
    """The row of tiles, made of the functions of its metrics and the frames they look at."""
    return write(
        """
        tiles = widgets.HTML()


        def update_tiles($frames):
            tiles.value = f'<div class="tiles">{"".join([$calls])}</div>'
        """,
        frames=Code(", ".join(names)),
        calls=Code(", ".join(calls)),
    )
