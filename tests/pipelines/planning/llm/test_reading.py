"""Whatever text comes back: an answer, or a sentence that says what is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashwright.pipelines.planners.llm.draft import Draft
from dashwright.pipelines.planners.llm.reading import MOST_CHARACTERS, UnreadableError, json_object, read


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "T"}',
        '  \n{"title": "T"}\n',
        '```json\n{"title": "T"}\n```',
        '```\n{"title": "T"}',
        'Sure!\n```json\n{"title": "T"}\n```\nDone.',
        'Here {it} is: {"title": "T"} and that was {all}.',
        '<think>{"title": "no"} or not?</think>\n{"title": "T"}',
        '{"title": "T"}{"title": "U"}',
    ],
)
def test_the_object_is_found(text: str) -> None:
    assert json_object(text) == {"title": "T"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no JSON object"),
        ("[1, 2]", "has no JSON object"),
        ("no", "has no JSON object"),
        ('{"title": "T", "widgets": [{"type": "bar"}, {"type": "ba', "ends in the middle"),
        ('{"title": "T", "widgets": [{"type": "bar"}', "ends in the middle"),
        ('{"limit": tru', "ends in the middle"),
        ('{"title": "T",}', "is not valid JSON: "),
        ('{"title": "T" "x": 1}', "is not valid JSON: Expecting ',' delimiter"),
        ("{'title': 'T'}", "is not valid JSON"),
        ('{"limit": NaN}', "the number NaN, which is not JSON"),
        ('{"limit": -Infinity}', "the number -Infinity"),
        ('{"limit": 1e999}', "1e999, which is too large"),
        ('{"limit": ' + "9" * 5_000 + "}", "which is too large"),
        ('{"a":' * 50 + "1" + "}" * 50, "nested more than 16 levels deep"),
        ('{"a":' * 100_000, "nested more than 16 levels deep"),
        ('{"a": "' + "x" * MOST_CHARACTERS + '"}', "characters; at most"),
    ],
)
def test_what_is_none_is_told(text: str, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        json_object(text)


def test_lone_surrogates_and_null_characters_go() -> None:
    assert json_object('{"title": "a\\ud800b\\u0000c"}') == {"title": "abc"}


def test_a_wrong_part_costs_only_itself_and_is_told_by_its_place() -> None:
    wrong: dict[str, Any] = {
        "title": "T",
        "widgets": [
            {"type": "bar", "title": "A"},
            {"type": "barr", "title": "B"},
            7,
            {"type": "line", "title": "C", "encodings": [{"channel": "z"}]},
            {"type": "pie", "title": "D", "colour": "red", "limit": None},
        ],
        "filters": {"type": "choice"},
        "notes": None,
    }
    reading = read(json.dumps(wrong), Draft)
    assert reading.answer is not None
    assert [(widget.type, widget.title) for widget in reading.answer.widgets] == [("bar", "A"), ("pie", "D")]
    assert reading.answer.filters == reading.answer.notes == ()
    assert reading.path("widgets", 1) == "widgets[4]"
    told = "\n".join(reading.problems)
    assert "widgets[1].type: Input should be 'line', 'area'" in told
    assert 'not "barr"' in told
    assert "widgets[2]: " in told
    assert "widgets[3].encodings[0].channel: " in told
    assert "filters: " in told


@pytest.mark.parametrize("text", ['{"plan": {"charts": []}}', '{"widgets": "none"}', '{"widgets": null}', "{}"])
def test_a_wrong_shape_is_told(text: str) -> None:
    reading = read(text, Draft)
    assert reading.answer is None
    assert any(problem.startswith("widgets: ") for problem in reading.problems)


def test_a_thousand_widgets_are_cut_with_a_reason() -> None:
    reading = read(json.dumps({"widgets": [{"type": "bar", "title": str(n)} for n in range(1_000)]}), Draft)
    assert reading.answer is not None
    assert len(reading.answer.widgets) == 40
    assert (reading.problems, reading.remarks) == ((), ("The answer has 1,000 widgets; the first 40 are used.",))


def test_texts_are_plain_and_of_limited_length() -> None:
    markup = '<script>alert("x")</script>'
    title = f"{markup}\x07\u202e  and\n\tmore " + "x" * 10_000
    reading = read(json.dumps({"title": title, "widgets": []}), Draft)
    assert reading.answer is not None
    assert reading.answer.title.startswith(f"{markup} and more xxx")
    assert len(reading.answer.title) == 250


def test_values_may_come_as_numbers_and_booleans() -> None:
    where = [{"column": "a", "operator": "in", "values": [2015, 1.5, True, "x"]}]
    reading = read(json.dumps({"widgets": [{"type": "bar", "where": where}]}), Draft)
    assert reading.answer is not None
    assert reading.answer.widgets[0].where[0].values == ("2015", "1.5", "true", "x")
