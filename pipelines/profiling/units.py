"""What a measure is counted in, and whether its values may be added up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .figures import Figures
from .words import vocabulary, words

_SPOKEN = (
    (r"\b(?:in|into) (?:millimet(?:er|re)s|mm)\b", "mm"),
    (r"\b(?:in|into) (?:centimet(?:er|re)s|cm)\b", "cm"),
    (r"\bin (?:kilomet(?:er|re)s|km)\b(?! per)", "km"),
    (r"\bin met(?:er|re)s\b(?! per)", "m"),
    (r"\bin (?:feet|ft)\b", "ft"),
    (r"\bin inches\b", "in"),
    (r"\bin miles\b(?! per)", "miles"),
    (r"\bin (?:kilograms|kg)\b", "kg"),
    (r"\bin (?:grams|g)\b", "g"),
    (r"\bin (?:metric )?tons\b|\bin tonnes\b", "t"),
    (r"\bin pounds\b|\bin lbs\b", "lb"),
    (r"\b(?:degrees|°) ?(?:celsius|c)\b", "°C"),
    (r"\b(?:degrees|°) ?(?:fahrenheit|f)\b", "°F"),
    (r"\bkilomet(?:er|re)s per hour\b|\bkm/h\b", "km/h"),
    (r"\bmiles per hour\b|\bmph\b", "mph"),
    (r"\bmet(?:er|re)s per second\b|\bm/s\b", "m/s"),
    (r"\bmiles per gallon\b|\bmpg\b", "mpg"),
    (r"\bknots\b", "knots"),
    (r"\bparts per million\b|\bppm\b", "ppm"),
    (r"\bparts per billion\b|\bppb\b", "ppb"),
    (r"\bpercent(?:age)?\b(?! points)|\bper cent\b|\(%\)|\bin %", "%"),
    (r"\bus dollars\b|\bin dollars\b|\bu\.?s\.? \$|\busd\b|\(\$\)", "US$"),
    (r"\bin euros?\b|\beur\b|€", "€"),
    (r"\bpounds sterling\b|\bgbp\b|£", "£"),
    (r"\bmegawatt[- ]?hours?\b|\bmwh\b", "MWh"),
    (r"\bgigawatt[- ]?hours?\b|\bgwh\b", "GWh"),
    (r"\bkilowatt[- ]?hours?\b|\bkwh\b", "kWh"),
    (r"\bin seconds\b", "s"),
    (r"\bin minutes\b", "min"),
    (r"\bin hours\b", "h"),
    (r"\bin days\b", "days"),
    (r"\bin years\b|\byears of age\b", "years"),
    (r"\bin square kilomet(?:er|re)s\b|\bsq\.? km\b", "km²"),
)
_SCALES = (
    (r"\b(?:in|reported in|by) (?:the )?thousands?\b|\(thousands?\)|\b000s\b|'000|\bthousands of\b", 1e3),
    (r"\bin (?:us \$ |us\$ |\$)?millions?\b|\(millions?\)|\bmillions? of\b|\b\$m\b", 1e6),
    (r"\bin (?:us \$ |us\$ |\$)?billions?\b|\(billions?\)|\bbillions? of\b|\b\$bn\b", 1e9),
)
_UNIT_SCALES = {"thousand": 1e3, "thousands": 1e3, "000s": 1e3, "'000": 1e3, "000": 1e3, "million": 1e6,
"millions": 1e6, "mio": 1e6, "billion": 1e9, "billions": 1e9, "mrd": 1e9}  # fmt: skip
_MONEY_SCALES = (("million", 1e6), ("$m", 1e6), ("€m", 1e6), ("£m", 1e6), ("bn", 1e9))
_WHOLE_TABLE = re.compile(
    r"\b(?:reported|shown|given|expressed|stated|figures?|values?|numbers?|data)\b[^.]{0,60}?"
    r"\bin (thousands|millions|billions)\b"
    r"|, in (thousands|millions|billions)\b",
    re.IGNORECASE,
)

_AVERAGED = vocabulary(
    """
    rate rates ratio pct percent percentage share shares proportion fraction probability prob average avg mean
    median min max minimum maximum std stdev temp temps temperature temperatures index indices score scores rating
    ratings rated stars age ages price prices density speed velocity wind gust altitude elevation height heights
    length lengths width widths depth depths thickness diameter radius weight weights mass pressure humidity level
    levels grade gpa fertility expectancy expect concentration ph adjusted bmi efficiency mpg horsepower
    displacement acceleration intensity magnitude per latitude longitude lat lon year rank ranking position
    salinity ppm ppb co2 anomaly change growth return yield interest inflation gini hdi delta z normalized
    standardized wage salary salaries income wages fare discount tax_rate cpi heart bpm pulse cholesterol glucose
    hemoglobin sigma variance coefficient correlation percentile quantile capita attendance_rate life visibility
    dew dewpoint brightness frequency voltage current resistance latency distance_avg utilization occupancy
    capacity_factor area_ratio % ° °c °f
    """
)
_ADDED = vocabulary(
    """
    count counts total totals sum number num qty quantity quantities sales revenue revenues cost costs amount
    amounts spend spending expense expenses expenditure budget profit profits loss losses population pop people
    persons inhabitants deaths death cases births visitors visits views clicks orders units votes passengers
    flights trips rides rainfall precipitation rain snow snowfall emissions generation production consumption
    output imports exports tons tonnes energy kwh mwh gwh receipts disbursements contributions loans refunds
    payments payment donations fatalities injuries injured killed incidents accidents crimes arrests downloads
    goals points wins medals students employees workers jobs households houses homes vehicles cars acres area
    hours minutes seconds duration stock inventory shipped sold bought cash debts repayments assets liabilities
    turnover exposure inflow outflow enrolled enrollment staff patients tests
    doses vaccinations hits errors calls messages tickets seats beds rooms credits
    """
)
_AVERAGED_UNITS = vocabulary(
    """
    rpm C kg/m2 mg/l °F cc mmHg score ppb mpg l/100km mbar index % F kph ‰ °C hPa km/h m/s years hp mph ratio ppm
    knots dB bpm
    """
)
_MONEY = vocabulary(
    """
    ¥ US$ £ $ € CHF ₹
    """
)
_SIZES = vocabulary(
    """
    lbs lb cm in g m mm kg ft oz
    """
)


@dataclass(frozen=True)
class Unit:
    unit: str | None
    scale: float
    additive: bool


def unit(figures: Figures, description: str, dataset_description: str) -> Unit:
    """Unit, scale and additivity of a measure, from its name, its values and what the publisher says."""
    text = f"{figures.column.name} {description}".lower()
    found = figures.column.unit or _spoken(description.lower())
    scale = _scale(text, found)
    if found and found.lower() in _UNIT_SCALES:
        found = None
    named = words(figures.column.name)
    if (
        found is None
        and {"pct", "percent", "percentage"} & set(named)
        and figures.numbers
        and figures.numbers.max > 1.5
    ):
        found = "%"
    if found is None and scale == 1.0 and not _is_share(figures):
        found = _dollars(named)
    whole = _WHOLE_TABLE.search(dataset_description)
    adds = _additive(named, description, found, figures, scaled=scale > 1.0 or whole is not None)
    if scale == 1.0 and adds and whole is not None:
        scale = {"thousands": 1e3, "millions": 1e6, "billions": 1e9}[(whole[1] or whole[2]).lower()]
    if found == "%" and _is_share(figures) and "%" not in (figures.column.unit or ""):
        found = None
    return Unit(found, scale, adds)


def _spoken(text: str) -> str | None:
    return next((symbol for pattern, symbol in _SPOKEN if re.search(pattern, text)), None)


def _scale(text: str, unit: str | None) -> float:
    if unit and unit.lower() in _UNIT_SCALES:
        return _UNIT_SCALES[unit.lower()]
    if unit:
        for word, factor in _MONEY_SCALES:
            if word in unit.lower():
                return factor
    return next((factor for pattern, factor in _SCALES if re.search(pattern, text)), 1.0)


def _dollars(named: list[str]) -> str | None:
    if "usd" in named or "$" in named or "dollars" in named:
        return "US$"
    return "€" if "eur" in named or "euros" in named else "£" if "gbp" in named else None


def _is_share(figures: Figures) -> bool:
    """Between 0 and 1 with decimals: a fraction."""
    numbers = figures.numbers
    return numbers is not None and not figures.integral and numbers.min >= 0 and numbers.max <= 1.0


def _additive(named: list[str], description: str, unit: str | None, figures: Figures, *, scaled: bool) -> bool:
    """Whether sums mean something. `scaled`: the publisher counts in thousands or millions, as is done with amounts."""
    spoken = set(words(description)[:12])
    if unit in _AVERAGED_UNITS or _is_share(figures):
        return False
    joined = " ".join(named)
    if named and (named[-1] in _AVERAGED or " per " in f" {joined} ") and not ({"total", "sum", "count"} & set(named)):
        return False
    hits_added, hits_averaged = set(named) & _ADDED, set(named) & _AVERAGED
    if hits_added and not hits_averaged:
        return True
    if hits_averaged and not hits_added:
        return False
    if hits_added and hits_averaged:
        return named[-1] in _ADDED or bool({"total", "sum", "count", "number"} & set(named))
    if unit in _MONEY:
        return True
    if unit in _SIZES and not spoken & _ADDED:
        return False
    if spoken & {"number", "total", "count", "amount", "sum"} and not spoken & {"rate", "average", "mean", "ratio"}:
        return True
    if spoken & {
        "rate",
        "average",
        "mean",
        "ratio",
        "percentage",
        "percent",
        "index",
        "temperature",
        "median",
        "speed",
    }:
        return False
    return figures.column.type == "integer" or scaled
