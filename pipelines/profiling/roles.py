"""What a column is for: the role that a person would give it at a glance."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model import PlaceLevel, Role, TimeUnit
from . import orders, places
from .figures import Figures
from .words import vocabulary, words

_YEARS = vocabulary(
    """
    año year jahr årstal annee years yearid anno yyyy année vintage 年份 년 ano season 年 fy rok yr
    """
)
_YEAR_LIKE = vocabulary(
    """
    start end begin finish from to until since founded built opened closed born died birth death established
    launched released release published date period time when first last debut joined hired graduated model
    inaugurated
    """
)
_PARTS: dict[str, tuple[int, int, TimeUnit]] = {
    "month": (1, 12, "month_of_year"), "months": (1, 12, "month_of_year"), "mo": (1, 12, "month_of_year"),
    "monat": (1, 12, "month_of_year"),
    "mes": (1, 12, "month_of_year"), "mois": (1, 12, "month_of_year"), "weekday": (0, 7, "day_of_week"), "dow": (0, 7,
    "day_of_week"),
    "hour": (0, 24, "hour_of_day"), "hr": (0, 24, "hour_of_day"), "quarter": (1, 4, "quarter"), "qtr": (1, 4,
    "quarter"), "week": (1, 53, "week"),
    "day": (1, 31, "day"), "dayofweek": (0, 7, "day_of_week"),
}  # fmt: skip
_IDS = vocabulary(
    """
    id ids key uuid guid identifier pk fk isbn issn ssn ean upc sku serial phone telephone fax mobile zip zipcode
    postcode postal plz fips iban vin url uri link email objectid gid oid fid
    """
)
_CODES = vocabulary(
    """
    code codes no nr num number # ref reference iso iata icao abbr abbreviation symbol ticker
    """
)
_GROUPS = vocabulary(
    """
    cluster group class type category cat level grade stage flag district zone ward segment tier status batch
    phase kind sector section division region party label code wave round cohort subcategory subclass subgroup
    subtype strata treatment condition arm cyl cylinders gears carb pclass gender sex species fold season shift
    floor
    """
)
_COUNTED = vocabulary(
    """
    count counts quantity qty total amount children siblings sibsp parch visits age value number num cost price
    sum score points sales rooms bedrooms bathrooms
    """
)
_LONG_TEXT = 60
_MOST_CATEGORIES = 2_000
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][\w./:-]{2,40}|[0-9a-fA-F-]{32,36}")


@dataclass(frozen=True)
class Judgement:
    role: Role
    place: PlaceLevel | None = None
    order: tuple[str, ...] = ()
    grain: TimeUnit | None = None


def judge(figures: Figures) -> Judgement:
    """The role of a column and what goes with it."""
    if not figures.present:
        return Judgement("empty")
    kind = figures.column.type
    if kind == "boolean":
        return Judgement("boolean")
    if kind in ("date", "datetime"):
        return Judgement("time")
    if kind == "time":
        return Judgement("category" if figures.distinct <= 24 else "text")
    return _number(figures) if figures.is_number else _text(figures)


def _text(figures: Figures) -> Judgement:
    named = words(figures.column.name)
    values = [str(value) for value in figures.all_values] if figures.complete else []
    if values and (known := orders.order(values, name=named)):
        return Judgement("ordered", order=known)
    level = places.level(figures)
    if level in ("country", "us_state"):
        return Judgement("place", level)
    if level == "postcode":
        return Judgement("identifier", level)
    if _is_identifier(figures, named):
        return Judgement("identifier")
    if figures.mean_length > _LONG_TEXT or (figures.mean_words > 7 and figures.distinct > 50):
        return Judgement("text")
    repeated = figures.present / max(1, figures.distinct)
    if level is not None and (repeated >= 1.2 or figures.distinct <= _MOST_CATEGORIES):
        return Judgement("place", level)
    if (
        figures.distinct <= 60
        or (repeated >= 1.5 and figures.distinct <= 200_000)
        or (figures.distinct <= 300 and figures.mean_length <= 40)
    ):
        return Judgement("category")
    return Judgement("text")


def _is_identifier(figures: Figures, named: list[str]) -> bool:
    repeated = figures.present / max(1, figures.distinct)
    texts = [value for value in figures.all_values[:300] if isinstance(value, str)]
    codes = sum(1 for text in texts if _CODE.fullmatch(text))
    if named and (named[-1] in _IDS or named[0] in ("id", "uuid", "isbn", "url") or named[-1] == "identification"):
        return figures.distinct > 12 or figures.unique
    if named and named[-1] in _CODES and figures.distinct > 60:
        return True
    if (
        re.fullmatch(r"(?:studid|stuid|[a-z]{2,}id)", "".join(named))
        and figures.column.name[-2:] in ("ID", "Id")
        and repeated < 2
    ):
        return True
    if named and named[-1] in ("iata", "icao", "ean", "sku", "isbn", "doi"):
        return figures.distinct > 12
    return bool(texts) and codes >= 0.9 * len(texts) and repeated < 1.5 and figures.distinct > 20


def _number(figures: Figures) -> Judgement:
    named = words(figures.column.name)
    numbers = figures.numbers
    if numbers is None:
        return Judgement("measure")
    if (place := places.coordinate(figures)) is not None:
        return Judgement("coordinate", place)
    whole = figures.column.type == "integer" or figures.integral
    if whole and (grain := _time_part(figures, named)) is not None:
        return (
            Judgement("time", grain="year")
            if grain == "year"
            else Judgement("ordered", order=_in_order(figures), grain=grain)
        )
    if not whole:
        return Judgement("measure")
    if set(named) & {"zip", "zipcode", "postcode", "plz"}:
        return Judgement("identifier", "postcode")
    if _numbers_rows(figures, named):
        return Judgement("identifier")
    if (
        figures.complete
        and {figures.low, figures.high} == {0, 1}
        and figures.distinct == 2
        and not set(named) & (_COUNTED | _GROUPS)
    ):
        return Judgement("boolean")
    if _groups_rows(figures, named):
        return Judgement("category")
    return Judgement("measure")


def _time_part(figures: Figures, named: list[str]) -> TimeUnit | None:
    low, high = figures.low, figures.high
    if _is_year(figures, named):
        return "year"
    for word in named[-1:] + named[:1]:
        if word in _PARTS:
            least, most, grain = _PARTS[word]
            if least <= low and high <= most and len(named) <= 3 and not set(named) & (_COUNTED - {"number", "num"}):
                return grain
    return None


def _is_year(figures: Figures, named: list[str]) -> bool:
    low, high = figures.low, figures.high
    if set(named) & _YEAR_LIKE and low >= 1000 and high <= 2100 and high - low <= 1000:
        return True
    if not named or figures.column.unit is not None or low < 1000 or high > 2300:
        return False
    said = bool(set(named) & _YEARS) or named[-1].endswith(("year", "jahr"))
    return said and (named[-1] in _YEARS or not set(named) & _COUNTED)


def _in_order(figures: Figures) -> tuple[str, ...]:
    if not figures.complete or figures.distinct > 60:
        return ()
    return tuple(
        str(int(value))
        for value in sorted(float(value) for value in figures.all_values if isinstance(value, int | float))
    )


def _numbers_rows(figures: Figures, named: list[str]) -> bool:
    """Numbers that name something: nobody would add them up or average them."""
    joined = "".join(named)
    if not named:
        return figures.unique
    if (
        named[-1] in _IDS
        or named[0] in ("id", "uuid")
        or (joined.endswith("id") and figures.column.name[-2:] in ("ID", "Id"))
    ):
        return True
    running = figures.unique and figures.high - figures.low == figures.rows - 1
    if named[-1] in (
        "index",
        "idx",
        "row",
        "rownum",
        "rowid",
        "record",
        "seq",
        "sequence",
        "unnamed",
        "sno",
        "srno",
        "serial",
        "fid",
    ):
        return running or figures.distinct > 0.5 * figures.present
    if (
        running
        and figures.rows > 10
        and figures.low in (0, 1)
        and (named[0] in ("column", "#", "no", "nr", "number", "num", "rank") or len(joined) <= 2)
    ):
        return True
    if named[-1] in _CODES and not ({"total", "of"} & set(named)) and named[0] not in ("num", "number", "no", "count"):
        return figures.distinct > 60 or figures.distinct > 0.5 * figures.present or figures.high > 10_000
    return named[-1] == "code" and figures.distinct > 60


def _groups_rows(figures: Figures, named: list[str]) -> bool:
    repeated = figures.present / max(1, figures.distinct)
    if not named or (set(named) & _COUNTED and named[-1] not in _GROUPS):
        return False
    if named[-1] in _CODES and named[0] not in ("num", "number", "no") and figures.distinct <= 60 and repeated >= 1.2:
        return True
    return (bool(set(named[-1:]) & _GROUPS) and figures.distinct <= 60 and repeated >= 1.2) or (
        bool(set(named) & _GROUPS) and figures.distinct <= 20 and repeated >= 2 and figures.high < 1000
    )
