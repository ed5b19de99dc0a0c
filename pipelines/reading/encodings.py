"""Which characters the bytes of a text file stand for."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from ..errors import DataError

SAMPLE = 256 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMATS = (
    (b"PK\x03\x04", "a zip archive or an Office document"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Office document"),
    (b"\x1f\x8b", "compressed by gzip"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1e\x7f]")
_UNDEFINED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_PAGE = re.compile(r"\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_BETWEEN_WORDS = {
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "iso8859_2",
    "iso8859_5",
    "iso8859_7",
    "koi8_r",
}
_EAST = {"big5", "big5hkscs", "gb18030", "gb2312", "gbk", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "johab"}


def detect(path: Path, file_name: str) -> str:
    """The codec of a text file, judged by samples from its start, middle and end.

    Raises:
        DataError: it is empty or no text.
    """
    size = path.stat().st_size
    sample = samples(path, SAMPLE)
    if size == 0 or not sample.strip(b"\x00 \t\r\n\x1a\xef\xbb\xbf\xfe\xff"):
        raise DataError(f"'{file_name}' is empty: there is no data in it.")
    for bom, codec in _BOMS:
        if sample.startswith(bom):
            return codec
    for start, what in _FORMATS:
        if sample.startswith(start):
            raise DataError(f"'{file_name}' is no table of text: its content is {what}.")
    codec = _without_bom(sample)
    if codec.startswith("utf-16"):
        return codec
    control = len(_CONTROL.findall(sample))
    if control > max(2, 0.002 * len(sample)) and not (
        sample.count(b"\x00") == control and control < 0.02 * len(sample)
    ):
        raise DataError(
            f"'{file_name}' is no table of text: its content is binary. Save it as CSV or Excel and try again."
        )
    if _PAGE.match(sample[:1000].decode("latin-1")):
        raise DataError(f"'{file_name}' is a web page, not a table: download the file behind the page's link.")
    return codec


def samples(path: Path, size: int) -> bytes:
    """The start of a file and pieces of its middle and end, cut at line ends where there are any."""
    total = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(size)
        if total <= 2 * size:
            return start + file.read()
        pieces = [start[: start.rfind(b"\n") + 1] or start]
        for place in (total // 3, 2 * total // 3, total - size // 4):
            file.seek(place)
            piece = file.read(size // 4)
            first = piece.find(b"\n")
            pieces.append(piece[first + 1 : piece.rfind(b"\n") + 1] if first >= 0 else b"")
    return b"".join(pieces)


def _without_bom(sample: bytes) -> str:
    pairs = sample[: len(sample) // 2 * 2][:65536]
    even, odd = pairs[0::2].count(0), pairs[1::2].count(0)
    if max(even, odd) > 0.3 * len(pairs) / 2 and min(even, odd) < 0.05 * len(pairs) / 2:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError as error:
        # A piece of the sample may end inside a character; a handful of stray bytes does not make another encoding.
        if error.start >= len(sample) - 4:
            return "utf-8"
    else:
        return "utf-8"
    return _one_byte(sample)


def _one_byte(sample: bytes) -> str:
    high = bytes(byte for byte in sample if byte >= 0x80)
    lines = [line for line in sample.split(b"\n") if any(byte >= 0x80 for byte in line)]
    if len(high) > 200 and _mostly_utf8(lines):
        return "utf-8"
    letters = sum(1 for byte in b"\n".join(lines) if byte >= 0x80 or 65 <= byte <= 90 or 97 <= byte <= 122)
    if high and len(high) > 0.2 * max(1, letters):
        best = from_bytes(b"\n".join(lines)[:100_000]).best()
        if best is not None and best.encoding in _BETWEEN_WORDS | _EAST:
            return best.encoding
    return "latin-1" if _UNDEFINED_IN_CP1252.search(sample) else "cp1252"


def _mostly_utf8(lines: list[bytes]) -> bool:
    good = 0
    for line in lines:
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        good += 1
    return good >= 0.95 * len(lines)
