# mypy: ignore-errors
"""What a join loses: keys of one table that the other one does not have."""

from html import escape

import ipywidgets as widgets
from IPython.display import display


def without_partner(frame, column, other, other_column, name, noun, title, other_title):
    """3 of 76 countries of 'X' have no partner in 'Y': A, B and C. In HTML; empty where all have one."""
    keys = frame.dropna(subset=column).drop_duplicates(column)
    lost = keys[~keys[column].isin(other[other_column])].sort_values([name, column])[name]
    if lost.empty:
        return ""
    named = [str(text).removesuffix(" 00:00:00") for text in lost.head(5)]
    last = f"{len(lost) - 5:,} more" if len(lost) > 5 else named.pop()
    named = f"{', '.join(named)} and {last}" if named else last
    verb = "has" if len(lost) == 1 else "have"
    text = f"{len(lost):,} of {len(keys):,} {noun} of '{title}' {verb} no partner in '{other_title}': {named}."
    return f"<li>{escape(text)}</li>"


def tell_partners(items):
    """A list of sentences above the charts, if there are any."""
    if any(items):
        display(widgets.HTML(f'<ul class="notes">{"".join(items)}</ul>'))
