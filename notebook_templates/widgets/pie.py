"""Shares of a whole as a ring, with the whole in its middle."""

from __future__ import annotations

from ..parts import Amount, Card, Group, left_out
from ..source import Code, blocks, write


def pie(card: Card, x: Group, y: Amount, order: str, limit: int | Code) -> Code:
    made = write(
        """
        ${n}_ring = bq.Pie(radius=120, inner_radius=84, stroke=CARD, display_labels="none", sort=False)
        ${n}_whole = bq.Label(
            x=[0.5], y=[0.5], scales={"x": bq.LinearScale(min=0, max=1), "y": bq.LinearScale(min=0, max=1)},
            align="middle", default_size=28, font_weight="bold", y_offset=10, colors=[INK])
        ${n} = figure([${n}_ring, ${n}_whole], [], height=$height, left=0, right=0, top=4, bottom=4)
        ${n}_key, ${n}_numbers = widgets.HTML(), widgets.HTML()
        $card
        """,
        n=card.name,
        height=card.height,
        card=card.made("{}_key", "{}", "{}_numbers"),
    )
    by = x.table
    value = write("$value.to_frame($title)", value=y.of([x.column]), title=y.title)
    ranking = {"largest": "ranked($value)", "smallest": "ranked($value, ascending=True)"}.get(order, "$value")
    update = write(
        """
        def update_${n}(chosen):
            $where
            $by = $ranked
            $by = first_and_other($by[$by[$title] > 0], $limit)
            if nothing(${n}_card, $by):
                return
            names, values = $names, $by[$title].to_numpy(dtype=float)
            colours, shares = part_colours(names, $colours), values / values.sum()
            with ${n}_ring.hold_sync():
                ${n}_ring.sizes, ${n}_ring.colors = values, colours
            ${n}_whole.text = [$form(values.sum())]
            ${n}_key.value = key({f"{name} {share:.0%}": colour for name, share, colour in zip(names, shares, colours)})
            ${n}_numbers.value = ${missing}numbers($by.assign(Share=shares), $x_title, names, $form, "{:.1%}".format)
        """,
        n=card.name,
        where=card.narrowed,
        missing=left_out(x),
        by=by,
        ranked=write(ranking, value=value),
        title=y.title,
        limit=limit,
        names=x.names(write("$by.index", by=by)),
        colours=x.colours,
        form=y.form,
        x_title=x.title,
    )
    return blocks([made, update])
