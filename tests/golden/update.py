"""Compose the golden notebooks anew: ``python tests/golden/update.py [--data] [NAME ...]``. Then read the difference.

With ``--data`` the samples are also read and profiled anew.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat

from catalogue import HERE, SAMPLES, fetch, inputs
from dashwright.pipelines.composing import compose_notebook


def main(arguments: list[str]) -> None:
    names = [name for name in arguments if not name.startswith("-")] or list(SAMPLES)
    for name in names:
        if "--data" in arguments:
            with tempfile.TemporaryDirectory() as folder:
                profile, datasets = fetch(name, Path(folder))
            for noun, kind in ((profile, "profile"), (datasets, "datasets")):
                text = noun.model_dump_json(exclude_defaults=True)
                (HERE / "inputs" / f"{name}.{kind}.json").write_text(text + "\n")
        nbformat.write(compose_notebook(*inputs(name)), HERE / f"{name}.ipynb")
        print(f"tests/golden/{name}.ipynb")


if __name__ == "__main__":
    main(sys.argv[1:])
