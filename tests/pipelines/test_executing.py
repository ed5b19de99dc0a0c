"""Executing: real kernels run small notebooks; what fails is named and kept."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from dashwright.pipelines.errors import LimitError, NotebookError
from dashwright.pipelines.executing import execute, kernel_name, stderr
from dashwright.pipelines.step import JobFolder, Limits, Progress, silent


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path)


def write(folder: JobFolder, *sources: str, kernel: str = "python3") -> None:
    cells = [new_markdown_cell("# Title", id="title")]
    cells += [
        new_code_cell(source, id=f"widget-w{number}", metadata={"dashwright": {"widget": f"w{number}"}})
        for number, source in enumerate(sources)
    ]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": {"name": kernel, "display_name": kernel}})
    nbformat.write(notebook, folder.notebook)


def test_a_notebook_runs_in_its_folder_and_keeps_outputs_and_widgets(folder: JobFolder) -> None:
    folder.data.mkdir()
    (folder.data / "x.txt").write_text("here")
    write(folder, "print(open('data/x.txt').read())", "import ipywidgets; ipywidgets.HTML('<b>x</b>')")
    heard: list[Progress] = []
    execute(folder, Limits(), heard.append)
    executed = nbformat.read(folder.executed, as_version=4)
    assert executed.cells[1].outputs[0].text == "here\n"
    assert executed.metadata.widgets["application/vnd.jupyter.widget-state+json"].state
    assert [cell.id for cell in executed.cells] == ["title", "widget-w0", "widget-w1"]
    assert [item.message for item in heard] == ["Ran 1 of 3 cells", "Ran 2 of 3 cells", "Ran 3 of 3 cells"]
    assert heard[0].percent < heard[-1].percent == 97


def test_a_failed_cell_is_named_and_the_notebook_kept_apart(folder: JobFolder) -> None:
    write(folder, "price = 1", "price / 0", "print('never')")
    with pytest.raises(NotebookError) as raised:
        execute(folder, Limits(), silent)
    assert str(raised.value) == "The cell of widget 'w1' failed in line 1: ZeroDivisionError: division by zero"
    assert raised.value.cell_id == "widget-w1"
    assert raised.value.source == "price / 0"
    assert "ZeroDivisionError" in raised.value.traceback
    assert "\x1b" not in raised.value.traceback
    assert not folder.executed.exists()
    failed = nbformat.read(folder.path / "failed.ipynb", as_version=4)
    assert any(output.output_type == "error" for cell in failed.cells for output in cell.get("outputs", ()))


def test_a_retry_that_works_leaves_no_failed_notebook(folder: JobFolder) -> None:
    write(folder, "1 / 0")
    with pytest.raises(NotebookError):
        execute(folder, Limits(), silent)
    write(folder, "1 / 1")
    execute(folder, Limits(), silent)
    assert folder.executed.exists()
    assert not (folder.path / "failed.ipynb").exists()
    assert sorted(path.name for path in folder.path.iterdir()) == ["executed.ipynb", "notebook.ipynb"]


def test_a_cell_that_takes_too_long_is_stopped_and_named(folder: JobFolder) -> None:
    write(folder, "import time", "time.sleep(60)")
    with pytest.raises(LimitError, match=r"The cell of widget 'w1' took longer than 1 seconds; raise the setting"):
        execute(folder, Limits(execution_timeout=1), silent)
    assert not folder.executed.exists()


def test_a_dead_kernel_is_told_from_a_failed_cell(folder: JobFolder) -> None:
    write(folder, "import os", "os._exit(9)")
    with pytest.raises(NotebookError, match=r"The kernel died in the cell of widget 'w1'"):
        execute(folder, Limits(), silent)


def test_a_kernel_that_is_not_installed_gives_way_to_python(folder: JobFolder) -> None:
    write(folder, "print('ran')", kernel="no-such-kernel")
    assert kernel_name(nbformat.read(folder.notebook, as_version=4)) == "python3"
    assert execute(folder, Limits(), silent).cells[1].outputs[0].text == "ran\n"


def test_warnings_of_cells_are_found_and_told(folder: JobFolder) -> None:
    write(folder, "import warnings; warnings.warn('an old function')")
    heard: list[Progress] = []
    executed = execute(folder, Limits(), heard.append)
    assert "an old function" in stderr(executed)[0]
    assert "The notebook warns" in heard[-1].message
