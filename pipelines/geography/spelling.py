"""Spelling: one code for all that a place is called: "Korea, Rep.", "South Korea", "KR", "KOR" and "410" are KOR."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import pycountry

Level = Literal["country", "us_state"]
US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri",
    "MT": "Montana", "NE": "Nebraska",
    "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "PR": "Puerto Rico", "GU": "Guam",
    "VI": "Virgin Islands", "AS": "American Samoa", "MP": "Northern Mariana Islands",
}  # fmt: skip
_TABLES: dict[Level, str] = {"country": "countries.csv", "us_state": "us_states.csv"}
OTHER_CODES = {
    "EL": "GRC", "UK": "GBR", "UAE": "ARE", "XK": "XKX", "XKX": "XKX", "XKO": "XKX", "KSV": "XKX", "OWID_KOS": "XKX",
}  # fmt: skip
"""Of the European Union and of publishers. Kosovo has no code of ISO."""
_OTHER_NAMES = {
    "Kosovo": "XKX", "Hong Kong SAR, China": "HKG", "Hong Kong, China": "HKG", "China, Hong Kong SAR": "HKG",
    "Hong Kong SAR": "HKG", "Macao SAR, China": "MAC", "China, Macao SAR": "MAC", "Macao SAR": "MAC", "Macau": "MAC",
    "Micronesia, Fed. Sts.": "FSM", "Micronesia": "FSM", "Cape Verde": "CPV", "Virgin Islands (U.S.)": "VIR",
    "British Virgin Islands": "VGB", "St. Martin (French part)": "MAF", "Vatican": "VAT", "Vatican City": "VAT",
    "Somalia, Fed. Rep.": "SOM", "Puerto Rico (US)": "PRI", "Congo Kinshasa": "COD", "Congo Brazzaville": "COG",
    "Congo (Kinshasa)": "COD", "Congo (Brazzaville)": "COG", "Democratic Republic of Congo": "COD",
    "Serbia, Republic of": "SRB", "Netherlands (Kingdom of the)": "NLD", "Bonaire": "BES", "Reunion": "REU",
}  # fmt: skip
_PARTS = frozenset({"england", "scotland", "wales", "northern ireland"})
"""Drawn as the country that they belong to, but with values of their own."""
_SHORTENED = {"st": "saint", "rep": "republic", "dem": "democratic", "fed": "federated", "is": "islands"}
_SMALL = ("the", "and", "of")


def plain(name: str) -> str:
    """A name without case, accents, punctuation and small words."""
    text = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = "".join(character if character.isalnum() else " " for character in text).split()
    return " ".join("saint" if word == "st" else word for word in words if word not in _SMALL)


@lru_cache(maxsize=20_000)
def standard(level: Level, value: str) -> str | None:
    """Three letters for a country (ISO 3166-1), two for a US state; None for what is neither a name nor a code."""
    text = " ".join(value.split())
    if level == "us_state":
        code = text.upper().removeprefix("US-")
        return code if code in US_STATES else _state_names().get(plain(text))
    return _country_codes().get(text.upper()) or _country_names().get(_whole(text))


def respelled(level: Level, left: Iterable[str], right: Iterable[str]) -> dict[str, str]:
    """Spelling → how the left side spells the same place, for what both sides have and do not spell alike."""
    spellings: dict[str, str] = {}
    places = [
        {value: place for value in sorted(set(side)) if (place := standard(level, value))} for side in (left, right)
    ]
    for value, place in places[0].items():
        spellings.setdefault(place, value)
    both = set(places[0].values()) & set(places[1].values())
    return {
        value: spellings[place]
        for value, place in (places[0] | places[1]).items()
        if place in both and value != spellings[place]
    }


def shapes(level: Level) -> dict[str, int]:
    """Every known spelling of the places that maps have, made plain → the number of the shape: that of ISO 3166."""
    found: dict[str, int] = {}
    for number, *names in _rows(level):
        found |= {plain(name): int(number) for name in names if name}
        if level == "country":
            found[number.zfill(3)] = int(number)
    return found


def _rows(level: Level) -> list[list[str]]:
    return list(csv.reader((files(__package__) / _TABLES[level]).read_text(encoding="utf-8").splitlines()))


def _whole(name: str) -> str:
    """Plain, with short words written out, in the order of the alphabet: "Korea, Rep." is "Republic of Korea"."""
    return " ".join(sorted(_SHORTENED.get(word, word) for word in plain(name).split()))


@lru_cache(maxsize=1)
def _state_names() -> dict[str, str]:
    return {plain(name): code for code, name in US_STATES.items()}


@lru_cache(maxsize=1)
def _country_codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for country in pycountry.countries:
        codes |= dict.fromkeys((country.alpha_2, country.alpha_3, country.numeric), country.alpha_3)
    return codes | OTHER_CODES


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    """What is said of several countries, as "Korea" is of the whole peninsula, is not in it but for the usual ones."""
    names: dict[str, str] = {}
    for _, *spellings in _rows("country"):
        code = next(spelling for spelling in spellings if len(spelling) == 3 and spelling.isupper())
        names |= {_whole(name): code for name in spellings if plain(name) not in _PARTS}
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            if text := getattr(country, attribute, None):
                names[_whole(text)] = country.alpha_3
    return names | {_whole(name): code for name, code in _OTHER_NAMES.items()}
