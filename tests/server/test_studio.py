"""JupyterLab as `dashwright up` starts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jupyterlab_server.config import get_page_config

from dashwright.server.settings import Settings
from dashwright.server.up import studio


def test_studio_has_no_buttons_of_others_until_somebody_wants_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Settings(data_dir=tmp_path).make_folders()
    studio.command(tmp_path, 0)
    for name, value in studio.environment(tmp_path, {}).items():
        monkeypatch.setenv(name, value)
    assert get_page_config([])["disabledExtensions"] == list(studio.NOT_OURS)

    (config,) = tmp_path.rglob("page_config.json")
    config.write_text(json.dumps({"disabledExtensions": {}}))
    studio.command(tmp_path, 0)
    assert not get_page_config([]).get("disabledExtensions")
