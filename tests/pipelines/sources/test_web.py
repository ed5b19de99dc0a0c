"""One file by http: whole, of the right size, in time, and from nowhere it may not be from."""

from __future__ import annotations

import gzip
import hashlib
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dashwright.pipelines.errors import DataError, LimitError, SourceError
from dashwright.pipelines.sources import connecting, unheard, web
from dashwright.pipelines.sources.addresses import Guard
from dashwright.pipelines.sources.answers import Validators, wait_asked
from dashwright.pipelines.sources.web import Deadline, Download, Terms, download
from dashwright.pipelines.step import Limits

from .conftest import CSV, Wire, send

OPEN = Limits(allow_private_addresses=True, download_timeout=5)


def get(
    url: str, folder: Path, limits: Limits = OPEN, known: Validators | None = None, guard: Guard | None = None
) -> Download:
    return download(url, folder / "file", limits, unheard, known, guard)


def test_a_file_arrives_as_it_was_sent_with_its_digest(wire: Wire, tmp_path: Path) -> None:
    result = get(wire.serve("/sales.csv", content_type="text/csv; charset=utf-8"), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV
    assert result.written is not None
    assert result.written.sha256 == hashlib.sha256(CSV).hexdigest()
    assert (result.name, result.media_type) == ("sales.csv", "text/csv")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_progress_tells_bytes_and_the_total(wire: Wire, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    download(wire.serve("/sales.csv"), tmp_path / "file", OPEN, lambda *values: seen.append(values))
    assert seen[-1] == (len(CSV), len(CSV))
    assert [count for count, _ in seen] == sorted(count for count, _ in seen)


def test_a_body_without_a_length_is_read_to_its_end(wire: Wire, tmp_path: Path) -> None:
    get(wire.serve("/a.csv", content_length=""), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV


def test_a_chunked_body_is_put_together(wire: Wire, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, b"", transfer_encoding="chunked", content_length="")
        for start in range(0, len(CSV), 5_000):
            piece = CSV[start : start + 5_000]
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        request.wfile.write(b"0\r\n\r\n")

    wire.answers["/a.csv"] = answer
    get(wire.url("/a.csv"), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV


def test_a_chunked_body_that_ends_early_is_an_error(wire: Wire, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, b"", transfer_encoding="chunked", content_length="")
        request.wfile.write(b"%x\r\n%s\r\n" % (100, CSV[:100]))

    wire.answers["/a.csv"] = answer
    with pytest.raises(SourceError, match="broke off"):
        get(wire.url("/a.csv"), tmp_path)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="sales 2024.csv"', "sales 2024.csv"),
        ("attachment; filename*=UTF-8''%E2%82%AC%20rates.csv", "€ rates.csv"),
        ('attachment; filename="../../etc/passwd.csv"', "passwd.csv"),
        ('attachment; filename="C:\\\\secret\\\\x.csv"', "x.csv"),
        ('attachment; filename=""', "download"),
        ("attachment", "download"),
        ('attachment; filename="' + "a" * 500 + '.csv"', "a" * 146 + ".csv"),
    ],
)
def test_the_name_the_server_gives_is_a_name_and_never_a_path(
    wire: Wire, tmp_path: Path, disposition: str, name: str
) -> None:
    url = wire.serve("/download", content_disposition=disposition)
    assert get(url + "?id=7", tmp_path).name == name


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, DataError, "without signing in"),
        (403, DataError, "without signing in"),
        (404, DataError, "does not exist"),
        (410, DataError, "does not exist"),
        (418, DataError, "refused"),
        (500, SourceError, "try again later"),
        (204, SourceError, "answers with an error"),
    ],
)
def test_an_answer_that_is_not_the_file_is_one_sentence(
    wire: Wire, tmp_path: Path, status: int, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        get(wire.serve("/a.csv", b"", status), tmp_path)


def test_a_busy_server_is_asked_again_after_the_time_it_names(wire: Wire, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, CSV) if len(wire.requests) > 2 else send(request, b"", 503, retry_after="0")

    wire.answers["/a.csv"] = answer
    assert get(wire.url("/a.csv"), tmp_path).written is not None
    assert len(wire.requests) == 3


def test_a_server_that_stays_busy_is_given_up(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"HTTP 429\); try again later\."):
        get(wire.serve("/a.csv", b"", 429, retry_after="0"), tmp_path)
    assert len(wire.requests) == web.MAX_ATTEMPTS


def since_now(seconds: int) -> str:
    return str(int(time.time()) + seconds)


def date(seconds: int) -> str:
    return formatdate(time.time() + seconds, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "when"),
    [
        ({"retry_after": "45"}, "45 seconds"),
        ({"retry_after": date(43_000)}, "12 hours"),
        ({"retry_after": "soon", "ratelimit": '"api";r=0;t=121'}, "3 minutes"),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": since_now(100_000)}, "28 hours"),
        ({"x_ratelimit_reset": "86401"}, "25 hours"),
        ({"retry_after": "2000000"}, "24 days"),
    ],
)
def test_a_server_that_wants_longer_than_we_wait_is_asked_once_and_its_time_told(
    wire: Wire, tmp_path: Path, headers: dict[str, str], when: str
) -> None:
    with pytest.raises(SourceError, match=rf"more often than its server allows \(HTTP 429\); try again in {when}\.$"):
        get(wire.serve("/a.csv", b"", 429, **headers), tmp_path)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"retry_after": date(-60)},
        {"ratelimit": '"api";r=7;t=121', "retry_after": "0"},
        {"x_ratelimit_reset": "0"},
        {"x_ratelimit_reset": since_now(-60)},
    ],
)
def test_a_server_whose_time_is_over_is_asked_again(wire: Wire, tmp_path: Path, headers: dict[str, str]) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, CSV) if len(wire.requests) > 1 else send(request, b"", 429, **headers)

    wire.answers["/a.csv"] = answer
    assert get(wire.url("/a.csv"), tmp_path).written is not None


