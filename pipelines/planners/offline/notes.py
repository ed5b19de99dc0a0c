"""Notes: what a reader must know: what the data cannot answer, what was left out, what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...model import Column, Dataset, Profile, Widget
from .asked import Asked
from .ground import Ground, capital, lower_first
from .words import STOPWORDS, fold, name_words, stem, tokens

MAX_NOTES = 8
_MUCH_MISSING = 0.2
_UNIT = re.compile(r"\s*[(\[][^)\]]{0,40}[)\]]\s*$")


def notes(
    asked: Asked, ground: Ground, profile: Profile, datasets: Sequence[Dataset], widgets: Sequence[Widget]
) -> tuple[str, ...]:
    """In order of weight, at most eight."""
    found = [*_unanswered(asked, ground, profile, datasets), *asked.notes, *_repeated(ground, widgets)]
    found += [
        *_missing(ground, widgets),
        *_gaps(ground),
        *_joined(ground),
        *rolled_up(ground.frame.tables, profile),
        *_apart(ground, profile),
    ]
    found += _units(ground, profile)
    return tuple(dict.fromkeys(text[:500] for text in found if text))[:MAX_NOTES]


def _unanswered(asked: Asked, ground: Ground, profile: Profile, datasets: Sequence[Dataset]) -> list[str]:
    """Words of the question that nothing in the data is about."""
    about = " ".join([*(d.title + " " + d.description for d in datasets), *(t.title for t in profile.tables)])
    known = {token.stem for token in tokens(fold(about)[:20_000])}
    words = [
        w for w in asked.unknown if stem(w) not in known and w not in STOPWORDS and len(w) > (2 if w.isascii() else 0)
    ]
    overview = not asked.focus and not asked.where and not asked.y
    title = ground.frame.main.title
    if overview and (not words or len(words) > 6):
        return [f"The question names no column of the data, so this is an overview of “{title}”."]
    if not words:
        return []
    shown = [f"“{word[:40]}”" for word in words[:3]]
    more = f" and {len(words) - 3} more words" if len(words) > 3 else ""
    rest = f"this is an overview of “{title}”" if overview else "that part of the question is not answered"
    return [f"No column about {_listed(shown)}{more} was found, so {rest}."]


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def _repeated(ground: Ground, widgets: Sequence[Widget]) -> list[str]:
    names = {m.column for w in widgets for m in w.measures if m.column and m.aggregate in ("sum", "mean", "median")}
    repeated = [name for name in names if ground.frame.repeats(name)]
    return [
        f"{capital(ground.label(name))} stands once for each of several {ground.row_nouns}, so larger groups "
        f"weigh more in it."
        for name in sorted(repeated)[:2]
    ]


def _missing(ground: Ground, widgets: Sequence[Widget]) -> list[str]:
    used = dict.fromkeys(name for widget in widgets for name in widget.columns)
    gone = [n for n in used if ground.column(n).missing > _MUCH_MISSING * max(ground.column(n).rows, 1)]
    if not gone:
        return []
    labels = [lower_first(ground.label(name)) for name in gone[:4]]
    return [
        f"Many values are missing in {_listed(labels).replace(' or ', ' and ')}; charts show the rows that have them."
    ]


def _gaps(ground: Ground) -> list[str]:
    times = ground.column(ground.time).times if ground.time else None
    column = ground.column(ground.time) if ground.time else None
    regular = ground.panel is not None or (column is not None and column.unique)
    if times is None or not regular or not 0 < times.gaps <= times.periods / 2:
        return []
    return [f"Some periods have no rows: the times in “{ground.label(ground.time or '')}” have gaps."]


def _joined(ground: Ground) -> list[str]:
    if not ground.frame.joins:
        return []
    tables = _listed([f"“{name}”" for name in ground.frame.tables]).replace(" or ", " and ")
    return [f"The tables {tables} are combined; rows without a partner in the other table are left out."]


def rolled_up(tables: Iterable[str], profile: Profile) -> list[str]:
    """What was done to tables with finer times than others."""
    used = set(tables)
    return [table.warnings[0] for table in profile.rollups if table.name in used]


def _apart(ground: Ground, profile: Profile) -> list[str]:
    """Why other tables are not on the page, where the one that is there cannot be combined with them."""
    shown = [f"'{table.title}'" for table in profile.tables if table.name in ground.frame.tables]
    return [text for text in profile.warnings if any(title in text for title in shown)]


def _units(ground: Ground, profile: Profile) -> list[str]:
    """Where joined tables have the same measure in different units: numbers are written out with their scale, but a
    percentage and a share, or dollars and euros, must be told apart by the reader."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, column in ground.frame.columns.items():
        if column.role == "measure":
            alike.setdefault(name_words(_UNIT.sub("", column.label)), []).append(name)
    titles = {table.name: table.title for table in profile.offered}
    found = []
    for first, *others in alike.values():
        for other in others:
            said = [_measured(ground.column(name)) for name in (first, other)]
            if said[0] != said[1]:
                where = [
                    f"{text} in “{titles[ground.frame.sources[n][0]]}”"
                    for n, text in zip((first, other), said, strict=True)
                ]
                found.append(
                    f"“{ground.label(first)}” is counted {where[0]} and {where[1]}; they are not the same unit."
                )
    return found[:2]


def _measured(column: Column) -> str:
    scale = f"{column.scale:,.0f}s of " if column.scale != 1 else ""
    is_share = (
        column.unit is None and column.type == "number" and column.numbers is not None and column.numbers.max <= 1
    )
    return f"in {scale}{column.unit or ('shares of one' if is_share else 'ones')}"
