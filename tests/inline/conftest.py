"""Frames of the tests, and a folder to work in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROWS = 60


def sales() -> pd.DataFrame:
    chance = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "date": pd.date_range("2023-01-01", periods=ROWS, freq="W"),
            "region": chance.choice(["North", "South", "East"], ROWS),
            "amount": chance.gamma(2, 50, ROWS).round(1),
        }
    )


@pytest.fixture
def frame() -> pd.DataFrame:
    return sales()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of a test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
