"""Points by longitude and latitude on outlines of land."""

from __future__ import annotations

from collections.abc import Sequence

from ..parts import Amount, Card, Group
from ..source import Code, blocks, lines, write

WORLD, REGION = "world-map", "us-map"
"""Classes of figures in the shape of the whole world, and of a part of it."""


def points(
    card: Card,
    frame: Code,
    position: tuple[str, str],
    amounts: dict[str, Amount],
    detail: Group | None,
    files: Sequence[str],
    shape: str,
    many: bool,
) -> Code:
    """`position`: columns of longitude and latitude; `amounts`: "colour" and "size", as far as there are such."""
    return blocks(
        [_made(card, frame, position, amounts, detail, files, shape, many), _update(card, position, amounts, detail)]
    )


def _made(
    card: Card,
    frame: Code,
    position: tuple[str, str],
    amounts: dict[str, Amount],
    detail: Group | None,
    files: Sequence[str],
    shape: str,
    many: bool,
) -> Code:
    longitude, latitude = (write("$frame[$column]", frame=frame, column=column) for column in position)
    view = write("view($longitude, $latitude)", longitude=longitude, latitude=latitude)
    options = [
        Code("" if "colour" in amounts else "colors=[BLUE]"),
        write('tooltip=bq.Tooltip(fields=["name"], labels=[""], show_labels=False)') if detail else Code(""),
    ]
    return write(
        """
        $view
        ${n}_scales = {
            "x": bq.LinearScale(min=${n}_view[0], max=${n}_view[1]),
            "y": bq.LinearScale(min=${n}_view[2], max=${n}_view[3]),
            $size
        }
        ${n}_borders = bq.Lines(scales=${n}_scales, colors=[RULE], stroke_width=1)
        ${n}_borders.x, ${n}_borders.y = outlines($files)
        ${n}_dots = bq.Scatter(
            scales=${n}_scales, display_names=False, default_size=$dot, opacities=[0.8], stroke=CARD, stroke_width=0.5,
            $options
        )
        ${n} = figure([${n}_borders, ${n}_dots], [], left=0, right=0, top=0, bottom=0)
        ${n}.add_class($shape)
        $key
        ${n}_numbers = widgets.HTML()
        $card
        """,
        n=card.name,
        view=write("${n}_view = $view", n=card.name, view=Code("(-180, 180, -60, 90)") if shape == WORLD else view),
        size=Code('"size": bq.LinearScale(min=0),' if "size" in amounts else ""),
        files=Code(", ".join(write("$file", file=file) for file in files)),
        dot=500 if "size" in amounts else 16 if many else 36,
        options=Code(", ".join(option for option in options if option)),
        shape=shape,
        key=write("${n}_key = widgets.HTML()", n=card.name) if "colour" in amounts else Code(""),
        card=card.made(*(["{}_key"] if "colour" in amounts else []), "{}", "{}_numbers"),
    )


def _update(card: Card, position: tuple[str, str], amounts: dict[str, Amount], detail: Group | None) -> Code:
    columns = {key: write("chosen[$c]", c=column) for key, column in zip(("x", "y"), position, strict=True)}
    columns |= {key: write("chosen[$c]", c=amount.column) for key, amount in amounts.items()}
    if detail:
        columns["name"] = write("chosen[$c]", c=detail.column)
    return write(
        """
        def update_${n}(chosen):
            $where
            dots = pd.DataFrame($columns).dropna(subset=$needed)
            if nothing(${n}_card, dots["x"]):
                return
            west, east, south, north = ${n}_view
            everything, dots = len(dots), sample(dots[dots["x"].between(west, east) & dots["y"].between(south, north)])
            remark = note(f"{len(dots):,} of {everything:,} points are shown." if len(dots) < everything else "")
            $groups
            with ${n}_dots.hold_sync():
                ${n}_dots.x, ${n}_dots.y = dots["x"].to_numpy(dtype=float), dots["y"].to_numpy(dtype=float)
                $traits
            $key
            $table
            ${n}_numbers.value = remark + numbers(table, $first, $names, $forms)
        """,
        n=card.name,
        where=card.narrowed,
        columns=columns,
        needed=["x", "y", *(["size"] if "size" in amounts else [])],
        groups=write('groups, limits = classes(dots["colour"])') if "colour" in amounts else Code(""),
        traits=_traits(card, amounts, detail),
        key=write("${n}_key.value = ramp_key(limits, $form)", n=card.name, form=amounts["colour"].form)
        if "colour" in amounts
        else Code(""),
        table=write(
            "table = dots[$columns].set_axis($titles, axis=1)",
            columns=[*amounts, "x", "y"],
            titles=[*(amount.label for amount in amounts.values()), "Longitude", "Latitude"],
        ),
        first=detail.title if detail else "Point",
        names=Code('dots["name"].map(words)' if detail else "dots.index + 1"),
        forms=Code(", ".join([*(amount.form for amount in amounts.values()), '"{:.2f}".format'])),
    )


def _traits(card: Card, amounts: dict[str, Amount], detail: Group | None) -> Code:
    traits = []
    if "size" in amounts:
        traits.append(write('${n}_dots.size = dots["size"].clip(lower=0).to_numpy(dtype=float)', n=card.name))
    if detail:
        traits.append(write('${n}_dots.names = dots["name"].astype(str).to_numpy(dtype=str)', n=card.name))
    if "colour" in amounts:
        traits.append(write("${n}_dots.colors = [[NO_DATA, *RAMP][group + 1] for group in groups]", n=card.name))
    return lines(traits)
