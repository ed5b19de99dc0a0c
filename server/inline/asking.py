"""Asking: a question about frames in memory, answered by a dashboard right here."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from ...pipelines.model import Preferences
from . import bringing, making
from .answer import Answer, answered


def ask(
    question: str,
    *data: object,
    planner: str = "offline",
    title: str | None = None,
    max_widgets: int = 12,
    sample_values: bool = False,
    **named: object,
) -> Answer:
    """A dashboard that answers a question about data of yours: ``ask("how do sales change by region?", sales)``.

    Data are pandas or polars DataFrames, pyarrow tables, or paths of files; several are joined where they meet. Names
    help to understand the question: ``ask("profit by region", sales=df1, regions=df2)``. Nothing is changed in them, no
    variable is touched, no server is needed, and nothing leaves this kernel, unless `planner` names AI providers
    ("gemini", "openai,gemini"; their keys are taken from the environment): those are told the question and a
    description of the data, with `sample_values` also frequent values.

    Raises:
        DashwrightError: one sentence says what is wrong, and what to do.
    """
    caller = sys._getframe(1)
    tables = bringing.named(data, {**caller.f_globals, **caller.f_locals}, named)
    del caller
    return about(tables, question, title, making.preferences(planner, max_widgets, sample_values))


def about(tables: Mapping[str, object], question: str, title: str | None, wishes: Preferences) -> Answer:
    """The same for data that have their names.

    Raises:
        DashwrightError: one sentence says what is wrong, and what to do.
    """
    asked = making.request(question, title, wishes)
    planner = wishes.planner
    return answered(lambda folder, providers, report: making.make(folder, asked, tables, providers, report), planner)
