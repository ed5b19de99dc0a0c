"""Eurostat: statistics of Europe, from cubes in JSON-stat, with words instead of codes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..errors import DashwrightError, DataError, LimitError
from ..model import Attachment, Candidate, Dataset, License
from ..step import Limits
from .asking import Parameters, Place, Talk, segment
from .catalogues import Catalogue, kept, nearest, renewed
from .countries import all_names
from .cubes import PLACES, TIME, Cube
from .naming import identifier
from .options import described
from .periods import day_of, moment
from .source import Fetched, Query, Received, Source
from .tidy import write

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,59}(?:\$[A-Za-z0-9_-]{1,40})?")
OPTION = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
VALUES = re.compile(r"[A-Za-z0-9_.-]{1,60}(?:\+[A-Za-z0-9_.-]{1,60}){0,199}")
PERIODS = {"since": "sinceTimePeriod", "until": "untilTimePeriod"}
LICENSE = License(
    name="Creative Commons Attribution 4.0 International, by Eurostat's policy for re-use",
    spdx="CC-BY-4.0",
    url="https://ec.europa.eu/eurostat/web/main/help/copyright-notice",
)
NARROW = "narrow it with the options 'since' and 'until' or with codes of its dimensions, such as geo=FR+DE"


def explain(status: int, body: bytes) -> DashwrightError | None:
    if status == 413 or b"ASYNCHRONOUS" in body.upper():
        return LimitError(f"Eurostat does not send so much at once; {NARROW}.")
    if status == 404:
        return DataError("Eurostat has no such dataset; search for it, or check its code, such as 'nama_10_gdp'.")
    if status == 400:
        return DataError("Eurostat has no values for what was asked; check the options and their codes.")
    return None


PLACE = Place("eurostat", "Eurostat", "https://ec.europa.eu/eurostat/api/dissemination", explain, NARROW)
CUBE = TypeAdapter(Cube)


class EurostatSource(Source):
    """A dataset's code, as "nama_10_gdp"; options choose codes of its dimensions and periods."""

    name = PLACE.source

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """The table of contents, kept for a week, is searched here: Eurostat's own search is for people only."""
        return nearest(query, kept(limits, PLACE.source, lambda: catalogue(limits)), f"Europe European {all_names()}")

    def renew(self, limits: Limits) -> int:
        return renewed(limits, PLACE.source, lambda: catalogue(limits))

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        code, options = checked(attachment.reference), attachment.options
        cube = asked(Talk(PLACE, limits), code, [*filters(options), ("lastTimePeriod", 1)])
        wrong = [name for name in options if name not in (*PERIODS, "places", *cube.id)]
        if wrong:
            known = ", ".join((*PERIODS, "places", *(name for name in cube.id if name != TIME)))
            raise DataError(f"There is no option '{wrong[0]}' for '{code}'. There are: {known}.")
        found = candidate(code, cube.label, moment(cube.updated))
        return described(found.model_copy(update={"columns": tuple(cube.names())}), attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        code, wanted = checked(candidate.reference), filters(candidate.options)
        talk = Talk(PLACE, limits, received)
        if previous and previous.last_modified:
            latest = asked(talk, code, [*wanted, ("lastTimePeriod", 1)])
            if latest.updated == previous.last_modified:
                return Fetched(unchanged=True, last_modified=latest.updated)
        cube = asked(talk, code, wanted)
        table = cube.table(candidate.options.get("places"))
        name = f"The dataset '{code}' of Eurostat"
        file = write(code, table.columns, table.rows, into, limits, name)
        return Fetched((file,), last_modified=cube.updated, left_out=table.left_out)


def checked(reference: str) -> str:
    code = reference.strip()
    if not CODE.fullmatch(code):
        raise DataError(f"'{code[:100]}' is no code of a dataset of Eurostat, such as 'nama_10_gdp'.")
    return code


def filters(options: dict[str, str]) -> list[tuple[str, str | int]]:
    """Options as Eurostat wants them: a dimension once for each of its codes.

    Raises:
        DataError: one of them cannot be such an option.
    """
    found: list[tuple[str, str | int]] = []
    for name, value in options.items():
        if name == "places":
            if value not in PLACES:
                raise DataError(f"The option 'places' cannot be '{value[:50]}'; it can be: {', '.join(PLACES)}.")
        elif name in PERIODS:
            if day_of(value) is None:
                raise DataError(f"The option '{name}' cannot be '{value[:50]}'; it is a period, as 2010 or 2010-Q3.")
            found.append((PERIODS[name], value))
        elif not OPTION.fullmatch(name) or not VALUES.fullmatch(value):
            raise DataError(f"'{name[:50]}={value[:50]}' is no choice of codes, such as geo=FR+DE.")
        else:
            found += [(name, code) for code in value.split("+")]
    return found


def asked(talk: Talk, code: str, wanted: Sequence[tuple[str, str | int]]) -> Cube:
    """
    Raises:
        DataError: there is no such dataset, or it has no values for what is wanted.
        LimitError: it is more than Eurostat sends at once.
    """
    query: Parameters = [("format", "JSON"), ("lang", "EN"), *wanted]
    content = talk.parsed(f"statistics/1.0/data/{segment(code)}", query)
    if isinstance(content, dict) and "value" not in content:
        raise said(content, talk)
    cube = talk.read(CUBE, content)
    if problem := cube.problem():
        raise talk.changed(problem)
    if not cube.value:
        raise DataError(f"Eurostat has no values in '{code}' for what was asked; check the options and their codes.")
    return cube


def said(content: dict[str, Any], talk: Talk) -> DashwrightError:
    """An error or a warning that comes as an ordinary answer."""
    text = str(content.get("error") or content.get("warning") or "")
    status = next((int(number) for number in re.findall(r"'status': '?(\d{3})\b", text)), 0)
    return explain(status, text.encode()) or talk.changed("an answer without values")


def catalogue(limits: Limits) -> Catalogue:
    """The datasets in the table of contents, each once, with the titles of the folders it is in."""
    talk = Talk(PLACE, limits)
    text = talk.content("catalogue/toc/txt", {"lang": "en"}).decode("utf-8-sig", "replace")
    lines = csv.reader(StringIO(text), delimiter="\t")
    header = [name.strip().lower() for name in next(lines, [])]
    if not {"title", "code", "type"} <= set(header):
        raise talk.changed("a table of contents without title, code and type")
    found: dict[str, Candidate] = {}
    for title, folders, line in entries(lines, header):
        if line["type"] in ("dataset", "table") and CODE.fullmatch(line["code"]) and line["code"] not in found:
            updated = day_month_year(line.get("last update of data", ""))
            entry = candidate(line["code"], title, updated, folders)
            since, until = (year(line.get(name, "")) for name in ("data start", "data end"))
            found[line["code"]] = entry.model_copy(update={"since": since, "until": until})
    return tuple(found.values())


def entries(lines: Iterator[list[str]], header: list[str]) -> Iterator[tuple[str, tuple[str, ...], dict[str, str]]]:
    """Title, the titles of its folders, and all fields. How deep something is, is said by the spaces before it."""
    folders: list[tuple[int, str]] = []
    for values in lines:
        if len(values) < 3:
            continue
        line = dict(zip(header, values, strict=False))
        title = line["title"].strip()
        depth = len(line["title"]) - len(line["title"].lstrip())
        folders = [(level, name) for level, name in folders if level < depth]
        yield title, tuple(name for _, name in folders), {name: value.strip() for name, value in line.items()}
        folders.append((depth, title))


def candidate(code: str, title: str, updated: datetime | None, folders: tuple[str, ...] = ()) -> Candidate:
    name = " ".join(title.split())
    return Candidate(
        source=PLACE.source,
        reference=code,
        name=identifier(name),
        title=name,
        columns=("country", "country code", "year", name),
        tags=folders[-3:],
        url=f"https://ec.europa.eu/eurostat/databrowser/view/{segment(code.lower())}/default/table?lang=en",
        publisher="Eurostat",
        license=LICENSE,
        attribution=f"Eurostat, '{name}' ({code})",
        updated_at=updated,
        notes={"country": "Countries of Europe, the European Union."},
    )


def day_month_year(text: str) -> datetime | None:
    """*15.01.2024*."""
    found = re.fullmatch(r"(\d{2})\.(\d{2})\.(\d{4})", text)
    return moment(f"{found[3]}-{found[2]}-{found[1]}") if found else None


def year(text: str) -> int | None:
    return int(text[:4]) if re.match(r"\d{4}", text) else None
