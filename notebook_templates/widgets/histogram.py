"""How the values of a column are distributed: rows in classes of equal, round width."""

from __future__ import annotations

from ..parts import Amount, Card, Group, left_out
from ..source import Code, blocks, write


def histogram(card: Card, x: Group, color: Group | None, rows: Amount, bins: int, tail: bool) -> Code:
    """With `tail` values above the 99th percentile are counted, not drawn."""
    value = x.column
    highest = write(
        "$frame[$value].quantile(0.99)" if tail else "$frame[$value].max()", frame=Code("known"), value=value
    )
    made = write(
        """
        ${n}_scales = {"x": bq.LinearScale(), "y": bq.LinearScale(min=0)}
        ${n}_bars = bq.Bars(scales=${n}_scales, type="stacked", stroke=CARD, padding=0.04)
        ${n}_x_axis = bq.Axis(scale=${n}_scales["x"], grid_lines="none")
        ${n}_y_axis = bq.Axis(scale=${n}_scales["y"], side="left")
        ${n} = figure([${n}_bars], [${n}_x_axis, ${n}_y_axis], height=$height)
        ${n}_numbers = widgets.HTML()
        $key
        $card
        """,
        n=card.name,
        height=card.height,
        key=write("${n}_key = widgets.HTML()", n=card.name) if color else Code(""),
        card=card.made(*(["{}_key"] if color else []), "{}", "{}_numbers"),
    )
    part = (color.parts or color.column) if color else ""
    if color:
        counted = write(
            """
            parts = known.groupby($part)[$value]
            counts = pd.DataFrame({part: np.histogram(values, edges)[0] for part, values in parts})
            counts = in_key(counts, $colours)
            colours = colours_of(counts.columns, $colours)
            """,
            part=part,
            value=value,
            colours=color.colours,
        )
    else:
        counted = write(
            """
            counts = pd.DataFrame({$rows: np.histogram(known[$value], edges)[0]})
            colours = [BLUE]
            """,
            rows=rows.title,
            value=value,
        )
    outside = write(
        """
        above = int((known[$value] > edges[-1]).sum())
        remark = note(f"{above:,} higher values are left out" if above else "")
        """,
        n=card.name,
        value=value,
    )
    update = write(
        """
        def update_${n}(chosen):
            $where
            known = chosen.dropna(subset=$needed)
            if nothing(${n}_card, known[$value]):
                return
            edges = bin_edges(known[$value].min(), $highest, $bins$whole)
            $counted
            number_ticks($n, ${n}_x_axis, edges, $form)
            fit($n, ${n}_y_axis, stacked(counts), $count, whole=True)
            with ${n}_bars.hold_sync():
                ${n}_bars.x, ${n}_bars.y = (edges[:-1] + edges[1:]) / 2, counts.T.to_numpy()
                ${n}_bars.colors = colours
            $key
            $outside
            texts = tick_texts(edges, $form)
            names = [f"{low} to {high}" for low, high in zip(texts, texts[1:])]
            ${n}_numbers.value = $missing${remark}numbers(counts, $title, names, $count)
        """,
        n=card.name,
        where=card.narrowed,
        missing=left_out(x, color),
        value=value,
        needed=[value, part] if part else [value],
        highest=highest,
        bins=bins,
        whole=Code(", whole=True" if x.whole else ""),
        counted=counted,
        form=x.form,
        count=rows.form,
        key=write("${n}_key.value = key(dict(zip(counts.columns, colours)))", n=card.name) if color else Code(""),
        outside=outside if tail else Code(""),
        remark=Code("remark + " if tail else ""),
        title=x.title,
    )
    return blocks([made, update])
