"""Two amounts against each other: one dot for each row, or for each group when they are aggregated."""

from __future__ import annotations

from ..parts import Amount, Card, Group
from ..source import Code, blocks, lines, write


def scatter(
    card: Card,
    x: Amount,
    y: Amount,
    color: Group | None,
    size: Amount | None,
    detail: Group | None,
    logs: tuple[bool, bool],
) -> Code:
    return blocks([_made(card, x, y, color, size, detail, logs), _update(card, x, y, color, size, detail, logs)])


def _made(
    card: Card,
    x: Amount,
    y: Amount,
    color: Group | None,
    size: Amount | None,
    detail: Group | None,
    logs: tuple[bool, bool],
) -> Code:
    fields = [("x", x.label, x.d3), ("y", y.label, y.d3)]
    fields += [("size", size.label, size.d3)] if size else []
    fields = [("name", (detail or color).title, ""), *fields] if detail or color else fields  # type: ignore[union-attr]
    names, labels, formats = (list(items) for items in zip(*fields, strict=True))
    scales = {"x": _scale(x, logs[0]), "y": _scale(y, logs[1])} | (
        {"size": Code("bq.LinearScale(min=0)")} if size else {}
    )
    return write(
        """
        ${n}_scales = $scales
        ${n}_dots = bq.Scatter(
            scales=${n}_scales, display_names=False, default_size=$dot,
            $blue
            opacities=[0.7], stroke=CARD, stroke_width=0.5,
            tooltip=bq.Tooltip(fields=$fields, labels=$labels, formats=$formats))
        ${n}_x_axis = bq.Axis(scale=${n}_scales["x"], grid_lines="none", label=$x, label_offset="32px")
        ${n}_y_axis = bq.Axis(scale=${n}_scales["y"], side="left")
        ${n} = figure([${n}_dots], [${n}_x_axis, ${n}_y_axis], height=$height, right=24, bottom=44)
        ${n}_numbers = widgets.HTML()
        $key
        $card
        """,
        n=card.name,
        scales=scales,
        dot=700 if size else 44,
        blue=Code("" if color else "colors=[BLUE],"),
        fields=names,
        labels=labels,
        formats=formats,
        x=x.label,
        height=card.height,
        key=write("${n}_key = widgets.HTML()", n=card.name) if color else Code(""),
        card=card.made(*(["{}_key"] if color else []), "{}", "{}_numbers"),
    )


def _scale(amount: Amount, log: bool) -> Code:
    return Code("bq.DateScale()" if amount.times else "bq.LogScale()" if log else "bq.LinearScale()")


def _values(key: str, amount: Amount) -> Code:
    return write("dots[$key].to_numpy($kind)", key=key, kind=Code("" if amount.times else "dtype=float"))


def _fit(card: Card, key: str, amount: Amount, log: bool) -> Code:
    """The line that sets the ticks of one axis."""
    axis = Code(f"{card.name}_{key}_axis")
    if amount.times:
        return write("date_ticks($axis, dots[$key])", axis=axis, key=key)
    if log:
        return write("fit_log($n, $axis, dots[$key], $form)", n=card.name, axis=axis, key=key, form=amount.form)
    whole = Code(", whole=True" if amount.whole else "")
    return write(
        "fit($n, $axis, dots[$key], $form, zero=False$whole)",
        n=card.name,
        axis=axis,
        key=key,
        form=amount.form,
        whole=whole,
    )


def _dots(x: Amount, y: Amount, color: Group | None, size: Amount | None, detail: Group | None) -> Code:
    """The table with one row for each dot: columns x, y, and size, name, colour where there are such."""
    amounts = {"x": x, "y": y} | ({"size": size} if size else {})
    part = (color.parts or color.column) if color else None
    if x.aggregate is None:
        columns = {amount.column: key for key, amount in amounts.items()}
        wanted = {key: write("chosen[$column]", column=amount.column) for key, amount in amounts.items()}
        if detail or color:
            wanted["name"] = write("chosen[$column]", column=detail.column if detail else part)
        if color:
            wanted["colour"] = write("chosen[$column]", column=part)
        del columns
        return write("dots = pd.DataFrame($columns)", columns=wanted)
    groups = [group for group in (detail.column if detail else None, part) if group]
    groups = list(dict.fromkeys(groups))
    steps = [
        write("groups = chosen.groupby($groups)", groups=groups if len(groups) > 1 else groups[0]),
        write(
            "dots = pd.DataFrame($columns).reset_index()",
            columns={
                key: amount.of([], Code("groups")) if amount.column else Code("groups.size()")
                for key, amount in amounts.items()
            },
        ),
        write(
            "dots = dots.assign(name=dots[$name]$colour)",
            name=groups[0],
            colour=write(", colour=dots[$part]", part=part) if part else Code(""),
        ),
    ]
    return lines(steps)


def _update(
    card: Card,
    x: Amount,
    y: Amount,
    color: Group | None,
    size: Amount | None,
    detail: Group | None,
    logs: tuple[bool, bool],
) -> Code:
    positive = [name for name, log in zip(("x", "y"), logs, strict=True) if log]
    keep = lines(write("dots = dots[dots[$name] > 0]", name=name) for name in positive)
    fits = [_fit(card, "x", x, logs[0]), _fit(card, "y", y, logs[1])]
    named = detail or color
    columns = [("name", named.title, Code("words"))] if named else []
    if color and detail:
        columns.append(("colour", color.title, Code("words")))
    columns += [("x", x.label, x.form), ("y", y.label, y.form)] + ([("size", size.label, size.form)] if size else [])
    traits = [write("${n}_dots.x, ${n}_dots.y = $x, $y", n=card.name, x=_values("x", x), y=_values("y", y))]
    if size:
        traits.append(write('${n}_dots.size = dots["size"].clip(lower=0).to_numpy(dtype=float)', n=card.name))
    if named:
        traits.append(write('${n}_dots.names = dots["name"].astype(str).to_numpy(dtype=str)', n=card.name))
    traits.append(
        write('${n}_dots.colors = colours_of(dots["colour"], $colours)', n=card.name, colours=color.colours)
        if color
        else Code("")
    )
    first, *rest = columns
    return write(
        """
        def update_${n}(chosen):
            $where
            $dots
            dots = dots.dropna()
            $keep
            if nothing(${n}_card, dots):
                return
            everything, dots = len(dots), sample(dots)
            $fits
            with ${n}_dots.hold_sync():
                $traits
            $key
            remark = note(f"{len(dots):,} of {everything:,} dots, chosen at random" if len(dots) < everything else "")
            $renamed
        """,
        n=card.name,
        where=card.narrowed,
        dots=_dots(x, y, color, size, detail),
        keep=keep,
        fits=lines(fits),
        traits=lines(traits),
        key=write('${n}_key.value = key(shown_key(dots["colour"], $colours))', n=card.name, colours=color.colours)
        if color
        else Code(""),
        renamed=write(
            """
            table = dots[$columns].set_axis($titles, axis=1)
            ${n}_numbers.value = remark + numbers(table, $first, dots[$key].map($form), $forms)
            """,
            n=card.name,
            columns=[key for key, _, _ in rest],
            titles=[title for _, title, _ in rest],
            first=first[1],
            key=first[0],
            form=first[2],
            forms=Code(", ".join(form for _, _, form in rest)),
        ),
    )
