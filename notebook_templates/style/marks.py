# mypy: ignore-errors
# ruff: noqa: B905, RUF007
"""What marks need to know of the data: which groups are shown, in which order, and where names go."""

import bqplot as bq
import numpy as np
import pandas as pd

from .axes import all_short, name_ticks, room, text_width
from .cards import note
from .colours import CARD, GREY, INK_2
from .numbers import round_ticks, tick_texts

MONTHS = dict(enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], start=1))
DAYS = dict(enumerate(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]))


def in_order(values, order):
    """Names in this order; others, if any, come after them."""
    rest = sorted(set(values.dropna().unique()) - set(order))
    return pd.Categorical(values, [*order, *rest], ordered=True)


def bin_edges(lowest, highest, most, whole=False):
    """Round edges of at most so many bins of equal width."""
    if not highest > lowest:
        return np.array([lowest - (abs(lowest) / 10 or 0.5), lowest + (abs(lowest) / 10 or 0.5)])
    edges = round_ticks(lowest, highest, most, whole)
    count = most
    while len(edges) > most + 1:
        count -= 1
        edges = round_ticks(lowest, highest, count, whole)
    return edges


def in_bins(values, most, form, whole=False):
    """The bin of each value as a name, in order; the highest value belongs to the last bin."""
    edges = bin_edges(values.min(), values.max(), most, whole) if values.notna().any() else np.array([0.0, 1.0])
    texts = tick_texts(edges, form)
    places = (np.searchsorted(edges, values, side="right") - 1).clip(0, len(edges) - 2)
    names = [f"{low} to {high}" for low, high in zip(texts, texts[1:])]
    return pd.Categorical.from_codes(np.where(values.isna(), -1, places), names, ordered=True)


def ranked(table, ascending=False):
    """The rows of a table by their sums; rows without any value go."""
    table = table.dropna(how="all")
    return table.loc[table.sum(axis=1).sort_values(ascending=ascending, kind="stable").index]


def first_and_other(table, most):
    """The first rows, and the sum of the rest as "Other"."""
    if len(table) <= most:
        return table
    table = table.set_axis(table.index.astype(str))
    first = table.drop(index="Other", errors="ignore").iloc[: most - 1]
    return pd.concat([first, pd.DataFrame([table.drop(index=first.index).sum()], index=["Other"])])


def in_key(table, colours):
    """The columns of a table in the order of the page's colours; others come after them."""
    known = [name for name in colours if name in table.columns]
    return table[known + [name for name in table.columns if name not in colours]]


def stacked(table):
    """How far stacked rows reach, above and below zero."""
    return np.concatenate([table.clip(lower=0).sum(axis=1), table.clip(upper=0).sum(axis=1)])


def largest(table, most):
    """The columns of a table that have the largest values."""
    return table[table.mean().nlargest(most).index]


def whole_periods(by_period, times, freq):
    """Without the first and the last period where the data covers them only in part."""
    known = times.dropna().drop_duplicates().sort_values()
    if known.empty:
        return by_period
    ends = by_period.index.to_period(freq).end_time
    gap = known.diff().median() if len(known) > 1 else pd.Timedelta(0)
    slack = max(gap * 1.5, (ends - by_period.index).max() * 0.02)
    whole = by_period[(by_period.index >= known.iloc[0] - slack) & (ends <= known.iloc[-1] + slack)]
    return by_period if whole.empty else whole


def quantiles(rows, group, column, most=12, ranked_by=None):
    """5, 25, 50, 75 and 95 % of a column in each group; of too many groups those with most values."""
    groups = rows.dropna(subset=[column]).groupby(group)[column]
    spans = groups.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack().reindex(columns=[0.05, 0.25, 0.5, 0.75, 0.95])
    spans.columns = ["5%", "25%", "50%", "75%", "95%"]
    if len(spans) > most:
        spans = spans[spans.index.isin(groups.size().nlargest(most).index)]
    return spans.sort_values(ranked_by, ascending=False) if ranked_by else spans


def spread(heights, gap):
    """Move label heights apart until neighbours are at least `gap` apart."""
    order = np.argsort(heights)
    moved = np.array(heights, dtype=float)
    for lower, upper in zip(order, order[1:]):
        moved[upper] = max(moved[upper], moved[lower] + gap)
    return moved


def name_lines(chart, label, x, table, colours):
    """Write names at the ends of lines: all of up to five, of more those in colour, or the last four."""
    shown = [place for place, colour in enumerate(colours) if len(colours) <= 5 or colour != GREY]
    shown = shown or list(range(len(colours)))[-4:]
    ends = [table.iloc[:, place].last_valid_index() for place in shown]
    heights = np.array([table.iloc[:, place][end] for place, end in zip(shown, ends)], dtype=float)
    names = all_short([table.columns[place] for place in shown])
    scale, at_end = label.scales["y"], np.array([end == table.index[-1] for end in ends])
    if isinstance(scale, bq.LogScale):
        heights[at_end] = 10 ** spread(np.log10(heights[at_end]), np.log10(scale.max / scale.min) / 16)
    else:
        heights[at_end] = spread(heights[at_end], (scale.max - scale.min) / 16)
    with label.hold_sync():
        label.x, label.y = np.array([x[table.index.get_loc(end)] for end in ends]), heights
        label.text = names
        label.colors = [INK_2 if colours[place] == GREY else colours[place] for place in shown]
    room(chart, right=text_width(names, 13))


