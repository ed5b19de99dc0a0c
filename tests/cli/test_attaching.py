"""What is typed after --data: files, addresses, databases, and datasets as sources call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashwright.pipelines.errors import DataError
from dashwright.pipelines.model import Attachment
from dashwright.server.cli.attaching import attachments_of


@pytest.mark.parametrize(
    ("typed", "source", "reference"),
    [
        ("world-bank:NY.GDP.PCAP.CD", "world-bank", "NY.GDP.PCAP.CD"),
        ("kaggle: owner/name", "kaggle", "owner/name"),
        (
            "owid:https://ourworldindata.org/grapher/co2?tab=chart",
            "owid",
            "https://ourworldindata.org/grapher/co2?tab=chart",
        ),
        ("sqlite:////tmp/a.db", "sql", "sqlite:////tmp/a.db"),
        ("https://example.org/a.csv", "files", "https://example.org/a.csv"),
    ],
)
def test_data_is_told_by_its_looks(typed: str, source: str, reference: str) -> None:
    (found,) = attachments_of([typed])
    assert (found.source, found.reference) == (source, reference)


def test_options_go_to_the_source_and_a_query_to_whoever_runs_it() -> None:
    assert attachments_of(["kaggle:a/b"], options=["file=c=d.csv"]) == (
        Attachment(source="kaggle", reference="a/b", options={"file": "c=d.csv"}),
    )
    assert attachments_of(["bigquery:p.d"], query="SELECT 1") == (
        Attachment(source="bigquery", reference="p.d", options={"query": "SELECT 1"}),
    )


def test_a_file_goes_before_a_source_of_the_same_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples:penguins").write_text("a,b\n1,2\n")
    (found,) = attachments_of(["samples:penguins"])
    assert found.source == "files"
    with pytest.raises(DataError, match="nowhere:penguins"):
        attachments_of(["nowhere:penguins"])
