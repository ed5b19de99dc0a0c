"""Sentences in other words are computed anew, are text, and give way to the usual ones where a value is missing."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

NOTE = {
    "type": "text", "id": "note", "title": "N", "text": "x", "position": {"x": 0, "y": 0, "width": 12, "height": 2}
}  # fmt: skip
YEARLY = {"frame": "things", "x": {"column": "year"}, "y": {"column": "amount", "aggregate": "sum", "title": "Sales"}}
KNOWN = {"year": {"role": "time"}}
BY_NAME = YEARLY | {"x": {"column": "name"}}


def sentences(page: Any) -> str:
    return str(page.run()["insights"].value)


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def said(make: Any, data: pd.DataFrame, kind: str, wording: str, **more: Any) -> str:
    on = {"year": YEARLY, "name": BY_NAME}["year" if kind in ("change", "trend") else "name"]
    insights = [{"type": kind, "id": "told", "wording": wording} | on | more]
    return plain(sentences(make({"things": data}, known=KNOWN, widgets=[NOTE], insights=insights)))


def years(*amounts: float) -> pd.DataFrame:
    return pd.DataFrame({"year": range(2000, 2000 + len(amounts)), "amount": amounts, "name": "x"})


def named(**amounts: float) -> pd.DataFrame:
    return pd.DataFrame({"year": 2000, "amount": list(amounts.values()), "name": list(amounts)})


def test_a_change_is_told_in_other_words(make: Any) -> None:
    wording = "{measure} {direction} by {change:.1%} or {difference}, from {first_value:.1f} in {first_period}"
    assert said(make, years(100, 120, 150), "change", wording) == "Sales rose by 50.0% or 50, from 100.0 in 2000."
    assert said(make, years(150, 120, 100), "change", wording) == "Sales fell by 33.3% or 50, from 150.0 in 2000."


@pytest.mark.parametrize("amounts", [(0, 5), (-3, 5), (7, 7)], ids=["from zero", "from below zero", "no change"])
def test_a_change_that_has_no_share_is_told_as_usual(make: Any, amounts: tuple[float, float]) -> None:
    usual = plain(
        sentences(
            make(
                {"things": years(*amounts)},
                known=KNOWN,
                widgets=[NOTE],
                insights=[{"type": "change", "id": "told"} | YEARLY],
            )
        )
    )
    assert usual.startswith("Sales ")
    assert said(make, years(*amounts), "change", "{direction} by {change:.0%} so") == usual


def test_a_wording_without_shares_needs_none(make: Any) -> None:
    assert said(make, years(0, 5), "change", "In {last_period} it was {last_value}!") == "In 2001 it was 5!"


def test_a_trend_is_told_in_other_words(make: Any) -> None:
    wording = "{measure} {direction} {manner} by {slope} {step} until {last_period}"
    assert said(make, years(2, 4, 6, 8, 10), "trend", wording) == "Sales rose steadily by 2 a year until 2004."
    assert said(make, years(1, 9, 1, 9, 1), "trend", wording) == "Sales has no clear direction between 2000 and 2004."


def test_an_extreme_is_told_in_other_words(make: Any) -> None:
    wording = (
        "{top_category} ({top_value}) is before {second_category} ({second_value}); middle {middle_value}, {groups}"
    )
    data = named(a=1, b=5, c=3)
    assert said(make, data, "extreme", wording) == "b (5) is before c (3); middle 3, 3."
    assert said(make, data, "extreme", wording, which="lowest") == "a (1) is before c (3); middle 3, 3."


def test_a_share_is_told_in_other_words(make: Any) -> None:
    wording = "{top_categories} have {share:.1%}: {top_value} of {total} in {groups}, first {top_category}"
    data = named(a=1, b=5, c=2)
    assert said(make, data, "share", wording, top=2) == "b and c have 87.5%: 7 of 8 in 3, first b."
    assert said(make, data, "share", "{top_category} has {share}", top=3) == ""


def test_an_outlier_is_told_in_other_words_or_not_at_all(make: Any) -> None:
    wording = "Look at {outliers}, above all {top_category} with {top_value}; others have {middle_value} of {groups}"
    data = named(a=1, b=2, c=3, d=2, e=1, f=90)
    assert said(make, data, "outlier", wording) == "Look at f (90), above all f with 90; others have 2 of 6."
    assert said(make, named(a=1, b=2, c=3, d=2, e=1, f=2), "outlier", wording) == ""


def test_a_correlation_is_told_in_other_words(make: Any) -> None:
    data = pd.DataFrame({"a": range(10), "b": range(0, -10, -1)})
    insight = {
        "type": "correlation", "id": "told", "frame": "things", "x": {"column": "a"}, "y": {"column": "b"},
        "wording": "{x_measure} and {y_measure} {relation} ({correlation:.1f}, {pairs} rows)",
    }  # fmt: skip
    page = make({"things": data}, known=KNOWN, widgets=[NOTE], insights=[insight])
    assert plain(sentences(page)) == "A and b go closely in opposite directions (−1.0, 10 rows)."


def test_a_sentence_is_right_again_for_other_rows(make: Any) -> None:
    data = pd.concat([years(1, 2, 4).assign(name="up"), years(90, 60, 30).assign(name="down")])
    insights = [{"type": "change", "id": "told", "wording": "It {direction} by {change}"} | YEARLY]
    filters = [{"type": "choice", "id": "which", "column": "name", "frames": ["things"], "label": "Which"}]
    page = make({"things": data}, known=KNOWN, widgets=[NOTE], insights=insights, filters=filters).run()
    assert "It fell by <b>63%</b>." in page["insights"].value
    page["which_filter"].value = "up"
    assert "It rose by <b>300%</b>." in page["insights"].value


def test_names_in_a_sentence_are_escaped(make: Any, markup: Any) -> None:
    data = named(**{"<img src=x onerror=alert(1)>": 9, "b": 5, "c": 3})
    page = make(
        {"things": data},
        known=KNOWN,
        widgets=[NOTE],
        insights=[
            {"type": "extreme", "id": "one", "wording": "<script>{top_category}</script> & 'so'"} | BY_NAME,
            {"type": "share", "id": "two", "wording": "{top_categories} and {top_category}: {share}"} | BY_NAME,
        ],
    )
    found = markup(sentences(page))
    assert found.elements == {"p", "b"}
    assert found.attributes == {"class"}
    assert "<script><img src=x onerror=alert(1)></script> & 'so'." in found.text


def test_only_lines_that_are_used_are_written(make: Any) -> None:
    insights = [{"type": "extreme", "id": "told", "wording": "The middle is {middle_value}"} | BY_NAME]
    source = make({"things": named(a=1, b=2, c=3)}, known=KNOWN, widgets=[NOTE], insights=insights).source(
        "insight-told"
    )
    assert source.splitlines()[-1] == '    return f"The middle is {number(by_name.median())}."'
    assert "idxmax" not in source
