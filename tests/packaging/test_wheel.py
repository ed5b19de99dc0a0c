"""What a wheel and an sdist hold, and that what is installed from them works where there is no Node."""

from __future__ import annotations

import email
import json
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

GIVEN = (
    *("jupyterlab", "voila", "ipywidgets", "bqplot", "papermill", "nbformat", "pandas", "google-generativeai"),
    *("kaggle", "gcsfs", "sqlalchemy", "huey", "pytest", "nbval"),
)
SERVICES = ("google-generativeai", "google-genai", "openai", "kaggle", "gcsfs", "pytest", "mypy")


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def requirements(wheel: Path, extra: str = "") -> set[str]:
    """Names of what the wheel asks for with an extra, those of the extras it takes along included."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        asked = [
            Requirement(line) for line in email.message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
        ]
    found: set[str] = set()
    open_extras, closed = [extra], set()
    while open_extras:
        current = open_extras.pop()
        closed.add(current)
        for item in asked:
            if item.marker and not item.marker.evaluate({"extra": current, "python_version": "3.13"}):
                continue
            if item.name == "dashwright":
                open_extras += item.extras - closed
            else:
                found.add(item.name)
    return found


def test_wheel_holds_every_module_and_data_file_of_the_parts(wheel: Path, root: Path) -> None:
    held = names(wheel)
    for part in ("server", "pipelines", "kernels", "notebook_templates"):
        for path in (root / part).rglob("*"):
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"}.intersection(path.parts):
                assert f"dashwright/{path.relative_to(root).as_posix()}" in held


def test_wheel_holds_what_jupyter_and_voila_look_for(wheel: Path, root: Path) -> None:
    held = {name.partition(".data/data/")[2] for name in names(wheel)}
    assert "etc/jupyter/jupyter_server_config.d/dashwright.json" in held
    assert "share/jupyter/kernels/dashwright/kernel.json" in held
    assert "share/jupyter/labextensions/dashwright/install.json" in held
    assert "share/jupyter/labextensions/dashwright/package.json" in held
    template = root / "notebook_templates" / "voila"
    for path in template.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"share/jupyter/voila/templates/dashwright/{path.relative_to(template).as_posix()}" in held


def test_wheel_holds_a_production_build_and_no_source_of_it(wheel: Path) -> None:
    held = names(wheel)
    assert any("/labextensions/dashwright/static/remoteEntry." in name for name in held)
    assert not [name for name in held if name.endswith((".ts", ".tsx", ".map", "build_log.json"))]
    assert not [name for name in held if "node_modules" in name or name.startswith(("tests/", "dashwright/src"))]


def test_wheel_installs_no_package_with_a_generic_name(wheel: Path) -> None:
    tops = {name.partition("/")[0].partition("-")[0] for name in names(wheel)}
    assert tops == {"dashwright"}


def test_base_leaves_out_what_talks_to_services_or_only_tests(wheel: Path) -> None:
    assert not requirements(wheel).intersection(SERVICES)


def test_all_takes_every_extra_and_every_given_package(wheel: Path) -> None:
    everything = requirements(wheel, "all")
    assert everything.issuperset(GIVEN)
    for extra in ("ai", "kaggle", "gcs", "test", "dev"):
        assert everything.issuperset(requirements(wheel, extra))


def test_sdist_makes_the_same_wheel_where_there_is_no_node(
    sdist: Path, wheel: Path, installed: Path, run: Any, path_without_node: str, tmp_path: Path
) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = next(tmp_path.iterdir())
    python = installed / "bin" / "python"
    command = [python, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path / "dist"]
    result = run(command, unpacked, path_without_node)
    assert result.returncode == 0, result.stdout
    assert names(next((tmp_path / "dist").glob("*.whl"))) == names(wheel)


@pytest.mark.parametrize("missing", ["notebook_templates/voila", "kernels/kernelspec", "pipelines/sources/samples"])
def test_nothing_is_packed_that_would_not_work(checkout: Path, missing: str, run: Any, tmp_path: Path) -> None:
    incomplete = tmp_path / "incomplete"
    shutil.copytree(checkout, incomplete, symlinks=True)
    shutil.rmtree(incomplete / missing)
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path / "dist"]
    result = run(command, incomplete, str(Path(sys.executable).parent))
    assert result.returncode != 0
    assert "Dashwright cannot be packed" in result.stdout
    assert missing in result.stdout
    assert not list(tmp_path.glob("dist/*.whl"))


def test_a_checkout_without_node_says_what_to_do(checkout: Path, installed: Path, run: Any, tmp_path: Path) -> None:
    unbuilt = tmp_path / "unbuilt"
    shutil.copytree(checkout, unbuilt, symlinks=True, ignore=shutil.ignore_patterns("labextension", "node_modules"))
    result = run([installed / "bin" / "python", "setup.py", "build_frontend"], unbuilt, str(tmp_path))
    assert result.returncode == 1
    assert "Install Node.js 20.19 or newer" in result.stdout


def test_jupyter_finds_all_of_an_installed_wheel(installed: Path, run: Any, path_without_node: str) -> None:
    python = installed / "bin" / "python"
    places = {"JUPYTER_CONFIG_DIR": str(installed / "config"), "JUPYTERLAB_DIR": str(installed / "lab")}
    # Not only what was borrowed: files below the new environment's own share/jupyter and etc/jupyter.
    assert (installed / "share/jupyter/voila/templates/dashwright").is_dir()
    lab = run([python, "-m", "jupyterlab.labextensions", "list"], installed, path_without_node, **places).stdout
    assert f"{installed}/share/jupyter/labextensions" in lab
    assert any("dashwright" in line and "enabled" in line and "OK" in line for line in lab.splitlines()), lab
    server = run(
        [python, "-m", "jupyter_server.extension.serverextension", "list"], installed, path_without_node, **places
    )
    assert any("dashwright 0" in line and "OK" in line for line in server.stdout.splitlines()), server.stdout
    kernels = run(
        [python, "-m", "jupyter_client.kernelspecapp", "list", "--json"], installed, path_without_node, **places
    )
    spec = json.loads(kernels.stdout[kernels.stdout.index("{") :])["kernelspecs"]["dashwright"]
    assert spec["resource_dir"] == f"{installed}/share/jupyter/kernels/dashwright"


def test_an_installed_wheel_finds_its_own_parts(installed: Path, run: Any, path_without_node: str) -> None:
    code = """if True:
        import json
        from importlib.metadata import entry_points
        from importlib.resources import files
        import dashwright
        from dashwright.pipelines.model import Plan
        (command,) = [item for item in entry_points(group="console_scripts") if item.name == "dashwright"]
        groups = entry_points(group="jupyter_client.kernel_provisioners")
        print(json.dumps({
            "file": dashwright.__file__,
            "version": dashwright.__version__,
            "samples": (files("dashwright.pipelines") / "sources/samples/catalogue.json").is_file(),
            "typed": (files("dashwright") / "py.typed").is_file(),
            "provisioner": groups["dashwright-provisioner"].load().__name__,
            "command": command.value,
        }))
    """
    result = run([installed / "bin" / "python", "-c", code], installed, path_without_node)
    assert result.returncode == 0, result.stdout
    found = json.loads(result.stdout.splitlines()[-1])
    assert found.pop("file").startswith(str(installed))
    assert found.pop("version") == json.loads((Path(__file__).parents[2] / "package.json").read_text())["version"]
    assert found == {
        "samples": True,
        "typed": True,
        "provisioner": "Provisioner",
        "command": "dashwright.server.cli:main",
    }
