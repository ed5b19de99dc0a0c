"""The cells around the widgets: title, parameters, load, prepare, page, sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from .source import Code, blocks, comment, lines, literal, sentence, write


def markdown(text: str) -> str:
    """Text as Markdown that shows it as it is: on one line, no markup, no HTML, no address made a link."""
    text = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    text = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("://", "&#58;//")
    return re.sub(r"^(\d*)([#+=.):-])", r"\1\\\2", text)


def link(text: str, url: str | None) -> str:
    """A Markdown link where the address is of the web, else the text."""
    if url is None or urlsplit(url).scheme not in ("http", "https"):
        return markdown(text)
    return f"[{markdown(text)}]({quote(url, safe=':/?&=%#+,;@~.-_')})"


def title(text: str, description: str, notes: Sequence[str]) -> str:
    paragraphs = [f"# {markdown(text)}", *(markdown(part) for part in description.split("\n\n") if part.strip())]
    if notes:
        paragraphs.append("\n".join(f"- {markdown(note)}" for note in notes))
    return "\n\n".join(paragraphs)


def parameters(values: Mapping[Code, tuple[object, str]]) -> Code:
    """`values`: name → value and description."""
    rows = [Code(f"{name} = {literal(value)}  {comment(about)}".rstrip()) for name, (value, about) in values.items()]
    return lines([Code('data_folder = "data"'), *rows])


@dataclass(frozen=True)
class Source:
    """A table that is loaded: its variable, its file in the data folder, and its columns with short names."""

    name: Code
    file: str
    columns: Mapping[str, str]
    repeated: Sequence[str] = ()
    """Short names of columns of few texts that come often: kept as categories, which is smaller and faster."""


def load(sources: Sequence[Source]) -> Code:
    return Code("\n\n".join(_loaded(source) for source in sources))


def _loaded(source: Source) -> Code:
    columns = Code(f"{source.name}_columns")
    file = sentence(Code("data_folder"), f"/{source.file}")
    if all(old == new for old, new in source.columns.items()):
        code = write(
            "$name = pd.read_parquet($file, columns=$names)", name=source.name, file=file, names=list(source.columns)
        )
    else:
        code = write(
            """
            $columns = $names
            $name = pd.read_parquet($file, columns=list($columns)).rename(columns=$columns)
            """,
            columns=columns,
            names=dict(source.columns),
            name=source.name,
            file=file,
        )
    if source.repeated:
        code = lines(
            [
                code,
                write(
                    "$name = $name.astype($kinds)", name=source.name, kinds=dict.fromkeys(source.repeated, "category")
                ),
            ]
        )
    return code


def join(
    name: Code,
    left: Code,
    right: Code,
    keys: Sequence[tuple[str, str]],
    how: str,
    suffix: str | None,
    validate: str | None,
    dropped: Sequence[str],
) -> Code:
    """A frame made of two others; a right key of another name goes."""
    same = [left_key for left_key, right_key in keys if left_key == right_key]
    on: Code
    if len(same) == len(keys):
        on = write("on=$keys", keys=same if len(same) > 1 else same[0])
    else:
        lefts, rights = [key for key, _ in keys], [key for _, key in keys]
        on = write(
            "left_on=$lefts, right_on=$rights",
            lefts=lefts if len(keys) > 1 else lefts[0],
            rights=rights if len(keys) > 1 else rights[0],
        )
    check = write(", validate=$kind", kind=validate) if validate else Code("")
    return write(
        "$name = $left.merge($right, $on, how=$how$suffixes$check)$drop",
        suffixes=write(', suffixes=("", $suffix)', suffix=suffix) if suffix else Code(""),
        drop=write(".drop(columns=$dropped)", dropped=list(dropped)) if dropped else Code(""),
        name=name,
        left=left,
        right=right,
        on=on,
        how=how,
        check=check,
    )


def partners(sides: Sequence[Code]) -> Code:
    """The cell that tells, each time it runs, which keys of joins have no partner."""
    return write(
        """
        partners = [
            $sides,
        ]
        tell_partners(partners)
        """,
        sides=Code(",\n    ".join(sides)),
    )


@dataclass(frozen=True)
class Side:
    """One key column of one side of a join: `name` is the column by which people know its values."""

    frame: Code
    key: str
    name: str
    noun: str
    title: str


def side(ours: Side, theirs: Side) -> Code:
    return write(
        "without_partner($frame, $key, $other, $other_key, $name, $noun, $title, $other_title)",
        frame=ours.frame,
        key=ours.key,
        other=theirs.frame,
        other_key=theirs.key,
        name=ours.name,
        noun=ours.noun,
        title=ours.title,
        other_title=theirs.title,
    )


def _grid(widgets: Sequence[Code]) -> Code:
    return write(
        """
        page = widgets.GridBox([$items])
        page.add_class("grid")
        """,
        items=Code(", ".join(widgets)),
    )


@dataclass(frozen=True)
class Updates:
    """What is drawn from one frame: the frame, its selection (None: no filter acts on it), and the functions."""

    frame: Code
    selection: Code | None
    functions: Sequence[Code]


def static_page(
    widgets: Sequence[Code], updates: Sequence[Updates], shared: Sequence[tuple[Code, Sequence[Code]]]
) -> Code:
    """A page without filters. `shared`: functions that take several frames, with these."""
    calls = [write("$update($frames)", update=update, frames=Code(", ".join(frames))) for update, frames in shared]
    for one in updates:
        if len(one.functions) > 1:
            calls.append(
                write(
                    "for update in [$functions]:\n    update($frame)",
                    functions=Code(", ".join(one.functions)),
                    frame=one.frame,
                )
            )
        else:
            calls += [write("$update($frame)", update=update, frame=one.frame) for update in one.functions]
    return Code("\n\n".join([_grid(widgets), lines(calls), "display(page)"]))


def live_page(
    widgets: Sequence[Code],
    updates: Sequence[Updates],
    shared: Sequence[tuple[Code, Sequence[Code]]],
    sentence: str,
) -> Code:
    """A page with filters: everything is drawn again when a control moves. `sentence` is shown when no row is left."""
    chosen = {one.frame: Code("chosen" if len(updates) == 1 else f"chosen_{one.frame}") for one in updates}
    selected = [
        write("$name = $rows", name=chosen[one.frame], rows=Code(f"{one.selection}()") if one.selection else one.frame)
        for one in updates
    ]
    empty = " and ".join(f"{chosen[one.frame]}.empty" for one in updates if one.selection)
    calls = [
        write("$update($frames)", update=update, frames=Code(", ".join(chosen[frame] for frame in frames)))
        for update, frames in shared
    ]
    lists = []
    for one in updates:
        if not one.functions:
            continue
        name = Code("updates" if len(updates) == 1 else f"updates_{one.frame}")
        lists.append(write("$name = [$functions]", name=name, functions=Code(", ".join(one.functions))))
        calls.append(write("for update in $name:\n    update($rows)", name=name, rows=chosen[one.frame]))
    refresh = write(
        """
        def refresh(_=None):
            $selected
            if $empty:
                page.add_class("no-rows")
                insights.value = $sentence
                return
            page.remove_class("no-rows")
            $calls
        """,
        selected=lines(selected),
        empty=Code(empty),
        sentence=f'<p class="insight">{sentence}</p>',
        calls=lines(calls),
    )
    end = write(
        """
        for control in controls:
            control.observe(refresh, names="value")
        refresh()
        display(page)
        """
    )
    return blocks([Code("\n\n".join([lines(lists), _grid(widgets)]).strip()), refresh, end])


@dataclass(frozen=True)
class Origin:
    """Where a table comes from, as told at the end of the page."""

    title: str
    url: str | None = None
    publisher: str | None = None
    license: str | None = None
    license_url: str | None = None
    unlicensed: str = "licence not stated"
    """What is said where there is no licence."""
    attribution: str | None = None


def sources(origins: Sequence[Origin], outlines: bool) -> str:
    paragraphs = ["## Sources"]
    for origin in origins:
        parts = [link(origin.title, origin.url)]
        if origin.publisher:
            parts.append(markdown(origin.publisher))
        if origin.license:
            parts.append(f"licence: {link(origin.license, origin.license_url)}")
        else:
            parts.append(origin.unlicensed)
        text = ", ".join(parts) + "."
        said = origin.attribution and origin.attribution in (origin.publisher, origin.title)
        paragraphs.append(f"{text} {markdown(origin.attribution)}" if origin.attribution and not said else text)
    if outlines:
        paragraphs.append("Outlines of the map: bqplot.")
    return "\n\n".join(paragraphs)
