"""Answers: what the status and the headers of a web server's answer say."""

from __future__ import annotations

import math
import re
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

import httpx

from ..errors import DashwrightError, DataError, SourceError
from . import naming

MAX_EXPLANATION = 64 * 1024
"""Bytes of an answer that says what went wrong."""
UNITS = ((90, 1, "second"), (90 * 60, 60, "minute"), (48 * 3600, 3600, "hour"))
"""Up to how many seconds they are told in what."""
MOST_ASKED = 30 * 86400
"""Seconds that a server may ask to be left alone. More is a mistake, or the moment itself."""
BREAKS = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError)
"""A connection that ended before its time: the one failure that is tried again."""


@dataclass(frozen=True)
class Validators:
    """What a server said of the state of a file, for asking later whether it is still the same."""

    etag: str | None = None
    last_modified: str | None = None

    def questions(self) -> dict[str, str]:
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}

    @property
    def strong(self) -> str | None:
        """An ETag that tells byte for byte that two answers are parts of the same file."""
        return self.etag if self.etag and not self.etag.startswith("W/") else None


def reason(error: httpx.TransportError) -> str:
    text = str(error).strip().rstrip(".")
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "its certificate is not valid"
    return text[:200] or "the connection failed"


def refusal(status: int, shown: str) -> DataError | SourceError:
    """The error for an answer that is not the file."""
    if status in (401, 403, 407):
        return DataError(f"'{shown}' may not be read without signing in (HTTP {status}); give an address that is open.")
    if status in (404, 410):
        return DataError(f"'{shown}' does not exist (HTTP {status}); check the URL.")
    if status == 429:
        return SourceError(f"'{shown}' was asked for more often than its server allows (HTTP 429); try again later.")
    if 400 <= status < 500:
        return DataError(f"'{shown}' was refused by its server (HTTP {status}); check the URL.")
    return SourceError(f"The server of '{shown}' answers with an error (HTTP {status}); try again later.")


def wait_asked(response: httpx.Response, now: float) -> float | None:
    """Seconds until a server may be asked again, in any of the ways to say so. None: unsaid.

    Args:
        now: seconds since 1970, where the answer has no date of its own.
    """
    told = response.headers
    now = moment(told.get("date")) or now
    asked: float | None = number(told.get("retry-after"))
    if asked is None and (named := moment(told.get("retry-after"))):
        asked = named - now
    if asked is None and (left := re.search(r";\s*r=0\s*;\s*t=(\d{1,9})\b", told.get("ratelimit", ""))):
        asked = int(left[1])
    if asked is None and (response.status_code == 429 or number(told.get("x-ratelimit-remaining")) == 0):
        reset = number(told.get("x-ratelimit-reset"))
        # Most name a moment, some how long.
        asked = reset if reset is None or reset < MOST_ASKED else reset - now
    return max(0.0, asked) if asked is not None and asked < MOST_ASKED else None


def moment(text: str | None) -> float | None:
    """Seconds since 1970 of a date as in headers."""
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, OverflowError):
        return None


def later(error: DashwrightError, response: httpx.Response) -> DashwrightError:
    """The same error with the time that the server names, in place of ours."""
    asked = wait_asked(response, time.time())
    if not asked or not isinstance(error, SourceError):
        return error
    said, _, _ = str(error).removesuffix(".").partition("; try again ")
    return type(error)(f"{said}; try again in {duration(asked)}.")


def duration(seconds: float) -> str:
    """As "40 seconds", "12 minutes"; never less than it is."""
    size, name = next(((size, name) for most, size, name in UNITS if seconds <= most), (86400, "day"))
    count = max(1, math.ceil(seconds / size))
    return f"{count} {name}{'s' if count > 1 else ''}"


def beginning(response: httpx.Response) -> bytes:
    """The first bytes of an answer in which its server says what is wrong."""
    begun = b""
    with suppress(*BREAKS, httpx.TimeoutException):  # What has come must do.
        for chunk in response.iter_raw():
            begun += chunk
            if len(begun) > MAX_EXPLANATION:
                break
    if response.headers.get("content-encoding", "").strip().lower() in ("gzip", "x-gzip"):
        with suppress(zlib.error):
            return zlib.decompressobj(wbits=31).decompress(begun, MAX_EXPLANATION)
    return begun[:MAX_EXPLANATION]


def number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"\d{1,18}", text.strip()) else None


def content_range(text: str) -> tuple[int | None, int | None]:
    """First byte and whole length of a part."""
    match = re.fullmatch(r"\s*bytes\s+(\d{1,18})-\d{1,18}/(\d{1,18}|\*)\s*", text, re.IGNORECASE)
    return (int(match[1]), number(match[2])) if match else (None, None)


def name_of(response: httpx.Response, url: httpx.URL) -> str:
    """What the server, or else the URL, calls the file."""
    message = Message()
    message["Content-Disposition"] = response.headers.get("content-disposition", "")
    offered = message.get_filename() if message["Content-Disposition"] else None
    return naming.file_name(offered or unquote(url.path), default=naming.file_name(url.host))
