"""A sentence of an insight in other words holds nothing that a refresh could make wrong, and nothing but text."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from dashwright.pipelines.model import Insight, InsightType, placeholders, sentence
from dashwright.pipelines.model.wording import FORMATS, Kind, Placeholder

TYPES = get_args(InsightType)


def insight(kind: str, wording: str | None) -> Any:
    y = {"column": "y", "aggregate": "sum"}
    parts: dict[str, Any] = {"x": {"column": "x"}, "y": y}
    if kind == "correlation":
        parts = {"x": y, "y": y, "detail": {"column": "d"}}
    return TypeAdapter(Insight).validate_python({"type": kind, "id": "i", "frame": "f", "wording": wording} | parts)


def refusal(wording: str, kind: str = "change") -> str:
    with pytest.raises(ValidationError) as caught:
        insight(kind, wording)
    return sentence(caught.value)


@pytest.mark.parametrize("kind", TYPES)
def test_everything_computed_can_be_named_in_every_format_it_has(kind: Any) -> None:
    known = placeholders(kind)
    assert len(known) >= 5
    for name, what in known.items():
        for wanted in ("", *FORMATS[what]):
            place = f"{{{name}:{wanted}}}" if wanted else f"{{{name}}}"
            assert insight(kind, f"So: {place}").pieces == ("So: ", Placeholder(name, wanted))


def test_every_kind_of_placeholder_is_one_that_has_formats() -> None:
    assert {kind for name in TYPES for kind in placeholders(name).values()} <= set(get_args(Kind)) == set(FORMATS)


def test_a_sentence_of_its_own_has_no_pieces() -> None:
    assert insight("share", None).pieces == ()


@pytest.mark.parametrize(
    ("wording", "part"),
    [
        ("It {direction} by 20 percent.", "the number “2”, which would be wrong after a refresh; there is: {measure}"),
        ("It {direction} by ½ of {first_value}", "the number “½”"),
        ("It {direction} ٣ times", "the number “٣”"),
        ("Chapter Ⅻ: {change}", "the number “Ⅻ”"),
        ("CO₂ {direction}", "the number “₂”"),
        ("It {direction} by {growth}", "{growth}, which is not computed here; there is: {measure}, {direction}"),
        ("It is {first_value.real}", "{first_value.real}, which is not computed here"),
        ("It is {first_value[0]}", "{first_value[0]}, which is not computed here"),
        ("It is {first_value!r}", "{first_value!r}, which is not computed here"),
        ("It is {}", "{}, which is not computed here"),
        ("It is {:.0%}", "{:.0%}, which is not computed here"),
        ("It is { first_value }", "{ first_value }, which is not computed here"),
        ("It is {__import__('os')}", "which is not computed here"),
        ("It is {change:{first_value}}", "a brace without its partner, or one in another"),
        ("It is {{change}}", "a brace without its partner, or one in another"),
        ("It is {change", "a brace without its partner"),
        ("It is change}", "a brace without its partner"),
        ("{direction} by {change:.9%}", "{change} as '.9%'; this share can be written as: {change}, {change:.0%}"),
        ("{direction} by {change:}", "{change} as ''; this share can be written as"),
        ("since {first_period:%Y}", "{first_period} as '%Y'; this period can be written as: {first_period}"),
        ("{direction} to {last_value:.0%}", "{last_value} as '.0%'; this value can be written as"),
        ("{direction}\nby {change}", "a character that does not show: U+000A"),
        ("{direction}\u202eby {change}", "a character that does not show: U+202E"),
        ("{direction}\x00", "a character that does not show: U+0000"),
        ("Nothing is computed", "states nothing that is computed; there is: {measure}"),
        ("It rose by {change:.0%}", "says “rose”, which a refresh may turn around; write {direction} for it"),
        ("Increasing to {last_value}", "says “Increasing”"),
        ("", "at least 1 character"),
        ("{change} " * 40, "at most 300 characters"),
    ],
)
def test_what_may_not_stand_in_a_sentence_is_told_with_what_may(wording: str, part: str) -> None:
    assert part in refusal(wording)


def test_a_placeholder_belongs_to_its_type() -> None:
    assert "{change}, which is not computed here; there is: {measure}, {top_category}" in refusal("{change}", "extreme")


def test_words_of_any_language_and_markup_are_text() -> None:
    text = "<b onclick=x>Доля</b> & “частка” — {share:.1%} 😀 $name %s \\N{top_category}"
    assert insight("share", text).pieces == (
        "<b onclick=x>Доля</b> & “частка” — ",
        Placeholder("share", ".1%"),
        " 😀 $name %s \\N",
        Placeholder("top_category"),
    )


def test_a_verb_may_stand_beside_the_computed_direction() -> None:
    assert insight("change", "Prices {direction}, and rose hips with them.").pieces
