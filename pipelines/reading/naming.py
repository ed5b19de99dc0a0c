"""Names for tables and columns that people recognize and programs can use."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

_TAKEN = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins)) | frozenset(
    {
        "pd", "np", "bq", "widgets", "display", "escape", "page", "plan", "profile", "data", "frame", "frames",
        "filters", "filter",
        "figure", "card", "tile", "tiles", "insights", "style", "load", "prepare", "sources", "title", "parameters",
        "imports", "view",
        "grid", "math", "json", "html", "re", "os", "sys", "path", "datetime", "axis", "axes", "mark", "marks",
        "scale", "scales",
        "key", "keys", "rows", "columns", "values", "value", "table", "tables", "index", "left", "right", "update",
        "draw", "show",
        "chart", "charts", "widget", "controls", "control", "output", "layout", "colors", "colours", "theme",
        "number", "text",
        "blue", "orange", "green", "pink", "ochre", "grey", "ramp", "get_ipython", "self", "cls", "test",
    }
)  # fmt: skip
"""Python's own names and those a notebook uses; a table of that name would hide them."""

_UNIT_WORDS = frozenset(
    {
        "mm", "cm", "m", "km", "in", "inch", "inches", "ft", "feet", "mi", "miles", "mile", "nm", "yd", "g", "kg",
        "mg", "µg", "t", "lb", "lbs",
        "oz", "ton", "tons", "tonnes", "l", "ml", "cl", "gal", "gallons", "s", "sec", "secs", "seconds", "min",
        "mins", "minutes", "h", "hr",
        "hrs", "hours", "hour", "days", "day", "weeks", "months", "years", "yrs", "ms", "%", "percent", "pct",
        "per cent", "°c", "°f", "c", "f", "k",
        "celsius", "fahrenheit", "degrees", "deg", "°", "$", "us$", "usd", "eur", "€", "gbp", "£", "¥", "jpy", "chf",
        "cny", "inr", "₹", "aud",
        "cad", "dollars", "euros", "pounds", "ppm", "ppb", "kwh", "mwh", "gwh", "twh", "kw", "mw", "gw", "w", "v",
        "a", "hz", "khz", "mhz", "ghz",
        "pa", "hpa", "kpa", "mbar", "bar", "psi", "j", "kj", "mj", "kcal", "cal", "kb", "mb", "gb", "tb", "kph",
        "km/h", "mph", "m/s", "knots",
        "kt", "kts", "mpg", "rpm", "bpm", "db", "ha", "acres", "sqft", "sq ft", "m2", "m²", "m3", "m³", "km2", "km²",
        "sq km", "sq mi", "thousand",
        "thousands", "million", "millions", "billion", "billions", "000s", "'000", "000", "o/oo", "‰", "people",
        "persons", "cases", "mio", "mrd",
        "usd million", "us$ million", "$m", "€m", "£m", "$ million", "$ millions", "€ million", "$bn", "g/l", "mg/l",
        "µg/m³", "µg/m3", "ug/m3",
        "kg/m2", "g/km", "l/100km", "px", "pixels", "points", "pts", "score", "index", "ratio", "hp", "cc", "cu in",
        "lumens", "lux", "mmhg",
    }
)  # fmt: skip
_SYMBOLS = {
    "usd": "US$",
    "us$": "US$",
    "dollars": "US$",
    "eur": "€",
    "euros": "€",
    "gbp": "£",
    "pounds": "£",
    "percent": "%",
    "pct": "%",
}
_SYMBOLS |= {
    "per cent": "%",
    "o/oo": "‰",
    "celsius": "°C",
    "fahrenheit": "°F",
    "kts": "knots",
    "kt": "knots",
    "inr": "₹",
    "jpy": "¥",
}

