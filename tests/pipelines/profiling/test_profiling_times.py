"""Times of different grains: tables of readings are joined by the coarser ones, and never one value stands for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashwright.pipelines.checking import problems
from dashwright.pipelines.model import Join, Profile, Rollup
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


@pytest.fixture(scope="module")
def profile(job_in: Callable[[Path], Job], tmp_path_factory: pytest.TempPathFactory) -> Profile:
    job = job_in(tmp_path_factory.mktemp("times"))
    for name, text in (("jobless", MONTHLY), ("output", QUARTERLY), ("people", YEARLY), ("rain", DATED)):
        job.add(f"{name}.csv", text)
    return job.profile()


def found(profile: Profile, name: str) -> Rollup:
    table = profile.table(name)
    assert table is not None
    assert table.rollup is not None
    return table.rollup


def test_the_finer_table_is_joined_by_the_coarser_times(profile: Profile) -> None:
    assert profile.warnings == ()
    joined = {(join.left, join.right): join for join in profile.joins}
    assert set(joined) == {
        ("jobless_by_quarter", "output_data"),
        ("jobless_by_year", "people"),
        ("jobless_by_year", "rain_by_year"),
        ("output_data_by_year", "people"),
        ("output_data_by_year", "rain_by_year"),
        ("people", "rain_by_year"),
    }
    assert joined["jobless_by_year", "people"].on == (("year", "year"),)
    assert joined["jobless_by_year", "people"].cardinality == "one-to-many"
    assert all(join.left_matched == join.right_matched == 1 for join in profile.joins)


def test_rates_are_averaged_and_counts_added(profile: Profile) -> None:
    rates, output = found(profile, "jobless_by_year"), found(profile, "output_data_by_year")
    assert (rates.sums, rates.means) == ((), ("Unemployment Rate (%)",))
    assert (output.sums, output.means, output.readings) == (("Output",), (), 4)
    table = profile.table("jobless_by_year")
    assert table is not None
    assert table.rows == 20
    assert table.warnings[0] == "'jobless' has values by month, so its yearly means are joined."


def test_dates_become_numbers_and_every_row_stays(profile: Profile) -> None:
    rain = found(profile, "rain_by_year")
    assert (rain.numbered, rain.sums, rain.means, rain.attributes) == (True, (), (), ("Rain",))


def test_what_is_counted_at_a_moment_is_not_added_up(job: Job) -> None:
    months = [f"{year}-{month:02}-01" for year in range(2010, 2016) for month in range(1, 13)]
    text = "date,Inhabitants,Births,Orders\n" + "".join(f"{day},{900 + n},{n},{n}\n" for n, day in enumerate(months))
    notes = {"Orders": "Orders. Monthly, Seasonally Adjusted Annual Rate."}
    made = found(job.add("town.csv", text, notes=notes).add("people.csv", YEARLY).profile(), "town_by_year")
    assert made.sums == ("Births",)
    assert made.means == ("Inhabitants", "Orders")
    assert made.readings == 12


def test_a_year_that_is_not_over_has_no_sum(job: Job) -> None:
    months = [f"{year}-{month:02}-01" for year in range(2010, 2016) for month in range(1, 13)][:-9]
    text = "date,Births\n" + "".join(f"{day},{n}\n" for n, day in enumerate(months))
    profile = job.add("births.csv", text).add("people.csv", YEARLY).profile()
    table = profile.table("births_by_year")
    assert table is not None
    years = table.column("year")
    assert years is not None
    assert years.numbers is not None
    assert (table.rows, years.numbers.max) == (5, 2014), "2015 has three months"
    assert "sums are joined, of years with at least 12 months" in table.warnings[0]


def test_what_tells_readings_apart_stays_and_what_changes_within_a_year_goes(job: Job) -> None:
    rows = [
        f"{year}-{month:02}-01,{code},{country},{'winter' if month in (12, 1, 2) else 'other'},{year + month}\n"
        for year in range(2000, 2020) for month in range(1, 13)
        for code, country in (("BRA", "Brazil"), ("CHL", "Chile"), ("FRA", "France"))
    ]  # fmt: skip
    text = "date,code,country,season,Price\n" + "".join(rows)
    profile = job.add("prices.csv", text).add("people.csv", YEARLY).profile()
    made = found(profile, "prices_by_year")
    assert {*made.keys, *made.attributes} == {"code", "country"}
    assert made.means == ("Price",)
    assert set(profile.joins[0].on) == {("country", "country"), ("year", "year")}
    assert profile.joins[0].cardinality == "one-to-one"


def test_years_by_their_last_day_meet_years_by_their_first(job: Job) -> None:
    last = "date,Debt\n" + "".join(f"{year}-12-31,{year}\n" for year in range(2000, 2020))
    profile = job.add("rain.csv", DATED).add("debt.csv", last).profile()
    [join] = profile.joins
    assert (join.left, join.right, join.left_matched) == ("rain", "debt_by_year", 1.0)


def test_weeks_and_months_stand_apart_and_the_reason_is_told(job: Job) -> None:
    weeks = "".join(f"{date(2000, 1, 3) + timedelta(weeks=n)},{n}\n" for n in range(900))
    profile = job.add("visits.csv", f"week,Visits\n{weeks}").add("jobless.csv", MONTHLY).profile()
    assert profile.joins == profile.rollups == ()
    assert "'visits' has values by week and 'jobless' by month, so they are not combined" in profile.warnings[0]
    drawn = plan("visits against unemployment rate", profile)
    assert drawn.joins == ()
    assert any("so they are not combined" in note for note in drawn.notes)


def test_weeks_become_years(job: Job) -> None:
    weeks = "".join(f"{date(2000, 1, 3) + timedelta(weeks=n)},{n}\n" for n in range(900))
    profile = job.add("visits.csv", f"week,Visits\n{weeks}").add("people.csv", YEARLY).profile()
    assert 40 < found(profile, "visits_by_year").readings < 52
    assert profile.joins[0].on == (("year", "year"),)


def test_the_same_grain_is_joined(job: Job) -> None:
    found = job.add("jobless.csv", MONTHLY).add("again.csv", MONTHLY.replace("Unemployment", "Vacancy")).profile()
    assert found.warnings == ()
    assert found.joins[0].on == (("date", "date"),)


def test_a_plan_joins_them_and_tells_what_was_done(profile: Profile) -> None:
    drawn = plan("unemployment rate against population by year", profile)
    [join] = drawn.joins
    told = "'jobless' has values by month, so its yearly means are joined."
    assert {join.left, join.right} == {"people", "jobless_by_year"}
    assert join.why.endswith(told)
    assert told in drawn.notes
    assert any(widget.type == "scatter" and widget.frame == join.name for widget in drawn.widgets)
    assert problems(drawn, profile) == ()


def test_three_tables_meet_by_the_coarsest_times(profile: Profile) -> None:
    drawn = plan("population, unemployment rate and output by year", profile)
    assert set(drawn.tables) == {"people", "jobless_by_year", "output_data_by_year"}
    assert problems(drawn, profile) == ()


def test_a_join_of_months_with_quarters_is_refused_whoever_wrote_it(profile: Profile) -> None:
    drawn = plan("unemployment rate", profile)
    join = Join(name="both", left="jobless", right="output_data", on=(("date", "date"),))
    wrong = drawn.model_copy(update={"tables": ("jobless", "output_data"), "joins": (join,)})
    [sentence] = [text for text in problems(wrong, profile) if "Join 'both'" in text]
    assert "one month would stand for a whole quarter" in sentence
    assert sentence.endswith("join 'jobless_by_quarter' and 'output_data' instead.")


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