@pytest.mark.parametrize(
    "asked", ["9" * 18, "9" * 40, "-1", "Mon, 99 Nov 2026", "Fri, 31 Dec 9999 23:59:59 GMT", "inf"]
)
def test_a_time_that_cannot_be_meant_is_not_told(asked: str) -> None:
    assert wait_asked(httpx.Response(429, headers={"retry-after": asked}), 0) is None


# --- time ---------------------------------------------------------------------------------------------------------


def test_a_url_that_times_out_is_given_up_with_a_sentence(wire: Wire, tmp_path: Path) -> None:
    given_up = threading.Event()
    wire.answers["/a.csv"] = lambda request: given_up.wait() and None
    with pytest.raises(SourceError, match=r"did not answer within 0\.3 s"):
        get(wire.url("/a.csv"), tmp_path, OPEN.model_copy(update={"download_timeout": 0.3}))
    given_up.set()


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_server_that_sends_a_byte_now_and_then_meets_the_deadline(wire: Wire, tmp_path: Path, part: str) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if part == "body":
            send(request, b"", content_length="100000")
        else:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not given_up.wait(0.05):
            request.wfile.write(b"a")
            request.wfile.flush()

    given_up = threading.Event()
    wire.answers["/a.csv"] = answer
    terms = Terms(deadline=Deadline(0.5))
    with pytest.raises(LimitError, match=r"took longer than 0\.5 s"):
        download(wire.url("/a.csv"), tmp_path / "file", OPEN, unheard, terms=terms)
    given_up.set()


# --- size ---------------------------------------------------------------------------------------------------------


