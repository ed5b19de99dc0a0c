"""Reading: what a client sent, strictly. What two readers could understand differently is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, NoReturn, TypeVar, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from .problem import Fault, Refusal, invalid

M = TypeVar("M", bound=BaseModel)

MOST_BYTES = 1024**2
"""Of a JSON body."""
DEEPEST = 32
"""Arrays and objects in each other."""
JSON = "application/json"


def json_body(content: bytes, kind: type[M]) -> M:
    """The noun in a body.

    Raises:
        Refusal: it is no JSON, ambiguous, too deep, or no valid `kind`.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(f"it is not UTF-8 at byte {error.start}") from None
    _check_depth(text)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise _refused(f"it is no JSON: {str(error)[:120]}") from None
    if _has_broken_text(value):
        raise _refused("a text in it has a zero byte or half a character")
    try:
        return kind.model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise invalid(error, "body") from None


def check_type(content_type: str) -> None:
    """Refuse a body that does not say that it is JSON: a form of another site could send it.

    Raises:
        Refusal: 415.
    """
    kind, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower()
    if kind.strip().lower() != JSON or charset not in ("", "charset=utf-8", 'charset="utf-8"'):
        raise Refusal(
            415,
            f"The body has the type '{content_type[:80] or 'none'}'; send '{JSON}' in UTF-8.",
            headers={"Accept": JSON},
        )


def values(kind: type[M], given: Mapping[str, Sequence[bytes]]) -> M:
    """The noun in a query string; a field of several values may be given several times.

    Raises:
        Refusal: a name is unknown, given twice, or has no possible value.
    """
    found: dict[str, Any] = {}
    for name, items in given.items():
        texts = [_text(name, item) for item in items]
        if name in kind.model_fields and _is_many(kind.model_fields[name].annotation):
            found[name] = texts
        elif len(texts) > 1:
            fault = Fault(place="query", name=name[:80], message="it is given more than once")
            raise Refusal(422, f"'{name[:80]}' is given more than once.", code="invalid", errors=(fault,))
        else:
            found[name] = texts[0]
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        raise invalid(error, "query") from None


def path_values(kinds: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The variable parts of an address.

    Raises:
        Refusal: 404, since there is nothing at such an address.
    """
    found = {}
    for name, kind in kinds.items():
        try:
            found[name] = TypeAdapter(kind).validate_python(given[name])
        except ValidationError:
            raise Refusal(404, f"There is nothing at this address: '{given[name][:80]}' cannot be a {name}.") from None
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name '{twice[:60]}' is there twice in one object")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _check_depth(text: str) -> None:
    """Before it is parsed, since a parser may fall over what is deep."""
    depth, is_text, is_escaped = 0, False, False
    for character in text:
        if is_text:
            if is_escaped:
                is_escaped = False
            elif character == "\\":
                is_escaped = True
            elif character == '"':
                is_text = False
        elif character == '"':
            is_text = True
        elif character in "[{":
            depth += 1
            if depth > DEEPEST:
                raise _refused(f"arrays and objects are more than {DEEPEST} deep in each other")
        elif character in "]}":
            depth -= 1


def _has_broken_text(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value or any(0xD800 <= ord(character) <= 0xDFFF for character in value)
    if isinstance(value, dict):
        return any(_has_broken_text(item) for pair in value.items() for item in pair)
    return isinstance(value, list) and any(map(_has_broken_text, value))


def _text(name: str, value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        fault = Fault(place="query", name=name[:80], message="it is no text in UTF-8")
        raise Refusal(422, f"'{name[:80]}' is no text in UTF-8.", code="invalid", errors=(fault,))
    return text


def _is_many(annotation: Any) -> bool:
    if isinstance(annotation, UnionType):
        return any(map(_is_many, get_args(annotation)))
    return get_origin(annotation) in (tuple, list)


def _refused(reason: str) -> Refusal:
    fault = Fault(place="body", name="", message=reason)
    return Refusal(400, f"The body cannot be read: {reason}.", code="unreadable", errors=(fault,))
