"""The golden notebooks: composed as they were reviewed, and running to their end without a warning."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement

from dashwright.pipelines.composing import compose_notebook

GOLDEN = Path(__file__).parents[2] / "golden"
NEEDED = ("pandas", "pyarrow", "bqplot", "ipywidgets", "ipykernel")
NAMES = ("strikes", "world", "weather", "flights", "jobs")


def _catalogue() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_catalogue", GOLDEN / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


catalogue = _catalogue()


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has the tables of all golden notebooks in ``data/``."""
    folder = tmp_path_factory.mktemp("golden")
    for name in NAMES:
        catalogue.fetch(name, folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_is_composed_as_it_was_reviewed(name: str) -> None:
    """Where this fails on purpose: ``python tests/golden/update.py``, and read the difference."""
    composed = nbformat.writes(compose_notebook(*catalogue.inputs(name)))
    assert composed.strip() == (GOLDEN / f"{name}.ipynb").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("name", NAMES)
def test_no_helper_and_no_variable_is_left_unused(name: str) -> None:
    notebook = nbformat.read(GOLDEN / f"{name}.ipynb", as_version=4)
    trees = [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    loaded = {
        node.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    made = {name for tree in trees for statement in tree.body for name in _made(statement)}
    # Names of a palette are unpacked together.
    assert made - loaded <= {"BLUE", "ORANGE", "GREEN", "PINK"}


def _made(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in statement.names)
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from (
                node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            )


def test_cells_have_the_ids_that_programs_look_for() -> None:
    notebook = nbformat.read(GOLDEN / "strikes.ipynb", as_version=4)
    ids = [cell.id for cell in notebook.cells]
    assert ids[:7] == ["title", "parameters", "imports", "style", "load", "prepare", "filters"]
    assert ids[-2:] == ["page", "sources"]
    assert notebook.cells[1].metadata.tags == ["parameters"]
    plan, _, _ = catalogue.inputs("strikes")
    assert {f"widget-{widget.id}" for widget in plan.widgets} < set(ids)
    widgets = {cell.metadata.dashwright.widget for cell in notebook.cells if "dashwright" in cell.metadata}
    assert widgets == {widget.id for widget in plan.widgets}


def test_nbval_runs_all_of_them(data: Path) -> None:
    for name in NAMES:
        shutil.copy(GOLDEN / f"{name}.ipynb", data)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-lax",
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
        "--no-header",
    ]
    done = subprocess.run(
        [*command, "--rootdir", str(data), *(str(data / f"{name}.ipynb") for name in NAMES)],
        cwd=data,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTEST_ADDOPTS": ""},
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kernel of an environment with only what a notebook needs: no Dashwright, no ruff, no papermill."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "env"), "platbase": str(folder / "env")}))
    for name in _with_dependencies(NEEDED):
        for file in metadata.files(name) or []:
            first = file.parts[0]
            if first not in ("..", "__pycache__") and not (packages / first).exists():
                (packages / first).symlink_to(Path(str(metadata.distribution(name).locate_file(first))))
    spec = folder / "kernels/bare"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        '{"display_name": "bare", "language": "python", "argv": '
        f'["{folder}/env/bin/python", "-I", "-m", "ipykernel_launcher", "-f", "{{connection_file}}"]}}'
    )
    return folder


def _with_dependencies(names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                try:
                    metadata.distribution(requirement.name)
                except metadata.PackageNotFoundError:
                    continue
                waiting |= {requirement.name} - found
    return found


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_where_dashwright_is_not_installed(name: str, data: Path, bare: Path, monkeypatch: Any) -> None:
    notebook = nbformat.read(GOLDEN / f"{name}.ipynb", as_version=4)
    notebook.cells.append(
        nbformat.v4.new_code_cell(
            "import importlib.util\n"
            "print([name for name in ['dashwright', 'papermill', 'ruff'] if importlib.util.find_spec(name)])"
        )
    )
    monkeypatch.setenv("JUPYTER_PATH", str(bare))
    NotebookClient(notebook, kernel_name="bare", timeout=120, resources={"metadata": {"path": str(data)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.text for output in outputs if output.output_type == "stream"] == ["[]\n"]
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ({"source": "samples", "url": "https://data.example/x"}, "licence not stated: ask whoever publishes it"),
        ({"source": "files", "url": "https://data.example/x"}, "licence not stated: ask whoever publishes it"),
        ({"source": "files", "url": None}, "own data, no licence stated"),
    ],
)
def test_the_page_says_where_no_licence_is_stated(origin: dict[str, str | None], said: str) -> None:
    plan, profile, datasets = catalogue.inputs("strikes")
    bare = [item.model_copy(update={**origin, "license": None}) for item in datasets.datasets]
    notebook = compose_notebook(plan, profile, datasets.model_copy(update={"datasets": tuple(bare)}))
    sources = next(cell.source for cell in notebook.cells if cell.id == "sources")
    assert said in sources
    assert "licence:" not in sources
