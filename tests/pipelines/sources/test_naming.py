"""Names from strangers become titles for people and identifiers for programs."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from dashwright.pipelines.model import Identifier
from dashwright.pipelines.sources.naming import NAME_LENGTH, file_name, identifier, stem, title

VALID = TypeAdapter(Identifier)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sales.csv", "sales.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\sales.csv", "sales.csv"),
        ("a/b/", "b"),
        ("", "data"),
        ("..", "data"),
        ("new\nline\x00.csv", "newline.csv"),
        ("evil\u202excod.csv", "evilxcod.csv"),
        ("x" * 300 + ".csv.gz", "x" * 143 + ".csv.gz"),
    ],
)
def test_a_file_name_is_one_printable_part_of_a_path(text: str, expected: str) -> None:
    assert file_name(text) == expected


@given(st.text())
def test_any_text_gives_a_harmless_file_name(text: str) -> None:
    name = file_name(text)
    assert 0 < len(name) <= NAME_LENGTH
    assert not set(name) & set("/\\\x00\n\r")
    assert name not in (".", "..")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("us-sales_2024.csv.gz", "Us sales 2024"), ("v1.2 report.xlsx", "V1.2 report"), (".csv", ".csv"), ("___", "Data")],
)
def test_a_title_has_words_and_no_endings(text: str, expected: str) -> None:
    assert title(text) == expected


def test_a_stem_keeps_dots_that_end_nothing() -> None:
    assert stem("v1.2.csv.zip") == "v1.2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales 2024", "sales_2024"),
        ("2024 sales", "data_2024_sales"),
        ("Üñïçødé", "unicde"),
        ("销售", "data"),
        ("class", "class_data"),
        ("list", "list_data"),
        ("pd", "pd_data"),
        ("", "data"),
        ('"); import os #', "import_os"),
    ],
)
def test_an_identifier_is_near_to_the_text(text: str, expected: str) -> None:
    assert identifier(text) == expected


@given(st.lists(st.text(max_size=100), max_size=30))
def test_any_texts_give_valid_names_each_once(texts: list[str]) -> None:
    names: list[str] = []
    for text in texts:
        names.append(identifier(text, names))
    assert len(set(names)) == len(names)
    for name in names:
        VALID.validate_python(name)
        assert not keyword.iskeyword(name)
