"""Asking: what a service is told, what nobody else is, and what its answers may be."""

from __future__ import annotations

import gzip
import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from dashwright.pipelines.errors import DashwrightError, DataError, LimitError, SetupError, SourceError
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import asking
from dashwright.pipelines.sources.addresses import Guard
from dashwright.pipelines.sources.answers import Validators
from dashwright.pipelines.sources.asking import Place, Talk, Told, segment
from dashwright.pipelines.sources.credentials import Credentials
from dashwright.pipelines.sources.web import download
from dashwright.pipelines.step import Limits

from .conftest import Wire, send, send_json

KEY = "sesame-0123456789"
PLACE = Place("fish-bank", "The fish bank", "https://fish.example/api")
ANY: TypeAdapter[Any] = TypeAdapter(Any)


class Fish(Told):
    name: str
    weight: float


FISH = TypeAdapter(list[Fish])


def talk(wire: Wire, place: Place = PLACE, **more: Any) -> Talk:
    service = Service(base_url=wire.url("/api"), timeout=more.pop("timeout", None))
    credentials = more.pop("credentials", Credentials())
    limits = Limits(**{"download_timeout": 5, **more, "services": {"fish-bank": service}})
    return Talk(place, limits, credentials=credentials)


def test_a_question_goes_to_the_address_that_was_set_with_its_query(wire: Wire) -> None:
    wire.serve("/api/fish", b'[{"name": "cod", "weight": 2, "more": {}}]', content_type="application/json")
    query = {"$filter": "contains(name,'c & o')", "page": 1}
    assert talk(wire).json(FISH, "fish", query) == [Fish(name="cod", weight=2.0)]
    assert httpx.URL(wire.requests[0][0]).params.multi_items() == [("$filter", "contains(name,'c & o')"), ("page", "1")]


def test_a_name_may_come_several_times(wire: Wire) -> None:
    wire.serve("/api/fish", b"1")
    talk(wire).json(ANY, "fish", [("geo", "FR"), ("geo", "DE")])
    assert wire.requests[0][0].endswith("?geo=FR&geo=DE")


def test_what_others_wrote_stays_one_part_of_the_path() -> None:
    assert segment("../a b/ü?x=1#y") == "..%2Fa%20b%2F%C3%BC%3Fx%3D1%23y"


def test_an_answer_packed_for_the_way_is_unpacked(wire: Wire) -> None:
    wire.serve("/api/fish", gzip.compress(b'["cod"]'), content_encoding="gzip")
    assert talk(wire).json(ANY, "fish") == ["cod"]


def test_a_packing_that_breaks_off_or_is_damaged_is_an_error(wire: Wire) -> None:
    packed = gzip.compress(json.dumps([f"fish {number}" for number in range(2_000)]).encode())
    for body in (packed[:-20], b"no gzip at all"):
        wire.serve("/api/fish", body, content_encoding="gzip")
        with pytest.raises(SourceError, match=r"broke off|damaged"):
            talk(wire).json(ANY, "fish")


def test_an_answer_that_swells_is_stopped(wire: Wire) -> None:
    wire.serve("/api/fish", gzip.compress(b'["' + b"x" * 5_000_000 + b'"]'), content_encoding="gzip")
    with pytest.raises(LimitError, match=r"1 MiB, the most that is allowed \(max_download_size\)"):
        talk(wire, max_download_size=1024**2).json(ANY, "fish")


def test_an_answer_too_large_for_memory_is_refused_with_what_to_do(wire: Wire) -> None:
    body = gzip.compress(b'"' + b"x" * asking.MAX_ANSWER + b'"', 1)
    wire.serve("/api/fish", body, content_encoding="gzip")
    place = Place("fish-bank", "The fish bank", "https://fish.example", narrow="catch fewer")
    with pytest.raises(LimitError, match=r"larger than 64 MiB; catch fewer\."):
        talk(wire, place).json(ANY, "fish")


def test_all_answers_of_one_talk_count_together(wire: Wire) -> None:
    wire.serve("/api/fish", b'["' + b"x" * 600 + b'"]')
    asked = talk(wire, max_download_size=1_000)
    asked.json(ANY, "fish")
    with pytest.raises(LimitError, match="What The fish bank sends is larger"):
        asked.json(ANY, "fish")


def test_another_form_is_a_sentence_with_the_place_and_not_the_value(wire: Wire) -> None:
    wire.serve("/api/fish", b'[{"name": "cod", "weight": 2}, {"name": "<script>", "weight": "<b>heavy</b>"}]')
    with pytest.raises(SourceError, match=r"another form than Dashwright knows \('1\.weight'") as caught:
        talk(wire).json(FISH, "fish")
    assert "<" not in str(caught.value)


def test_the_services_own_words_for_a_failure_can_be_explained(wire: Wire) -> None:
    def explain(status: int, body: bytes) -> DashwrightError | None:
        return DataError(f"{status}: {json.loads(body)['why']}.") if status == 400 else None

    wire.serve("/api/fish", gzip.compress(b'{"why": "no such fish"}'), 400, content_encoding="gzip")
    place = Place("fish-bank", "The fish bank", "https://fish.example", explain)
    with pytest.raises(DataError, match=r"^400: no such fish\.$"):
        talk(wire, place).json(ANY, "fish")
    wire.serve("/api/fish", b"", 404)
    with pytest.raises(DataError, match="does not exist"):
        talk(wire, place).json(ANY, "fish")


