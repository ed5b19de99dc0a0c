"""Formats: told by what a file holds. Its name only decides between spellings of the same text."""

from __future__ import annotations

import codecs
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal, TypeGuard

from ..errors import DataError, LimitError
from ..model import FileFormat

Kind = FileFormat | Literal["zip", "gz"]
"""What a file is: a table in one of the formats, or an archive that may hold some."""

WINDOW = 64 * 1024
"""Bytes looked at in each place."""
CONTROLS = 0.02
"""Share of control characters from which on something is no text. Random bytes have 0.11; real tables next to none."""
MAX_MEMBERS = 100_000
"""Files of any kind in one archive."""
MAX_DIRECTORY = 64 * 1024**2
"""Bytes of an archive's table of contents."""
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
"""Ways to pack that are opened. LZMA takes as much memory as the archive asks for."""
SUPPORTED = "CSV, TSV, TXT, JSON, JSON Lines, Parquet, XLSX or ODS, also packed as .gz or .zip"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"SQLite format 3\x00", "an SQLite database (attach it as 'sqlite:///PATH' with a table)"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"CDF\x01", "a NetCDF file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\x80\x04\x95", "a Python pickle, which may run code when it is read"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"RIFF", "a sound, film or picture"),
    (b"ID3", "a sound"),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(r"\s*(?:<\?xml\s|<!DOCTYPE\s|<svg[\s>])", re.IGNORECASE)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{\]"\-0-9tfn])')


def is_table(kind: Kind) -> TypeGuard[FileFormat]:
    return kind not in ("zip", "gz")


def sniff(path: Path, name: str, media_type: str = "") -> Kind:
    """What the file is, whatever it is called.

    Raises:
        DataError: it is empty, or is nothing that can be read, and what it is instead.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(WINDOW)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise DataError(f"'{name}' is empty ({size} bytes); nothing can be shown from it.")
    if head.startswith(b"PAR1"):
        return whole_parquet(path, name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return kind_of_zip(path, name)
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    refuse_known(path, name, head)
    return kind_of_text(path, name, head, media_type)


def whole_parquet(path: Path, name: str) -> Kind:
    with path.open("rb") as file:
        file.seek(-4, 2)
        if path.stat().st_size < 12 or file.read() != b"PAR1":
            raise DataError(f"'{name}' begins as a Parquet file but breaks off before its end; get it again.")
    return "parquet"


def kind_of_zip(path: Path, name: str) -> Kind:
    """Workbooks are zip archives too: what is inside tells them."""
    refuse_huge_directory(path, name)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                if any(item.startswith("xl/workbook") for item in names):
                    return "xlsx"
                raise DataError(f"'{name}' is a document of an office program, not a table. Supported: {SUPPORTED}.")
            if "mimetype" in names and "content.xml" in names:
                return kind_of_opendocument(archive, name)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise DataError(f"'{name}' begins as a zip archive but is damaged or breaks off; get it again.") from error
    return "zip"


def refuse_huge_directory(path: Path, name: str) -> None:
    """Python reads an archive's whole table of contents into memory before anybody can look at it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 66_000))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return
    members, size = struct.unpack("<HI", tail[end + 10 : end + 16])
    wide = tail.rfind(b"PK\x06\x06", 0, end)
    if wide >= 0 and len(tail) >= wide + 48:
        members, size = struct.unpack("<QQ", tail[wide + 32 : wide + 48])
    if members > MAX_MEMBERS or size > MAX_DIRECTORY:
        raise LimitError(f"'{name}' holds {members:,} files; at most {MAX_MEMBERS:,} are allowed in one archive.")


def kind_of_opendocument(archive: zipfile.ZipFile, name: str) -> Kind:
    if any(item.compress_type not in PACKINGS for item in archive.infolist()):
        raise DataError(f"'{name}' is packed in an unusual way; save it again and retry.")
    with archive.open("mimetype") as file:
        media_type = file.read(100).decode("ascii", "replace").strip()
    if not media_type.startswith("application/vnd.oasis.opendocument.spreadsheet"):
        raise DataError(f"'{name}' is an OpenDocument, but not a spreadsheet. Supported: {SUPPORTED}.")
    if "META-INF/manifest.xml" in archive.namelist():
        with archive.open("META-INF/manifest.xml") as file:
            if b"encryption-data" in file.read(1024 * 1024):
                raise DataError(locked(name))
    return "ods"


