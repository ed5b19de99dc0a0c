"""Countries or US states coloured by a value, and points on outlines."""

from __future__ import annotations

from dataclasses import dataclass

from ..parts import Amount, Card, Group
from ..source import Code, blocks, lines, write

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


@dataclass(frozen=True)
class View:
    """The part of the world that is shown, in degrees, and the files whose outlines are drawn."""

    west: float
    east: float
    south: float
    north: float
    files: tuple[str, ...]
    style: str


def points(
    card: Card,
    view: View,
    longitude: str,
    latitude: str,
    color: Amount | None,
    size: Amount | None,
    detail: Group | None,
) -> Code:
    amounts = {"colour": color, "size": size}
    given = {key: amount for key, amount in amounts.items() if amount is not None}
    scales = write(
        '{"x": bq.LinearScale(min=$west, max=$east), "y": bq.LinearScale(min=$south, max=$north)$size}',
        west=view.west,
        east=view.east,
        south=view.south,
        north=view.north,
        size=Code(', "size": bq.LinearScale(min=0)' if size else ""),
    )
    tooltip = write('tooltip=bq.Tooltip(fields=["name"], labels=[""], show_labels=False),') if detail else Code("")
    made = write(
        """
        ${n}_scales = $scales
        ${n}_borders = bq.Lines(scales=${n}_scales, colors=[RULE], stroke_width=1)
        ${n}_borders.x, ${n}_borders.y = outlines($files)
        ${n}_dots = bq.Scatter(
            scales=${n}_scales, display_names=False, default_size=$dot,
            opacities=[0.8], stroke=CARD, stroke_width=0.5,
            $tooltip
        )
        ${n} = figure([${n}_borders, ${n}_dots], [], left=0, right=0, top=0, bottom=0)
        ${n}.add_class($style)
        $key
        ${n}_numbers = widgets.HTML()
        $card
        """,
        n=card.name,
        scales=scales,
        files=Code(", ".join(write("$file", file=file) for file in view.files)),
        dot=500 if size else 36,
        tooltip=tooltip,
        style=view.style,
        key=write("${n}_key = widgets.HTML()", n=card.name) if color else Code(""),
        card=card.made(*(["{}_key"] if color else []), "{}", "{}_numbers"),
    )
    columns = {"Longitude": write("chosen[$c]", c=longitude), "Latitude": write("chosen[$c]", c=latitude)}
    columns |= {key: write("chosen[$c]", c=amount.column) for key, amount in given.items()}
    if detail:
        columns["name"] = write("chosen[$c]", c=detail.column)
    traits = [
        write(
            """
            ${n}_dots.x = dots["Longitude"].to_numpy(dtype=float)
            ${n}_dots.y = dots["Latitude"].to_numpy(dtype=float)
            """,
            n=card.name,
        )
    ]
    if size:
        traits.append(write('${n}_dots.size = dots["size"].to_numpy(dtype=float)', n=card.name))
    if detail:
        traits.append(write('${n}_dots.names = dots["name"].astype(str).to_numpy(dtype=str)', n=card.name))
    traits.append(
        write("${n}_dots.colors = [[NO_DATA, *RAMP][group + 1] for group in groups]", n=card.name)
        if color
        else write("${n}_dots.colors = [BLUE]", n=card.name)
    )
    shown = list(given)
    update = write(
        """
        def update_${n}(chosen):
            $where
            dots = pd.DataFrame($columns).dropna(subset=["Longitude", "Latitude"]$size)
            if nothing(${n}_card, dots["Longitude"]):
                return
            inside = dots["Longitude"].between($west, $east) & dots["Latitude"].between($south, $north)
            everything, dots = len(dots), sample(dots[inside])
            remark = note(f"{len(dots):,} of {everything:,} points are shown." if len(dots) < everything else "")
            $groups
            with ${n}_dots.hold_sync():
                $traits
            $key
            $numbers
        """,
        n=card.name,
        where=card.narrowed,
        columns=columns,
        size=Code(' + ["size"]' if size else ""),
        west=view.west,
        east=view.east,
        south=view.south,
        north=view.north,
        groups=write('groups, limits = classes(dots["colour"])') if color else Code(""),
        traits=lines(traits),
        key=write("${n}_key.value = ramp_key(limits, $form)", n=card.name, form=color.form) if color else Code(""),
        numbers=write(
            """
            table = dots[$columns].set_axis($titles, axis=1)
            ${n}_numbers.value = remark + numbers(table, $first, dots[$key]$text, $forms)
            """,
            n=card.name,
            columns=[*shown, *(["Longitude", "Latitude"] if detail else ["Latitude"])],
            titles=[*(given[key].label for key in shown), *(["Longitude", "Latitude"] if detail else ["Latitude"])],
            first=detail.title if detail else "Longitude",
            key="name" if detail else "Longitude",
            text=Code("" if detail else '.map("{:.2f}".format)'),
            forms=Code(", ".join([*(given[key].form for key in shown), '"{:.2f}".format'])),
        ),
    )
    return blocks([made, update])
