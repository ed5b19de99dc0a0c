# mypy: ignore-errors
"""Numbers and tables for people."""

import numpy as np
import pandas as pd

SIZES = [(1e12, "tn"), (1e9, "bn"), (1e6, "m")]


def form(before="", after="", decimals=0, factor=1, comma=","):
    """A function that writes a number: 1,234 | $5.77m | 12% | – for a missing one; `exact` in full: $5,772,314.

    What it writes is in the size (m, bn) of `like`, where given, and has `places` decimals instead of `decimals`.
    """

    def write(value, like=None, places=decimals):
        if pd.isna(value):
            return "–"
        value = value * factor
        like = abs(value if like is None else like * factor)
        size, letter = next((size for size in SIZES if like >= size[0]), (1, ""))
        if comma and letter and value:
            text = f"{abs(value) / size:,.3g}" if abs(value) < 1000 * size else f"{abs(value) / size:,.0f}"
        else:
            text, letter = f"{abs(value):{comma}.{places}f}", ""
        if value and places > 3 and float(text) == 0:
            text = f"{abs(value):.2g}"
        value = value if text.strip("0.") else 0
        return f"{'−' if value < 0 else ''}{before}{text}{letter}{after}"

    write.factor = factor
    write.exact = lambda value: write(value, like=0)
    return write


def day(value):
    """A date: 24 Jul 2002."""
    return "–" if pd.isna(value) else f"{value:%d %b %Y}"


def moment(value):
    """A date with its time: 24 Jul 2002, 14:05."""
    return "–" if pd.isna(value) else f"{value:%d %b %Y, %H:%M}"


def words(value, most=80):
    """Any other value as text, cut where it is very long."""
    text = "–" if value is None or value is pd.NaT or value is pd.NA or value != value else str(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def yes_no(value):
    return "–" if pd.isna(value) else "Yes" if value else "No"


def round_number(value):
    """The nearest of 1, 2, 2.5, 5 and 10 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(value))
    return power * min([1, 2, 2.5, 5, 10], key=lambda digit: abs(np.log(digit * power / value)))


def round_ticks(lowest, highest, count=4, whole=False):
    """Round numbers in equal steps, from at or below the lowest to at or above the highest."""
    if not highest > lowest:
        highest = lowest + (abs(lowest) or 1)
    step = round_number((highest - lowest) / count)
    if whole and step < 5:
        step = 1 if step < 1.5 else 2 if step < 3.5 else 5
    ticks = np.arange(np.floor(lowest / step + 1e-9), np.ceil(highest / step - 1e-9) + 1) * step
    return np.array([float(f"{tick:.12g}") for tick in ticks]) + 0.0


def tick_texts(ticks, form):
    """Round numbers as texts, all in the size of the largest and with the decimals of the step."""
    step = min(np.diff(ticks), default=1) * getattr(form, "factor", 1)
    places = next((places for places in range(10) if abs(round(step, places) - step) < step / 1e6), 0)
    return [form(tick, like=np.abs(ticks).max(), places=places) for tick in ticks]


def as_table(frame, *forms):
    """A data frame as an HTML table, numbers in full; the last function writes all further columns."""
    forms = [getattr(form, "exact", form) for form in [*forms, *[forms[-1]] * (frame.shape[1] - len(forms))]]
    texts = pd.DataFrame({place: [form(value) for value in frame.iloc[:, place]] for place, form in enumerate(forms)})
    texts.columns = [str(name) for name in frame.columns]
    with pd.option_context("display.max_colwidth", None):
        table = texts.to_html(index=False, border=0, classes="table", justify="unset")
    return f'<div class="scroll">{table}</div>'


def numbers(table, title, names, *forms, most=200):
    """The numbers behind a chart, folded: names of the rows, then the columns; the first rows, and how many more."""
    table = table.iloc[:most, :20].astype(object)
    table.columns = [str(name) for name in table.columns]
    table.insert(0, title, list(names)[:most], allow_duplicates=True)
    more = f"<p>and {len(names) - most:,} more rows</p>" if len(names) > most else ""
    return (
        f'<details class="numbers"><summary>Show the numbers</summary>{as_table(table, words, *forms)}{more}</details>'
    )
