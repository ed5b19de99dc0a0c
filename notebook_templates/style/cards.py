# mypy: ignore-errors
"""Cards, tiles and sentences: what a page is made of besides marks."""

from html import escape

import bqplot as bq
import ipywidgets as widgets
import numpy as np
import pandas as pd

from .colours import BLUE


def figure(marks, axes, height=320, left=44, right=16, top=8, bottom=28):
    """A bqplot figure without frame, title and legend: the card around it has them."""
    return bq.Figure(
        marks=marks,
        axes=axes,
        layout=widgets.Layout(width="100%", height=f"{height}px", min_width="0"),
        fig_margin={"top": top, "bottom": bottom, "left": left, "right": right},
        padding_x=0,
        padding_y=0,
        animation_duration=250,
        display_toolbar=False,
    )


def card(title, subtitle, *content, name, kind, span=6):
    """Title, subtitle and content on one card of the 12-column grid; last a line for when there is nothing to draw."""
    head = widgets.HTML(f"<h3>{escape(title)}</h3>" + (f"<p>{escape(subtitle)}</p>" if subtitle else ""))
    head.add_class("card-head")
    blank = widgets.HTML('<p class="notes">No values to show here.</p>', layout=widgets.Layout(display="none"))
    box = widgets.VBox([head, *content, blank])
    for style in ["card", f"span-{span}", f"widget-{name}", f"type-{kind}"]:
        box.add_class(style)
    return box


def nothing(card, values):
    """Whether there is no value to draw; the card shows that instead of its content."""
    empty = not np.any(pd.notna(values))
    *content, blank = card.children[1:]
    for part in content:
        part.layout.display = "none" if empty else None
    blank.layout.display = None if empty else "none"
    return empty


def note(text):
    """A line under a chart."""
    return f'<p class="notes">{escape(text)}</p>' if text else ""


def paragraphs(text):
    """Plain text as HTML; blank lines part paragraphs."""
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def sparkline(values):
    """Values as a small line, from their lowest to their highest."""
    values = np.asarray(values, dtype=float)
    low, high = np.nanmin(values), np.nanmax(values)
    heights = 30 - 28 * (values - low) / (high - low) if high > low else np.full(len(values), 16.0)
    points = " ".join(f"{100 * x / (len(values) - 1):.1f},{y:.1f}" for x, y in enumerate(heights) if np.isfinite(y))
    return (
        '<svg viewBox="0 0 100 32" preserveAspectRatio="none" aria-hidden="true">'
        f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="2" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )


def tile(name, label, value):
    """A number with its name."""
    return (
        f'<div class="tile widget-{name} type-metric"><div class="label">{escape(label)}</div>'
        f'<div class="value">{escape(value)}</div></div>'
    )


def change_tile(name, label, by_period, form, good=None):
    """The last period against the one before, and all of them as a line. The index has the names of the periods."""
    by_period = by_period.dropna()
    if len(by_period) < 2:
        value, change, line = (form(by_period.iloc[-1]) if len(by_period) else "–"), "needs two full periods", ""
    else:
        before, now = by_period.iloc[-2], by_period.iloc[-1]
        label, value, line = f"{label}, {by_period.index[-1]}", form(now), sparkline(by_period)
        mood = "" if good is None or now == before else "good" if (now > before) == (good == "up") else "bad"
        arrow = "▲" if now > before else "▼" if now < before else "unchanged"
        share = abs(now - before) / abs(before) if before else np.inf
        amount = "" if now == before else " under 1%" if share < 0.005 else f" {share:.0%}"
        if np.isinf(share):
            amount = f" {form(abs(now - before))}"
        change = f'<span class="{mood}">{arrow}{amount}</span> on {escape(str(by_period.index[-2]))}'
    return (
        f'<div class="tile widget-{name} type-metric"><div class="label">{escape(label)}</div>'
        f'<div class="value">{escape(value)}</div><div class="change">{change}</div>{line}</div>'
    )
