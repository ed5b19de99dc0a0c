"""Saving: an ordinary notebook beside its data, which needs nothing of Dashwright."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.parse import quote

import nbformat
from slugify import slugify

from ...notebook_templates.source import literal
from ...pipelines.errors import DataError, InputError, LimitError
from ...pipelines.model import Plan, Profile
from ...pipelines.step import JobFolder, write_whole

_LENGTH = 60
_DATA = 'data_folder = "data"'
"""The first line of a composed notebook's parameters."""


def save(folder: JobFolder, plan: Plan, path: Path, *, overwrite: bool) -> Path:
    """Write the notebook, and its tables into ``<name>_data`` beside it. Gives the absolute path.

    Raises:
        InputError: it cannot be written there, or there is one already and `overwrite` is not set.
    """
    path = Path(os.path.abspath(path.expanduser()))
    if path.suffix != ".ipynb":
        raise InputError(f"A notebook's name ends with '.ipynb': save('{path.name}.ipynb').")
    data = path.with_name(f"{path.stem}_data")
    for there in (path, data):
        if there.exists() and not overwrite:
            raise InputError(f"'{there}' is there already. Choose another name, or say save(…, overwrite=True).")
        if there.is_symlink() or (there.exists() and there.is_dir() != (there is data)):
            raise InputError(f"'{there}' cannot be replaced: it is no {'folder' if there is data else 'file'}.")
    try:
        _put(folder, plan, data)
        write_whole(path, nbformat.writes(at_home(folder, data.name)).encode())
    except OSError as error:
        reason = f"{error.strerror or error}"
        raise LimitError(f"'{path}' cannot be written: {reason}. Give save() a path where you may write.") from error
    return path


def free_path(plan: Plan, folder: Path) -> Path:
    """A name from the dashboard's title that nothing in the folder has."""
    words = slugify(plan.title[:1000], max_length=_LENGTH, word_boundary=True) or "dashboard"
    number, path = 2, folder / f"{words}.ipynb"
    while path.exists() or path.with_name(f"{path.stem}_data").exists():
        path, number = folder / f"{words}-{number}.ipynb", number + 1
    return path


def at_home(folder: JobFolder, data: str) -> nbformat.NotebookNode:
    """The composed notebook for a kernel that every Jupyter has, with its tables in the folder `data`."""
    notebook: nbformat.NotebookNode = nbformat.read(folder.notebook, as_version=4)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    for cell in notebook.cells:
        if cell.id == "parameters":
            cell.source = cell.source.replace(_DATA, f"data_folder = {literal(data)}", 1)
    return notebook


def link(path: Path) -> str:
    """HTML that says where a notebook is. The address is relative to the notebook that shows it, as Jupyter wants."""
    relative = os.path.relpath(path, _home())
    return (
        f'<p>Written: <a href="{escape(quote(relative), quote=True)}" target="_blank">{escape(relative)}</a>, '
        f"with its data in {escape(path.stem)}_data.</p>"
    )


def _home() -> Path:
    """The folder of the notebook that runs here, which Jupyter's server tells its kernels; else the working folder."""
    session = Path(os.environ.get("JPY_SESSION_NAME", ""))
    return session.parent if session.is_absolute() and session.parent.is_dir() else Path.cwd()


def _put(folder: JobFolder, plan: Plan, data: Path) -> None:
    """The tables of the plan, under their final names only when they are whole."""
    profile = folder.read(Profile, folder.profile)
    used = {table.path for table in profile.offered if table.name in plan.tables}
    used |= {
        base.path
        for table in profile.offered
        if table.name in plan.tables and table.rollup is not None
        for base in profile.tables
        if base.name == table.rollup.of
    }
    if not used:
        raise DataError("The plan names no table, so there is no data to save.")
    data.mkdir(parents=True, exist_ok=True)
    for name in sorted(used):
        handle, temporary = tempfile.mkstemp(dir=data, prefix=".part-")
        os.close(handle)
        try:
            shutil.copyfile(folder.path / name, temporary)
            os.chmod(temporary, 0o644)
            os.replace(temporary, data / Path(name).name)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
