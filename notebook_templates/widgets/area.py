"""Areas: parts of a whole over time, one above the other."""

from __future__ import annotations

from ..parts import Amount, Card, Group, left_out
from ..source import Code, blocks, write
from .axes import scale, x_ticks
from .line import table


def area(card: Card, x: Group, y: Amount, color: Group | None, share: Code | None, limit: int | Code | None) -> Code:
    made = write(
        """
        ${n}_scales = {"x": $x_scale(), "y": bq.LinearScale(min=0)}
        ${n}_areas = bq.Lines(scales=${n}_scales, stroke_width=1, fill="bottom")
        ${n}_x_axis = bq.Axis(scale=${n}_scales["x"], grid_lines="none")
        ${n}_y_axis = bq.Axis(scale=${n}_scales["y"], side="left")
        ${n} = figure([${n}_areas], [${n}_x_axis, ${n}_y_axis], height=$height, right=24)
        $key
        ${n}_numbers = widgets.HTML()
        $card
        """,
        n=card.name,
        x_scale=scale(x),
        height=card.height,
        key=write("${n}_key = widgets.HTML()", n=card.name) if color else Code(""),
        card=card.made(*(["{}_key"] if color else []), "{}", "{}_numbers"),
    )
    return blocks([made, _update(card, x, y, color, share, limit)])


def _update(card: Card, x: Group, y: Amount, color: Group | None, share: Code | None, limit: int | Code | None) -> Code:
    by = x.table
    shares = write("$by = $by.div($by.sum(axis=1), axis=0)", by=by) if share else Code("")
    form = share or y.form
    return write(
        """
        def update_${n}(chosen):
            $where
            $by = $table
            $limited
            if nothing(${n}_card, $by):
                return
            names = $names
            $parts
            $shares
            colours = $colours
            heights = $by.fillna(0).cumsum(axis=1)
            $x_ticks
            $fit
            place_areas(${n}_areas, $places, heights, colours)
            $key
            ${n}_numbers.value = ${missing}numbers($by, $title, names, $form)
        """,
        n=card.name,
        where=card.narrowed,
        missing=left_out(x, color),
        by=by,
        table=table(x, y, color),
        limited=write("$by = first_and_other(ranked($by.T), $limit).T", by=by, limit=limit)
        if color and limit is not None
        else Code(""),
        names=x.names(write("$by.index", by=by)),
        parts=write("$by = in_key($by, $colours)", by=by, colours=color.colours) if color else Code(""),
        shares=shares,
        colours=write("colours_of($by.columns, $colours)", by=by, colours=color.colours) if color else Code("[BLUE]"),
        x_ticks=x_ticks(card, x, by),
        fit=write("fit($n, ${n}_y_axis, heights, $form)", n=card.name, form=form),
        places=write("$by.index.values", by=by) if x.kind != "category" else Code("names"),
        key=write("${n}_key.value = key(dict(zip($by.columns[::-1], colours[::-1])))", n=card.name, by=by)
        if color
        else Code(""),
        form=form,
        title=x.title,
    )