_PARENTHESIZED = re.compile(r"^(?P<name>.*\S)\s*[(\[](?P<unit>[^()\[\]]{1,30})[)\]]\s*$", re.DOTALL)
_AFTER_IN = re.compile(r"^(?P<name>.*\S)[ _,]+in[ _](?P<unit>[\w/%°$€£²³' ]{1,24})$", re.IGNORECASE)
_TRAILING_SIGN = re.compile(r"^(?P<name>.*[\w)])[ _]*(?P<unit>US\$|[$€£¥%‰₹]|°[CF])$")
_LEADING_SIGN = re.compile(r"^(?P<unit>[%$€£])[ _]+(?P<name>\w.*)$")
_SUFFIX = re.compile(
    r"^(?P<name>.+)_(?P<unit>mm|cm|km|kg|mg|usd|eur|gbp|pct|percent|kwh|mwh|mph|kph|lbs|ft|celsius|fahrenheit|hours"
    r"|minutes|seconds)$",
    re.IGNORECASE,
)  # fmt: skip


def clean(text: str) -> str:
    """Without control characters and surrounding white space; runs of white space are one space."""
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn")
    )
    return " ".join(kept.replace("\ufeff", "").split())


def unique_names(headers: Sequence[str]) -> list[str]:
    """One name a column: "" → "column 3", the second "amount" → "amount (2)"; case does not tell names apart."""
    names: list[str] = []
    taken = {clean(header).lower() for header in headers if clean(header)}
    used: set[str] = set()
    for position, header in enumerate(headers, start=1):
        base = clean(header)[:200] or f"column {position}"
        name, count = base, 1
        while name.lower() in used or (count > 1 and name.lower() in taken):
            count += 1
            name = f"{base} ({count})"
        used.add(name.lower())
        names.append(name)
    return names


def label_and_unit(name: str) -> tuple[str, str | None]:
    """ "Body Mass (g)" → ("Body mass", "g"); "flight_date" → ("Flight date", None)."""
    for pattern in (_PARENTHESIZED, _AFTER_IN, _TRAILING_SIGN, _LEADING_SIGN, _SUFFIX):
        found = pattern.match(name)
        if found and (unit := known_unit(found["unit"])):
            return humanize(found["name"]), unit
    return humanize(name), None


def known_unit(text: str) -> str | None:
    """As it is shown, or None when the text is no unit."""
    plain = " ".join(text.strip().split())
    if plain.lower() in _UNIT_WORDS:
        return _SYMBOLS.get(plain.lower(), plain)
    return None


def humanize(name: str) -> str:
    """ "flight_date", "flightDate" → "Flight date"; "Body Mass" → "Body mass"; "GDP", "CO2" stay."""
    spaced = re.sub(r"(?<=[a-z\d])(?=[A-Z][a-z])", " ", name) if re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) else name
    words = spaced.replace("_", " ").split()
    if not words:
        return name
    first, *rest = (word.lower() if position and _is_plain_title(word) else word for position, word in enumerate(words))
    if first.islower() and first.isascii():
        first = first[:1].upper() + first[1:]
    return " ".join([first, *rest])


def _is_plain_title(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and word[1:].islower()


def identifier(text: str, default: str = "table_1") -> str:
    """A name for a variable: lower case letters, digits and underscores, at most 48, starting with a letter."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:48].strip("_")
    if plain and plain[0].isdigit():
        plain = f"t_{plain}"
    return plain or default


def table_name(*candidates: str, taken: Iterable[str]) -> str:
    """The first candidate that is free, else with a number."""
    used = {*taken}
    names = [identifier(candidate) for candidate in candidates if candidate.strip()] or ["table_1"]
    for name in names:
        if name not in used and not _reserved(name):
            return name
    base = names[-1] if not _reserved(names[-1]) else f"{names[-1]}_table"
    name, count = base, 1
    while name in used or _reserved(name):
        count += 1
        name = f"{base}_{count}"
    return name


def _reserved(name: str) -> bool:
    return name in _TAKEN or (len(name) == 1)


def stem(file_name: str) -> str:
    """A file's name without folders and known endings."""
    name = PurePosixPath(file_name.replace("\\", "/")).name
    return (
        re.sub(
            r"(\.(csv|tsv|txt|tab|json|jsonl|ndjson|geojson|parquet|pq|xlsx|xlsm|ods|gz|zip|data))+$",
            "",
            name,
            flags=re.IGNORECASE,
        )
        or name
    )
