"""Build Dashwright: five folders become the package ``dashwright``, the front end and Jupyter's files go beside it.

``pyproject.toml`` has the metadata. This file has what cannot be declared there:

* the top-level folders are parts of one package: ``dashwright`` is ``extension/``, ``dashwright.server`` is ``server/``
  and so on. Wheels map them by ``package_dir``; an editable install gets a tree of symbolic links in ``build/src``,
  the one variant that import, importlib.resources, pkgutil, mypy and pyright all understand and in which a new file
  is seen at once;
* the front end is built by npm before anything is packed. A wheel or an sdist contains it, so neither needs Node.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from setuptools import Command, find_packages, setup
from setuptools.command.build import build as _build
from setuptools.command.editable_wheel import editable_wheel as _editable_wheel
from setuptools.command.sdist import sdist as _sdist

ROOT = Path(__file__).resolve().parent

NAME = "dashwright"
PARTS = ("server", "pipelines", "kernels", "notebook_templates")
LINKS = Path("build/src") / NAME
LABEXTENSION = Path("extension/labextension")
DOCUMENTATION = Path("server/api/documentation")
VENDORED = ("swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css")
"""Of the package swagger-ui-dist: the page of the REST API loads nothing from elsewhere."""
FRONTEND = (
    "extension/src",
    "extension/schema",
    "extension/style",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
)
NOT_DATA = {"__pycache__", ".ipynb_checkpoints"}

SHARE = Path("share/jupyter")
RESOURCES = {
    SHARE / "kernels" / NAME: Path("kernels/kernelspec"),
    SHARE / "voila/templates" / NAME: Path("notebook_templates/voila"),
    Path("etc/jupyter/jupyter_server_config.d"): Path("extension/jupyter-config"),
}
"""Where Jupyter looks, and the folder here that goes there."""

REQUIRED = (
    "kernels/kernelspec/kernel.json",
    "notebook_templates/voila",
    "pipelines/sources/samples/catalogue.json",
    "pipelines/sources/world_bank/indicators.tsv",
    "extension/labextension/package.json",
    "server/api/documentation/swagger-ui-bundle.js",
)
"""Without these an installed Dashwright would not work, so no wheel is made without them."""


def files_below(folder: Path) -> Iterator[Path]:
    """All files of a folder, as paths from the root, but for what is no data of a package."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path.is_file() and path.suffix != ".pyc" and not NOT_DATA.intersection(inside):
            yield path


def packages() -> dict[str, Path]:
    """Import names and their folders."""
    found = {NAME: Path("extension")}
    for part in PARTS:
        found[f"{NAME}.{part}"] = Path(part)
        found.update((f"{NAME}.{part}.{sub}", Path(part, *sub.split("."))) for sub in find_packages(part))
    return found


def package_data(found: dict[str, Path]) -> dict[str, list[str]]:
    """Files to pack with each package: all in its folder that are not modules of a package."""
    data = {NAME: ["py.typed"]}
    homes = {folder: name for name, folder in found.items()}
    for part in PARTS:
        for path in files_below(Path(part)):
            if path.parent in homes and path.suffix == ".py":
                continue
            home = next(parent for parent in path.parents if parent in homes)
            data.setdefault(homes[home], []).append(path.relative_to(home).as_posix())
    return data


def data_files() -> list[tuple[str, list[str]]]:
    """What Jupyter looks for outside of packages, as setuptools wants it: folder of destination, files."""
    wanted: dict[str, list[str]] = {}
    for target, source in RESOURCES.items():
        for path in files_below(source):
            wanted.setdefault((target / path.relative_to(source).parent).as_posix(), []).append(path.as_posix())
    labextension = SHARE / "labextensions" / NAME
    for path in files_below(LABEXTENSION):
        wanted.setdefault((labextension / path.relative_to(LABEXTENSION).parent).as_posix(), []).append(path.as_posix())
    wanted.setdefault(labextension.as_posix(), []).append("extension/install.json")
    return sorted(wanted.items())


def refuse_incomplete() -> None:
    """Stop a wheel or sdist that would lack something."""
    missing = [path for path in REQUIRED if not Path(path).exists()]
    if missing:
        sys.exit(f"Dashwright cannot be packed: {', '.join(missing)} is missing from '{ROOT}'.")


def is_current(*, for_development: bool) -> bool:
    """Whether the front end is built from the files as they are.

    ``build_log.json`` exists only after a development build, which belongs in no wheel.
    """
    built = LABEXTENSION / "package.json"
    if not built.exists():
        return False
    if Path("PKG-INFO").exists():  # unpacked from an sdist, which has it built
        return True
    if not for_development and (LABEXTENSION / "build_log.json").exists():
        return False
    sources = [
        path for item in FRONTEND for path in ([Path(item)] if Path(item).is_file() else files_below(Path(item)))
    ]
    return built.stat().st_mtime >= max(path.stat().st_mtime for path in sources)