def locked(name: str) -> str:
    return f"'{name}' is protected by a password; save it without one and try again."


def refuse_known(path: Path, name: str, head: bytes) -> None:
    """
    Raises:
        DataError: the first bytes are those of something else.
    """
    if head.startswith(_OLE):
        # An encrypted workbook is wrapped in the container of the old .xls files, with a stream of this name.
        with path.open("rb") as file:
            content = file.read(64 * 1024 * 1024)
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise DataError(locked(name))
        raise DataError(f"'{name}' is a file of an old office program (.xls, .doc); save it as .xlsx and try again.")
    for signature, what in _SIGNATURES:
        # A table may begin with the same letters: no text is refused for them.
        if head.startswith(signature) and not (signature.isalnum() and printable(head)):
            raise DataError(f"'{name}' is {what}, not a table. Supported: {SUPPORTED}.")
    if head[257:262] == b"ustar":
        raise DataError(f"'{name}' is a tar archive; pack the table as .zip or .gz instead.")


def printable(head: bytes) -> bool:
    return control_share(head) < CONTROLS and b"\x00" not in head


def control_share(content: bytes) -> float:
    """Share of bytes that no text has."""
    if not content:
        return 0.0
    controls = sum(content.count(byte) for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1a\x1b")
    return (controls + content.count(127)) / len(content)


def windows(path: Path) -> Iterator[bytes]:
    """Places further on in a file that is larger than one window: its middle and its end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for start in {max(WINDOW, size // 2), max(WINDOW, size - WINDOW)}:
            file.seek(start)
            yield file.read(WINDOW)


def kind_of_text(path: Path, name: str, head: bytes, media_type: str) -> Kind:
    encoding = wide_encoding(head)
    if encoding is None and max(map(control_share, (head, *windows(path)))) >= CONTROLS:
        raise DataError(f"'{name}' is binary, not text, and of no format known here. Supported: {SUPPORTED}.")
    text = head.decode(encoding or "utf-8", "replace").lstrip("\ufeff")
    if _HTML.match(text) or ("html" in media_type and text.lstrip().startswith("<")):
        raise DataError(
            f"'{name}' is a web page (HTML), not data; give the address of the file itself, "
            "often behind a button 'Download' or 'Raw'."
        )
    if _XML.match(text):
        raise DataError(f"'{name}' is XML, which cannot be read as a table. Supported: {SUPPORTED}.")
    suffix = suffix_of(name)
    if _JSON.match(text) and (kind := kind_of_json(text, suffix, whole=len(head) < WINDOW)):
        return kind
    if suffix in (".json", ".jsonl", ".ndjson", ".geojson"):
        raise DataError(f"'{name}' is called JSON but does not begin with '{{' or '['; correct the file or its name.")
    return "tsv" if suffix in (".tsv", ".tab") or tabs_lead(text) else "csv"


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, by their mark or, without one, by the zeros that Latin text has in every second byte."""
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    half = max(len(head) // 2, 1)
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if even < 0.02 and odd > 0.6:
        return "utf-16-le"
    return "utf-16-be" if odd < 0.02 and even > 0.6 else None


def suffix_of(name: str) -> str:
    path = PurePosixPath(name.lower())
    return (
        path.with_suffix("").suffix if path.suffix in (".gz", ".zip") and path.with_suffix("").suffix else path.suffix
    )


def kind_of_json(text: str, suffix: str, *, whole: bool) -> Kind | None:
    """``json`` or ``jsonl``; None for text that only looks like it, such as a header that begins with a bracket."""
    first, _, rest = text.lstrip().partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        # The first line is not all of a value: one large value, or no JSON at all.
        lines = suffix in (".jsonl", ".ndjson")
        if suffix in (".csv", ".tsv", ".tab", ".txt") and whole and not parses(text):
            return None
        return "jsonl" if lines else "json"
    if rest.lstrip().startswith(("{", "[")):
        return "jsonl"
    return "jsonl" if suffix in (".jsonl", ".ndjson") else "json"


def parses(text: str) -> bool:
    try:
        json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def tabs_lead(text: str) -> bool:
    """Whether more of the first lines hold a tab than a comma or semicolon."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    tabs = sum("\t" in line for line in lines)
    return tabs > max(sum("," in line for line in lines), sum(";" in line for line in lines))
