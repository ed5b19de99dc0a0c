"""The style cell: those functions and constants of `style/` that a notebook uses, as they are written there."""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from .source import Code

MODULES = ("colours", "numbers", "axes", "cards", "marks", "sentences", "maps", "partners")
IMPORTS = {
    "escape": "from html import escape",
    "bq": "import bqplot as bq",
    "widgets": "import ipywidgets as widgets",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "display": "from IPython.display import display",
}


FIXED = [
    "tiles",
    "update_tiles",
    "insights",
    "update_insights",
    "controls",
    "filter_bar",
    "page",
    "refresh",
    "updates",
    "partners",
]
"""Variables that every notebook may have."""
LOCAL = [
    "above",
    "absent",
    "chosen",
    "colour",
    "colours",
    "columns",
    "control",
    "correlation",
    "counts",
    "direction",
    "distances",
    "dots",
    "drawn",
    "edges",
    "everything",
    "far",
    "first",
    "form",
    "frame",
    "group",
    "groups",
    "heights",
    "high",
    "inside",
    "item",
    "keep",
    "key",
    "label",
    "last",
    "limits",
    "lines",
    "low",
    "manner",
    "middle",
    "name",
    "names",
    "one",
    "pairs",
    "part",
    "parts",
    "place",
    "places",
    "remark",
    "rows",
    "second",
    "sentences",
    "share",
    "shares",
    "slope",
    "spans",
    "table",
    "text",
    "update",
    "value",
    "values",
    "words",
]
"""Variables of the functions in cells, which would hide one of the notebook."""


@dataclass(frozen=True)
class Piece:
    """A function or constant: its source, and the names it uses."""

    text: str
    uses: frozenset[str]
    order: tuple[int, int]


@functools.cache
def pieces() -> dict[str, Piece]:
    """Everything in `style/`, by name."""
    found: dict[str, Piece] = {}
    for place, module in enumerate(MODULES):
        text = files(__package__).joinpath(f"style/{module}.py").read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.Assign):
                piece = Piece(ast.get_source_segment(text, node) or "", _names(node), (place, node.lineno))
                found |= dict.fromkeys(_defined(node), piece)
    return found


def _defined(node: ast.FunctionDef | ast.Assign) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    return [item.id for target in node.targets for item in ast.walk(target) if isinstance(item, ast.Name)]


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(item.id for item in ast.walk(node) if isinstance(item, ast.Name))


def names(source: str) -> frozenset[str]:
    """Every name that a piece of code uses."""
    return _names(ast.parse(source))


def used(sources: Iterable[str]) -> set[str]:
    """The names of `style/` that these cells need, directly or through one another."""
    waiting = {name for source in sources for name in _names(ast.parse(source)) if name in pieces()}
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting |= {other for other in pieces()[name].uses if other in pieces()} - needed
    return needed


def style(sources: Iterable[str]) -> Code:
    """The text of the style cell: constants first, as one paragraph, then functions."""
    chosen = sorted({pieces()[name] for name in used(sources)}, key=lambda piece: piece.order)
    constants = [piece.text for piece in chosen if not piece.text.startswith("def ")]
    functions = [piece.text for piece in chosen if piece.text.startswith("def ")]
    head = (
        "# Style. Colours are CSS variables of the page template, so light, dark and print need no code here;\n"
        "# the value after the comma is used where there is no template (JupyterLab).\n"
    )
    return Code("\n\n\n".join([head + "\n".join(constants), *functions]))


def imports(sources: Iterable[str]) -> Code:
    """The imports that these cells need, standard library first."""
    names = frozenset[str]().union(*(_names(ast.parse(source)) for source in sources))
    groups = [["escape"], ["bq", "widgets", "np", "pd", "display"]]
    paragraphs = ["\n".join(IMPORTS[name] for name in group if name in names) for group in groups]
    return Code("\n\n".join(paragraph for paragraph in paragraphs if paragraph))


def reserved() -> frozenset[str]:
    """Names that no variable of a notebook may have."""
    return frozenset({*pieces(), *IMPORTS, *dir(builtins), *FIXED, *LOCAL})
