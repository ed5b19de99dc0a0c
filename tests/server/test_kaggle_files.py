"""What Kaggle's own programs have kept to sign in with, and what goes before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashwright.pipelines.services import Service
from dashwright.server import settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, field in settings.Settings.model_fields.items():
        monkeypatch.delenv(settings.variable(name, field), raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def kaggle() -> Service:
    return settings.load().limits.service("kaggle")


def told() -> tuple[str | None, str | None]:
    """Name and key."""
    service = kaggle()
    return service.user, service.key.get_secret_value() if service.key else None


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_with_nothing_there_is_no_service(home: Path) -> None:
    assert "kaggle" not in settings.load().services


def test_files_are_used_a_token_first(home: Path) -> None:
    write(home / ".config/kaggle/kaggle.json", '{"username": "ann", "key": "k-1"}')
    assert told() == ("ann", "k-1")
    write(home / ".kaggle/kaggle.json", '{"username": "bob", "key": "k-2"}')
    assert told() == ("bob", "k-2")
    write(home / ".kaggle/access_token.txt", "t-1\n")
    assert told() == (None, "t-1")
    write(home / ".kaggle/access_token", "t-2\n")
    assert told() == (None, "t-2")


def test_variables_go_before_files_and_a_token_before_a_name(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / ".kaggle/access_token", "forgotten")
    monkeypatch.setenv("KAGGLE_USERNAME", "ann")
    monkeypatch.setenv("KAGGLE_KEY", "k-1")
    assert told() == ("ann", "k-1")
    monkeypatch.setenv("KAGGLE_API_TOKEN", "t-1")
    assert told() == (None, "t-1")
    monkeypatch.setenv("KAGGLE_API_TOKEN", str(write(home / "mine/token", " t-2 \n")))
    assert told() == (None, "t-2")


def test_another_folder_is_used_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / ".kaggle/access_token", "forgotten")
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(home / "empty"))
    assert told() == (None, None)
    write(home / "empty/kaggle.json", '{"username": "ann", "key": "k-1"}')
    assert told() == ("ann", "k-1")


def test_the_address_and_the_time_stay(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHWRIGHT_KAGGLE_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("DASHWRIGHT_KAGGLE_TIMEOUT", "3")
    monkeypatch.setenv("KAGGLE_API_TOKEN", "t-1")
    assert (kaggle().base_url, kaggle().timeout) == ("http://127.0.0.1:1", 3)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"username": "ann"}', '{"username": "ann", "key": 7}', "[" * 60_000]
)
def test_a_file_that_is_none_is_said_to_who_wants_kaggle_and_stops_nobody_else(home: Path, text: str) -> None:
    path = write(home / ".kaggle/kaggle.json", text)
    service = kaggle()
    assert service.key is None
    assert str(path) in service.options["problem"]
    assert service.options["problem"].endswith(".")


def test_what_a_broken_file_holds_is_not_repeated(home: Path) -> None:
    write(home / ".kaggle/kaggle.json", '{"username": "ann", "secret": "sesame"}')
    (home / ".kaggle/access_token").write_bytes(b"\xffsesame")
    assert "sesame" not in repr(kaggle())
    assert "it is no text" in kaggle().options["problem"]


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("KAGGLE_KEY", "KAGGLE_KEY is set, but KAGGLE_USERNAME is not"),
        ("KAGGLE_USERNAME", "KAGGLE_USERNAME is set, but KAGGLE_KEY is not"),
        ("KAGGLE_API_TOKEN", "'/no/such/file' cannot be read: No such file or directory"),
    ],
)
def test_half_a_credential_is_said(home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, words: str) -> None:
    monkeypatch.setenv(variable, "/no/such/file")
    service = kaggle()
    assert (service.user, service.key) == (None, None)
    assert words in service.options["problem"]
