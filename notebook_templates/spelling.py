"""Spelling: keys of one side of a join written as the other side writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .source import Code, comment, lines, name, write


def spellings(variable: Code, about: str, values: Mapping[str, str]) -> Code:
    """What is called so → what it is called on the other side."""
    return lines([comment(about), write("$variable = $values", variable=variable, values=dict(values))])


def spelled(variable: Code, frame: Code, columns: Sequence[tuple[str, Code]]) -> Code:
    """The frame with these columns by their spellings; what is not among them stays, and may find no partner."""
    parts = [
        write(
            "$name=$frame[$column].map($spellings).fillna($frame[$column])",
            name=name(column),
            frame=frame,
            column=column,
            spellings=spellings_,
        )
        for column, spellings_ in columns
    ]
    return write("$variable = $frame.assign($parts)", variable=variable, frame=frame, parts=Code(", ".join(parts)))
