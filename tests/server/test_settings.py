from __future__ import annotations

from pathlib import Path

import pytest

from dashwright.pipelines.errors import SetupError
from dashwright.pipelines.services import REVEAL
from dashwright.pipelines.step import Limits
from dashwright.server import settings

DOCUMENT = Path(__file__).parents[2] / "docs/settings.md"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, field in settings.Settings.model_fields.items():
        monkeypatch.delenv(settings.variable(name, field), raising=False)
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path))  # else what is in this person's own counts


def test_the_documented_table_is_that_of_the_settings() -> None:
    assert settings.markdown() in DOCUMENT.read_text(), (
        "run: python -m dashwright.server.settings, and put its output into docs/settings.md"
    )


def test_every_setting_says_what_it_does() -> None:
    assert all(field.description for field in settings.Settings.model_fields.values())


def test_an_unknown_variable_stops_the_start_and_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHWRIGHT_WORKER", "3")
    with pytest.raises(
        SetupError, match=r"DASHWRIGHT_WORKER is not a setting.*Did you mean DASHWRIGHT_WORKERS\?.*PORT"
    ):
        settings.load()


def test_an_impossible_value_is_told_with_the_name_of_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHWRIGHT_WORKERS", "0")
    with pytest.raises(SetupError, match=r"^DASHWRIGHT_WORKERS cannot be used: .*1"):
        settings.load()


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "postgresql://", "sales.db"])
def test_a_database_that_is_not_postgresql_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SetupError, match="DATABASE_URL cannot be used"):
        settings.load()


@pytest.mark.parametrize(
    "url", ["postgres://u:p@h/d", "postgresql://u:p@h:5433/d", "postgresql://u@/d?host=/run/postgresql"]
)
def test_the_usual_spellings_of_an_address_are_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    given = settings.load().database_url
    assert given is not None
    assert given.get_secret_value() == url


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "sesame")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:sesame@h/d")
    assert "sesame" not in repr(settings.load())


def test_a_refused_address_does_not_show_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:sesame@localhost/x")
    with pytest.raises(SetupError) as caught:
        settings.load()
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "names"), [("", ("samples",)), (" Who,world-bank,who ", ("who", "world-bank")), ("all", ("all",))]
)
def test_sources_are_names_or_all(monkeypatch: pytest.MonkeyPatch, text: str, names: tuple[str, ...]) -> None:
    monkeypatch.setenv("DASHWRIGHT_SOURCES", text)
    assert settings.load().searched == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "samples, nowhere",
            r"DASHWRIGHT_SOURCES cannot be used: There is no source 'nowhere'\. The sources are: .*who",
        ),
        ("all, who", "write names separated by commas, or 'all' alone"),
        (",", "write names separated by commas"),
    ],
)
def test_sources_that_do_not_exist_stop_the_start(monkeypatch: pytest.MonkeyPatch, text: str, words: str) -> None:
    monkeypatch.setenv("DASHWRIGHT_SOURCES", text)
    with pytest.raises(SetupError, match=words):
        settings.load()


def test_limits_of_steps_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHWRIGHT_MAX_COLUMNS", "7")
    monkeypatch.setenv("DASHWRIGHT_MEMORY", "512MiB")
    loaded = settings.load()
    assert loaded.limits == Limits(max_columns=7, memory=512 * 1024**2, cache=str(loaded.data_dir / "cache"))


def test_the_defaults_of_the_limits_are_those_of_the_settings() -> None:
    assert settings.load().limits.model_copy(update={"cache": None}) == Limits()


def test_a_key_of_a_source_reaches_the_steps_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRED_API_KEY", "sesame")
    monkeypatch.setenv("DASHWRIGHT_FRED_BASE_URL", "http://127.0.0.1:1234")
    limits = settings.load().limits
    assert set(limits.services) == {"fred"}
    assert "sesame" not in limits.model_dump_json() + repr(limits)
    given = Limits.model_validate_json(limits.model_dump_json(context=REVEAL)).service("fred")
    assert given.key is not None
    assert (given.key.get_secret_value(), given.base_url) == ("sesame", "http://127.0.0.1:1234")


@pytest.mark.parametrize(
    ("variables", "order"),
    [
        ({}, ()),
        ({"OPENAI_API_KEY": "k", "GOOGLE_API_KEY": "k"}, ("gemini", "openai")),
        ({"DASHWRIGHT_COMPATIBLE_API_KEY": "k"}, ()),
        (
            {"DASHWRIGHT_COMPATIBLE_BASE_URL": "http://127.0.0.1:1", "PERPLEXITY_API_KEY": "k"},
            ("perplexity", "compatible"),
        ),
        ({"DASHWRIGHT_PLANNER": "offline", "OPENAI_API_KEY": "k"}, ()),
        ({"DASHWRIGHT_PLANNER": " OpenAI,gemini , offline", "GEMINI_API_KEY": "k"}, ("openai", "gemini")),
    ],
)
def test_who_plans_is_as_the_settings_say_or_whoever_has_a_key(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], order: tuple[str, ...]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert settings.load().providers == order


@pytest.mark.parametrize("planner", ["gemini,,openai", "auto, gemini", "offline, gemini", "../x", "a b"])
def test_an_order_of_planners_without_sense_is_refused(monkeypatch: pytest.MonkeyPatch, planner: str) -> None:
    monkeypatch.setenv("DASHWRIGHT_PLANNER", planner)
    with pytest.raises(SetupError, match="DASHWRIGHT_PLANNER cannot be used"):
        settings.load()


def test_a_provider_is_reached_as_its_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "sesame-1")
    monkeypatch.setenv("DASHWRIGHT_GEMINI_BASE_URL", "http://127.0.0.1:1234")
    monkeypatch.setenv("DASHWRIGHT_GEMINI_MODEL", "gemini-x")
    monkeypatch.setenv("DASHWRIGHT_GEMINI_PRICE", "1/0.5/2")
    service = settings.load().provider("gemini")
    assert service.key is not None
    assert (service.key.get_secret_value(), service.base_url) == ("sesame-1", "http://127.0.0.1:1234")
    assert (service.options, service.timeout) == ({"model": "gemini-x", "price": "1/0.5/2"}, 60)
    monkeypatch.setenv("GEMINI_API_KEY", "sesame-2")
    key = settings.load().provider("gemini").key
    assert key is not None
    assert key.get_secret_value() == "sesame-2"
    assert "sesame" not in settings.load().limits.model_dump_json(context=REVEAL), "no step gets it"


def test_a_given_data_directory_goes_before_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DASHWRIGHT_DATA_DIR", "/elsewhere")
    assert settings.load(tmp_path).data_dir == tmp_path
    assert settings.load().data_dir == Path("/elsewhere")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.load().workers = 3


def test_a_data_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match=r"cannot be used: .*Choose another with --data-dir"):
        settings.load(tmp_path / "file" / "data").make_folders()
