"""Countries: by the three letters of ISO 3166, which tables of all sources can be joined by."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import pycountry

from ..geography import OTHER_CODES

KOSOVO = OTHER_CODES["XKX"]
"""Not of ISO's, but the code that the World Bank and others use."""
_OTHERS = {**OTHER_CODES, "CHI": "CHI"}
"""Codes of others. CHI are the Channel Islands of the World Bank, not a part of any country in its tables."""


@functools.cache
def alpha_3(code: str) -> str | None:
    """The three letters for a country's code of two or three letters; None for what is no country."""
    text = code.strip().upper()
    if text in _OTHERS:
        return _OTHERS[text]
    found = None
    if len(text) == 2:
        found = pycountry.countries.get(alpha_2=text)
    elif len(text) == 3:
        found = pycountry.countries.get(alpha_3=text)
    return str(found.alpha_3) if found else None


@functools.cache
def all_names() -> str:
    """The names of all countries: words by which a list of tables about all of them cannot be searched."""
    return " ".join(["world countries", *(country.name for country in pycountry.countries)])


PLACES = ("countries", "groups", "all")
"""What the option "places" may be: countries alone, only groups of them (the world, regions, incomes), or both."""


def settled(options: Mapping[str, str], has_countries: bool) -> str:
    """What is in the table: without a word from anybody countries, or all where there are none."""
    return options.get("places") or ("countries" if has_countries else "all")


def wanted(places: str, is_country: bool) -> bool:
    return places == "all" or is_country == (places == "countries")


def left_out(names: set[str]) -> tuple[str, ...]:
    """The sentence for groups of countries that are not in a table of countries."""
    if not names:
        return ()
    some = sorted(names)
    shown = ", ".join(f"'{name[:60]}'" for name in some[:3])
    among = f"{shown} and {len(some) - 3} more" if len(some) > 3 else shown
    sentence = (
        f"groups of countries, whose values would count countries twice ({among}); the option places=groups or "
        "places=all brings them."
    )
    return (sentence,)
