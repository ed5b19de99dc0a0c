# mypy: ignore-errors
"""Words for what was computed. All return HTML, names in it escaped."""

from html import escape

import numpy as np
import pandas as pd


def listed(names, most=5):
    """A, B and C, in bold."""
    names = [f"<b>{escape(str(name))}</b>" for name in list(names)[:most]]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def change_words(first, last, form):
    """rose by 27%"""
    if first == last:
        return "did not change"
    amount = f"{abs(last - first) / first:.0%}" if first > 0 and last >= 0 else form(abs(last - first))
    return f"{'rose' if last > first else 'fell'} by {amount}"


def trend_words(at, values, form, after):
    """rose steadily, by about 12 a year"""
    slope, manner = trend_of(at, values)
    if not manner:
        return "has no clear direction"
    return f"{'rose' if slope > 0 else 'fell'} {manner}, by about {form(abs(slope))}{after}"


def trend_of(at, values):
    """The slope of a fitted line, and how steady it is; without a clear direction no word for that."""
    at, values = np.asarray(at, dtype=float), np.asarray(values, dtype=float)
    slope = np.polyfit(at - at[0], values, 1)[0]
    order = np.corrcoef(at, pd.Series(values).rank())[0, 1] if np.ptp(values) else 0
    if abs(order) < 0.4:
        return slope, ""
    steps = np.sign(np.diff(values)).mean()
    return slope, "steadily" if abs(steps) > 0.7 else "mostly" if abs(order) > 0.7 else "unsteadily"


def rank_correlation(x, y):
    return x.rank().corr(y.rank())


def together(correlation):
    """How two amounts go together, in words."""
    strength = abs(correlation)
    if strength < 0.2:
        return "hardly go together"
    manner = "closely" if strength > 0.7 else "loosely" if strength < 0.4 else "clearly"
    return f"go {manner} together" if correlation > 0 else f"go {manner} in opposite directions"
