"""What takes long to import and serves nothing is not imported, and stays there for those who want it."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from dashwright.pipelines.lean import without


@pytest.mark.parametrize("module", ["api.app", "store", "viewer.app", "worker.preloaded", "worker.running"])
def test_no_grammar_is_compiled_by_what_runs_all_the_time(module: str) -> None:
    module = f"dashwright.server.{module}"
    program = (
        f"import sys, {module}; sys.exit(bool({{'rfc3987_syntax', 'lark'}} & set(sys.modules)) "
        "or 'jsonschema' not in sys.modules or bool(__import__('rfc3987_syntax')) is False)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_is_left_out_can_be_imported_afterwards() -> None:
    sys.modules.pop("colorsys", None)
    with without("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hls(0, 0, 0) == (0, 0, 0)
