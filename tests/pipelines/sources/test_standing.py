"""Standing: which sources can be asked, and which of them are."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from dashwright.pipelines.errors import InputError, SetupError
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources.standing import expanded, ready, refuse_missing, standing
from dashwright.pipelines.step import Limits

WITH_KEY = Limits(services={"fred": Service(key=SecretStr("abcdefghijklmnopqrstuvwxyz012345"))})


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with sources is installed."""
    monkeypatch.syspath_prepend(Path(__file__).parent / "installed")


def test_a_source_without_its_key_says_where_to_get_one() -> None:
    assert "https://fred.stlouisfed.org/docs/api/api_key.html" in (standing("fred", Limits()).missing or "")
    assert standing("fred", WITH_KEY).missing is None


@pytest.mark.usefixtures("libraries")
def test_a_source_whose_package_is_broken_says_so() -> None:
    assert "cannot be loaded" in (standing("no_module", Limits()).missing or "")


@pytest.mark.usefixtures("libraries")
def test_all_are_those_that_can_be_searched_and_lack_nothing() -> None:
    without = expanded(["all"], Limits())
    assert {"samples", "world-bank", "bees"} <= set(without)
    assert not {"fred", "files", "sql", "no_module"} & set(without)
    assert set(ready(WITH_KEY)) - set(without) == {"fred"}


def test_nothing_on_the_internet_is_asked_unless_somebody_says_so() -> None:
    assert expanded((), Limits()) == ("samples",)
    assert expanded(("who", "samples", "who"), Limits()) == ("who", "samples")


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("nowhere", InputError, r"There is no source 'nowhere'. The sources are: .*eurostat, .*samples"),
        ("n" * 5_000, InputError, "There is no source 'n{100}'"),
        ("files", InputError, "'files' cannot be searched; name its data with --data"),
        ("fred", SetupError, "FRED needs a key: get one"),
        ("kaggle", SetupError, "Kaggle needs a key: "),
        ("datagov", SetupError, "data.gov needs a key: get one for nothing at .* set DATA_GOV_API_KEY"),
        ("ckan", SetupError, "set DASHWRIGHT_CKAN_BASE_URL"),
        ("bigquery", SetupError, "BigQuery needs credentials; .*GOOGLE_APPLICATION_CREDENTIALS"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_a_sentence(name: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        refuse_missing(["samples", name], Limits())
    refuse_missing(["samples", "all"], Limits())
