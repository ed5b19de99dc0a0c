"""`search`: datasets for a question, from the command line."""

from __future__ import annotations

from tests.conftest import Place


def test_search_lists_what_fits_and_says_why(running: Place) -> None:
    done = running.call("search", "How does global temperature relate to CO2?")
    assert done.returncode == 0, done.stderr
    assert "* Global temperature since 1880" in done.stdout
    assert "samples: co2_concentration" in done.stdout
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
