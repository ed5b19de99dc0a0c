"""Controls of the page, and the functions that say which rows they leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .source import Code, blocks, docstring, lines, write


@dataclass(frozen=True)
class Control:
    """A control: the lines that make it, and the lines that narrow `keep` of a frame by it."""

    name: Code
    made: Code
    narrowing: Callable[[Code, str], Code]
    """From a frame and its column to the lines that narrow `keep`."""


def choice(
    name: Code,
    options: Code,
    label: str,
    column: str,
    frame: Code,
    start: object,
    everything: str,
    limit: int,
    ordered: bool,
) -> Control:
    """One value or all."""
    values = write("$frame[$column].value_counts().head($limit).index", frame=frame, column=column, limit=limit)
    if ordered:
        values = write("$frame[$column].dropna().drop_duplicates()", frame=frame, column=column)
    first = Code("")
    if start is not None:
        first = write(", value=$start if $start in $options else $all", start=start, options=options, all=everything)
    return Control(
        name,
        lines(
            [
                write("$options = sorted($values)", options=options, values=values)
                if not ordered
                else write("$options = list($values.sort_values())", options=options, values=values),
                write(
                    "$name = widgets.Dropdown(description=$label, options=[$all, *$options]$start)",
                    name=name,
                    label=label,
                    all=everything,
                    options=options,
                    start=first,
                ),
            ]
        ),
        lambda frame, column: write(
            """
            if $name.value != $all:
                keep &= $frame[$column] == $name.value
            """,
            name=name,
            all=everything,
            frame=frame,
            column=column,
        ),
    )


def choices(
    name: Code, options: Code, label: str, column: str, frame: Code, start: list[str], limit: int, ordered: bool
) -> Control:
    """Any number of values; none chosen means all."""
    values = (
        write("list($frame[$column].dropna().drop_duplicates().sort_values())", frame=frame, column=column)
        if ordered
        else write("sorted($frame[$column].value_counts().head($limit).index)", frame=frame, column=column, limit=limit)
    )
    first = write(", value=[value for value in $start if value in $options]", start=start, options=options)
    return Control(
        name,
        lines(
            [
                write("$options = $values", options=options, values=values),
                write(
                    "$name = widgets.SelectMultiple(description=$label, options=$options$start)",
                    name=name,
                    label=label,
                    options=options,
                    start=first if start else Code(""),
                ),
            ]
        ),
        lambda frame, column: write(
            """
            if $name.value:
                keep &= $frame[$column].isin($name.value)
            """,
            name=name,
            frame=frame,
            column=column,
        ),
    )


def period_range(
    name: Code, options: Code, label: str, column: str, frame: Code, start: tuple[str, str] | None, freq: str, text: str
) -> Control:
    """From one period to another, both included; at full range rows without a time stay."""
    first = Code(", index=(0, len($options) - 1)".replace("$options", options))
    if start is not None:
        first = write(
            ", value=(max($options[0], pd.Period($first, $freq)), min($options[-1], pd.Period($last, $freq)))",
            options=options,
            first=start[0],
            last=start[1],
            freq=freq,
        )
    return Control(
        name,
        write(
            """
            $options = pd.period_range($frame[$column].min(), $frame[$column].max(), freq=$freq)
            $name = widgets.SelectionRangeSlider(
                description=$label, options=list(zip($options.strftime($text), $options))$start, continuous_update=False
            )
            """,
            options=options,
            frame=frame,
            column=column,
            freq=freq,
            name=name,
            label=label,
            text=text,
            start=first,
        ),
        lambda frame, column: write(
            """
            if $name.index != (0, len($options) - 1):
                first, last = $name.value
                keep &= $frame[$column].between(first.start_time, last.end_time)
            """,
            name=name,
            options=options,
            frame=frame,
            column=column,
        ),
    )


def year_range(
    name: Code, options: Code, label: str, column: str, frame: Code, start: tuple[int, int] | None
) -> Control:
    """From one year to another, where years are numbers."""
    first = Code(", index=(0, len($options) - 1)".replace("$options", options))
    if start is not None:
        first = write(
            ", value=(max($options[0], $first), min($options[-1], $last))",
            options=options,
            first=start[0],
            last=start[1],
        )
    return Control(
        name,
        write(
            """
            $options = range(int($frame[$column].min()), int($frame[$column].max()) + 1)
            $name = widgets.SelectionRangeSlider(description=$label, options=$options$start, continuous_update=False)
            """,
            options=options,
            frame=frame,
            column=column,
            name=name,
            label=label,
            start=first,
        ),
        lambda frame, column: write(
            """
            if $name.index != (0, len($options) - 1):
                keep &= $frame[$column].between(*$name.value)
            """,
            name=name,
            options=options,
            frame=frame,
            column=column,
        ),
    )


def number_range(
    name: Code,
    options: Code,
    label: str,
    column: str,
    frame: Code,
    start: tuple[float, float] | None,
    whole: bool,
    form: str,
) -> Control:
    """From one number to another, both included; at full range rows without a number stay."""
    kind = Code("widgets.IntRangeSlider" if whole else "widgets.FloatRangeSlider")
    value = (
        write("[max($steps[0], $low), min($steps[-1], $high)]", steps=options, low=start[0], high=start[1])
        if start
        else write("[$steps[0], $steps[-1]]", steps=options)
    )
    return Control(
        name,
        write(
            """
            $steps = $ends
            $name = $kind(
                description=$label, min=$steps[0], max=$steps[-1], value=$value, step=$steps[1] - $steps[0],
                readout_format=$form, continuous_update=False
            )
            """,
            steps=options,
            ends=write("[int(step) for step in slider_steps($frame[$column], whole=True)]", frame=frame, column=column)
            if whole
            else write("[float(step) for step in slider_steps($frame[$column])]", frame=frame, column=column),
            name=name,
            kind=kind,
            label=label,
            value=value,
            form=form,
        ),
        lambda frame, column: write(
            """
            if $name.value != ($name.min, $name.max):
                keep &= $frame[$column].between(*$name.value)
            """,
            name=name,
            frame=frame,
            column=column,
        ),
    )


def selection(name: Code, frame: Code, plural: str, narrowing: list[Code]) -> Code:
    """The function that says which rows of a frame match the controls."""
    return write(
        """
        def $name():
            $doc
            keep = pd.Series(True, index=$frame.index)
            $narrowing
            return $frame[keep]
        """,
        name=name,
        doc=docstring(f"The {plural} that match the filters."),
        frame=frame,
        narrowing=lines(narrowing),
    )


def bar(controls: list[Control], selections: list[Code]) -> Code:
    """The cell: each control, the row of them, and the selections."""
    return blocks(
        [
            Code(
                "\n\n".join(control.made for control in controls)
                + "\n\n"
                + write(
                    """
                controls = [$names]
                filter_bar = widgets.GridBox(controls)
                filter_bar.add_class("filters")
                """,
                    names=Code(", ".join(control.name for control in controls)),
                )
            ),
            *selections,
        ]
    )
