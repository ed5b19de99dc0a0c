"""Countries or US states coloured by a value."""

from __future__ import annotations

from ..parts import Amount, Card, Group
from ..source import Code, blocks, write

PROJECTIONS = {
    "country": (Code("world()"), Code("bq.EquiRectangular(scale_factor=374, center=(-18.4, 50.8))"), "world-map"),
    "us_state": (
        Code('bq.topo_load("map_data/USStatesMap.json")'),
        Code("bq.AlbersUSA(scale_factor=1800, translate=(600, 490))"),
        "us-map",
    ),
}


def places(card: Card, level: str, x: Group, color: Amount, ids: Code) -> Code:
    """`ids` is the variable that has the number of the shape for each name."""
    shapes, projection, style = PROJECTIONS[level]
    made = write(
        """
        ${n}_shapes = bq.Map(
            map_data=$shapes, scales={"projection": $projection},
            stroke_color=CARD, hover_highlight=False, colors={"default_color": NO_DATA},
            tooltip=bq.Tooltip(fields=["name"], labels=[""], show_labels=False))
        ${n} = figure([${n}_shapes], [], left=0, right=0, top=0, bottom=0)
        ${n}.add_class($style)
        ${n}_key, ${n}_numbers = widgets.HTML(), widgets.HTML()
        $card
        """,
        n=card.name,
        shapes=shapes,
        projection=projection,
        style=style,
        card=card.made("{}_key", "{}", "{}_numbers"),
    )
    update = write(
        """
        def update_${n}(chosen):
            $where
            $by = ranked($value.to_frame($title))
            if nothing(${n}_card, $by):
                return
            drawn = $by[$by.index.isin($ids)]
            groups, limits = classes(drawn[$title])
            ${n}_shapes.colors = {"default_color": NO_DATA} | {
                $ids[place]: RAMP[group] for place, group in zip(drawn.index, groups)}
            ${n}_key.value = ramp_key(limits, $form)
            absent = [str(place) for place in $by.index if place not in $ids]
            remark = note(f"Not on the map: {'; '.join(absent)}." if absent else "")
            ${n}_numbers.value = remark + numbers($by, $x_title, $by.index, $form)
        """,
        n=card.name,
        where=card.narrowed,
        by=x.table,
        value=color.of([x.column]),
        title=color.title,
        ids=ids,
        form=color.form,
        x_title=x.title,
    )
    return blocks([made, update])
