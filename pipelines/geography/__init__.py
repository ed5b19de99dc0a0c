"""Names and codes of places that people use one for the other: "California" and "CA", "USA" and "United States"."""

from __future__ import annotations

from functools import lru_cache

import pycountry

from .spelling import OTHER_CODES, US_STATES, Level, plain, respelled, shapes, standard

__all__ = ["OTHER_CODES", "US_STATES", "Level", "other_names", "plain", "respelled", "shapes", "standard"]

_STATE_CODES = {name.casefold(): code for code, name in US_STATES.items()}
_SPOKEN_COUNTRIES = {
    "US": ("usa", "us", "u.s.", "america", "united states", "united states of america", "the states"),
    "GB": ("uk", "u.k.", "britain", "great britain", "united kingdom"),
    "RU": ("russia", "russian federation"), "KR": ("south korea", "korea, rep.", "republic of korea"),
    "KP": ("north korea",), "IR": ("iran", "iran, islamic rep."), "VN": ("vietnam", "viet nam"),
    "CZ": ("czechia", "czech republic"), "TR": ("turkey", "türkiye", "turkiye"), "SY": ("syria",), "BO": ("bolivia",),
    "VE": ("venezuela", "venezuela, rb"), "TZ": ("tanzania",), "TW": ("taiwan",), "NL": ("netherlands", "holland"),
    "CI": ("ivory coast", "côte d'ivoire"), "AE": ("uae", "united arab emirates", "emirates"),
    "EG": ("egypt", "egypt, arab rep."), "LA": ("laos", "lao pdr"), "SK": ("slovakia", "slovak republic"),
    "MM": ("myanmar", "burma"), "CD": ("dr congo", "congo, dem. rep."), "MK": ("north macedonia", "macedonia"),
}  # fmt: skip
"""What people say beside the official names; every text of one line means the same country."""


def other_names(level: str, value: str) -> tuple[str, ...]:
    """What else a place of this level is called, in lower case. Empty where nothing is known of it."""
    if level == "us_state":
        code = value.upper() if value.upper() in US_STATES else _STATE_CODES.get(value.casefold())
        return tuple({US_STATES[code].casefold(), code.casefold()} - {value.casefold()}) if code else ()
    return _of_country(value) if level == "country" else ()


@lru_cache(maxsize=2_000)
def _of_country(value: str) -> tuple[str, ...]:
    text = value.strip().casefold()
    code = next((code for code, names in _SPOKEN_COUNTRIES.items() if text in names), None)
    try:
        country = pycountry.countries.lookup(code or text)
    except LookupError:
        return ()
    names = {country.name, country.alpha_2, country.alpha_3, getattr(country, "common_name", country.name)}
    spoken = _SPOKEN_COUNTRIES.get(country.alpha_2, ())
    return tuple(sorted(({name.casefold() for name in names} | set(spoken)) - {text}))
