"""`search`: datasets for a question, from the command line."""

from __future__ import annotations

from tests.conftest import Place


def test_search_lists_what_fits_and_says_why(running: Place) -> None:
    done = running.call("search", "How does global temperature relate to CO2?")
    assert done.returncode == 0, done.stderr
    assert "* Global temperature since 1880" in done.stdout
    assert "samples:co2_concentration" in done.stdout
    assert "CC-BY-4.0" in done.stdout
    assert "It adds what is known about" in done.stderr


def test_search_tells_programs_which_it_would_take(running: Place) -> None:
    found = running.json("search", "Is CO2 rising?", "--source", "samples", "--limit", "3")
    assert [item["name"] for item in found["datasets"] if item["chosen"]] == ["co2_concentration"]
    assert found["failures"] == {}
    assert (
        running.json("search", "is co2  RISING?", "--source", "samples", "--limit", "3")["datasets"]
        == found["datasets"]
    )


def test_a_source_that_was_named_and_lacks_its_key_is_refused_before_anything_is_made(place: Place) -> None:
    for command in ("new", "search"):
        done = place.call(command, "What do eggs cost?", "--source", "samples", "--source", "FRED")
        assert (done.returncode, done.stdout) == (1, "")
        assert "get one for nothing at https://fred.stlouisfed.org" in done.stderr
    assert not (place.data_dir / "postgres.json").exists()


def test_sources_and_data_are_not_both_given(running: Place) -> None:
    done = running.call("new", "What?", "--source", "all", "--data", "sqlite:///x.db")
    assert (done.returncode, "Give --data or --source, not both" in done.stderr) == (2, True)
    done = running.call("new", "What?", "--source", "nowhere")
    assert (done.returncode, "There is no source 'nowhere'. The sources are:" in done.stderr) == (1, True)
    done = running.call("list", DASHWRIGHT_SOURCES="samples, nowhere")
    assert (done.returncode, "DASHWRIGHT_SOURCES cannot be used: There is no source" in done.stderr) == (2, True)


def test_a_source_that_did_not_answer_a_job_is_told_with_its_reason(running: Place) -> None:
    made = running.json("new", "Is CO2 rising?", "--source", "samples", "--source", "fred", "--planner", "offline")
    assert made["status"] == "completed"
    assert made["silent_sources"]["fred"].startswith("FRED needs a key: get one")
    job = next(job for job in running.json("jobs") if job["id"] == made["job_id"])
    assert "but: FRED needs a key" in job["steps"][0]["message"]
    explained = running.json("explain", made["slug"])
    assert explained["silent_sources"] == made["silent_sources"]
    assert [item["source"] for item in explained["datasets"]] == ["samples"]
    assert "Nothing from 'fred': FRED needs a key" in running.call("explain", made["slug"]).stdout


def test_search_for_nothing_is_answered_in_a_sentence(running: Place) -> None:
    for arguments, sentence in (
        (("search", "???"), "has no word that datasets could be found by"),
        (("search", "rain", "--source", "nowhere"), "There is no source 'nowhere'. The sources are:"),
        (("search", ""), "The question is empty."),
    ):
        done = running.call(*arguments)
        assert done.returncode in (1, 2)
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
    done = running.call("search", "best recipe for chocolate cake")
    assert (done.returncode, "fits the question well enough" in done.stderr or "Nothing" in done.stderr) == (0, True)
