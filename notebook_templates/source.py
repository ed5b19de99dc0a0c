"""Python source that is safe by type: what is not `Code` is written as a literal, never pasted."""

from __future__ import annotations

import keyword
import math
import re
import textwrap
from collections.abc import Iterable
from typing import LiteralString


class Code(str):
    """Source text. Made only by the functions of this module, from templates written in this folder."""

    __slots__ = ()


_PLACE = re.compile(r"^([ \t]*)\$(\w+)[ \t]*(?:\n|\Z)|\$(\w+)|\$\{(\w+)\}", re.MULTILINE)


def write(template: LiteralString, /, **values: object) -> Code:
    """A template with every ``$name`` or ``${name}`` replaced: Code as it is, everything else as a literal.

    A place alone on its line takes several lines, indented like itself; with empty Code the line goes.
    """

    def replace(match: re.Match[str]) -> str:
        indent, alone, inline, braced = match.groups()
        if alone is None:
            return literal(values[inline or braced])
        text = literal(values[alone])
        return textwrap.indent(text, indent) + "\n" if text else ""

    text = textwrap.dedent(template).strip("\n") + "\n"
    return Code(_PLACE.sub(replace, text).rstrip("\n"))


def name(text: str) -> Code:
    """A variable.

    Raises:
        ValueError: the text is no name that Python takes.
    """
    if not text.isidentifier() or not text.isascii() or keyword.iskeyword(text):
        raise ValueError(f"{text!r} is not a name for a variable")
    return Code(text)


def literal(value: object) -> Code:
    """A value as source, by its type.

    Raises:
        TypeError: there is no literal for this type.
    """
    match value:
        case Code():
            return value
        case None | bool() | int():
            return Code(repr(value))
        case float():
            return Code(repr(value) if math.isfinite(value) else f'float("{value}")')
        case str():
            return Code(quoted(value))
        case tuple():
            inside = ", ".join(map(literal, value))
            return Code(f"({inside},)" if len(value) == 1 else f"({inside})")
        case list():
            return Code(f"[{', '.join(map(literal, value))}]")
        case dict():
            return Code(f"{{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}")
    raise TypeError(f"there is no literal for {type(value).__name__}")


def quoted(text: str) -> str:
    """A string literal that reads as it is and cannot be left: what does not print is escaped, direction marks too."""
    return f'"{_inside(text)}"'


def docstring(text: str) -> Code:
    """A text as the first line of a function."""
    return Code(f'"""{_inside(text)}"""')


def _inside(text: str) -> str:
    return "".join(map(_character, text))


def _character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character == "\n":
        return "\\n"
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"


def sentence(*parts: str) -> Code:
    """An f-string of texts and Code, the latter in braces; a plain string when there is no Code.

    Raises:
        ValueError: a piece of Code has quotes or backslashes, which Python before 3.12 does not take there.
    """
    if not any(isinstance(part, Code) for part in parts):
        return literal("".join(parts))
    if any(isinstance(part, Code) and set(part) & set('"\\') for part in parts):
        raise ValueError(f"an f-string takes no quotes or backslashes in braces: {parts}")
    inside = "".join(
        f"{{{part}}}" if isinstance(part, Code) else _inside(part).replace("{", "{{").replace("}", "}}")
        for part in parts
    )
    return Code(f'f"{inside}"')


def lines(parts: Iterable[Code]) -> Code:
    """Pieces of code, one below the other."""
    return Code("\n".join(part for part in parts if part))


def blocks(parts: Iterable[Code]) -> Code:
    """Pieces of code with two empty lines between them, as functions have."""
    return Code("\n\n\n".join(part for part in parts if part))


def comment(text: str) -> Code:
    """A comment of one line, whatever the text holds."""
    words = "".join(character if character.isprintable() else " " for character in text).split()
    return Code(f"# {' '.join(words)}") if words else Code("")
