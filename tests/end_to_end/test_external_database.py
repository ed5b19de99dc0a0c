"""With DATABASE_URL everything works on somebody else's PostgreSQL, and none of ours is started."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dashwright.server.postgres import EmbeddedPostgres
from dashwright.server.postgres.place import place_of
from dashwright.server.settings import Settings
from tests.cli.test_dashboards import SALES
from tests.conftest import Place


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL that is not Dashwright's to start or stop."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("elsewhere") / "data")
    server = EmbeddedPostgres(settings)
    yield server.start()
    server.stop()
    shutil.rmtree(place_of(settings).folder)


def test_everything_works_on_an_external_database(place: Place, tmp_path: Path, address: str) -> None:
    place.variables["DATABASE_URL"] = address
    place.up()
    (tmp_path / "sales.csv").write_text(SALES)
    made = place.json("new", "revenue by region", "--data", str(tmp_path / "sales.csv"))
    assert httpx.get(made["url"], follow_redirects=True, timeout=60).status_code == 200
    assert not (place.data_dir / "postgres").exists()
    password = address.partition("//")[2].partition("@")[0].partition(":")[2]
    for process in place.processes():
        assert not [text for text in process.cmdline() if password in text]
        if "ipykernel" in " ".join(process.cmdline()):
            assert not [text for text in process.environ().values() if password in text]
    assert place.call("down").returncode == 0
    assert place.json("list")[0]["slug"] == made["slug"], "the database is still there"
    assert "the database of DATABASE_URL answers" in place.call("doctor", COLUMNS="200").stdout
