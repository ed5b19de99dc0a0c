"""The look of a page within somebody's notebook: the page's own rules, for what is inside of one box only."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

BOX = "dashwright-inline"
"""The CSS class of the box."""
_SECTIONS = ("bqplot", "grid, cards, tiles", "filter bar", "table", "narrow screens and cards")
"""Of page.css. The others are about the page around, which here is JupyterLab's."""

_OWN = f"""
.{BOX} {{ container: {BOX} / inline-size; color-scheme: light dark; background: var(--page); color: var(--ink);
  font-family: var(--font); padding: 16px; border-radius: 8px; box-sizing: border-box; overflow: visible;
  width: 100%; gap: 14px;
  --jp-widgets-color: var(--ink); --jp-widgets-label-color: var(--ink-2); --jp-widgets-readout-color: var(--ink);
  --jp-widgets-font-size: 14px; --jp-widgets-input-color: var(--ink); --jp-widgets-input-background-color: var(--card);
  --jp-widgets-input-border-color: var(--field); --jp-widgets-slider-active-handle-color: var(--accent);
  --jp-widgets-margin: 0px; }}
:is([data-jp-theme-light="true"], .vscode-light) .{BOX} {{ color-scheme: light; }}
:is([data-jp-theme-light="false"], .vscode-dark) .{BOX} {{ color-scheme: dark; }}
.{BOX} > * {{ width: auto; overflow: visible; margin: 0; flex-shrink: 0; }}
.{BOX} .look {{ display: none; }}
.{BOX} .title h2 {{ font: 700 24px/1.25 var(--font); letter-spacing: -.01em; color: var(--ink); margin: 0 0 4px;
  overflow-wrap: anywhere; }}
.{BOX} .title p {{ font: 15px/1.5 var(--font); color: var(--ink-2); margin: 0 0 4px; max-width: 72ch; }}
.{BOX} .bqplot {{ max-height: 440px; }}
.{BOX} .keep {{ display: flex; flex-flow: row wrap; align-items: center; gap: 4px 16px; margin: 0; }}
.{BOX} .keep button {{ width: auto; height: 34px; padding: 0 14px; border: 1px solid var(--field); border-radius: 6px;
  background: var(--card); color: var(--ink); box-shadow: none; font: 600 14px/1 var(--font); }}
.{BOX} .keep button:hover {{ border-color: var(--accent); color: var(--accent); }}
.{BOX} .keep button:focus-visible {{ outline: 3px solid var(--accent); outline-offset: 2px; }}
.{BOX} .keep :is(p, a) {{ font: 14px/1.5 var(--font); color: var(--ink-2); margin: 0; }}
.{BOX} .keep a {{ color: var(--accent); text-decoration: underline; text-underline-offset: 2px; }}
.{BOX} .keep :is(.jp-OutputArea-output, .jp-OutputArea-child) {{ background: none; padding: 0; }}
.{BOX} .keep .jp-OutputPrompt {{ display: none; }}
body:has(.{BOX} .bqplot:hover) .bqplot_mark_tooltip {{ border: 1px solid var(--jp-border-color2); border-radius: 6px;
  background: var(--jp-layout-color1); opacity: 1 !important; }}
body:has(.{BOX} .bqplot:hover) .bqplot_mark_tooltip .tooltiptext {{ padding: 2px 8px; font: 13px/1.4 sans-serif;
  color: var(--jp-ui-font-color1); }}
"""


@cache
def css() -> str:
    """All rules. Those of the page are nested, so that nothing else in the notebook changes its look; its widths are
    those of the box instead of the window's."""
    folder = files("dashwright.notebook_templates") / "voila"
    tokens = (folder / "tokens.css").read_text(encoding="utf-8")
    root = re.search(r"^:root \{(.*?)^\}", tokens, re.DOTALL | re.MULTILINE)
    sections = dict(re.findall(r"/\* -+ \d+ (.+?) -+ \*/(.*?)(?=/\* -+ \d+ |\Z)", _page(folder), re.DOTALL))
    missing = [name for name in _SECTIONS if name not in sections]
    if root is None or missing:
        raise RuntimeError(f"the page's style sheets have no {' and no '.join(missing) or ':root'}")
    colours = re.sub(r"color-scheme:[^;]*;", "", root[1])
    rules = "".join(sections[name] for name in _SECTIONS)
    rules = re.sub(r"@media (\(max-width: \d+px\))", rf"@container {BOX} \1", rules)
    text = f".{BOX} {{{colours}{rules}}}{_OWN}"
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()


def _page(folder: object) -> str:
    return str((folder / "page.css").read_text(encoding="utf-8"))  # type: ignore[operator]
