"""Conditions as tests on a frame."""

from __future__ import annotations

from collections.abc import Mapping

from ...notebook_templates.source import Code, literal, write
from ..model import Condition, ParameterValue
from .frame import Frame

_COMPARISONS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def test(condition: Condition, frame: Frame, rows: Code, parameters: Mapping[str, Code]) -> Code:
    """The expression that is true for the rows that meet a condition."""
    column = write("$rows[$column]", rows=rows, column=frame.short[condition.column])
    kind = frame.column(condition.column).type
    value = condition.value
    operand = parameters[value.parameter] if isinstance(value, ParameterValue) else literal(value)
    match condition.operator:
        case "missing":
            return write("$column.isna()", column=column)
        case "not missing":
            return write("$column.notna()", column=column)
        case "in" | "not in":
            values = list(condition.values)
            known = write("$column.isin($values)", column=column, values=values)
            if kind in ("date", "datetime"):
                known = write("$column.isin(pd.to_datetime($values))", column=column, values=values)
            return known if condition.operator == "in" else Code(f"~{known}")
        case "between":
            first, last = condition.values
            if kind in ("date", "datetime") and isinstance(last, str) and len(last) <= 10:
                # A day, month or year as upper end means all of it.
                last = write("pd.Period($last).end_time", last=last)
            return write("$column.between($first, $last)", column=column, first=first, last=last)
        case "contains":
            return write(
                "$column.str.contains($value, case=False, regex=False, na=False)", column=column, value=operand
            )
    if kind == "boolean" and isinstance(value, bool) and condition.operator in ("=", "!="):
        return write(
            "$column.eq($value)" if condition.operator == "=" else "$column.ne($value)", column=column, value=value
        )
    comparison = Code(_COMPARISONS[condition.operator])
    return write("$column $comparison $value", column=column, comparison=comparison, value=operand)
