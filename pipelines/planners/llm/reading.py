"""Reading: from the text of an answer to a typed answer, part by part, so that one wrong part costs only itself."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from annotated_types import MaxLen
from pydantic import ValidationError

from .answer import Answer

A = TypeVar("A", bound=Answer)

MOST_CHARACTERS = 2_000_000
MOST_DEPTH = 16
"""Our deepest answer has seven levels."""
MOST_SENTENCES = 20
"""Problems told of one answer: more would only cost tokens."""
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_CUT = re.compile(r"[a-z0-9.+-]*")
"""What may be left of a value at the end."""
_FENCE = re.compile(r"```[a-zA-Z]*[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)


class UnreadableError(ValueError):
    """An answer that is no JSON object. `str(error)` is a sentence for the model."""


@dataclass(frozen=True)
class Reading(Generic[A]):
    """What could be read of an answer."""

    answer: A | None
    problems: tuple[str, ...] = ()
    """What the model should mend, each with its path and value."""
    remarks: tuple[str, ...] = ()
    """What was left out without asking again."""
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """For a list that lost items: where in the answer those stood that are left."""

    def path(self, name: str, index: int) -> str:
        """Of an item, as the model counts."""
        return f"{name}[{self.places[name][index] if name in self.places else index}]"


def read(text: str, kind: type[A]) -> Reading[A]:
    try:
        return _validated(json_object(text), kind)
    except UnreadableError as error:
        return Reading(None, (str(error),))


def json_object(text: str) -> dict[str, Any]:
    """The object in a text, also in a code fence or between other words. Strict JSON: no comments, no NaN.

    Raises:
        UnreadableError: there is none.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnreadableError(f"The answer has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read.")
    text = _THOUGHTS.sub("", text, count=1).strip()
    if not text.startswith("{") and (fenced := _FENCE.search(text)):
        text = fenced[1].strip()
    value = _first_object(text)
    if _depth(value) > MOST_DEPTH:
        raise UnreadableError(f"The answer is nested more than {MOST_DEPTH} levels deep.")
    cleaned: dict[str, Any] = _clean(value)
    return cleaned


def _first_object(text: str) -> dict[str, Any]:
    decoder = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, parse_int=_whole)
    start, found = text.find("{"), UnreadableError("The answer has no JSON object.")
    while start >= 0:
        try:
            value: dict[str, Any] = decoder.raw_decode(text, start)[0]
            return value
        except json.JSONDecodeError as error:
            found = _explained(error, text)
            # Only beyond the damage: an object inside a cut one is not the answer.
            start = text.find("{", max(error.pos, start + 1))
        except RecursionError:
            raise UnreadableError(f"The answer is nested more than {MOST_DEPTH} levels deep.") from None
    raise found


def _explained(error: json.JSONDecodeError, text: str) -> UnreadableError:
    if _CUT.fullmatch(text, error.pos) or error.msg.startswith("Unterminated string"):
        return UnreadableError("The answer ends in the middle of the JSON: it was cut off. Answer shorter.")
    near = text[max(0, error.pos - 20) : error.pos + 20]
    return UnreadableError(f"The answer is not valid JSON: {error.msg} at {near!r}.")


def _refuse(name: str) -> float:
    raise UnreadableError(f"The answer has the number {name}, which is not JSON.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise UnreadableError(f"The answer has the number {text[:40]}, which is too large.")
    return value


def _whole(text: str) -> int:
    if len(text) > 18:
        raise UnreadableError(f"The answer has the number {text[:40]}, which is too large.")
    return int(text)


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        level = [inner for item in level for inner in _inside(item) if isinstance(inner, dict | list)]
    return depth


def _inside(value: Any) -> Iterator[Any]:
    yield from value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _clean(value: Any) -> Any:
    """Without lone surrogates, which JSON may hold and nobody can send on, and null characters."""
    if isinstance(value, str):
        return (
            value.encode("utf-8", "ignore").decode().replace("\0", "")
            if not value.isascii() or "\0" in value
            else value
        )
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def _validated(data: dict[str, Any], kind: type[A]) -> Reading[A]:
    """Validate; take out what is wrong, an item of a list or a whole field, until the rest is valid."""
    left = {name: data[name] for name in kind.model_fields if name in data}
    problems: list[str] = []
    remarks = tuple(_cut(left, kind))
    places: dict[str, tuple[int, ...]] = {}
    while True:
        try:
            return Reading(kind.model_validate(left), tuple(problems[:MOST_SENTENCES]), remarks, places)
        except ValidationError as error:
            wrong = error.errors(include_url=False)
            problems += [f"{_path(item['loc'], places)}: {_message(item)}" for item in wrong]
            if not _take_out(left, error, places):
                return Reading(None, tuple(problems[:MOST_SENTENCES]), remarks)


def _cut(left: dict[str, Any], kind: type[A]) -> Iterator[str]:
    for name, value in left.items():
        limits = [item.max_length for item in kind.model_fields[name].metadata if isinstance(item, MaxLen)]
        if limits and isinstance(value, list) and len(value) > limits[0]:
            left[name] = value[: limits[0]]
            yield f"The answer has {len(value):,} {name}; the first {limits[0]} are used."


def _take_out(left: dict[str, Any], error: ValidationError, places: dict[str, tuple[int, ...]]) -> bool:
    """Whether something could be taken out."""
    items: dict[str, set[int]] = {}
    for name, *inner in {item["loc"][:2] for item in error.errors(include_url=False)}:
        name = str(name)
        if inner and isinstance(inner[0], int) and isinstance(left.get(name), list):
            items.setdefault(name, set()).add(inner[0])
        elif name in left:
            del left[name]
        else:
            return False
    for name, wrong in items.items():
        if name in left:
            before = places.get(name, tuple(range(len(left[name]))))
            places[name] = tuple(place for index, place in enumerate(before) if index not in wrong)
            left[name] = [item for index, item in enumerate(left[name]) if index not in wrong]
    return True


def _path(loc: tuple[int | str, ...], places: Mapping[str, tuple[int, ...]]) -> str:
    """`widgets[2].encodings[0].column`."""
    if len(loc) > 1 and isinstance(loc[1], int) and loc[0] in places:
        loc = (loc[0], places[str(loc[0])][loc[1]], *loc[2:])
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".") or "answer"


def _message(item: Any) -> str:
    message = str(item["msg"]).removeprefix("Value error, ")
    value = item.get("input")
    if item["type"] == "missing" or isinstance(value, dict | list):
        return message
    return f"{message}, not {json.dumps(value, ensure_ascii=False, default=str)[:120]}"
