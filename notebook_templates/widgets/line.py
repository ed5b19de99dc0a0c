"""Lines: a value over time, over a number or over ordered names, one line for each colour."""

from __future__ import annotations

from ..parts import Amount, Card, Group, left_out
from ..source import Code, blocks, lines, write
from .axes import scale, x_ticks


def line(card: Card, x: Group, y: Amount, color: Group | None, log: bool, zero: bool, limit: int | Code | None) -> Code:
    return blocks([_made(card, x, color, log), _update(card, x, y, color, log, zero, limit)])


def _made(card: Card, x: Group, color: Group | None, log: bool) -> Code:
    names = write(
        """
        ${n}_names = bq.Label(
            scales=${n}_scales, default_size=13, font_weight="bold",
            align="start", x_offset=8, y_offset=4, apply_clip=False,
        )
        """,
        n=card.name,
    )
    return write(
        """
        ${n}_scales = {"x": $x_scale(), "y": $y_scale()}
        ${n}_lines = bq.Lines(scales=${n}_scales, stroke_width=2.25)
        ${n}_dots = bq.Scatter(
            scales=${n}_scales, display_names=False, default_size=36,
            tooltip=bq.Tooltip(fields=["name"], labels=[""], show_labels=False)
        )
        $names
        ${n}_x_axis = bq.Axis(scale=${n}_scales["x"], grid_lines="none")
        ${n}_y_axis = bq.Axis(scale=${n}_scales["y"], side="left")
        ${n} = figure([${n}_lines, ${n}_dots$labels], [${n}_x_axis, ${n}_y_axis], height=$height, right=24)
        ${n}_numbers = widgets.HTML()
        $card
        """,
        n=card.name,
        x_scale=scale(x),
        y_scale=Code("bq.LogScale" if log else "bq.LinearScale"),
        names=names if color else Code(""),
        labels=write(", ${n}_names", n=card.name) if color else Code(""),
        height=card.height,
        card=card.made("{}", "{}_numbers"),
    )


def table(x: Group, y: Amount, color: Group | None) -> Code:
    """One row for each x, one column for each colour; missing periods of a regular time are gaps, or none counted."""
    counted = y.aggregate == "count"
    value = y.of([x.column, color.column] if color else [x.column])
    if color:
        value = write("$value.unstack($fill)", value=value, fill=Code("fill_value=0" if counted else ""))
    else:
        value = write("$value.to_frame($title)", value=value, title=y.title)
    return every_period(value, x, y) if x.kind == "period" and x.regular else value


def every_period(value: Code, x: Group, y: Amount) -> Code:
    """A table or series that also has the periods without rows."""
    fill = Code(", fill_value=0" if y.aggregate == "count" else "")
    return write("$value.asfreq($freq$fill)", value=value, freq=START[x.freq], fill=fill)


START = {"Y": "YS", "Q": "QS", "M": "MS", "W": "W-MON", "D": "D", "h": "h"}
"""The frequency of first moments of periods."""


def _update(
    card: Card, x: Group, y: Amount, color: Group | None, log: bool, zero: bool, limit: int | Code | None
) -> Code:
    by = x.table
    narrowing = []
    if color and limit is not None:
        narrowing.append(write("$by = largest($by, $limit)", by=by, limit=limit))
    if color:
        # Coloured lines are drawn last, over the grey ones.
        narrowing.append(write("$by = in_key($by, $colours).iloc[:, ::-1]", by=by, colours=color.colours))
    if log:
        narrowing.append(write("$by = $by.where($by > 0)", by=by))
    if log:
        fit = write("fit_log($n, ${n}_y_axis, $by, $form)", n=card.name, by=by, form=y.form)
    else:
        options = Code(("" if zero else ", zero=False") + (", whole=True" if y.whole else ""))
        fit = write("fit($n, ${n}_y_axis, $by, $form$options)", n=card.name, by=by, form=y.form, options=options)
    places = write("$by.index.values", by=by) if x.kind != "category" else Code("names")
    return write(
        """
        def update_${n}(chosen):
            $where
            $by = $table
            $narrowing
            if nothing(${n}_card, $by):
                return
            names = $names
            colours = $colours
            $x_ticks
            $fit
            place_lines(${n}_lines, $places, $by, colours)
            place_dots(${n}_dots, $places, $by, names, $form, colours)
            $labels
            ${n}_numbers.value = ${missing}numbers($by, $title, names, $form)
        """,
        n=card.name,
        where=card.narrowed,
        missing=left_out(x, color),
        by=by,
        table=table(x, y, color),
        narrowing=lines(narrowing),
        names=x.names(write("$by.index", by=by)),
        colours=write("colours_of($by.columns, $colours)", by=by, colours=color.colours) if color else Code("[BLUE]"),
        x_ticks=x_ticks(card, x, by),
        fit=fit,
        places=places,
        labels=write("name_lines($n, ${n}_names, $places, $by, colours)", n=card.name, places=places, by=by)
        if color
        else Code(""),
        form=y.form,
        title=x.title,
    )
