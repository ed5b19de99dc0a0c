"""What all nouns share: frozen, closed, and readable errors."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError


class Noun(BaseModel):
    """A value that cannot change and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")


def _identifier(text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError(
            f"'{text}' is not a name: use 1 to 63 lower case letters, digits and underscores, starting with a letter"
        )
    return text


Identifier = Annotated[str, AfterValidator(_identifier), Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""A name that is also a safe variable, file and HTML id: ``[a-z][a-z0-9_]*``, at most 63 characters."""


def sentence(error: ValidationError) -> str:
    """All that is wrong, in one line: *widgets.2.x.column: Field required; …*, at most five items."""
    items: list[dict[str, Any]] = list(error.errors(include_url=False, include_context=False))  # type: ignore[arg-type]
    texts = [
        f"{'.'.join(map(str, item['loc'])) or 'plan'}: {item['msg'].removeprefix('Value error, ')}"
        for item in items[:5]
    ]
    more = f"; and {len(items) - 5} more" if len(items) > 5 else ""
    return "; ".join(texts) + more
