"""The same world as two services tell it: incomes of the World Bank, lengths of lives of the WHO."""

from __future__ import annotations

from typing import Any

import pycountry

from .who import Who, row
from .world_bank import WorldBank

_LISTED = """
ARG AUS AUT BEL BGD BGR BOL BRA CAN CHE CHL CHN CIV COD COL CRI CZE DEU DNK EGY ESP EST ETH FIN FRA
GBR GHA GRC HUN IDN IND IRL IRN ISL ISR ITA JAM JPN KEN KOR LAO LKA MAR MEX MMR NAM NGA NLD NOR NPL
NZL PAK PER PHL POL PRT ROU RUS SAU SEN SWE THA TUR TZA UGA UKR URY USA VEN VNM ZAF ZMB
"""
CODES = _LISTED.split()
NAMES = {"CIV": "Cote d'Ivoire", "COD": "Congo, Dem. Rep.", "EGY": "Egypt, Arab Rep.", "KOR": "Korea, Rep.",
         "TUR": "Turkiye", "VEN": "Venezuela, RB"}  # fmt: skip
"""As the World Bank spells them."""
ONLY_BANK = {"XKX": ("XK", "Kosovo"), "CHI": ("JG", "Channel Islands"), "PRI": ("PR", "Puerto Rico")}
ONLY_WHO = {"COK": "Cook Islands", "NIU": "Niue"}
YEARS = range(1990, 2021)
INCOME, LIVES = "NY.GNP.PCAP.PP.CD", "SP.DYN.LE00.IN"


def income(number: int, year: int) -> float:
    return round(900.0 * (1 + number % 17) * 1.03 ** (year - 1990), 1)


def life(number: int, year: int) -> float:
    return round(52 + (number % 17) * 1.6 + 0.12 * (year - 1990), 1)


def world_bank(**changes: Any) -> WorldBank:
    areas = [
        (
            code,
            pycountry.countries.get(alpha_3=code).alpha_2,
            NAMES.get(code, pycountry.countries.get(alpha_3=code).name),
        )
        for code in CODES
    ] + [(code, *rest) for code, rest in ONLY_BANK.items()]
    every = tuple((*area, "ECS", "Somewhere", "High income") for area in areas)
    series = {area[1]: number for number, area in enumerate(areas)}
    return WorldBank(
        most=20_000,
        names={
            INCOME: "Gross national income (GNI) per capita, PPP (current international $)",
            LIVES: "Life expectancy at birth, total (years)",
        },
        values={
            INCOME: {two: {str(year): income(number, year) for year in YEARS} for two, number in series.items()},
            LIVES: {
                two: {str(year): life(number, year) for year in YEARS} for two, number in series.items() if two != "JG"
            },
        },
        areas=(*every, ("WLD", "1W", "World", "NA", "Aggregates", "Aggregates")),
        **changes,
    )


def who() -> Who:
    names = {code: pycountry.countries.get(alpha_3=code).name for code in CODES} | ONLY_WHO
    places = [(code, number) for number, code in enumerate(names)]
    cells = [(code, number, year) for code, number in places for year in range(2000, 2020)]
    return Who(
        most=1_000,
        names={"WHOSIS_000001": "Life expectancy at birth (years)"},
        rows=[row(700 + at, code, year, None, life(number, year)) for at, (code, number, year) in enumerate(cells)],
        values={"COUNTRY": names, "REGION": {}},
    )
