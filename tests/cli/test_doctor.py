"""The doctor finds what is missing, names the cure, and tells no secret."""

from __future__ import annotations

import json
import socket

from tests.conftest import Place
from tests.pipelines.providers.chat_dialect import MODELS
from tests.pipelines.providers.wire import Wire


def findings(place: Place, **variables: str) -> dict[str, dict[str, str]]:
    done = place.call("doctor", "--json", **variables)
    return {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}


def test_a_sound_installation_is_well(place: Place) -> None:
    done = place.call("doctor", "--json")
    assert json.loads(done.stdout)["ok"], done.stdout
    assert done.returncode == 0
    assert not place.data_dir.exists()


def test_every_cure_is_shown_to_people(place: Place) -> None:
    done = place.call("doctor", COLUMNS="300")
    assert "the offline planner alone: no AI provider has a key" in done.stdout
    cures = [finding["cure"] for finding in findings(place).values() if finding["cure"]]
    assert not [cure for cure in cures if cure not in done.stdout]


def test_a_kernel_that_is_missing_is_essential(place: Place) -> None:
    done = place.call("doctor", "--json", JUPYTER_PATH="/nowhere", JUPYTER_PREFER_ENV_PATH="1")
    assert done.returncode == 0, "what the environment has is found all the same"
    done = place.call("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 1
    assert "The database does not answer" in done.stdout


def test_a_key_is_told_to_be_set_and_never_shown(place: Place) -> None:
    found = findings(place, GEMINI_API_KEY="AIza-very-secret", DASHWRIGHT_PLANNER="offline")
    assert found["GEMINI_API_KEY"]["state"] == "ok"
    assert found["OPENAI_API_KEY"]["state"] == "note"
    assert "very-secret" not in json.dumps(found)


def test_the_order_of_planners_and_what_each_provider_says_is_told(place: Place) -> None:
    wire = Wire(lambda asked: MODELS)
    variables = {"DASHWRIGHT_PLANNER": "gemini, compatible", "DASHWRIGHT_COMPATIBLE_BASE_URL": f"{wire.url}/v1"}
    found = findings(place, **variables, DASHWRIGHT_COMPATIBLE_API_KEY="sesame", DASHWRIGHT_COMPATIBLE_MODEL="on")
    assert found["Planner"]["text"] == "compatible, then the offline planner"
    assert found["AI: gemini"]["text"] == "The AI provider 'gemini' needs a key: set GEMINI_API_KEY."
    assert found["AI: compatible"]["text"].startswith("answers, but has no model 'on'; it has, for example, one")
    assert found["AI: compatible"]["cure"] == "Choose one with DASHWRIGHT_COMPATIBLE_MODEL."
    assert findings(place, **variables, DASHWRIGHT_COMPATIBLE_MODEL="two")["AI: compatible"]["state"] == "ok"
    wire.close()
    gone = findings(place, **variables)["AI: compatible"]
    assert gone["state"] == "note"
    assert "cannot be reached" in gone["text"]
    assert "sesame" not in str(found)


def test_a_taken_port_is_noted(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = findings(place, DASHWRIGHT_VIEWER_PORT=str(port))
    assert "taken" in found[f"Port {port}"]["text"]


def test_secrets_that_others_can_read_must_be_cured(place: Place) -> None:
    (place.data_dir / "secrets").mkdir(parents=True)
    (place.data_dir / "secrets").chmod(0o755)
    found = findings(place)
    assert found["Secrets"]["state"] == "missing"
    assert found["Secrets"]["cure"].startswith("Run: chmod")