def place_lines(lines, x, table, colours):
    """A line for each column, grey ones faint. bqplot takes no single point: that one is left to the dots."""
    if len(table) < 2:
        x, table = x[:0], table.iloc[:0]
    with lines.hold_sync():
        lines.x, lines.y = x, table.T.to_numpy(dtype=float)
        lines.colors, lines.opacities = colours, [0.6 if colour == GREY else 1.0 for colour in colours]


def place_areas(areas, x, heights, colours):
    """An area for each column of heights above one another, the top one behind; a single period fills the width."""
    scale = areas.scales["x"]
    if len(heights) < 2 and isinstance(scale, bq.OrdinalScale):
        x, heights = x[:0], heights.iloc[:0]
    elif len(heights) < 2:
        x, heights = pd.Series([scale.min, scale.max]).to_numpy(), pd.concat([heights, heights])
    with areas.hold_sync():
        areas.x, areas.y = x, heights.T.to_numpy(dtype=float)[::-1]
        areas.colors, areas.fill_colors = [CARD] * len(colours), colours[::-1]
        areas.fill_opacities = [1.0] * len(colours)


def place_dots(dots, x, table, labels, form, colours):
    """One dot for each value of a table of lines: seen only where a value has no neighbour, named when pointed at."""
    rows, columns = np.nonzero(table.notna().to_numpy())
    known = table.notna()
    alone = (known & ~known.shift(1, fill_value=False) & ~known.shift(-1, fill_value=False)).to_numpy()[rows, columns]
    values = table.to_numpy(dtype=float)[rows, columns]
    if len(values) > 1500:
        rows, columns, alone, values = rows[alone], columns[alone], alone[alone], values[alone]
    names = [
        f"{table.columns[column]}, {labels[row]}" if len(colours) > 1 else str(labels[row])
        for row, column in zip(rows, columns)
    ]
    with dots.hold_sync():
        dots.x, dots.y = np.array([x[row] for row in rows]), values
        dots.names = np.array([f"{name}: {form(value)}" for name, value in zip(names, values)])
        dots.colors = [colours[column] for column in columns] or [GREY]
        dots.opacities = [float(single) for single in alone] or [0.0]


def sample(rows, most=2000):
    """All rows, or a fixed random choice of so many."""
    return rows.sample(most, random_state=0) if len(rows) > most else rows


def left_out(rows, columns):
    """How many rows have no place in a chart, as they have no value in one of the columns."""
    count = int(rows[columns].isna().any(axis=1).sum())
    return (
        note(f"{count:,} {'row has' if count == 1 else 'rows have'} no value here and are left out.") if count else ""
    )


def shown_key(names, colours):
    """The page's colours of those names that are shown."""
    shown = set(names)
    return {name: colours[name] for name in colours if name in shown} | dict.fromkeys(
        sorted(shown - set(colours)), GREY
    )


def place_names(chart, axis, names, size=34):
    """Categories from top to bottom: long names cut, room for them, and a height that fits their number."""
    axis.scale.domain = names
    axis.tick_labels = dict(zip(names, all_short(names)))
    room(chart, left=text_width(all_short(names)))
    chart.layout.height = f"{len(names) * size + chart.fig_margin['top'] + chart.fig_margin['bottom']}px"


def place_rows(chart, axis, names):
    """Like `place_names` on a scale of row numbers."""
    axis.scale.min, axis.scale.max = -0.5, len(names) - 0.5
    axis.tick_values = np.arange(len(names))
    axis.tick_labels = {str(row): name for row, name in enumerate(all_short(names))}
    room(chart, left=text_width(all_short(names)))
    chart.layout.height = f"{max(len(names) * 44, 66) + chart.fig_margin['top'] + chart.fig_margin['bottom']}px"


def place_cells(chart, cells, rows, columns, groups):
    """The cells of a heat map, its axes, and a height that fits the rows.

    bqplot takes no single row or column, so an empty one goes with it.
    """
    if len(rows) == 1:
        rows, groups = [*rows, " "], np.vstack([groups, np.full((1, len(columns)), -2)])
    if len(columns) == 1:
        columns, groups = [*columns, " "], np.hstack([groups, np.full((len(rows), 1), -2)])
    name_ticks(chart.axes[0], columns)
    place_names(chart, chart.axes[1], rows, size=int(np.clip(320 / len(rows), 24, 52)))
    with cells.hold_sync():
        cells.color, cells.row, cells.column = groups, rows, columns


def place_values(chart, label, names, values, form):
    """Each value at the end of its bar, of a negative one right of zero, and a scale that leaves room for it."""
    scale = label.scales["x"]
    scale.min, scale.max = float(min(np.nanmin(values), 0)), float(max(np.nanmax(values), 0))
    if scale.min == scale.max:
        scale.max = 1.0
    with label.hold_sync():
        label.x, label.y = np.maximum(np.nan_to_num(values), 0), names
        label.text = [form(value) for value in values]
    room(chart, right=text_width(label.text))