def is_vendored() -> bool:
    """Whether the files of others that are served are there, as package-lock.json has them."""
    if Path("PKG-INFO").exists():
        return all((DOCUMENTATION / name).exists() for name in VENDORED)
    made = [DOCUMENTATION / name for name in VENDORED]
    lock = Path("package-lock.json").stat().st_mtime
    return all(path.exists() and path.stat().st_mtime >= lock for path in made)


def vendor() -> None:
    """Take them over from where npm has put them."""
    for name in VENDORED:
        shutil.copyfile(Path("node_modules/swagger-ui-dist", name), DOCUMENTATION / name)


def is_installed() -> bool:
    """Whether node_modules has what package-lock.json says."""
    installed = Path("node_modules/.package-lock.json")
    return installed.exists() and installed.stat().st_mtime >= Path("package-lock.json").stat().st_mtime


def npm(*arguments: str) -> None:
    """Run npm with this environment's programs (jupyter-builder, maybe Node) at hand."""
    here = [sysconfig.get_path("scripts"), os.path.dirname(sys.executable)]
    path = os.pathsep.join([*here, os.environ.get("PATH", os.defpath)])
    program = shutil.which("npm", path=path)
    if program is None:
        sys.exit(
            "Dashwright's front end has to be built, and npm was not found. Install Node.js 20.19 or newer, or run "
            "'make' (it brings its own), or install a wheel of Dashwright, which needs no Node.js."
        )
    try:
        subprocess.run([program, *arguments], check=True, env={**os.environ, "PATH": path})
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"Building the front end failed: 'npm {' '.join(arguments)}' ended with {error.returncode}; see above."
        )


class build_frontend(Command):
    """Compile the TypeScript and bundle it for JupyterLab, unless that is done."""

    user_options: list[tuple[str, str | None, str]] = []
    editable_mode = False

    def initialize_options(self) -> None:
        pass

    def finalize_options(self) -> None:
        pass

    def run(self) -> None:
        if not is_current(for_development=self.editable_mode):
            if not is_installed():
                npm("ci")
            npm("run", "build:prod")
        if not is_vendored():
            if not is_installed():
                npm("ci")
            vendor()
        self.distribution.package_data = package_data(PACKAGES)
        if not self.editable_mode:
            refuse_incomplete()
        self.distribution.data_files = data_files()
        if self.editable_mode:
            # editable_wheel asks `Distribution.has_data`, which does not exist, and so leaves data files out.
            self.run_command("install_data")

    def get_source_files(self) -> list[str]:
        return [path.as_posix() for path in files_below(LABEXTENSION)]

    def get_outputs(self) -> list[str]:
        return []

    def get_output_mapping(self) -> dict[str, str]:
        return {}


class build(_build):
    sub_commands = [("build_frontend", None), *_build.sub_commands]

    def run(self) -> None:
        # What an earlier build left there would be packed again, modules that are gone included.
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class sdist(_sdist):
    def run(self) -> None:
        self.run_command("build_frontend")
        super().run()


class editable_wheel(_editable_wheel):
    def finalize_options(self) -> None:
        self.distribution.package_dir = {"": LINKS.parent.as_posix()}
        super().finalize_options()

    def run(self) -> None:
        link_tree()
        super().run()


def link_tree() -> None:
    """Make ``build/src/dashwright``: the extension's Python files and one link for each part.

    Every link is put in place by a rename, so that whoever imports meanwhile never misses one.
    """
    LINKS.mkdir(parents=True, exist_ok=True)
    targets = {path.name: path for path in (*Path("extension").glob("*.py"), Path("extension/py.typed"), LABEXTENSION)}
    targets.update((part, Path(part)) for part in PARTS)
    for name, target in targets.items():
        fresh = LINKS / f".{name}.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.path.relpath(target, LINKS))
        fresh.replace(LINKS / name)
    for link in LINKS.iterdir():
        if link.name not in targets and link.is_symlink():
            link.unlink()


PACKAGES = packages()

setup(
    version=json.loads(Path("package.json").read_text(encoding="utf-8"))["version"],
    packages=list(PACKAGES),
    package_dir={NAME: "extension", **{f"{NAME}.{part}": part for part in PARTS}},
    package_data=package_data(PACKAGES),
    include_package_data=False,
    data_files=data_files(),
    zip_safe=False,
    cmdclass={
        "build": build,
        "build_frontend": build_frontend,
        "editable_wheel": editable_wheel,
        "sdist": sdist,
    },
)
