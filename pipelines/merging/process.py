"""The process that merges: three notebooks as JSON on its input, one with conflicts on its output."""

from __future__ import annotations

import json
import os
import resource
import sys

from ..lean import import_jsonschema


def main(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["HOME"] = os.devnull  # nbdime reads settings of the person who runs it
    base, mine, theirs = json.load(sys.stdin)
    import_jsonschema()
    from .threeway import merged  # which is heavy, and must be limited too

    sys.stdout.write(merged(base, mine, theirs).model_dump_json())


if __name__ == "__main__":
    main(int(sys.argv[1]))
