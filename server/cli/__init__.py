"""The command `dashwright`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code: 0 done, 1 failed, 2 wrong usage.

    A failure that somebody can act on is one sentence on stderr. Anything else is a bug of ours: its traceback goes to
    a file that the sentence names.
    """
    # Imported here so that the console script, which imports this package, does not pay for it twice over.
    from ...pipelines.errors import DashwrightError
    from .usage import UsageError

    try:
        from .app import app

        app(prog_name="dashwright")
    except UsageError as error:
        _tell(str(error))
        sys.exit(2)
    except DashwrightError as error:
        _tell(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        _tell("Stopped.")
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has seen enough (`dashwright list | head -1`).
        sys.stdout = None
        sys.exit(0)
    except Exception:  # noqa: BLE001 - the outermost place: a bug still gives a sentence
        _tell(_bug())
        sys.exit(1)


def _tell(sentence: str) -> None:
    from .output import say

    say(sentence)


def _bug() -> str:
    import os
    import tempfile
    import traceback

    handle, name = tempfile.mkstemp(prefix="dashwright-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
        file.write(f"{sys.argv!r}\n")
        traceback.print_exc(file=file)
    kind = sys.exc_info()[0]
    return (
        f"Dashwright has a bug ({kind.__name__ if kind else 'unknown'}). The details are in '{name}'; please report it."
    )
