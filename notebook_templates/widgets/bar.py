"""Bars: a value for each name or period. Names lie, ranked; periods and ordered names stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..parts import Amount, Card, Group, left_out
from ..source import Code, blocks, lines, write
from .line import every_period

Order = Literal["largest", "smallest", "own", "backwards", "data"]


@dataclass(frozen=True)
class Bars:
    """How bars stand: their order from the first (left or top), and how parts go together."""

    horizontal: bool
    order: Order
    stack: Literal["stacked", "grouped", "normalized"] = "stacked"
    limit: int | Code | None = None
    others: bool = True
    share: Code | None = None
    """Writes shares, for normalized parts."""


def bar(card: Card, x: Group, y: Amount, color: Group | None, bars: Bars) -> Code:
    if bars.horizontal and color is None:
        return blocks([_ranked_made(card), _ranked_update(card, x, y, bars)])
    return blocks([_made(card, color, bars), _update(card, x, y, color, bars)])


def _rows(x: Group, y: Amount, color: Group | None, bars: Bars) -> Code:
    """The lines that make the table: one row for each bar, one column for each part."""
    by, sort = x.table, bars.order != "data"
    if color:
        value = y.of([x.column, color.parts or color.column], sort=sort)
        value = write("$value.unstack($fill)", value=value, fill=Code("fill_value=0" if y.adds else ""))
    else:
        value = write("$value.to_frame($title)", value=y.of([x.column], sort=sort), title=y.title)
    match bars.order:
        case "largest":
            value = write("ranked($value)", value=value)
        case "smallest":
            value = write("ranked($value, ascending=True)", value=value)
        case "backwards":
            value = write("$value.sort_index(ascending=False)", value=value)
    if x.kind == "period" and x.regular and bars.order == "own":
        value = every_period(value, x, y)
    steps = [write("$by = $value", by=by, value=value)]
    if color:
        steps.append(write("$by = in_key($by, $colours)", by=by, colours=color.colours))
    if bars.limit is not None:
        cut = "first_and_other($by, $limit)" if bars.others and y.adds and x.kind == "category" else "$by.head($limit)"
        if x.kind == "period" and bars.order == "own":
            cut = "$by.tail($limit)"
        steps.append(write("$by = " + cut, by=by, limit=bars.limit))
    if bars.share:
        steps.append(write("$by = $by.div($by.sum(axis=1), axis=0)", by=by))
    return lines(steps)


def _ranked_made(card: Card) -> Code:
    return write(
        """
        ${n}_scales = {"x": bq.OrdinalScale(reverse=True), "y": bq.LinearScale()}
        ${n}_bars = bq.Bars(scales=${n}_scales, orientation="horizontal", padding=0.3, stroke="transparent")
        ${n}_values = bq.Label(
            scales={"x": ${n}_scales["y"], "y": ${n}_scales["x"]}, colors=[INK], default_size=12, font_weight="normal",
            align="start", x_offset=6, y_offset=1, apply_clip=False)
        ${n}_axis = bq.Axis(scale=${n}_scales["x"], side="left", grid_lines="none")
        ${n} = figure([${n}_bars, ${n}_values], [${n}_axis], height=$height, bottom=4)
        ${n}_numbers = widgets.HTML()
        $card
        """,
        n=card.name,
        height=card.height,
        card=card.made("{}", "{}_numbers"),
    )


def _ranked_update(card: Card, x: Group, y: Amount, bars: Bars) -> Code:
    colours = Code("[BLUE]")
    if y.signed:
        colours = Code("[BLUE if value >= 0 else ORANGE for value in values]")
    elif bars.limit is not None and bars.others and y.adds:
        colours = write('[GREY if name == "Other" else BLUE for name in names]')
    return write(
        """
        def update_${n}(chosen):
            $where
            $rows
            if nothing(${n}_card, $by):
                return
            names, values = $names, $by[$title].to_numpy(dtype=float)
            place_names($n, ${n}_axis, names)
            place_values($n, ${n}_values, names, values, $form)
            with ${n}_bars.hold_sync():
                ${n}_bars.x, ${n}_bars.y = names, values
                ${n}_bars.colors = $colours
            ${n}_numbers.value = ${missing}numbers($by, $x_title, names, $form)
        """,
        n=card.name,
        where=card.narrowed,
        missing=left_out(x),
        rows=_rows(x, y, None, bars),
        by=x.table,
        names=x.names(write("$by.index", by=x.table)),
        title=y.title,
        form=y.form,
        colours=colours,
        x_title=x.title,
    )


def _made(card: Card, color: Group | None, bars: Bars) -> Code:
    axes = write(
        """
        ${n}_x_axis = bq.Axis(scale=${n}_scales["x"], grid_lines="none")
        ${n}_y_axis = bq.Axis(scale=${n}_scales["y"], side="left")
        """,
        n=card.name,
    )
    if bars.horizontal:
        axes = write(
            """
            ${n}_x_axis = bq.Axis(scale=${n}_scales["x"], side="left", grid_lines="none")
            ${n}_y_axis = bq.Axis(scale=${n}_scales["y"])
            """,
            n=card.name,
        )
    grouped = bars.stack == "grouped" and color is not None
    options = Code(
        ("" if color is None else f', type="{"grouped" if grouped else "stacked"}"')
        + (', orientation="horizontal"' if bars.horizontal else "")
    )
    return write(
        """
        ${n}_scales = {"x": bq.OrdinalScale($reverse), "y": bq.LinearScale()}
        ${n}_bars = bq.Bars(scales=${n}_scales$options, padding=0.25, stroke=$stroke)
        $axes
        ${n} = figure([${n}_bars], [${n}_x_axis, ${n}_y_axis], height=$height)
        $thin
        $key
        ${n}_numbers = widgets.HTML()
        $card
        """,
        n=card.name,
        thin=Code("") if bars.horizontal else write('${n}.add_class("thin-x")', n=card.name),
        reverse=Code("reverse=True" if bars.horizontal else ""),
        options=options,
        stroke="transparent" if grouped or color is None else Code("CARD"),
        axes=axes,
        height=card.height,
        key=write("${n}_key = widgets.HTML()", n=card.name) if color else Code(""),
        card=card.made(*(["{}_key"] if color else []), "{}", "{}_numbers"),
    )


def _update(card: Card, x: Group, y: Amount, color: Group | None, bars: Bars) -> Code:
    by = x.table
    form = bars.share or y.form
    whole = Code(", whole=True" if y.whole and form == y.form else "")
    if color is None:
        sign = "[BLUE if value >= 0 else ORANGE for value in $by[$title]]" if y.signed else "[BLUE]"
        colours = write(sign, by=by, title=y.title)
    else:
        colours = write("colours_of($by.columns, $colours)", by=by, colours=color.colours)
    reach = write("stacked($by)" if color and bars.stack != "grouped" else "$by", by=by)
    places = "place_names($n, ${n}_x_axis, names)" if bars.horizontal else "name_ticks(${n}_x_axis, names)"
    return write(
        """
        def update_${n}(chosen):
            $where
            $rows
            if nothing(${n}_card, $by):
                return
            names, colours = $names, $colours
            $places
            fit($n, ${n}_y_axis, $reach, $form$whole)
            with ${n}_bars.hold_sync():
                ${n}_bars.x, ${n}_bars.y, ${n}_bars.colors = names, $values, colours
            $key
            ${n}_numbers.value = ${missing}numbers($by, $title, names, $form)
        """,
        n=card.name,
        where=card.narrowed,
        missing=left_out(x, color),
        rows=_rows(x, y, color, bars),
        by=by,
        names=x.names(write("$by.index", by=by)),
        colours=colours,
        places=write(places, n=card.name),
        reach=reach,
        form=form,
        whole=whole,
        values=write("$by.fillna(0).T.to_numpy(dtype=float)", by=by)
        if color
        else write("$by[$title].fillna(0).to_numpy(dtype=float)", by=by, title=y.title),
        key=write("${n}_key.value = key(dict(zip($by.columns, colours)))", n=card.name, by=by) if color else Code(""),
        title=x.title,
    )
