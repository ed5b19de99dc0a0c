"""Countries and states are joined by what they are, however each publisher calls them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashwright.pipelines.geography import respelled, standard
from dashwright.pipelines.model import JoinCandidate
from tests.pipelines.conftest import Job

SPOKEN = (
    "South Korea",
    "Côte d'Ivoire",
    "France",
    "United States",
    "Russia",
    "Vietnam",
    "Turkey",
    "Albania",
    "Wakanda",
)
OF_THE_BANK = (
    "Korea, Rep.", "Cote d'Ivoire", "France", "United States", "Russian Federation", "Viet Nam", "Turkiye",
    "Albania", "Germany",
)  # fmt: skip
THREE = ("KOR", "CIV", "FRA", "USA", "RUS", "VNM", "TUR", "ALB", "DEU")
TWO = ("KR", "CI", "FR", "US", "RU", "VN", "TR", "AL", "DE")
NUMBERS = ("410", "384", "250", "840", "643", "704", "792", "008", "276")


def csv(column: str, values: tuple[str, ...], measure: str) -> str:
    return f"{column},{measure}\n" + "".join(f'"{value}",{n}.5\n' for n, value in enumerate(values))


@pytest.mark.parametrize(
    ("name", "column", "values"),
    [
        ("names", "nation", OF_THE_BANK),
        ("alpha-3", "iso3", THREE),
        ("alpha-2", "code", TWO),
        ("numbers", "country code", NUMBERS),
    ],
)
def test_names_meet_codes_and_other_names(job: Job, name: str, column: str, values: tuple[str, ...]) -> None:
    job.add("happy.csv", csv("country", SPOKEN, "Happiness")).add(f"{name}.csv", csv(column, values, "Beds"))
    [join] = job.profile().joins
    assert join.on == (("country", column),)
    assert join.cardinality == "one-to-one"
    assert join.left_matched == join.right_matched == pytest.approx(8 / 9)
    assert join.left_unmatched[0].first == ("Wakanda",)
    assert join.right_unmatched[0].first == (values[-1],), "as it is written there"


def test_states_meet_by_names_and_codes(job_in: Callable[[Path], Job], tmp_path: Path) -> None:
    names = ("Texas", "California", "New York", "Ohio", "Maine", "Utah", "Iowa", "Idaho", "Guerrero")
    codes = ("TX", "CA", "NY", "OH", "ME", "UT", "IA", "ID", "NV")
    job = job_in(tmp_path / "job").add("tax.csv", csv("state", names, "Tax")).add("rain.csv", csv("st", codes, "Rain"))
    [join] = job.profile().joins
    assert (join.on, join.left_matched) == ((("state", "st"),), pytest.approx(8 / 9))


def test_columns_of_the_data_named_as_ours_do_no_harm(job: Job) -> None:
    """The places are looked up in a table of our own."""
    text = "country,value,place,spelled_place\n" + "".join(f'"{name}",{n},x,y\n' for n, name in enumerate(SPOKEN))
    found = job.add("happy.csv", text).add("beds.csv", csv("iso3", THREE, "Beds")).profile().joins
    assert _by(found, "country", "iso3").left_matched == pytest.approx(8 / 9)


def _by(joins: tuple[JoinCandidate, ...], left: str, right: str) -> JoinCandidate:
    return next(join for join in joins if join.on == ((left, right),))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Korea, Dem. People's Rep.", "PRK"),
        ("Republic of Korea", "KOR"),
        ("Congo, Dem. Rep.", "COD"),
        ("Congo, Rep.", "COG"),
        ("Bahamas, The", "BHS"),
        ("St. Lucia", "LCA"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("EL", "GRC"),
        ("UK", "GBR"),
        ("Kosovo", "XKX"),
        ("004", "AFG"),
        ("World", None),
        ("Euro area", None),
        ("England", None),
        ("", None),
    ],
)
def test_what_a_country_is_called(text: str, code: str | None) -> None:
    assert standard("country", text) == code


def test_only_what_both_sides_have_and_call_differently_is_respelled() -> None:
    assert respelled("country", ["France", "Turkey", "Chile"], ["FRA", "Turkiye", "France", "DEU", "World"]) == {
        "FRA": "France",
        "Turkiye": "Turkey",
    }
    assert respelled("country", ["Turkey", "Turkiye"], ["TUR"]) == {"Turkiye": "Turkey", "TUR": "Turkey"}
    assert respelled("country", ["FRA"], ["FRA"]) == {}
