"""Search: what was attached is taken; else what fits the question is chosen, and nothing when nothing does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dashwright.pipelines.errors import DataError, InputError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, Candidates, Preferences, Request
from dashwright.pipelines.searching import search
from dashwright.pipelines.sources.ranking import choose, keywords, positives, rank, related, stem
from dashwright.pipelines.step import JobFolder, Limits, Progress, silent


def request(question: str, *attachments: Attachment, **preferences: object) -> Request:
    return Request(
        dashboard_id="d",
        slug="s",
        question=question,
        attachments=attachments,
        preferences=Preferences.model_validate(preferences),
    )


def found(folder: Path, asked: Request, limits: Limits | None = None) -> Candidates:
    job = JobFolder(folder / "job")
    job.write(asked, job.request)
    return search(job, limits or Limits(), silent)


def chosen(candidates: Candidates) -> list[str]:
    return [candidates.candidates[position].name for position in candidates.chosen]


QUESTIONS = [
    ("How have life expectancy and income changed across the world?", ["gapminder"]),
    ("How has life expectancy changed around the world?", ["gapminder"]),
    ("How much warmer has the planet become since 1880?", ["global_temp"]),
    ("Is CO2 rising?", ["co2_concentration"]),
    ("How does global temperature relate to CO2?", ["co2_concentration", "global_temp"]),
    ("Which airlines hit the most birds?", ["birdstrikes"]),
    ("When do wildlife collisions cost the most?", ["birdstrikes"]),
    ("What is the weather like in Seattle?", ["seattle_weather"]),
    ("Compare the weather in Seattle and New York", ["weather"]),
    ("Which species of penguin is heaviest?", ["penguins"]),
    ("How did the recession change employment?", ["us_employment"]),
    ("Which industries had the highest unemployment?", ["unemployment_across_industries"]),
    ("Which states are the fattest?", ["obesity"]),
    ("Does income relate to obesity by state?", ["obesity", "income"]),
    ("Busiest air routes in 2008", ["flights_airport"]),
    ("Where does the federal government get its money?", ["budget"]),
    ("Who raised the most campaign donations?", ["political_contributions"]),
    ("How did wind power grow in Iowa?", ["iowa_electricity"]),
    ("How long did kings rule England?", ["monarchs"]),
]


@pytest.mark.parametrize(("question", "names"), QUESTIONS)
def test_the_samples_that_fit_a_question_are_chosen(tmp_path: Path, question: str, names: list[str]) -> None:
    assert chosen(found(tmp_path, request(question))) == names


@pytest.mark.parametrize(
    "question",
    [
        "Best recipe for chocolate cake",
        "Who won the football world cup?",
        "How is crime distributed across US cities?",
        "What is the price of bitcoin?",
        "house prices in London",
        "covid deaths by country",
        "What is the airspeed velocity of an unladen swallow?",
        "asdf qwer zxcv",
        "'; DROP TABLE students; --",
        "<script>alert(1)</script>",
    ],
)
def test_a_question_about_nothing_in_the_data_gets_a_sentence_and_no_dataset(tmp_path: Path, question: str) -> None:
    with pytest.raises(DataError, match=r"No dataset in 'samples' fits the question") as caught:
        found(tmp_path, request(question))
    assert "Attach a file" in str(caught.value)
    assert not (tmp_path / "job" / "candidates.json").exists()


@pytest.mark.parametrize(
    "question", ["预期寿命如何变化？", "как изменилась погода", "???", "Show me everything", "2015", "🐧"]
)
def test_a_question_without_a_word_to_search_by_gets_a_sentence(tmp_path: Path, question: str) -> None:
    with pytest.raises(DataError, match="has no word that datasets could be found by; ask in English"):
        found(tmp_path, request(question))


def test_the_nearest_samples_are_named_when_nothing_fits(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="The nearest are 'Life expectancy, fertility and population of the world'"):
        found(tmp_path, request("covid deaths by country"))


@pytest.mark.parametrize("question", ["", "   ", "x" * 100_000])
def test_an_empty_or_endless_question_is_no_request(question: str) -> None:
    with pytest.raises(ValidationError):
        request(question)


def test_the_reason_says_what_is_missing_too(tmp_path: Path) -> None:
    best = found(tmp_path, request("How have life expectancy and income changed across the world?")).candidates[0]
    assert best.reason == "It is about 'life', 'expectancy' and 'world', but says nothing about 'income'."


def test_all_candidates_are_kept_in_order_for_choosing_another(tmp_path: Path) -> None:
    result = found(tmp_path, request("How did the recession change employment?", max_candidates=5))
    assert len(result.candidates) == 5
    assert result.chosen == (0,)
    assert len({item.reference for item in result.candidates}) == 5
    scores = [item.score for item in result.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert result.total_found == 5


def test_the_file_holds_what_is_returned_and_progress_is_told(tmp_path: Path) -> None:
    job, seen = JobFolder(tmp_path), list[Progress]()
    job.write(request("Is CO2 rising?"), job.request)
    result = search(job, Limits(), seen.append)
    assert job.read(Candidates, job.candidates) == result
    assert [item.percent for item in seen] == sorted(item.percent for item in seen)
    assert (seen[0].step, seen[-1].percent) == ("search_datasets", 25)
    assert result.search_time_ms > 0


def test_searching_again_finds_the_same(tmp_path: Path) -> None:
    asked = request("Does income relate to obesity by state?")
    first, second = (found(tmp_path, asked).model_copy(update={"search_time_ms": 0}) for _ in range(2))
    assert first == second


# --- attachments --------------------------------------------------------------------------------------------------


def test_everything_attached_is_chosen_whatever_the_question(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("a,b\n1,2\n")
    result = found(
        tmp_path,
        request(
            "预期寿命",
            Attachment(reference=str(tmp_path / "sales.csv")),
            Attachment(source="samples", reference="income"),
        ),
    )
    assert chosen(result) == ["sales.csv", "income"]


def test_the_same_attachment_twice_is_one(tmp_path: Path) -> None:
    income = Attachment(source="samples", reference="income")
    assert chosen(found(tmp_path, request("x", income, income))) == ["income"]


def test_a_missing_attachment_is_told_before_anything_is_downloaded(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no file"):
        found(tmp_path, request("x", Attachment(reference=str(tmp_path / "none.csv"))))


def test_no_password_is_written_into_the_file(tmp_path: Path) -> None:
    asked = request(
        "x",
        Attachment(source="sql", reference="postgresql://bob:sesame@db.example/shop", options={"table": "sales"}),
        Attachment(reference="https://bob:sesame@data.example/a.csv?token=hunter2"),
    )
    found(tmp_path, asked)
    text = (tmp_path / "job" / "candidates.json").read_text()
    assert "sesame" not in text
    assert "hunter2" not in text


# --- several sources ----------------------------------------------------------------------------------------------


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with sources is installed."""
    monkeypatch.syspath_prepend(Path(__file__).parent / "sources" / "installed")


