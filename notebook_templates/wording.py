"""Wording: what an insight returns, its own sentence or one in a writer's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .source import Code, lines, literal, sentence, write

_NEVER = Code("")

Written = str | Code
"""A text that is known when the notebook is written, or an expression; both are HTML."""


@dataclass(frozen=True)
class Slot:
    """A place of a sentence that a fact fills; `format` as in an f-string, of those that `pipelines.model` allows."""

    name: str
    format: str = ""


Wording = Sequence[str | Slot]
"""A sentence in a writer's words. Empty: the insight's own."""


@dataclass(frozen=True)
class Fact:
    """Something an insight can state."""

    written: Callable[[str], Written]
    """How it is written in a format."""
    steps: tuple[Code, ...] = ()
    """Lines that compute it, in their order."""
    unless: Code = _NEVER
    """When it does not exist; the insight's own sentence knows what to say then."""
    is_bold: bool = False


def name(text: Code, *steps: Code, is_html: bool = False) -> Fact:
    """The name of a group."""
    return Fact(lambda _: text if is_html else write("escape($text)", text=text), steps, is_bold=not is_html)


def period(text: Code, *steps: Code) -> Fact:
    return Fact(lambda _: write("escape($text)", text=text), steps)


def title(text: str) -> Fact:
    """What a measure or a step is called."""
    return Fact(lambda _: escape(text))


def words(variable: Code, *steps: Code, unless: Code = _NEVER) -> Fact:
    """Words of ours; names in them are escaped already."""
    return Fact(lambda _: variable, steps, unless)


def amount(form: Code, value: Code, *steps: Code, unless: Code = _NEVER, is_bold: bool = False) -> Fact:
    """A number with the function that writes it, in full with so many decimals where a format asks for them."""

    def written(wanted: str) -> Code:
        if not wanted:
            return write("$form($value)", form=form, value=value)
        return write("$form($value, like=0, places=$places)", form=form, value=value, places=_decimals(wanted))

    return Fact(written, steps, unless, is_bold)


def ratio(value: Code, *steps: Code, unless: Code = _NEVER) -> Fact:
    """A fraction, in percent."""
    return Fact(lambda wanted: Code(f"{value}:.{_decimals(wanted)}%"), steps, unless, is_bold=True)


def count(value: Code, *steps: Code) -> Fact:
    return Fact(lambda _: Code(f"{value}:,"), steps)


def _decimals(wanted: str) -> int:
    """Decimals of a format; it is read, never pasted."""
    digits = [int(character) for character in wanted if character in "0123456789"]
    return digits[0] if digits else 0


def ending(default: Code, steps: Sequence[Code], facts: Mapping[str, Fact], wording: Wording) -> Code:
    """The last lines of an insight's function: what its sentence needs, and the sentence.

    `steps` are those of the default sentence. Only lines that are used are written.
    """
    used = [facts[piece.name] for piece in wording if isinstance(piece, Slot)]
    unless = list(dict.fromkeys(fact.unless for fact in used if fact.unless))
    needed = {step for fact in used for step in fact.steps} | ({*steps} if unless or not wording else set())
    order = dict.fromkeys([*steps, *(step for fact in facts.values() for step in fact.steps)])
    if wording and unless:
        own = write(
            """
            if $unless:
                return $default
            """,
            unless=Code(" or ".join(unless)),
            default=default,
        )
    else:
        own = Code("")
    said = _said(facts, wording) if wording else default
    return lines([*(step for step in order if step in needed), own, write("return $said", said=said)])


def _said(facts: Mapping[str, Fact], wording: Wording) -> Code:
    parts: list[str] = []
    for place, piece in enumerate(wording):
        if isinstance(piece, Slot):
            fact = facts[piece.name]
            text = fact.written(piece.format)
            if place == 0 and not isinstance(text, Code):
                text = text[:1].upper() + text[1:]
            parts += ["<b>", text, "</b>"] if fact.is_bold else [text]
        else:
            parts.append(escape(piece))
    if not str(parts[-1]).rstrip().endswith((".", "!", "?", "…", "。", "؟", "।")) or isinstance(parts[-1], Code):
        parts.append(".")
    said = sentence(*parts)
    return said if isinstance(said, Code) else literal(said)
