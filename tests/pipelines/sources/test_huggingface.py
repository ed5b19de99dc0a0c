"""Hugging Face: what the dataset viewer made of a dataset, in one table."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dashwright.pipelines.errors import DashwrightError, DataError, LimitError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.step import Limits

from .conftest import Wire, send, send_json
from .playing.huggingface import KITES, HuggingFace, parquet


@pytest.fixture
def hub(wire: Wire) -> HuggingFace:
    played = HuggingFace()
    wire.mount("/huggingface", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    return Limits(download_timeout=5, services={"huggingface": Service(base_url=wire.url("/huggingface"))})


def describe(limits: Limits, reference: str = "wind/kites", **options: str) -> Candidate:
    return source("huggingface").describe(
        Attachment(source="huggingface", reference=reference, options=options), limits
    )


def fetch(limits: Limits, into: Path, previous: Dataset | None = None, **options: str) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="huggingface", reference="wind/kites", name="x", title="x", options=options)
    return source("huggingface").fetch(candidate, into, limits, unheard, previous)


def rows(fetched: Fetched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(fetched.files[0].path).to_pylist()
    return found


def test_all_shards_of_a_split_become_one_table(hub: HuggingFace, limits: Limits, tmp_path: Path) -> None:
    fetched = fetch(limits, tmp_path / "into")
    assert [row["kite"] for row in rows(fetched)] == ["Red", "Blue", "Green"]
    assert [row["height"] for row in rows(fetched)] == [10.0, 20.0, 30.5]
    assert [file.name for file in fetched.files] == ["kites.parquet"]


def test_a_single_file_stays_as_it_is(hub: HuggingFace, limits: Limits, tmp_path: Path) -> None:
    fetched = fetch(limits, tmp_path / "into", split="test")
    assert fetched.files[0].path.read_bytes() == hub.files["default/test/0000.parquet"]


def test_another_configuration_can_be_chosen_and_what_there_is_is_said(
    hub: HuggingFace, limits: Limits, tmp_path: Path
) -> None:
    assert rows(fetch(limits, tmp_path / "into", config="old")) == [{"kite": "Dusty"}]
    assert "default/test, old/train" in describe(limits).description
    with pytest.raises(DataError, match="has no config 'new'; it has: default, old"):
        describe(limits, config="new")
    with pytest.raises(DataError, match="has no split 'test'; it has: train"):
        describe(limits, config="old", split="test")
    with pytest.raises(DataError, match="no option 'shape'"):
        describe(limits, shape="round")


def test_a_dataset_is_described_with_columns_rows_and_licence(hub: HuggingFace, limits: Limits) -> None:
    found = describe(limits, "https://huggingface.co/datasets/wind/kites/tree/main")
    assert (found.reference, found.title, found.columns, found.rows) == (
        "wind/kites", "All Kites", ("kite", "height"), 3,
    )  # fmt: skip
    assert found.license is not None
    assert found.license.spdx == "CC-BY-4.0"
    assert (found.tags, found.publisher) == (("toys",), "wind")
    assert found.description.startswith("Kites and how high they fly.")


def test_the_licence_of_a_tag_or_of_the_owner_is_told(hub: HuggingFace, limits: Limits) -> None:
    hub.datasets["wind/kites"].update(cardData=None, tags=["license:odbl"])
    licence = describe(limits).license
    assert licence is not None
    assert licence.spdx == "ODbL-1.0"
    own = {"license": ["other"], "license_name": "kite-licence", "license_link": "javascript:alert(1)"}
    hub.datasets["wind/kites"].update(cardData=own)
    licence = describe(limits).license
    assert licence is not None
    assert (licence.name, licence.spdx, licence.url) == (
        "kite-licence",
        None,
        "https://huggingface.co/datasets/wind/kites",
    )
    hub.datasets["wind/kites"].update(cardData={"license": "unknown"}, tags=[])
    assert describe(limits).license is None


def test_columns_are_not_worth_a_failure(hub: HuggingFace, limits: Limits) -> None:
    hub.datasets["wind/kites"]["cardData"] = {"dataset_info": [{"features": [{"name": "kite", "dtype": "string"}]}]}
    assert describe(limits, config="old").columns == ("kite",)


def test_a_search_asks_for_fewer_words_and_leaves_out_what_is_gated(hub: HuggingFace, limits: Limits) -> None:
    hub.datasets["wind/kites-gated"] = {**KITES, "id": "wind/kites-gated", "gated": "auto"}
    hub.datasets["wind/kites-text"] = {**KITES, "id": "wind/kites-text", "tags": ["modality:text"]}
    found = source("huggingface").search(Query("Kites of Iowa", ("kites", "iowa"), 5), limits)
    assert [item.reference for item in found] == ["wind/kites"]
    assert [query["search"] for _, query in hub.asked] == ["kites iowa", "kites"]


def test_a_gated_dataset_is_told_to_be_gated(hub: HuggingFace, limits: Limits) -> None:
    hub.datasets["wind/kites"]["gated"] = "manual"
    with pytest.raises(DataError, match=r"gated.*Sign in at https://huggingface\.co/datasets/wind/kites"):
        describe(limits)
    hub.datasets["wind/kites"].update(gated=False, disabled=True)
    with pytest.raises(DataError, match="disabled"):
        describe(limits)


def test_a_part_of_a_large_dataset_is_said_to_be_a_part(hub: HuggingFace, limits: Limits, tmp_path: Path) -> None:
    hub.partial = True
    assert "only the first part" in fetch(limits, tmp_path / "into").left_out[0]


def test_a_conversion_under_way_or_impossible_is_a_sentence(hub: HuggingFace, limits: Limits) -> None:
    hub.files, hub.pending = {}, [{"config": "default"}]
    with pytest.raises(SourceError, match="still converting 'wind/kites'"):
        describe(limits)
    hub.pending = []
    with pytest.raises(DataError, match="can make no table"):
        describe(limits)


def test_announced_sizes_are_judged_before_anything_is_downloaded(
    hub: HuggingFace, limits: Limits, tmp_path: Path
) -> None:
    hub.files["default/train/0001.parquet"] = parquet(kite=[f"Kite {number}" for number in range(20_000)])
    with pytest.raises(LimitError, match="max_download_size"):
        fetch(limits.model_copy(update={"max_download_size": 20_000}), tmp_path / "into")
    assert not any("resolve" in path for path, _ in hub.asked)


def test_shards_count_together_against_the_limit(wire: Wire, limits: Limits, tmp_path: Path) -> None:
    class Modest(HuggingFace):
        def conversion(self, name: str) -> dict[str, Any]:
            made = super().conversion(name)
            for row in made["parquet_files"]:
                row["size"] = 1
            return made

    played = Modest()
    for shard in ("0000", "0001"):
        played.files[f"default/train/{shard}.parquet"] = parquet(kite=[f"Kite {number}" for number in range(5_000)])
    wire.mount("/huggingface", played)
    most = int(1.5 * len(played.files["default/train/0000.parquet"]))
    with pytest.raises(LimitError, match="max_download_size"):
        fetch(limits.model_copy(update={"max_download_size": most}), tmp_path / "into")


def test_shards_of_different_tables_are_a_sentence(hub: HuggingFace, limits: Limits, tmp_path: Path) -> None:
    hub.files["default/train/0001.parquet"] = parquet(kite=[{"name": "Green"}], height=[[1]])
    with pytest.raises(DataError, match="do not make one table"):
        fetch(limits, tmp_path / "into")


def test_files_elsewhere_are_guarded_like_any_address(
    hub: HuggingFace, other_wire: Wire, limits: Limits, tmp_path: Path
) -> None:
    hub.home = other_wire.url("")
    with pytest.raises(DataError, match="private network"):
        fetch(limits, tmp_path / "into")
    assert not other_wire.requests


def test_nothing_new_downloads_no_file(hub: HuggingFace, limits: Limits, tmp_path: Path) -> None:
    first = fetch(limits, tmp_path / "a")
    file = first.files[0]
    before = Dataset(
        name="kites",
        title="Kites",
        source="huggingface",
        reference="wind/kites",
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=datetime.now(UTC),
        etag=first.etag,
    )
    hub.asked.clear()
    assert fetch(limits, tmp_path / "b", before).unchanged
    assert len(hub.asked) == 2
    hub.files["default/train/0001.parquet"] = parquet(kite=["Green", "Gold"], height=[30.5, 31.0])
    assert len(rows(fetch(limits, tmp_path / "c", before))) == 4


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"error": "Invalid username or password."}, DataError, "no such dataset that everybody may read"),
        (404, {"error": "Repository not found"}, DataError, "no such dataset"),
        (429, {"error": "slow"}, SourceError, "five minutes"),
        (500, {"error": "The response is not ready yet."}, SourceError, "'The response is not ready yet'; try again"),
        (200, {"error": "Repository not found"}, SourceError, "another form"),
        (200, [], SourceError, "another form"),
    ],
)
def test_refusals_are_sentences(
    wire: Wire, limits: Limits, status: int, body: Any, kind: type[DashwrightError], words: str
) -> None:
    wire.mount("/huggingface", lambda request: send_json(request, body, status, retry_after="0"))
    with pytest.raises(kind, match=words):
        describe(limits)


def test_a_busy_moment_passes(hub: HuggingFace, wire: Wire, limits: Limits) -> None:
    busy = iter([1, 1])

    def answer(request: BaseHTTPRequestHandler) -> None:
        if next(busy, None):
            send(request, b"{}", 429, retry_after="0")
        else:
            hub(request)

    wire.mount("/huggingface", answer)
    assert describe(limits).title == "All Kites"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda made: made.pop("parquet_files"), "another form"),
        (lambda made: made["parquet_files"][0].update(size="big"), "another form"),
        (lambda made: made["parquet_files"][0].update(size=-1), "another form"),
        (lambda made: made["parquet_files"][0].update(url="ftp://x/y"), "file without an address"),
    ],
)
def test_a_changed_conversion_is_a_sentence(
    wire: Wire, limits: Limits, tmp_path: Path, spoil: Callable[[Any], Any], words: str
) -> None:
    class Spoiled(HuggingFace):
        def conversion(self, name: str) -> dict[str, Any]:
            made = super().conversion(name)
            spoil(made)
            return made

    wire.mount("/huggingface", Spoiled())
    with pytest.raises(SourceError, match=words):
        fetch(limits, tmp_path / "into")


def test_a_shard_that_breaks_off_or_is_a_page_is_never_half_a_table(
    hub: HuggingFace, limits: Limits, tmp_path: Path
) -> None:
    hub.files["default/train/0001.parquet"] = hub.files["default/train/0001.parquet"][:-50]
    with pytest.raises(DataError, match="breaks off before its end"):
        fetch(limits, tmp_path / "into")
    whole = hub.files["default/test/0000.parquet"]
    hub.files["default/train/0001.parquet"] = whole[:-60] + b"\xff" * 52 + whole[-8:]
    with pytest.raises(DataError, match="do not make one table"):
        fetch(limits, tmp_path / "damaged")
    hub.files["default/train/0000.parquet"] = b"<!doctype html><html>Sign in</html>"
    with pytest.raises(DataError, match="web page"):
        fetch(limits, tmp_path / "again")


def test_an_answer_that_is_no_json_is_a_sentence(wire: Wire, limits: Limits) -> None:
    wire.mount("/huggingface", lambda request: send(request, json.dumps({"id": "x"}).encode()[:-3]))
    with pytest.raises(SourceError, match="cannot be read"):
        describe(limits)
