"""Times of different grains: tables of readings are not joined where one value would stand for many."""

from __future__ import annotations

import pytest

from dashwright.pipelines.checking import problems
from dashwright.pipelines.model import Join, Profile
from dashwright.pipelines.planners.offline import plan
from tests.pipelines.conftest import Job

MONTHLY = "date,Unemployment Rate (%)\n" + "".join(
    f"{year}-{month:02}-01,{4 + (year + month) % 5}\n" for year in range(2000, 2020) for month in range(1, 13)
)
QUARTERLY = "date,Output\n" + "".join(
    f"{year}-{month:02}-01,{year + month}\n" for year in range(2000, 2020) for month in (1, 4, 7, 10)
)
YEARLY = "country,year,Population\n" + "".join(
    f"{country},{year},{1000 + year}\n" for country in ("Brazil", "Chile", "France") for year in range(2000, 2020)
)
DATED = "date,Rain\n" + "".join(f"{year}-01-01,{year % 7}\n" for year in range(2000, 2020))


@pytest.fixture
def profile(job: Job) -> Profile:
    for name, text in (("jobless", MONTHLY), ("output", QUARTERLY), ("people", YEARLY), ("rain", DATED)):
        job.add(f"{name}.csv", text)
    return job.profile()


def test_other_grains_and_forms_are_not_joined_and_the_reason_is_told(profile: Profile) -> None:
    assert profile.joins == ()
    told = "\n".join(profile.warnings)
    assert "'jobless' has values by month and 'output' by quarter, so they are not combined" in told
    assert "'jobless' has values by month and 'people' by year" in told
    assert "'rain' has dates and 'people' has years as numbers" in told


def test_the_same_grain_is_joined(job: Job) -> None:
    found = job.add("jobless.csv", MONTHLY).add("again.csv", MONTHLY.replace("Unemployment", "Vacancy")).profile()
    assert found.warnings == ()
    assert found.joins[0].on == (("date", "date"),)


def test_a_plan_tells_why_a_table_is_not_on_its_page(profile: Profile) -> None:
    drawn = plan("unemployment rate against population", profile)
    assert drawn.joins == ()
    assert any("so they are not combined" in note for note in drawn.notes)
    assert problems(drawn, profile) == ()


def test_a_join_of_months_with_quarters_is_refused_whoever_wrote_it(profile: Profile) -> None:
    drawn = plan("unemployment rate", profile)
    join = Join(name="both", left="jobless", right="output_data", on=(("date", "date"),))
    wrong = drawn.model_copy(update={"tables": ("jobless", "output_data"), "joins": (join,)})
    assert any("one month would stand for a whole quarter" in sentence for sentence in problems(wrong, profile))


def test_the_same_measure_in_other_units_is_told(job: Job) -> None:
    places = ("Brazil", "Chile", "France", "Peru", "Ghana", "Italy")
    share = "country,Coverage,Doctors\n" + "".join(f"{name},0.{at + 1},{at + 3}\n" for at, name in enumerate(places))
    percent = "country,Coverage (%),Beds\n" + "".join(f"{name},{at}.5,{at + 9}\n" for at, name in enumerate(places))
    profile = job.add("share.csv", share).add("percent.csv", percent).profile()
    drawn = plan("doctors against beds by country", profile)
    assert len(drawn.joins) == 1
    [note] = [note for note in drawn.notes if "Coverage" in note]
    assert "in shares of one in “share”" in note
    assert "in % in “percent”" in note
