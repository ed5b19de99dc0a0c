# mypy: ignore-errors
# ruff: noqa: B905
"""Axes: round ticks, readable labels, and room for them."""

import numpy as np
import pandas as pd

from .numbers import round_ticks, tick_texts


def text_width(labels, size=12):
    """Pixels the longest label needs, for margins."""
    return int(max((len(str(label)) for label in labels), default=0) * size * 0.56) + 12


def short(name, most=22):
    return name if len(name) <= most else name[: most - 1] + "…"


def all_short(names):
    """Names cut at their end, or in their middle where two would look alike."""
    cut = [short(str(name)) for name in names]
    if len(set(cut)) < len(set(names)):
        cut = [name if len(name) <= 22 else f"{name[:11]}…{name[-10:]}" for name in map(str, names)]
    return cut


def room(chart, **margins):
    """Set some of the margins of a figure."""
    chart.fig_margin = chart.fig_margin | margins


def set_ticks(chart, axis, ticks, form):
    """Ticks with labels, and room for these."""
    labels = tick_texts(ticks, form)
    with axis.hold_sync():
        axis.tick_values = ticks
        axis.tick_labels = {np.format_float_positional(tick, trim="-"): label for tick, label in zip(ticks, labels)}
    if axis.orientation == "vertical":
        room(chart, left=text_width(labels))


def fit(chart, axis, values, form, zero=True, whole=False, count=4):
    """Round ticks over all values, and a scale that ends on ticks."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    lowest, highest = values.min(), values.max()
    if zero:
        lowest, highest = min(lowest, 0), max(highest, 0)
    elif lowest == highest:
        lowest, highest = lowest - (abs(lowest) / 10 or 1), highest + (abs(highest) / 10 or 1)
    ticks = round_ticks(lowest, highest, count, whole)
    axis.scale.min, axis.scale.max = float(ticks[0]), float(ticks[-1])
    set_ticks(chart, axis, ticks, form)


def fit_log(chart, axis, values, form):
    """Ticks at powers of ten, or 1, 2 and 5 times them over few powers; values at or below zero have no place."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values) & (values > 0)]
    low, high = np.floor(np.log10(values.min())), np.ceil(np.log10(values.max()))
    powers = 10.0 ** np.arange(low, max(high, low + 1) + 1)
    ticks = powers if len(powers) > 3 else np.outer(powers, [1, 2, 5]).ravel()
    first, last = np.searchsorted(ticks, values.min() * 1.0001) - 1, np.searchsorted(ticks, values.max() * 0.9999)
    ticks = ticks[max(first, 0) : last + 1]
    axis.scale.min, axis.scale.max = float(ticks[0]), float(ticks[-1])
    ticks = ticks[:: int(np.ceil(len(ticks) / 8))]
    set_ticks(chart, axis, ticks, lambda tick, **_: form(tick, places=max(0, -int(np.floor(np.log10(tick))))))


def number_ticks(chart, axis, values, form, whole=False, count=6):
    """Round ticks inside the values, and a scale that goes from the lowest to the highest."""
    lowest, highest = float(min(values)), float(max(values))
    if lowest == highest:
        lowest, highest = lowest - 0.5, highest + 0.5
    axis.scale.min, axis.scale.max = lowest, highest
    ticks = round_ticks(lowest, highest, count, whole)
    set_ticks(chart, axis, ticks[(ticks >= lowest) & (ticks <= highest)], form)


DATE_STEPS = [
    (1 / 24, "h", 1, "%H:%M"),
    (1 / 8, "h", 3, "%H:%M"),
    (1 / 2, "h", 12, "%d %b %H:%M"),
    (1, "D", 1, "%d %b"),
    (2, "D", 2, "%d %b"),
    (7, "D", 7, "%d %b"),
    (14, "D", 14, "%d %b"),
    (30, "M", 1, "%b %y"),
    (91, "M", 3, "%b %y"),
    (182, "M", 6, "%b %y"),
    *((365 * years, "Y", years, "%Y") for years in [1, 2, 5, 10, 20, 50, 100, 200, 500]),
]


def date_ticks(axis, times, count=6):
    """Ticks on round years, months, days or hours, as the span needs."""
    first, last = np.datetime64(times.min(), "s"), np.datetime64(times.max(), "s")
    days = (last - first) / np.timedelta64(1, "D")
    _, unit, step, axis.tick_format = next((item for item in DATE_STEPS if days <= item[0] * count), DATE_STEPS[-1])
    offset = 1970 if unit == "Y" else 0
    start = (first.astype(f"datetime64[{unit}]").astype(int) + offset) // step * step - offset
    stop = last.astype(f"datetime64[{unit}]").astype(int) + 1
    ticks = np.arange(start, stop, step).astype(f"datetime64[{unit}]").astype("datetime64[ms]")
    axis.tick_values = ticks[(ticks >= first) & (ticks <= last)]
    if first == last:
        axis.tick_values, axis.tick_format = np.array([first]).astype("datetime64[ms]"), "%d %b %Y"
    pad = np.timedelta64(12, "h") if first == last else np.timedelta64(0, "h")
    axis.scale.min, axis.scale.max = pd.Timestamp(first - pad), pd.Timestamp(last + pad)


def name_ticks(axis, names):
    """Names side by side in this order, cut where they are long, as many of them labelled as there is room for."""
    texts = all_short(names)
    longest = max(map(len, texts))
    every = -(-len(names) * (longest + 2) // 84)
    # Narrow cards hide every second tick, so the labelled ones must not all be those.
    every += every % 2 == 0
    axis.scale.domain = names
    axis.tick_labels = {name: texts[place] if place % every == 0 else "" for place, name in enumerate(names)}


def slider_steps(values, whole=False):
    """The round steps of a slider over all values."""
    lowest, highest = (values.min(), values.max()) if values.notna().any() else (0, 1)
    return round_ticks(lowest, highest, 100, whole)
