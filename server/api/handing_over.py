"""Handing over: answers that are no JSON. Whatever is in them can do nothing where it is opened."""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from typing import IO
from urllib.parse import quote

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from .route import Download

YEAR = 31_536_000
PIECE = 256 * 1024
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""Of what is opened by itself: no scripts, no requests, an origin of its own."""
LONGEST_NAME = 120


async def hand_over(handler: RequestHandler, download: Download) -> None:
    """Send it, unless the client has it already or asked for the head alone."""
    is_wanted = handler.get_status() != 304
    if is_wanted:
        handler.set_header("Content-Type", download.media_type)
    handler.set_header("Content-Security-Policy", POLICY)
    age = f"max-age={YEAR}, immutable" if download.is_lasting else "no-cache"
    handler.set_header("Cache-Control", f"private, {age}")
    if download.name is not None:
        handler.set_header("Content-Disposition", disposition(download.name))
    if isinstance(download.content, bytes):
        if is_wanted:
            handler.write(download.content)
        return
    with download.content as file:
        if is_wanted:
            await _send(handler, file)


async def _send(handler: RequestHandler, file: IO[bytes]) -> None:
    size = await asyncio.to_thread(file.seek, 0, os.SEEK_END)
    await asyncio.to_thread(file.seek, 0)
    handler.set_header("Content-Length", size)
    if handler.request.method == "HEAD":
        return
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            handler.write(piece)
            await handler.flush()  # waits until the client has taken it
    except StreamClosedError:
        pass


def disposition(name: str) -> str:
    """A header that names a file (RFC 6266): once in ASCII for old clients, once in full (RFC 8187).

    `name`: any text, and an ending of ours.
    """
    kept = "".join(letter if _is_plain(letter) else " " for letter in unicodedata.normalize("NFC", name))
    stem, _, ending = re.sub(r"[/\\:*?\"<>|]", "-", " ".join(kept.split())).rpartition(".")
    stem = stem.strip(". -")[:LONGEST_NAME].rstrip() or "dashboard"
    latin = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    simple = re.sub(r"[^A-Za-z0-9._-]+", "-", latin).strip("-.") or "dashboard"
    return f"attachment; filename=\"{simple}.{ending}\"; filename*=UTF-8''{quote(f'{stem}.{ending}', safe='')}"


def _is_plain(letter: str) -> bool:
    """No control character, nor one that turns the direction of what is read."""
    return letter == " " or unicodedata.category(letter)[0] not in "CZ"