@pytest.mark.usefixtures("libraries")
def test_all_preferred_sources_are_asked(tmp_path: Path) -> None:
    result = found(tmp_path, request("How much honey do bees make?", sources=("samples", "bees")))
    assert chosen(result) == ["Honey of bees by region"]
    assert result.failures == {}
    assert result.total_found == 22


@pytest.mark.usefixtures("libraries")
def test_sources_that_fail_are_told_and_do_not_stop_the_others(tmp_path: Path) -> None:
    names = ("broken", "silent", "away", "no_module", "samples")
    result = found(tmp_path, request("Is CO2 rising?", sources=names), Limits(download_timeout=3))
    assert chosen(result) == ["co2_concentration"]
    assert result.failures["away"] == "The library is closed; try again later."
    assert result.failures["silent"] == "The source 'silent' did not answer within 3 s."
    assert result.failures["broken"] == "The source 'broken' failed: RuntimeError."
    assert result.failures["no_module"].startswith(
        "The source 'no_module' of the package 'not_installed_at_all' cannot be loaded."
    )


@pytest.mark.usefixtures("libraries")
def test_progress_tells_who_answered_and_who_did_not(tmp_path: Path) -> None:
    job, seen = JobFolder(tmp_path), list[Progress]()
    job.write(request("Is CO2 rising?", sources=("away", "samples")), job.request)
    search(job, Limits(), seen.append)
    messages = [item.message for item in seen]
    assert {"The library is closed; try again later.", "'samples' answered"} < set(messages)
    assert messages[-1].endswith("; but: The library is closed; try again later.")


@pytest.mark.usefixtures("libraries")
def test_when_no_source_answers_the_reasons_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"No source answered\. The library is closed"):
        found(tmp_path, request("Is CO2 rising?", sources=("away",)))


def test_an_unknown_source_is_the_askers_to_correct(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no source 'nowhere'"):
        found(tmp_path, request("Is CO2 rising?", sources=("samples", "nowhere")))


# --- words --------------------------------------------------------------------------------------------------------


def test_keywords_are_what_the_question_is_about() -> None:
    assert keywords("How have Life-Expectancy and incomeLevels changed?") == ("life", "expectancy", "income", "levels")


def test_superlatives_lead_to_their_words() -> None:
    assert stem("heavy") in related("heaviest")
    assert stem("mass") in related("heaviest")
    assert positives("forest") != ["forest"]


@given(st.text(max_size=300))
def test_any_question_is_ranked_between_nothing_and_all(question: str) -> None:
    candidates = [
        Candidate(source="x", reference="1", name="a", title="Rain by city", columns=("rain_mm", "city")),
        Candidate(source="x", reference="2", name="b", title=question, description=question),
        Candidate(source="x", reference="3", name="c", title=""),
    ]
    ranked = rank(question, candidates)
    assert len(ranked) == 3
    assert all(0 <= item.candidate.score <= 1 for item in ranked)
    assert len(choose(ranked, 2)) <= 2


def test_ranking_does_not_depend_on_the_order_of_arrival() -> None:
    titles = ("Rain by city", "Snow by city", "Rain and snow by country", "Tea")
    candidates = [Candidate(source="x", reference=title, name=title, title=title) for title in titles]
    best = [rank("rain in each country", order)[0].candidate.title for order in (candidates, candidates[::-1])]
    assert best == ["Rain and snow by country"] * 2


def test_the_best_of_equals_is_the_first_to_arrive() -> None:
    twins = [Candidate(source="x", reference=str(number), name="t", title="Rain") for number in range(3)]
    assert [item.candidate.reference for item in rank("rain", twins)] == ["0", "1", "2"]


def test_a_hundred_long_descriptions_are_ranked_in_a_second() -> None:
    words = [f"word{number}" for number in range(3_000)]
    candidates = [
        Candidate(source="x", reference=str(number), name="x", title=f"Rain {number}", description=" ".join(words))
        for number in range(100)
    ]
    begun = time.thread_time()  # of this thread's own work, however busy the machine is
    rank("How much rain fell in the mountains of Peru?", candidates)
    assert time.thread_time() - begun < 5
