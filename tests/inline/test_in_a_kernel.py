"""In a real kernel: the magic, what is displayed, and what of it a person's notebook notices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

WIDGET = "application/vnd.jupyter.widget-view+json"
SET_UP = """
import pandas as pd
sales = pd.DataFrame({
    "date": pd.date_range("2023-01-01", periods=60, freq="W"),
    "region": ["North", "South", "East"] * 20,
    "amount": range(60),
})
regions = pd.DataFrame({"region": ["North", "South", "East"], "manager": ["Ann", "Bob", "Cid"]})
page, data_folder, display = "mine", "mine", "mine"
%load_ext dashwright
"""
CELLS = {
    "set up": SET_UP,
    "magic": "%%dashwright sales regions --name answer --title 'By manager'\nHow does the amount\nchange by manager?",
    "variables": "print(page, data_folder, display, answer.plan.title, answer.plan.question)",
    "completing": """
from IPython.core.completer import provisionalcompleter
with provisionalcompleter():
    for text in ("%%dashwright sal", "%dashwright reg", "%%dashwright sales --na"):
        print([found.text for found in get_ipython().Completer.completions(text, len(text))])
""",
    "line": "%dashwright sales what's the amount by region?",
    "function": "import dashwright\nkept = dashwright.ask('How much by region?', sales)",
    "error": "dashwright.ask('How much?', sales.head(0))",
    "no such name": "%%dashwright saless\nHow much?",
    "which one": "%%dashwright\nHow much?",
    "no such option": "%%dashwright sales --plan x\nHow much?",
    "no question": "%%dashwright sales\n\n",
    "move": """
import ipywidgets
def below(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from below(child)
parts = list(below(kept._page))
choice = next(part for part in parts if isinstance(part, ipywidgets.SelectMultiple))
shown = lambda: [part.value for part in parts if isinstance(part, ipywidgets.HTML)]
before = shown()
choice.value = ("North",)
print(before != shown())
""",
    "open": """
button = next(part for part in parts if isinstance(part, ipywidgets.Button))
button.click()
button.click()
told = next(part for part in parts if isinstance(part, ipywidgets.Output))
print(told.outputs[0]["data"]["text/html"])
""",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What each cell has put out, in one kernel."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])
    folder = tmp_path_factory.mktemp("notebooks")
    client = NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=120, resources={})
    client.execute(cwd=str(folder))
    assert all(cell.execution_count for cell in notebook.cells)
    (folder / "done.ipynb").write_text(nbformat.writes(notebook))
    return {"folder": [folder]} | dict(zip(CELLS, (cell.outputs for cell in notebook.cells), strict=True))


def printed(outputs: list[Any]) -> str:
    """What was printed; a slow kernel sends it in pieces."""
    return "".join(output.text for output in outputs)


def test_result_takes_the_place_of_the_progress(outputs: dict[str, list[Any]]) -> None:
    for name in ("magic", "line"):
        (shown,) = outputs[name]
        assert WIDGET in shown.data
        assert shown.data["text/plain"].startswith("<Dashwright: ")
    (kept,) = outputs["function"]
    assert "widgets, in" in kept.data["text/html"]


def test_variables_of_the_notebook_stay_as_they_are(outputs: dict[str, list[Any]]) -> None:
    assert printed(outputs["variables"]) == "mine mine mine By manager How does the amount change by manager?\n"


def test_names_of_frames_and_options_are_completed(outputs: dict[str, list[Any]]) -> None:
    assert printed(outputs["completing"]) == "['sales']\n['regions']\n['--name']\n"


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("error", "DataError: 'data' has columns but no rows: there is nothing to show."),
        ("no such name", "InputError: There is no data 'saless'. There is: regions, sales."),
        ("which one", "InputError: Name the data: %%dashwright NAME. There is: regions, sales."),
        ("no such option", "InputError: There is no option '--plan'. The magic is %%dashwright [data …]"),
        ("no question", "InputError: Ask something in the lines below."),
    ],
)
def test_error_is_a_sentence_without_our_code(outputs: dict[str, list[Any]], cell: str, sentence: str) -> None:
    error = outputs[cell][-1]
    assert error.output_type == "error"
    assert len(error.traceback) == 1
    assert error.traceback[0].startswith(sentence)


def test_filter_draws_again_in_this_kernel(outputs: dict[str, list[Any]]) -> None:
    assert printed(outputs["move"]) == "True\n"


def test_button_writes_a_notebook_each_time_and_links_to_it(outputs: dict[str, list[Any]]) -> None:
    folder: Path = outputs["folder"][0]
    written = sorted(path.stem for path in folder.glob("*.ipynb") if path.name != "done.ipynb")
    assert len(written) == 2
    assert written[1] == f"{written[0]}-2"
    assert all((folder / f"{name}_data" / "sales.parquet").is_file() for name in written)
    assert f'<a href="{written[1]}.ipynb" target="_blank">' in printed(outputs["open"])
