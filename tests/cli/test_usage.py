"""What is said about the commands, and to those who use them wrongly: nothing is started for that."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import Place

COMMANDS = (
    *("new", "list", "show", "open", "explain", "refresh", "change", "delete", "jobs", "follow", "cancel"),
    *("amend", "describe", "suggest", "costs", "clean", "link"),
    *("up", "down", "doctor", "settings", "worker", "viewer", "studio", "migrate"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_by_example_and_every_command_takes_a_data_directory(place: Place, command: str) -> None:
    done = place.call(command, "--help", COLUMNS="200")
    assert done.returncode == 0
    assert f"• dashwright {command}" in done.stdout
    assert "--data-dir" in done.stdout
    assert "DASHWRIGHT_DATA_DIR" in done.stdout
    assert not place.data_dir.exists()


def test_help_names_every_command(place: Place) -> None:
    done = place.call("--help")
    assert done.returncode == 0
    assert not [command for command in COMMANDS if f"│ {command} " not in done.stdout]


def test_help_imports_nothing_heavy() -> None:
    heavy = {
        "pandas",
        "pydantic",
        "sqlalchemy",
        "pydantic_settings",
        "tornado",
        "huey",
        "psycopg",
        "jupyter_server",
        "httpx",
    }
    program = f"import sys, dashwright.server.cli.app; sys.exit(' '.join({heavy} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("argument", "code"), [("--version", 0), ("--versoin", 2)])
def test_a_fresh_interpreter_does_as_the_forks_of_the_other_tests(place: Place, argument: str, code: int) -> None:
    command = [sys.executable, "-P", "-m", "dashwright.server.cli", argument]
    done = subprocess.run(command, env=place.environment(), capture_output=True, text=True, check=False)
    forked = place.call(argument)
    assert (done.returncode, done.stdout, done.stderr) == (forked.returncode, forked.stdout, forked.stderr)
    assert done.returncode == code
    assert done.stdout.startswith("dashwright ") is not bool(code)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("new", ""), "question is empty"),
        (("new", "  \n "), "question is empty"),
        (("new", "x" * 100_000), "100,000 characters; at most 4,000"),
        (("new", "why?", "--title", " "), "title is empty"),
        (("new", "why?", "--title", "t" * 256), "256 characters; at most 255"),
        (("new", "why?", "--data", ""), "--data is empty"),
        (("new", "why?", "--data", "kaggle:"), "names no dataset"),
        (("new", "why?", "--data", "kaggle:a/b", "--option", "file"), "--option 'file' is not of the form NAME=VALUE"),
        (("new", "why?", "--data", "kaggle:a/b", "--option", "a=1", "--option", "a=2"), "'a' is given twice"),
        (("new", "why?", "--data", "sqlite:///a.db", "--option", "file=a"), "--option goes with a dataset of a source"),
        (("new", "why?", "--data", "kaggle:a/b", "--query", "SELECT 1"), "--table and --query go with a database"),
        (("new", "why?", "--table", "orders"), "--table and --query go with a database"),
        (("new", "why?", "--data", "sqlite:///a.db", "--table", "a", "--query", "SELECT 1"), "not both"),
        (("new", b"\xff\xfe".decode(errors="surrogateescape")), "not valid text"),
        (("new",), "Missing argument"),
        (("new", "why?", "--refresh-every", "-5"), "--refresh-every"),
        (("change", "some"), "Say what to change"),
        (("new", "why?", "--planner", "nobody"), "There is no planner 'nobody'. There is: auto, offline, gemini"),
        (("amend", "some", " "), "wish is empty"),
        (("amend", "some", "x" * 2_001), "2,001 characters; at most 2,000"),
        (("amend", "some"), "Missing argument"),
        (("up", "--workers", "0"), "--workers"),
        (("up", "--port", "70000"), "--port"),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_usage_is_one_sentence_and_code_2(place: Place, arguments: tuple[str, ...], words: str) -> None:
    done = place.call(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (place.data_dir / "postgres.json").exists()


def test_an_unknown_setting_is_named_with_what_was_meant(place: Place) -> None:
    done = place.call("list", DASHWRIGHT_WORKER="3")
    assert done.returncode == 2
    assert "DASHWRIGHT_WORKER is not a setting" in done.stderr
    assert "Did you mean DASHWRIGHT_WORKERS?" in done.stderr


def test_a_setting_without_sense_is_named(place: Place) -> None:
    done = place.call("up", DASHWRIGHT_WORKERS="many")
    assert done.returncode == 2
    assert done.stderr.startswith("DASHWRIGHT_WORKERS cannot be used")


def test_settings_are_listed_without_telling_secrets(place: Place) -> None:
    shown = place.json("settings", OPENAI_API_KEY="sk-very-secret", DASHWRIGHT_WORKERS="7")
    by_name = {row["variable"]: row for row in shown}
    assert by_name["DASHWRIGHT_WORKERS"]["value"] == "7"
    assert by_name["OPENAI_API_KEY"]["value"] == "(set)"
    assert "sk-very-secret" not in place.call("settings", OPENAI_API_KEY="sk-very-secret", COLUMNS="300").stdout


def test_a_data_directory_that_cannot_be_is_one_sentence(place: Place) -> None:
    place.data_dir.write_text("a file")
    for command in (("list",), ("up",), ("new", "why?")):
        done = place.call(*command)
        assert done.returncode in (1, 2)
        assert str(place.data_dir) in done.stderr
        assert "Traceback" not in done.stderr
    place.data_dir.unlink()


def test_nothing_is_made_to_look_at_nothing(place: Place) -> None:
    assert place.json("list") == []
    assert place.json("jobs") == []
    done = place.call("show", "sales")
    assert done.returncode == 1
    assert done.stderr.startswith("There is no dashboard 'sales'")
    assert not (place.data_dir / "postgres.json").exists()


def test_down_says_when_there_is_nothing_to_stop(place: Place) -> None:
    done = place.call("down")
    assert done.returncode == 0
    assert "is not running" in done.stderr
