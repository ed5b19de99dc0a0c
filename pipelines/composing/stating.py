"""Stating: each insight of a plan as a function that computes it and returns a sentence."""

from __future__ import annotations

from ...notebook_templates import insights
from ...notebook_templates.parts import Form
from ...notebook_templates.source import Code, write
from ...notebook_templates.wording import Slot, Wording
from ..model import (
    ChangeInsight,
    CorrelationInsight,
    ExtremeInsight,
    Insight,
    OutlierInsight,
    ShareInsight,
    TrendInsight,
)
from . import conditions
from .amounts import amount
from .drawing import Canvas, times_of
from .groups import group


def state(insight: Insight, canvas: Canvas) -> tuple[Code, Code]:
    """The name of the function, and its source."""
    frame = canvas.frames[insight.frame]
    name = canvas.names.take(insight.id, otherwise="{}_sentence")
    tests = [conditions.test(item, frame, Code("chosen"), canvas.parameters) for item in insight.where]
    where = Code("")
    if tests:
        joined = tests[0] if len(tests) == 1 else Code(" & ".join(f"({test})" for test in tests))
        where = write("chosen = chosen[$tests]", tests=joined)
    if isinstance(insight, CorrelationInsight):
        x, y = amount(insight.x, frame, canvas.forms), amount(insight.y, frame, canvas.forms)
        detail = group(insight.detail, frame, canvas.forms).column if insight.detail and x.aggregate else None
        plural = canvas.frames[insight.frame].rows_noun if detail is None else "groups"
        form = canvas.forms.name(Form(decimals=2))
        return name, insights.correlation(name, where, x, y, detail, plural, form, _wording(insight))
    along, value = group(insight.x, frame, canvas.forms), amount(insight.y, frame, canvas.forms)
    times, wording = times_of(along, insight.x, frame), _wording(insight)
    match insight:
        case ChangeInsight():
            return name, insights.change(name, where, along, value, times, wording)
        case TrendInsight():
            return name, insights.trend(name, where, along, value, times, wording)
        case ExtremeInsight():
            return name, insights.extreme(name, where, along, value, insight.which, wording)
        case ShareInsight():
            return name, insights.share(name, where, along, value, insight.top, wording)
        case OutlierInsight():
            return name, insights.outlier(name, where, along, value, wording)


def _wording(insight: Insight) -> Wording:
    return [piece if isinstance(piece, str) else Slot(piece.name, piece.format) for piece in insight.pieces]
