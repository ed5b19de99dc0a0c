"""Fencing: text that nobody vouches for goes into a prompt as JSON, in a block that it cannot close."""

from __future__ import annotations

import json
import re
from typing import Any

_MARKUP = re.compile(r"[<>&]")
_INVISIBLE = re.compile(
    r"[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
"""Control, direction and other characters that a person does not see but a model reads."""


def block(name: str, value: Any) -> str:
    """`<name>`, the value as JSON on lines of its own, `</name>`.

    Inside, every "<", ">" and "&" is written as JSON's own escape, and strings have no line ends: no text can look
    like the end of a block, the start of another, or a line of ours.
    """
    return f"<{name}>\n{lines(value)}\n</{name}>"


def lines(value: Any) -> str:
    """JSON, with one line for each item of a list at the top: long data stays readable in a record."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(encoded(item) for item in value) + "\n]"
    return encoded(value)


def encoded(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)
    return _INVISIBLE.sub(_escape, _MARKUP.sub(_escape, text))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