def test_a_file_announced_as_too_large_is_not_downloaded(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(LimitError, match=r"has .* the most that is allowed is 1000 bytes \(max_download_size\)"):
        get(wire.serve("/a.csv"), tmp_path, OPEN.model_copy(update={"max_download_size": 1_000}))


def test_a_file_of_unknown_length_is_cut_off_at_the_limit(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="is larger than 1000 bytes"):
        get(wire.serve("/a.csv", content_length=""), tmp_path, OPEN.model_copy(update={"max_download_size": 1_000}))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1_000


def test_a_body_packed_for_the_way_is_unpacked(wire: Wire, tmp_path: Path) -> None:
    result = get(wire.serve("/a.csv", gzip.compress(CSV), content_encoding="gzip"), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV
    assert result.written is not None
    assert result.written.sha256 == hashlib.sha256(CSV).hexdigest()
    assert wire.requests[0][1]["accept-encoding"] == "gzip"


def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(wire: Wire, tmp_path: Path) -> None:
    bomb = gzip.compress(b"0" * 20_000_000)
    url = wire.serve("/a.csv", bomb, content_encoding="gzip")
    assert len(bomb) < 50_000
    with pytest.raises(LimitError, match=r"is larger than 97\.7 KiB"):
        get(url, tmp_path, OPEN.model_copy(update={"max_download_size": 100_000}))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 200_000


def test_a_packing_nobody_asked_for_is_refused(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="packed as 'br'"):
        get(wire.serve("/a.csv", content_encoding="br"), tmp_path)


# --- broken off ---------------------------------------------------------------------------------------------------


def halves(wire: Wire, *, ranges: bool, etag: str = '"one"') -> str:
    """A server that breaks off in the middle, the first time it is asked for a beginning."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range")
        if asked and ranges and request.headers.get("If-Range") == etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            rest = CSV[start:]
            send(request, rest, 206, etag=etag, content_range=f"bytes {start}-{len(CSV) - 1}/{len(CSV)}")
        elif len(wire.requests) == 1:
            send(request, CSV[: len(CSV) // 2], content_length=str(len(CSV)), etag=etag)
        else:
            send(request, CSV, etag=etag)

    wire.answers["/a.csv"] = answer
    return wire.url("/a.csv")


def test_a_broken_download_goes_on_where_it_was(wire: Wire, tmp_path: Path) -> None:
    result = get(halves(wire, ranges=True), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV
    assert result.written is not None
    assert result.written.sha256 == hashlib.sha256(CSV).hexdigest()
    assert wire.requests[1][1]["range"] == f"bytes={len(CSV) // 2}-"
    assert wire.requests[1][1]["if-range"] == '"one"'


def test_a_broken_download_begins_anew_where_the_server_has_no_parts(wire: Wire, tmp_path: Path) -> None:
    get(halves(wire, ranges=False), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV
    assert len(wire.requests) == 2


def test_parts_are_not_asked_for_when_the_file_may_have_changed_between(wire: Wire, tmp_path: Path) -> None:
    get(halves(wire, ranges=True, etag='W/"weak"'), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV
    assert "range" not in wire.requests[1][1]


def test_a_part_other_than_the_one_asked_for_is_thrown_away(wire: Wire, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.headers.get("Range"):
            send(request, CSV[:10], 206, etag='"one"', content_range=f"bytes 0-9/{len(CSV)}")
        elif len(wire.requests) == 1:
            send(request, CSV[:100], content_length=str(len(CSV)), etag='"one"')
        else:
            send(request, CSV, etag='"one"')

    wire.answers["/a.csv"] = answer
    get(wire.url("/a.csv"), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV


def test_a_download_that_breaks_off_in_the_middle_each_time_is_an_error_and_no_short_file(
    wire: Wire, tmp_path: Path
) -> None:
    url = wire.serve("/a.csv", CSV[:1_000], content_length=str(len(CSV)))
    with pytest.raises(SourceError, match=r"broke off after 1000 bytes of .* in each of 4 tries"):
        get(url, tmp_path)
    assert not (tmp_path / "file").exists()


def test_a_body_packed_for_the_way_can_break_off_and_go_on(wire: Wire, tmp_path: Path) -> None:
    packed = gzip.compress(CSV)

    def answer(request: BaseHTTPRequestHandler) -> None:
        headers = {"etag": '"one"', "content_encoding": "gzip"}
        size = len(packed)
        if asked := request.headers.get("Range"):
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            send(request, packed[start:], 206, content_range=f"bytes {start}-{size - 1}/{size}", **headers)
        else:
            send(request, packed[:1_000], content_length=str(size), **headers)

    wire.answers["/a.csv"] = answer
    get(wire.url("/a.csv"), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV


def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SourceError, match="cannot be reached"):
        get(f"http://127.0.0.1:{port}/a.csv", tmp_path)


# --- the same as before? ------------------------------------------------------------------------------------------


def test_an_unchanged_file_is_not_sent_again(wire: Wire, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        same = request.headers.get("If-None-Match") == '"v1"'
        send(request, b"" if same else CSV, 304 if same else 200, etag='"v1"')

    wire.answers["/a.csv"] = answer
    first = get(wire.url("/a.csv"), tmp_path)
    assert first.validators.etag == '"v1"'
    (tmp_path / "file").unlink()
    second = get(wire.url("/a.csv"), tmp_path, known=first.validators)
    assert second.written is None
    assert second.validators == first.validators
    assert list(tmp_path.iterdir()) == []


def test_the_date_of_the_last_change_is_asked_for_too(wire: Wire, tmp_path: Path) -> None:
    moment = "Mon, 23 Nov 2026 08:00:00 GMT"
    get(wire.serve("/a.csv"), tmp_path, known=Validators(last_modified=moment))
    assert wire.requests[0][1]["if-modified-since"] == moment


def test_a_304_that_nobody_asked_for_is_an_error(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="HTTP 304"):
        get(wire.serve("/a.csv", b"", 304), tmp_path)


# --- where to -----------------------------------------------------------------------------------------------------


def test_redirects_are_followed_and_name_the_file(wire: Wire, tmp_path: Path) -> None:
    wire.serve("/real/sales.csv")
    wire.serve("/middle", b"", 307, location="real/sales.csv")
    result = get(wire.serve("/start", b"", 302, location="/middle"), tmp_path)
    assert (tmp_path / "file").read_bytes() == CSV
    assert [path for path, _ in wire.requests] == ["/start", "/middle", "/real/sales.csv"]
    assert result.written is not None


def test_a_circle_of_redirects_ends(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="redirects more than 10 times"):
        get(wire.serve("/a", b"", 302, location="/a"), tmp_path)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/x", "gopher://x/", "data:text/csv,a"])
def test_a_redirect_to_anything_but_http_is_refused(wire: Wire, tmp_path: Path, location: str) -> None:
    with pytest.raises(DataError, match="redirects to where it may not"):
        get(wire.serve("/a", b"", 302, location=location), tmp_path)


def test_a_private_address_is_refused_before_any_connection(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="private network"):
        get(wire.serve("/a.csv"), tmp_path, Limits())
    assert wire.requests == []


def test_a_redirect_to_a_private_address_is_refused(wire: Wire, other_wire: Wire, tmp_path: Path) -> None:
    secret = wire.serve("/secret.csv")
    guard = Guard(exempt=frozenset({"127.0.0.2"}))
    start = other_wire.serve("/a.csv", b"", 302, location=secret)
    with pytest.raises(DataError, match=r"redirects to where it may not.*127\.0\.0\.1"):
        get(start, tmp_path, Limits(), guard=guard)
    assert len(other_wire.requests) == 1
    assert wire.requests == []


def test_the_connection_goes_to_the_address_that_was_judged(wire: Wire, other_wire: Wire, tmp_path: Path) -> None:
    """A name that answers with a good address first and a private one later gains nothing."""
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])
    guard = Guard(resolve=lambda host, port: next(answers), exempt=frozenset({"127.0.0.2"}))
    other_wire.serve("/a.csv")
    get(f"http://data.invalid:{other_wire.port}/a.csv", tmp_path, Limits(), guard=guard)
    assert other_wire.requests[0][1]["host"] == f"data.invalid:{other_wire.port}"
    with pytest.raises(DataError, match="private network"):
        get(f"http://data.invalid:{other_wire.port}/a.csv", tmp_path, Limits(), guard=guard)


def test_the_next_address_is_tried_when_the_first_is_silent(wire: Wire, tmp_path: Path) -> None:
    guard = Guard(allow_private=True, resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    wire.serve("/a.csv")
    get(f"http://data.invalid:{wire.port}/a.csv", tmp_path, guard=guard)
    assert (tmp_path / "file").read_bytes() == CSV


def test_a_password_in_the_url_reaches_only_its_own_server(wire: Wire, other_wire: Wire, tmp_path: Path) -> None:
    target = other_wire.serve("/b.csv")
    wire.serve("/a.csv", b"", 302, location=target)
    get(wire.url("/a.csv").replace("//", "//bob:sesame@"), tmp_path)
    assert wire.requests[0][1]["authorization"] == "Basic Ym9iOnNlc2FtZQ=="
    assert "authorization" not in other_wire.requests[0][1]


def test_no_sentence_holds_a_password_or_a_key(wire: Wire, tmp_path: Path) -> None:
    url = wire.serve("/a.csv", b"", 404).replace("//", "//bob:sesame@") + "?api_key=hunter2&year=2024"
    with pytest.raises(DataError) as caught:
        get(url, tmp_path)
    assert "sesame" not in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "year=2024" in str(caught.value)


def self_signed(folder: Path, host: str) -> Path:
    """A certificate and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(private + certificate.public_bytes(pem))
    return path


def test_the_certificate_is_checked_against_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path, "data.invalid")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    connecting.certificates.cache_clear()
    server = Wire()
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    try:
        server.serve("/a.csv")
        guard = Guard(allow_private=True, resolve=lambda host, port: ["127.0.0.1"])
        get(f"https://data.invalid:{server.port}/a.csv", tmp_path, guard=guard)
        assert (tmp_path / "file").read_bytes() == CSV
        with pytest.raises(SourceError, match="certificate is not valid"):
            get(f"https://other.invalid:{server.port}/a.csv", tmp_path, guard=guard)
    finally:
        server.close()
        connecting.certificates.cache_clear()


def test_several_downloads_at_once_do_not_disturb_each_other(wire: Wire, tmp_path: Path) -> None:
    bodies = {f"/{number}.csv": b"n\n" + bytes(str(number), "ascii") * 50_000 for number in range(6)}
    urls = {path: wire.serve(path, body) for path, body in bodies.items()}
    threads = [
        threading.Thread(target=download, args=(url, tmp_path / path[1:], OPEN, unheard)) for path, url in urls.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {f"/{path.name}": path.read_bytes() for path in tmp_path.iterdir()} == bodies
