"""A value for each pair of two groupings, by colour class."""

from __future__ import annotations

from ..parts import Amount, Card, Group, left_out
from ..source import Code, blocks, lines, write


def heatmap(card: Card, x: Group, y: Group, color: Amount, limit: int | Code) -> Code:
    made = write(
        """
        ${n}_scales = {
            "row": bq.OrdinalScale(reverse=True), "column": bq.OrdinalScale(),
            "color": bq.OrdinalColorScale(colors=["transparent", NO_DATA, *RAMP], domain=list(range(-2, len(RAMP))))}
        ${n}_cells = bq.GridHeatMap(scales=${n}_scales, color=np.zeros((2, 2)), stroke=CARD, null_color=NO_DATA)
        ${n}_x_axis = bq.Axis(scale=${n}_scales["column"], grid_lines="none")
        ${n}_y_axis = bq.Axis(scale=${n}_scales["row"], side="left", grid_lines="none")
        ${n} = figure([${n}_cells], [${n}_x_axis, ${n}_y_axis], height=$height)
        ${n}.add_class("thin-x")
        ${n}_key, ${n}_numbers = widgets.HTML(), widgets.HTML()
        $card
        """,
        n=card.name,
        height=card.height,
        card=card.made("{}_key", "{}", "{}_numbers"),
    )
    table = Code("by_pair")
    fill = Code("fill_value=0" if color.aggregate == "count" else "")
    steps = [write("by_pair = $value.unstack($fill)", value=color.of([y.column, x.column]), fill=fill)]
    if y.ordered or y.kind != "category":
        steps.append(
            write(
                "by_pair = by_pair.tail($limit)" if y.kind == "period" else "by_pair = by_pair.head($limit)",
                limit=limit,
            )
        )
    else:
        steps.append(write("by_pair = ranked(by_pair).head($limit)", limit=limit))
    update = write(
        """
        def update_${n}(chosen):
            $where
            $steps
            if nothing(${n}_card, by_pair):
                return
            rows, columns = $rows, $columns
            groups, limits = classes(by_pair)
            place_cells($n, ${n}_cells, rows, columns, groups)
            ${n}_key.value = ramp_key(limits, $form)
            ${n}_numbers.value = ${missing}numbers(by_pair.set_axis(columns, axis=1), $title, rows, $form)
        """,
        n=card.name,
        where=card.narrowed,
        missing=left_out(x, y),
        steps=lines(steps),
        rows=y.names(write("$table.index", table=table)),
        columns=x.names(write("$table.columns", table=table)),
        form=color.form,
        title=y.title,
    )
    return blocks([made, update])
