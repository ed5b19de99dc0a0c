"""Where in a sheet of cells the tables are: titles above, header rows, body, notes and totals below."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .cells import Row, extent, filled, kind

_YEAR = re.compile(r"(?:1[5-9]|20|21)\d{2}")
_NOTE_START = re.compile(
    r"\s*(?:sources?\b|notes?\b|footnotes?\b|quelle|fuente|fonte|nota\b|anmerkung|\*|†|‡|\(\d\)|\[\d\]|\d\)|©|copyright"
    r"|data from|last updated|updated|generated|exported|downloaded|retrieved|n/a\b.*=|\.\. ?=|- ?=|disclaimer"
    r"|methodology|see also|for more|http|p ?=|r ?=)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\s*(?:grand\s+|sub-?\s*|overall\s+)?(?:totals?|sum|gesamt|insgesamt|summe|totaux|totale|totales|celkem|razem)\b.{0,20}",
    re.IGNORECASE,
)
_MOST_HEADER_ROWS = 4
_MOST_PREAMBLE = 60


@dataclass(frozen=True)
class Region:
    """One table in a sheet. Numbers are positions in the list of rows; ends are exclusive."""

    width: int
    header: tuple[int, ...]
    body: tuple[int, ...]
    above: tuple[int, ...]
    below: tuple[int, ...]
    repeated: tuple[int, ...] = ()
    """Header rows seen again further down, as on printed pages."""


def usual_width(rows: Sequence[Row]) -> int:
    """The number of cells most rows have."""
    return _width(rows, [position for position, row in enumerate(rows) if filled(row)]) if rows else 0


def find(rows: Sequence[Row]) -> list[Region]:
    """Every table, from top to bottom; the first one is the main one unless it is a mere list of notes."""
    regions: list[Region] = []
    for block in _blocks(rows):
        region = _region(rows, block)
        if region is not None:
            regions.append(region)
    return _merged(rows, regions)


def _blocks(rows: Sequence[Row]) -> list[list[int]]:
    """Runs of rows that may hold one table each, parted where a blank row or a change of width precedes a header."""
    present = [position for position, row in enumerate(rows) if filled(row)]
    if not present:
        return []
    starts = [present[0]]
    for before, here in pairwise(present):
        gap = here - before > 1
        if _starts_table(rows, present, starts[-1], before, here, gap):
            starts.append(here)
    starts.append(present[-1] + 1)
    return [[position for position in present if start <= position < end] for start, end in pairwise(starts)]


def _starts_table(rows: Sequence[Row], present: Sequence[int], start: int, before: int, here: int, gap: bool) -> bool:
    """Whether a new table starts at `here`: a row of words over rows of another make than those before."""
    row, above = rows[here], rows[before]
    if gap:
        return here - start >= 2 and _changes_width(rows, present, start, here)
    if len(row) == len(above) or filled(row) < 2 or filled(above) < 2 or len(row) < 2:
        return False
    return (
        here - start >= 3 and _is_header_over(rows, here) and not _is_header_over(rows, before) and _stays(rows, here)
    )


def _changes_width(rows: Sequence[Row], present: Sequence[int], start: int, here: int) -> bool:
    block = [position for position in present if start <= position < here]
    following = [position for position in present if position >= here][:12]
    if len(following) < 2 or max(filled(rows[position]) for position in following) < 2:
        return False
    if not any(filled(rows[position]) >= 2 for position in block):
        return False
    usual = _usual([extent(rows[position]) for position in block])
    new = _usual([extent(rows[position]) for position in following])
    first = next((position for position in following if filled(rows[position]) >= max(2, new - 1)), here)
    if len(block) <= 3 and usual <= 2 < new:
        return False
    return _is_header_over(rows, first) and len([p for p in block if filled(rows[p]) >= 2]) >= 2


def _usual(numbers: Sequence[int]) -> int:
    counts = Counter(numbers)
    return max(counts, key=lambda number: (counts[number], number))


def _stays(rows: Sequence[Row], here: int) -> bool:
    return all(len(rows[position]) == len(rows[here]) for position in range(here, min(here + 3, len(rows))))


def _is_header_over(rows: Sequence[Row], here: int) -> bool:
    """A row of different words with numbers or times below it."""
    row = rows[here]
    words = [cell.strip() for cell in row if cell.strip()]
    if len(words) < 2 or any(kind(cell) in ("number", "time") and not _YEAR.fullmatch(cell) for cell in words):
        return False
    if len(set(words)) < len(words):
        return False
    below = rows[here + 1 : here + 6]
    return any(
        kind(cell) in ("number", "time") and position < len(row) and kind(row[position]) == "text"
        for line in below
        for position, cell in enumerate(line)
    )


def _region(rows: Sequence[Row], block: list[int]) -> Region | None:
    below = _notes_below(rows, block)
    inside = block[: len(block) - len(below)]
    if not inside:
        return None
    width = _width(rows, inside)
    usual = types(rows, inside, width)
    first = _first_body_row(rows, inside, width, usual)
    header = _header(rows, inside, first, width, usual)
    if header:
        above = [position for position in inside if position < header[0]]
        body = [position for position in inside if position > header[-1]]
    else:
        above = inside[:first]
        body = inside[first:]
    width = max(width, *(extent(rows[position]) for position in header)) if header else width
    names = [rows[position] for position in header]
    again = [
        position
        for position in body
        if names and list(map(str.strip, rows[position])) == list(map(str.strip, names[-1]))
    ]
    return Region(
        width, tuple(header), tuple(p for p in body if p not in set(again)), tuple(above), tuple(below), tuple(again)
    )


def _width(rows: Sequence[Row], inside: Sequence[int]) -> int:
    """The number of cells most rows have; wide rows count for more than a line of title."""
    extents = Counter(len(rows[position]) for position in inside if filled(rows[position]) > 1)
    if not extents:
        extents = Counter(extent(rows[position]) for position in inside)
    return max(extents, key=lambda width: (extents[width] * min(width, 3), width), default=0)


def types(rows: Sequence[Row], inside: Sequence[int], width: int) -> list[str]:
    """The usual kind of each column, judged by the lower part where no title and header disturb."""
    sample = list(inside[max(1, min(len(inside) // 4, 40)) :] or inside)
    step = max(1, len(sample) // 300)
    ragged = not any(len(rows[position]) == width for position in sample[::step])
    counts: list[Counter[str]] = [Counter() for _ in range(width)]
    for position in sample[::step]:
        row = rows[position]
        if len(row) != width and not ragged:
            continue
        for column, cell in enumerate(row[:width]):
            counts[column][kind(cell)] += 1
    return [_usual_type(count) for count in counts]


def _usual_type(count: Counter[str]) -> str:
    present = sum(number for name, number in count.items() if name)
    best = max(count, key=lambda name: count[name] if name else 0, default="")
    return best if best and count[best] >= 0.6 * present else "text" if present else ""


def used_width(rows: Sequence[Row], body: Sequence[int], usual: int) -> int:
    """Columns up to the last one in which any row says something."""
    return max((extent(rows[position]) for position in body if len(rows[position]) <= usual), default=0)


def _usual_filled(rows: Sequence[Row], inside: Sequence[int]) -> int:
    lower = [filled(rows[position]) for position in inside[len(inside) // 4 :]]
    return sorted(lower)[len(lower) // 2]


def _first_body_row(rows: Sequence[Row], inside: Sequence[int], width: int, types: Sequence[str]) -> int:
    """Position in `inside` of the first row that is like those of the body; in a table of words, the first full row."""
    usual = _usual_filled(rows, inside)
    typed = [column for column, name in enumerate(types) if name in ("number", "time")]
    for number, position in enumerate(inside[:_MOST_PREAMBLE]):
        row = rows[position]
        if filled(row) < max(1, 0.5 * usual) or (len(row) < 0.5 * width and width > 1):
            continue
        if not typed:
            return number
        seen = [column for column in typed if column < len(row) and row[column].strip()]
        fits = [column for column in seen if kind(row[column]) in (types[column], "")]
        if seen and 2 * len(fits) >= len(seen) and not _is_years(row, typed, rows, inside, number):
            return number
    return 0


def _is_years(row: Row, typed: Sequence[int], rows: Sequence[Row], inside: Sequence[int], number: int) -> bool:
    """Years as headers over columns of numbers: growing by one step, with no such years below."""
    cells = [row[column].strip() for column in typed if column < len(row) and row[column].strip()]
    years = [int(cell) for cell in cells if _YEAR.fullmatch(cell)]
    if len(years) < 2 or len(years) < 0.8 * len(cells):
        return False
    steps = {after - before for before, after in pairwise(years)}
    if not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        return False
    if len(years) == 2 and len(steps) == 1 and abs(next(iter(steps))) > 10:
        return False
    below = rows[inside[number + 1]] if number + 1 < len(inside) else ()
    next_years = [below[column] for column in typed if column < len(below) and _YEAR.fullmatch(below[column].strip())]
    return 2 * len(next_years) <= len(years)


def _header(rows: Sequence[Row], inside: Sequence[int], first: int, width: int, types: Sequence[str]) -> list[int]:
    typed = [column for column, name in enumerate(types) if name in ("number", "time")]
    if typed:
        header: list[int] = []
        for number in range(first - 1, max(-1, first - 1 - _MOST_HEADER_ROWS), -1):
            row = rows[inside[number]]
            if not header and _holds_data([cell.strip() for cell in row if cell.strip()]):
                # A row of data whose cells are in the wrong columns, between the header and the first good row.
                continue
            if not _may_be_header(row, width, bool(header)):
                break
            header.insert(0, inside[number])
        return header
    row = rows[inside[first]]
    if len(inside) - first == 1:
        return (
            [inside[first]]
            if not any(kind(cell) in ("number", "time") for cell in row) or _is_one_word_a_cell(row)
            else []
        )
    if not _names_columns(rows, inside, first, width):
        return []
    header = [inside[first]]
    for position in inside[first + 1 : first + _MOST_HEADER_ROWS]:
        if [cell.strip() for cell in rows[position]] != [cell.strip() for cell in row]:
            break
        header.append(position)
    spanning = inside[first - 1] if first else None
    if spanning is not None and filled(rows[spanning]) >= 2 and len(rows[spanning]) >= width - 1:
        header.insert(0, spanning)
    return header


def _is_one_word_a_cell(row: Row) -> bool:
    return all(not cell.strip() or kind(cell) == "text" for cell in row)


def _may_be_header(row: Row, width: int, lower_found: bool) -> bool:
    """Names for the columns below, or (over another header row) for groups of them."""
    words = [cell.strip() for cell in row if cell.strip()]
    if not words:
        return False
    if _holds_data(words):
        return False
    if width <= 2:
        return len(words) == width if not lower_found else False
    if lower_found:
        return len(words) >= 2 and len(row) >= width - 2 and max(map(len, words)) <= 80 and _spreads(row)
    return len(words) >= max(2, 0.4 * width) and max(map(len, words)) <= 400


def _holds_data(words: Sequence[str]) -> bool:
    """Too many numbers and times for names; years, days and months in a row over the columns are names."""
    numbers = [word for word in words if kind(word) == "number" and not _YEAR.fullmatch(word)]
    times = [word for word in words if kind(word) == "time"]
    if len(numbers) + len(times) <= 0.25 * len(words):
        return False
    if not numbers and len(times) >= 3 and len(set(times)) == len(times):
        return False
    return bool(times) or not _consecutive(words)


def _spreads(row: Row) -> bool:
    """More than a title and its neighbour: reaches into the right half of the row."""
    return extent(row) > len(row) / 2 or filled(row) >= 3


def _consecutive(words: Sequence[str]) -> bool:
    numbers = [int(word) for word in words if word.isdigit()]
    return len(numbers) >= 3 and all(after - before == 1 for before, after in pairwise(numbers))


def _names_columns(rows: Sequence[Row], inside: Sequence[int], first: int, width: int) -> bool:
    """In a table of words: whether the first row stands apart from those below."""
    row = [cell.strip() for cell in rows[inside[first]]]
    below = [rows[position] for position in inside[first + 1 : first + 400]]
    words = [cell for cell in row if cell]
    against = sum(1.0 for cell in words if kind(cell) in ("number", "time"))
    if len(set(words)) < len(words):
        against += 1
    in_favour = 0.5
    for column, cell in enumerate(row[:width]):
        values = [line[column].strip() for line in below if column < len(line) and line[column].strip()]
        if not cell or not values:
            continue
        if cell in values:
            against += 1.0
        lengths = [len(value) for value in values]
        if len(values) >= 5 and max(lengths) == min(lengths) != len(cell):
            in_favour += 1.0
        if len(cell) > 80:
            against += 0.5
        if re.fullmatch(r"[a-z]+(?:_[a-z\d]+)+", cell) and not any("_" in value for value in values):
            in_favour += 1.0
    return in_favour > against


def _notes_below(rows: Sequence[Row], block: Sequence[int]) -> list[int]:
    """Rows at the end that are sentences, not data."""
    if len(block) < 3:
        return []
    usual = _usual_filled(rows, block)
    end = len(block)
    while end > 2:
        row = rows[block[end - 1]]
        words = [cell.strip() for cell in row if cell.strip()]
        gap = block[end - 1] - block[end - 2] > 1
        if (
            (usual >= 3 and len(words) == 1 and (words[0] == row[0].strip()))
            or (
                usual >= 2
                and len(words) <= max(1, usual // 3)
                and (_NOTE_START.match(words[0]) or (gap and len(words) == 1))
            )
            or (usual == 1 and _NOTE_START.match(words[0]) and gap)
        ):
            end -= 1
        else:
            break
    return list(block[end:])


def is_title(text: str) -> bool:
    """Whether a line above a table may be its title: not a note, a comment, or "name: value"."""
    return not (
        _NOTE_START.match(text)
        or text.startswith(("#", "//", "--", "%"))
        or re.fullmatch(r"[^:]{1,30}:[\s\d./:-]+", text)
    )


def is_total(row: Row) -> bool:
    """A row that sums up those above, by its first word."""
    first = next((cell for cell in row if cell.strip()), "")
    return _TOTAL.fullmatch(first) is not None


def _merged(rows: Sequence[Row], regions: list[Region]) -> list[Region]:
    """Without blocks that are no tables; a repeated header whose rows repeat those above starts another table."""
    kept: list[Region] = []
    for region in regions:
        if region.repeated:
            kept += _split_repeated(rows, region)
        else:
            kept.append(region)
    tables = [region for region in kept if region.width > 1 and (region.body or region.header)]
    return tables or kept[:1]


def _split_repeated(rows: Sequence[Row], region: Region) -> list[Region]:
    """A header seen again on a new page belongs to the same table; over rows already seen it starts a copy."""
    again = region.repeated[0]
    before = {tuple(rows[position]) for position in region.body if position < again}
    after = [position for position in region.body if position > again]
    if not after or not before:
        return [region]
    known = sum(1 for position in after if _padded(rows[position], before))
    if 2 * known < len(after):
        return [region]
    first = Region(region.width, region.header, tuple(p for p in region.body if p < again), region.above, ())
    second = Region(region.width, (again,), tuple(after), (), region.below)
    return [first, second]


def _padded(row: Row, known: set[tuple[str, ...]]) -> bool:
    return tuple(row) in known
