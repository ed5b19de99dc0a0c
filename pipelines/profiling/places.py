"""Columns that name places: countries, US states, coordinates, cities, regions and postcodes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

import pycountry

from ..geography import US_STATES, standard
from ..model import PlaceLevel, Scalar
from .figures import Figures
from .words import vocabulary, words

_ALSO_COUNTRIES = (
    "usa", "us", "u s", "united states", "united states of america", "uk", "great britain", "britain", "england",
    "scotland", "wales",
    "northern ireland", "russia", "south korea", "north korea", "korea", "korea rep", "korea dem rep", "korea south",
    "korea north",
    "iran", "syria", "vietnam", "laos", "bolivia", "venezuela", "tanzania", "moldova", "macedonia", "north macedonia",
    "czech republic",
    "ivory coast", "cote d ivoire", "cape verde", "swaziland", "burma", "congo", "dr congo",
    "democratic republic of the congo",
    "congo dem rep", "congo rep", "republic of the congo", "congo kinshasa", "congo brazzaville", "brunei", "taiwan",
    "hong kong", "macau",
    "macao", "palestine", "west bank and gaza", "micronesia", "east timor", "the gambia", "gambia", "bahamas",
    "the bahamas", "turkey",
    "slovak republic", "kyrgyz republic", "egypt arab rep", "iran islamic rep", "yemen rep", "lao pdr", "holland",
    "the netherlands",
    "vatican", "vatican city", "kosovo", "yugoslavia", "serbia and montenegro", "soviet union", "ussr",
    "west germany", "east germany",
    "czechoslovakia", "st lucia", "st kitts and nevis", "st vincent and the grenadines", "saint lucia",
    "sao tome and principe", "curacao",
    "hong kong china", "hong kong sar china", "macao sar china", "turkiye", "uae", "virgin islands us", "reunion",
    "micronesia fed sts",
)  # fmt: skip
_NAMES_OF_COUNTRIES = {
    "country",
    "countries",
    "nation",
    "nationality",
    "land",
    "pays",
    "pais",
    "iso",
    "iso2",
    "iso3",
    "citizenship",
    "territory",
}
_NAMES_OF_STATES = {"state", "states", "st", "province"}
_CODES_THAT_ARE_WORDS = vocabulary(
    """
    ME IT OR OK BE MY TO NO IN AT IS SO US AS HI
    """
)


def level(figures: Figures) -> PlaceLevel | None:
    """What kind of place a column of words names, if any."""
    named = set(words(figures.column.name))
    texts = _texts(figures.all_values)
    if not texts:
        return None
    # A column named for states may say "Georgia", one named for countries too.
    states, countries = bool(named & _NAMES_OF_STATES), bool(named & _NAMES_OF_COUNTRIES)
    if (states or not countries) and _share(texts, _is_state) >= (0.6 if states else 0.9) and _enough(texts, states):
        return "us_state"
    if _share(texts, _is_country) >= (0.6 if countries else 0.8) and _enough(texts, countries):
        return "country"
    if countries and _share(texts, _is_number_of_country) >= 0.9:
        return "country"
    return _by_name(named, figures)


def coordinate(figures: Figures) -> PlaceLevel | None:
    """Whether a column of numbers is a latitude or longitude."""
    named = words(figures.column.name)
    if figures.numbers is None or not named:
        return None
    low, high = figures.numbers.min, figures.numbers.max
    joined = "".join(named)
    if (named[-1] in ("lat", "latitude", "lats") or named[0] in ("lat", "latitude")) and low >= -90 and high <= 90:
        return "latitude"
    if (
        (named[-1] in ("lon", "lng", "long", "longitude") or named[0] in ("lon", "lng", "longitude"))
        and low >= -180
        and high <= 360
    ):
        return "longitude"
    if joined in ("y", "x") and not figures.integral:
        return None
    return None


def _by_name(named: set[str], figures: Figures) -> PlaceLevel | None:
    if named & {"zip", "zipcode", "postcode", "postal", "plz"}:
        return "postcode"
    if figures.mean_length > 40:
        return None
    if named & {"city", "cities", "town", "municipality", "ciudad", "ville", "stadt", "village"} and not named & {
        "id",
        "code",
        "population",
    }:
        return "city"
    if named & {
        "region",
        "regions",
        "county",
        "district",
        "borough",
        "province",
        "continent",
        "neighborhood",
        "neighbourhood",
    } and not named & {"id", "code"}:
        return "region"
    return None


def _texts(values: Sequence[Scalar]) -> list[str]:
    return [value for value in values if isinstance(value, str)][:1_000]


def _share(texts: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(1 for text in texts if test(text)) / len(texts)


def _enough(texts: Sequence[str], named: bool) -> bool:
    """Two or three codes may be places by chance, unless the name says so."""
    if named:
        return True
    if all(len(text) <= 3 for text in texts):
        return len([text for text in texts if text not in _CODES_THAT_ARE_WORDS]) >= 8
    return len(texts) >= 2


def _is_state(text: str) -> bool:
    return text.strip() in US_STATES or _plain(text) in _states()


def _is_country(text: str) -> bool:
    plain = text.strip()
    if len(plain) in (2, 3) and plain.isupper():
        return plain in _country_codes() or plain in ("UK", "USA", "UAE")
    return _plain(text) in _countries() or (len(plain) > 3 and standard("country", plain) is not None)


def _is_number_of_country(text: str) -> bool:
    return len(text) == 3 and text.isdecimal() and standard("country", text) is not None


def _plain(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(char if char.isalnum() else " " for char in ascii_text.replace("&", " and ")).split())


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    return frozenset(_plain(state) for state in US_STATES.values())


@lru_cache(maxsize=1)
def _country_codes() -> frozenset[str]:
    return frozenset(code for country in pycountry.countries for code in (country.alpha_2, country.alpha_3))


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    known = set(_ALSO_COUNTRIES)
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            if text := getattr(country, attribute, None):
                known.add(_plain(text))
                known.add(_plain(text.split(",")[0]))
    return frozenset(known)
