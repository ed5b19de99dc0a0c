"""Magic: ``%%dashwright sales`` above a question, or ``%dashwright sales how do they change by region?`` on a line."""

from __future__ import annotations

import keyword
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...pipelines.errors import InputError
from . import bringing, making
from .answer import Answer
from .asking import about
from .frames import is_frame

_OPTIONS = ("--planner", "--name", "--title")
_USAGE = "%%dashwright [data …] [--planner NAME] [--name VARIABLE] [--title TITLE]"
_WORD = re.compile(r"""\s*("[^"]*"|'[^']*'|\S+)""")
_QUESTION = re.compile(r"^%dashwright[ \t]+(\S.*\?)[ \t]*$", re.MULTILINE)
_LISTED = 12


class _Wish(NamedTuple):
    data: dict[str, object]
    options: dict[str, str]
    question: str


def load(ipython: Any) -> None:
    """Give a shell the magics."""
    ipython.register_magic_function(_magic_of(ipython), "line_cell", "dashwright")
    for key in ("%dashwright", "%%dashwright"):
        ipython.set_hook("complete_command", _completions, str_key=key)
    if questions_stay not in ipython.input_transformers_cleanup:
        ipython.input_transformers_cleanup.append(questions_stay)


def _completions(ipython: Any, event: Any) -> list[str]:
    """What the word that is being typed after the magic's name may become: a frame's name, or an option."""
    begun = str(event.symbol)
    return [name for name in (*sorted(_frames(ipython.user_ns)), *_OPTIONS) if name.startswith(begun)]


def questions_stay(lines: list[str]) -> list[str]:
    """IPython takes any line that ends with a question mark for a wish for help, also ``%dashwright sales …?``."""
    if not lines or lines[0].startswith("%%"):
        return lines
    return [_QUESTION.sub(_call, line) for line in lines]


def _call(found: re.Match[str]) -> str:
    return f"get_ipython().run_line_magic('dashwright', {found[1]!r})"


def _magic_of(ipython: Any) -> Any:
    def dashwright(line: str, cell: str | None = None) -> Answer:
        """Answer a question about data by a dashboard.

            %%dashwright sales regions --name answer
            How do sales change by region?

        Data are variables of this notebook, or paths of files. Without any, the only frame there is. Options:
        --planner NAME (offline; gemini, openai … are told the question and a description of the data),
        --name VARIABLE (keeps the answer), --title TITLE. In one line: %dashwright sales how do they change?
        """
        variables = ipython.user_ns
        wish = _read(line, cell, variables)
        name = wish.options.pop("name", None)
        if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
            raise InputError(f"'{name[:80]}' is no name of a variable: --name takes letters, digits and underscores.")
        wishes = making.preferences(wish.options.get("planner", "offline"), 12, sample_values=False)
        answer = about(wish.data, wish.question, wish.options.get("title"), wishes)
        if name is not None:
            variables[name] = answer
        return answer

    return dashwright


def _read(line: str, cell: str | None, variables: Mapping[str, object]) -> _Wish:
    """
    Raises:
        InputError: an option or a name is not known, or there is no question.
    """
    data: dict[str, object] = {}
    options: dict[str, str] = {}
    rest = line.strip()
    while rest:
        word, after = _next(rest)
        if word.startswith("--"):
            option, is_joined, value = word.partition("=")
            if option not in _OPTIONS:
                raise InputError(f"There is no option '{option[:80]}'. The magic is {_USAGE}.")
            if not is_joined:
                value, after = _next(after)
            if not value:
                raise InputError(f"The option '{option}' needs a value. The magic is {_USAGE}.")
            options[option[2:]] = value.strip("\"'")
        elif (found := _data(word.strip("\"'"), variables)) is not None:
            data |= bringing.named((found,), {word: found}, data)
        elif cell is None:
            break
        else:
            raise InputError(f"There is no data '{word[:80]}'. {_there(variables)}")
        rest = after
    question = (rest if cell is None else cell).strip()
    if not question:
        raise InputError(f"Ask something in the lines below. The magic is {_USAGE}.")
    return _Wish(data or _only(variables), options, question)


def _next(text: str) -> tuple[str, str]:
    """The first word, in quotes or not, and what comes after it."""
    match = _WORD.match(text)
    return (match[1], text[match.end() :].strip()) if match else ("", "")


def _data(word: str, variables: Mapping[str, object]) -> object | None:
    """What a word of the line means: a variable with a frame, or a file."""
    if word in variables and is_frame(variables[word]):
        return variables[word]
    if word in variables and isinstance(variables[word], os.PathLike):
        return variables[word]
    return word if "." in word and os.path.isfile(os.path.expanduser(word)) else None


def _frames(variables: Mapping[str, object]) -> dict[str, object]:
    """The frames that the notebook has under a name of its own, not those that IPython remembers as output."""
    return {name: value for name, value in variables.items() if not name.startswith("_") and is_frame(value)}


def _only(variables: Mapping[str, object]) -> dict[str, object]:
    """
    Raises:
        InputError: there are several frames, or none.
    """
    frames = _frames(variables)
    if len(frames) == 1:
        return frames
    raise InputError(f"Name the data: %%dashwright NAME. {_there(variables)}")


def _there(variables: Mapping[str, object]) -> str:
    names = sorted(_frames(variables))
    if not names:
        return "This notebook has no DataFrame yet."
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"There is: {', '.join(names[:_LISTED])}{more}."
