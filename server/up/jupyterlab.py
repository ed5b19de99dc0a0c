"""JupyterLab's own command, begun without what makes its start slow: ``python -m dashwright.server.up.jupyterlab``."""

from __future__ import annotations

from ...pipelines.lean import import_jsonschema


def main() -> None:
    import_jsonschema()
    from jupyterlab.labapp import main as run_jupyterlab

    run_jupyterlab()


if __name__ == "__main__":
    main()
