"""`dashwright.ask` without a kernel: what comes of frames and files, and who is told."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import dashwright
from dashwright.pipelines.errors import DashwrightError, InputError, PlanError, SetupError
from dashwright.server.inline import drawing
from dashwright.server.inline.look import BOX, css
from tests.pipelines.providers.chat_dialect import MODELS, answer
from tests.pipelines.providers.wire import Wire


def test_import_brings_nothing_along() -> None:
    program = (
        "import sys; before = set(sys.modules); import dashwright; "
        "assert {'ask', 'Answer', '__version__'} <= set(dir(dashwright)); "
        "print([name for name in set(sys.modules) - before if name.partition('.')[0] not in sys.stdlib_module_names])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == ["dashwright"]


def test_two_frames_are_joined(frame: pd.DataFrame) -> None:
    regions = pd.DataFrame({"region": ["North", "South", "East"], "manager": ["Ann", "Bob", "Cid"]})
    made = dashwright.ask("How does the amount differ by manager?", sales=frame, regions=regions)
    assert [(join.left, join.right) for join in made.plan.joins] == [("sales", "regions")]
    assert "manager" in str(made).lower()


def test_frame_and_file_are_taken_and_only_read(frame: pd.DataFrame, here: Path) -> None:
    frame.to_csv("old-sales.csv", index=False)
    before = Path("old-sales.csv").read_bytes()
    made = dashwright.ask("How do old sales change by region?", here / "old-sales.csv")
    assert made.plan.tables == ("old_sales",)
    assert [path.name for path in here.iterdir()] == ["old-sales.csv"]
    assert Path("old-sales.csv").read_bytes() == before


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of bqplot
def test_saved_notebook_needs_nothing_of_ours_and_is_not_overwritten(frame: pd.DataFrame, here: Path) -> None:
    made = dashwright.ask("How does the amount change by region?", sales=frame, title="North & South / East")
    assert made.save() == here / "north-south-east.ipynb"
    assert made.save() == here / "north-south-east-2.ipynb"
    with pytest.raises(InputError, match=r"is there already\. Choose another name, or say save\(…, overwrite=True\)"):
        made.save("north-south-east.ipynb")
    place = made.save("north-south-east.ipynb", overwrite=True)
    assert [path.name for path in (here / "north-south-east_data").iterdir()] == ["sales.parquet"]
    notebook = nbformat.read(place, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert 'data_folder = "north-south-east_data"' in code
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(code))
        for name in ([item.name for item in node.names] if isinstance(node, ast.Import) else
                     [str(node.module)] if isinstance(node, ast.ImportFrom) else [])
    }  # fmt: skip
    assert imported <= {"html", "bqplot", "ipywidgets", "numpy", "pandas", "IPython"}
    exec(code.replace("display(page)", "shown = page"), {"__name__": "saved"})
    with pytest.raises(InputError, match=r"ends with '\.ipynb'"):
        made.save("here")
    with pytest.raises(DashwrightError, match="cannot be written"):
        made.save("/proc/here.ipynb")


def test_words_that_are_no_question_change_the_dashboard_and_questions_make_another(frame: pd.DataFrame) -> None:
    first = dashwright.ask("How does the amount change?", frame)
    changed = first.ask("only North")
    assert changed.plan.question == first.plan.question
    assert "North" in changed.plan.model_dump_json()
    assert "North" not in first.plan.model_dump_json()
    other = changed.ask("Which region has the highest amount?")
    assert other.plan.question == "Which region has the highest amount?"
    assert "region" in str(other.explain()).lower()
    with pytest.raises(PlanError, match="nothing was changed"):
        first.ask("paint it black")


def test_nothing_is_left_of_what_failed_or_is_closed(
    frame: pd.DataFrame, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(here))
    with pytest.raises(DashwrightError):
        dashwright.ask("How much?", frame.head(0))
    assert not list(here.iterdir())
    made = dashwright.ask("How much?", frame)
    assert len(list(here.iterdir())) == 1
    made.close()
    assert not list(here.iterdir())
    with pytest.raises(InputError, match="was closed"):
        made.save()


def test_failed_cell_is_told_by_its_name(frame: pd.DataFrame) -> None:
    made = dashwright.ask("How much?", frame)
    notebook = made.notebook
    next(cell for cell in notebook.cells if cell.id == "load").source = "raise ValueError('gone')"
    with pytest.raises(DashwrightError, match="The cell 'load' of the dashboard failed: ValueError: gone"):
        drawing.run_cells(notebook, made._folder)


def test_model_is_asked_only_when_it_is_named_and_learns_no_value(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = {"title": "By the model", "widgets": []}
    with closing(Wire(lambda asked: MODELS if asked.method == "GET" else answer(json.dumps(draft)))) as wire:
        for name, value in (("BASE_URL", f"{wire.url}/v1"), ("MODEL", "one"), ("API_KEY", "sesame")):
            monkeypatch.setenv(f"DASHWRIGHT_COMPATIBLE_{name}", value)
        assert dashwright.ask("How much in each region?", frame).plan.planner == "offline"
        assert not wire.asked
        dashwright.ask("How much in each region?", frame, planner="compatible")
        dashwright.ask("How much in each region?", frame, planner="compatible", sample_values=True)
        prompts = [asked.raw.decode() for asked in wire.asked if asked.method == "POST"]
    assert ["North" in prompt for prompt in (prompts[0], prompts[-1])] == [False, True]


@pytest.mark.parametrize(
    ("planner", "kind", "words"),
    [("auto", InputError, "Name the planner"), ("gemni", InputError, "There is no planner 'gemni'"),
     ("openai", SetupError, "OPENAI_API_KEY")],
)  # fmt: skip
def test_planner_that_cannot_be_asked(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, planner: str, kind: type[Exception], words: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(kind, match=words):
        dashwright.ask("How much?", frame, planner=planner)


@pytest.mark.parametrize("question", ["", "  ", None, "x" * 4_001, "\ud800"])
def test_question_that_is_none(frame: pd.DataFrame, question: str) -> None:
    with pytest.raises(InputError):
        dashwright.ask(question, frame)


def test_look_of_the_page_stays_in_its_box() -> None:
    """Every rule is in the box, and the widths that count are the box's."""
    text = css()
    assert f"@container {BOX} (max-width: 560px)" in text
    assert "@media (max-width" not in text
    depth, outside = 0, ""
    for character in text:
        depth -= character == "}"
        outside += character if depth == 0 else ""
        depth += character == "{"
    assert depth == 0
    assert all(f".{BOX}" in selector for selector in outside.replace("}", "{").split("{") if selector.strip())
