"""Quartiles of an amount for each name, lying, so that names of any length can be read."""

from __future__ import annotations

from ..parts import Amount, Card, Group
from ..source import Code, blocks, lines, write


def box(card: Card, x: Group | None, y: Amount, limit: int | Code, everything: str) -> Code:
    """Without `x` one box of all rows, named `everything`."""
    made = write(
        """
        ${n}_scales = {"x": bq.LinearScale(), "y": bq.LinearScale(reverse=True)}
        ${n}_whiskers = bq.Lines(scales=${n}_scales, colors=[INK_2], stroke_width=1.5)
        ${n}_boxes = bq.Lines(scales=${n}_scales, colors=[RAMP[2]], stroke_width=18)
        ${n}_medians = bq.Lines(scales=${n}_scales, colors=[INK], stroke_width=2.5)
        ${n}_x_axis = bq.Axis(scale=${n}_scales["x"])
        ${n}_y_axis = bq.Axis(scale=${n}_scales["y"], side="left", grid_lines="none")
        ${n} = figure([${n}_whiskers, ${n}_boxes, ${n}_medians], [${n}_x_axis, ${n}_y_axis], height=$height)
        ${n}_numbers = widgets.HTML()
        $card
        """,
        n=card.name,
        height=card.height,
        card=card.made("{}", "{}_numbers"),
    )
    if x is None:
        rows = write(
            'spans = quantiles(chosen.assign(all_rows=$everything), "all_rows", $y)', everything=everything, y=y.column
        )
    else:
        rank = Code("" if x.ordered or x.kind != "category" else ', ranked_by="50%"')
        rows = write(
            "spans = quantiles(chosen, $x, $y, most=$limit$rank)", x=x.column, y=y.column, limit=limit, rank=rank
        )
    update = write(
        """
        def update_${n}(chosen):
            $where
            $rows
            if nothing(${n}_card, spans):
                return
            names = $names
            fit($n, ${n}_x_axis, spans, $form, zero=False)
            place_rows($n, ${n}_y_axis, names)
            rows = np.arange(len(spans))
            for lines, low, high in [(${n}_whiskers, "5%", "95%"), (${n}_boxes, "25%", "75%")]:
                with lines.hold_sync():
                    lines.x, lines.y = spans[[low, high]].to_numpy(), np.column_stack([rows, rows])
            with ${n}_medians.hold_sync():
                ${n}_medians.x = spans[["50%", "50%"]].to_numpy()
                ${n}_medians.y = np.column_stack([rows - 0.26, rows + 0.26])
            ${n}_numbers.value = numbers(spans, $title, names, $form)
        """,
        n=card.name,
        where=card.narrowed,
        rows=rows,
        names=x.names(Code("spans.index")) if x else Code("list(spans.index.astype(str))"),
        form=y.form,
        title=x.title if x else y.title,
    )
    return blocks([made, lines([update])])