def test_the_time_that_is_set_for_a_service_is_named_when_it_is_over(wire: Wire) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(1)  # never comes

    wire.answers["/api/fish"] = answer
    with pytest.raises(SourceError, match=r"within 0\.2 s \(DASHWRIGHT_FISH_BANK_TIMEOUT\)"):
        talk(wire, timeout=0.2).json(ANY, "fish")


# --- where questions go -------------------------------------------------------------------------------------------


def test_an_address_the_operator_set_may_be_private_and_no_other(wire: Wire, other_wire: Wire, tmp_path: Path) -> None:
    wire.serve("/api/fish", b"1")
    assert talk(wire).json(ANY, "fish") == 1
    wire.serve("/api/away", b"", 302, location=other_wire.serve("/x", b"2"))
    with pytest.raises(DataError, match="private network"):
        talk(wire).json(ANY, "away")
    assert not other_wire.requests
    guard = Guard(own=httpx.URL(wire.url("/api")))
    with pytest.raises(DataError, match="private network"):  # the same machine, another port
        download(f"http://127.0.0.1:{wire.port + 1}/", tmp_path / "file", Limits(), lambda *_: None, None, guard)


def test_the_services_own_address_must_be_public() -> None:
    place = Place("fish-bank", "The fish bank", "http://127.0.0.1:9/api")
    with pytest.raises(DataError, match="private network"):
        Talk(place, Limits()).json(ANY, "fish")


def test_an_address_that_is_none_is_the_operators() -> None:
    limits = Limits(services={"fish-bank": Service(base_url="ftp://fish")})
    with pytest.raises(SetupError, match="DASHWRIGHT_FISH_BANK_BASE_URL cannot be used"):
        Talk(PLACE, limits)


# --- keys ---------------------------------------------------------------------------------------------------------

BOTH = Credentials(headers={"Authorization": f"Bearer {KEY}"}, parameters={"api_key": KEY})


def told(wire: Wire) -> str:
    return json.dumps(wire.requests)


def test_keys_go_to_the_service_and_along_with_its_own_redirects(wire: Wire) -> None:
    wire.serve("/api/fish", b"", 302, location="/api/cod?page=1")
    wire.serve("/api/cod", b"1")
    talk(wire, credentials=BOTH).json(ANY, "fish", {"x": 1})
    paths = [path for path, _ in wire.requests]
    assert paths == [f"/api/fish?x=1&api_key={KEY}", f"/api/cod?page=1&api_key={KEY}"]
    assert all(headers["authorization"] == f"Bearer {KEY}" for _, headers in wire.requests)


def test_keys_never_go_to_another_server_even_if_the_service_hands_them_on(wire: Wire, other_wire: Wire) -> None:
    other_wire.serve("/x", b"1")
    wire.serve("/api/fish", b"", 302, location=other_wire.url(f"/x?page=2&api_key={KEY}"))
    asked = talk(wire, credentials=BOTH, allow_private_addresses=True)
    assert asked.json(ANY, "fish") == 1
    assert KEY not in told(other_wire)
    assert other_wire.requests[0][0] == "/x?page=2"


def test_a_whole_address_on_another_server_is_asked_without_keys(wire: Wire, other_wire: Wire, tmp_path: Path) -> None:
    asked = talk(wire, credentials=BOTH, allow_private_addresses=True)
    asked.json(ANY, other_wire.serve("/x", b"1"))
    asked.save(other_wire.url("/x"), tmp_path / "file")
    assert len(other_wire.requests) == 2
    assert KEY not in told(other_wire)


@pytest.mark.parametrize("path", [f"/x/{KEY}", f"/x?other={KEY}"])
def test_a_key_hidden_elsewhere_in_a_redirect_stops_it(wire: Wire, other_wire: Wire, path: str) -> None:
    other_wire.serve(path.partition("?")[0], b"1")
    wire.serve("/api/fish", b"", 302, location=other_wire.url(path))
    with pytest.raises(SourceError, match="our key") as caught:
        talk(wire, credentials=BOTH, allow_private_addresses=True).json(ANY, "fish")
    assert not other_wire.requests
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 404, 418, 429, 500, 503])
def test_no_error_and_no_log_has_a_key_in_it(
    wire: Wire, tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    wire.serve("/api/fish", KEY.encode(), status, retry_after="0")
    asked = talk(wire, credentials=BOTH)
    for ask in (lambda: asked.json(ANY, "fish"), lambda: asked.save("fish", tmp_path / "file")):
        with pytest.raises(DashwrightError) as caught:
            ask()
        error: BaseException | None = caught.value
        while error is not None:
            assert KEY not in str(error) + repr(error)
            error = error.__cause__
    assert caplog.text
    assert KEY not in repr(asked.terms) + caplog.text


def test_a_saved_answer_says_when_nothing_changed(wire: Wire, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        known = request.headers.get("If-None-Match") == '"1"'
        send(request, b"" if known else b"a,b\n1,2\n", 304 if known else 200, etag='"1"')

    wire.answers["/api/fish.csv"] = answer
    first = talk(wire).save("fish.csv", tmp_path / "one")
    assert (first.written is not None, first.validators.etag) == (True, '"1"')
    assert talk(wire).save("fish.csv", tmp_path / "two", known=Validators('"1"')).written is None


def test_progress_goes_on_from_answer_to_answer(wire: Wire) -> None:
    wire.mount("/api", lambda request: send_json(request, "x" * 50))
    seen: list[int] = []
    limits = Limits(services={"fish-bank": Service(base_url=wire.url("/api"))})
    asked = asking.Talk(PLACE, limits, lambda count, total: seen.append(count))
    for _ in range(3):
        asked.json(ANY, "fish")
    assert seen == [52, 104, 156]
