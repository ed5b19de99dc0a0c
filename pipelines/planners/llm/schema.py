"""Schema: the form of an answer as JSON Schema that every service takes, and in words for the model.

The schema obeys the strictest rules at once (OpenAI's strict mode, Gemini, Perplexity, grammars of local servers): an
object at the top, every property required, `additionalProperties` false, null as one of `anyOf`, no references, no
recursion, and no keyword but type, properties, required, items, enum, anyOf.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ...model import Noun

NAMES = "x-names"
"""Key in a field's JSON Schema: the list of names whose members the field takes."""
MOST_NAMES, MOST_CHARACTERS = 60, 2_000
"""Of a list of names for an enum. OpenAI's strictest limits are 500 values and 15,000 characters in all enums together,
and the columns are used in five places."""
_PLAIN = re.compile(r"[\w \-.,()\[\]%/&'#+*:$€£°]{1,60}")
Names = Mapping[str, Sequence[str]]


def strict(noun: type[Noun], names: Names | None = None) -> dict[str, Any]:
    """The JSON Schema of a noun. `names` are the columns and the like that exist; longer lists become plain text."""
    raw = _raw(noun)
    few = {key: list(values) for key, values in (names or {}).items() if _fit_an_enum(values)}
    return _strict(raw, raw.get("$defs", {}), few)


def _fit_an_enum(names: Sequence[str]) -> bool:
    """A schema is not fenced like data: names that could be read as anything but a name stay out of it."""
    few = 0 < len(names) <= MOST_NAMES and sum(map(len, names)) <= MOST_CHARACTERS
    return few and all(_PLAIN.fullmatch(name) for name in names)


def _strict(node: Mapping[str, Any], defs: Mapping[str, Any], names: Mapping[str, list[str]]) -> dict[str, Any]:
    node = _resolved(node, defs)
    if "anyOf" in node:
        marked = {NAMES: node[NAMES]} if NAMES in node else {}
        return {"anyOf": [_strict(marked | option, defs, names) for option in node["anyOf"]]}
    kind = node.get("type")
    if kind == "object":
        properties = {key: _strict(value, defs, names) for key, value in node["properties"].items()}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    if kind == "array":
        return {"type": "array", "items": _strict(node["items"], defs, names)}
    if kind == "string" and node.get(NAMES) in names:
        return {"type": "string", "enum": names[node[NAMES]]}
    if "enum" in node or "const" in node:
        return {"type": "string", "enum": node.get("enum") or [node["const"]]}
    return {"type": kind}


def _resolved(node: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = node.get("$ref")
    if reference is None:
        return node
    return {**defs[reference.removeprefix("#/$defs/")], **{key: value for key, value in node.items() if key != "$ref"}}


@cache
def _raw(noun: type[Noun]) -> Mapping[str, Any]:
    return noun.model_json_schema()


@cache
def outline(noun: type[Noun]) -> str:
    """The same form in words, with what each field means: not every service shows its model the schema."""
    raw = _raw(noun)
    return "\n".join(_outlined(raw, raw.get("$defs", {}), "", set()))


def _outlined(node: Mapping[str, Any], defs: Mapping[str, Any], indent: str, seen: set[str]) -> Iterator[str]:
    """`seen`: objects that were told already; they are not told again."""
    yield "{"
    for name, field in node["properties"].items():
        inner, isnull = _without_null(_resolved(field, defs), defs)
        note = f"  // {field['description']}" if "description" in field else ""
        if inner.get("type") == "array":
            item = _resolved(inner["items"], defs)
            if item.get("type") == "object" and item["title"] in seen:
                yield f'{indent}  "{name}": [as above]{note}'
            elif item.get("type") == "object":
                seen.add(item["title"])
                yield f'{indent}  "{name}": [  {note.strip()}'.rstrip()
                first, *rest = _outlined(item, defs, indent + "    ", seen)
                yield f"{indent}    {first}"
                yield from rest
                yield f"{indent}  ]"
            else:
                yield f'{indent}  "{name}": [{_kind(item)}, ...]{note}'
        else:
            yield f'{indent}  "{name}": {_kind(inner)}{" or null" if isnull else ""}{note}'
    yield f"{indent}}}"


def _without_null(node: Mapping[str, Any], defs: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    options = [_resolved(option, defs) for option in node.get("anyOf", ())]
    left = [option for option in options if option.get("type") != "null"]
    return (left[0], len(left) < len(options)) if left else (node, False)


def _kind(node: Mapping[str, Any]) -> str:
    values = node.get("enum") or ([node["const"]] if "const" in node else [])
    if values:
        return " | ".join(json.dumps(value) for value in values)
    return {"string": "text", "integer": "whole number", "number": "number", "boolean": "true | false"}[node["type"]]
