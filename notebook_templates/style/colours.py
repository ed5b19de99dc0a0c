# mypy: ignore-errors
# ruff: noqa: B905
"""Colours, and what gets which. They are CSS variables of the page template, so dark and print need no code."""

from html import escape

import numpy as np

from .numbers import round_ticks, tick_texts

SERIES = [
    f"var(--series-{number}, {colour})"
    for number, colour in enumerate(["#0b6bb0", "#d55e00", "#009e73", "#c4689c"], start=1)
]
BLUE, ORANGE, GREEN, PINK = SERIES
GREY = "var(--series-other, #a3acb6)"
NO_DATA = "var(--no-data, #eceff2)"
CARD = "var(--card, #ffffff)"
INK = "var(--ink, #16202b)"
INK_2 = "var(--ink-2, #4a5663)"
RULE = "var(--rule, #e3e7eb)"
RAMP = [
    f"var(--seq-{number}, {colour})"
    for number, colour in enumerate(
        ["#e3edf8", "#c2d8ef", "#93bbe1", "#5f98cf", "#3274b6", "#14508f", "#08305c"], start=1
    )
]


def colours_of(names, colours):
    """The page's colour of each name, grey without one; a single name is never grey."""
    return [colours.get(name, BLUE if len(names) == 1 else GREY) for name in names]


def part_colours(names, colours):
    """Like `colours_of`, but parts without a colour get one that no other part has, as long as there are any."""
    free = [colour for colour in SERIES if colour not in {colours.get(name) for name in names}]
    rest = dict(zip([name for name in names if name not in colours and name != "Other"], free))
    return [colours.get(name, rest.get(name, GREY)) for name in names]


def key(colours):
    """A colour key as HTML."""
    items = (f'<span><i style="--c:{colour}"></i>{escape(str(name))}</span>' for name, colour in colours.items())
    return f'<div class="key">{"".join(items)}</div>'


def classes(values, count=7):
    """The class of every value (-1: none) and the lower limits of at most `count` classes.

    Steps are equal and round; where a few values tower over the rest, classes hold equally many.
    """
    values = np.asarray(values, dtype=float)
    known = values[np.isfinite(values)]
    if known.size == 0:
        return np.full(values.shape, -1), np.array([])
    lowest, highest = known.min(), known.max()
    if highest > 12 * max(np.quantile(known, 0.8), 1e-12) and lowest >= 0:
        limits = np.unique([float(f"{limit:.1g}") for limit in np.quantile(known, np.arange(count) / count)])
        limits = limits[limits <= highest]
        limits[0] = min(limits[0], lowest)
    else:
        lowest = 0 if 0 <= lowest < highest / 2 else lowest
        limits = round_ticks(lowest, highest, count - 1)
        limits = limits[limits <= highest][:count]
    return np.where(np.isfinite(values), np.digitize(values, limits) - 1, -1), limits


def ramp_key(limits, form):
    """A key for classes: each colour over its lower limit."""
    even = len(limits) < 3 or np.allclose(np.diff(limits), limits[1] - limits[0])
    texts = tick_texts(limits, form) if even else [form(limit) for limit in limits]
    steps = (f'<span><i style="--c:{colour}"></i>{escape(text)}</span>' for colour, text in zip(RAMP, texts))
    return f'<div class="key ramp">{"".join(steps)}</div>'
