"""`doctor` and `settings`: what is configured."""

from __future__ import annotations

import typer

from .usage import AsJson, DataDir, settings_only

MARKS = {"ok": ("ok", "green"), "note": ("--", "yellow"), "missing": ("!!", "red")}


def doctor(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Look at what is installed and configured, and say how to cure what is missing.

    Changes nothing; what it writes to storage, to see whether it can, it removes again. `ok` is fine, `--` is worth
    knowing but everything works without it, `!!` must be cured first.
    Whether keys are set is shown, never their values. The exit code is 1 when something essential is missing.

    * `dashwright doctor`
    * `dashwright doctor --json`
    """
    from .. import doctor as examination
    from .output import result_console, show_json

    findings = examination.examine(settings_only(data_dir))
    sick = any(finding.state == "missing" for finding in findings)
    if as_json:
        show_json({"ok": not sick, "findings": [finding.model_dump() for finding in findings]})
        raise typer.Exit(int(sick))
    from rich.table import Table
    from rich.text import Text

    from .output import printable

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        mark, color = MARKS[finding.state]
        text = Text(printable(finding.text))
        if finding.cure:
            text.append(f"\n{printable(finding.cure)}", style="dim" if finding.state == "note" else "")
        table.add_row(Text(mark, style=color), finding.name, text)
    result_console().print(table)
    raise typer.Exit(int(sick))


def settings(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show every setting with its present value and what it does.

    A setting is an environment variable. Secrets are shown as set or not set.

    * `dashwright settings`
    * `DASHWRIGHT_WORKERS=4 dashwright up`
    """
    from pydantic import ByteSize, SecretStr

    from ..settings import Settings, variable
    from .output import show_json, show_table

    now = settings_only(data_dir)

    def value_of(name: str) -> str | None:
        value = getattr(now, name)
        if isinstance(value, SecretStr):
            return "(set)"
        if isinstance(value, ByteSize):
            return value.human_readable()
        return None if value is None else str(value)

    rows = [
        (variable(name, field), value_of(name), name in now.model_fields_set, field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        show_json([dict(zip(("variable", "value", "is_set", "description"), row, strict=True)) for row in rows])
        return
    show_table(
        ("Variable", "Value", "What it does"),
        [(name, f"{value or 'not set'}{' *' if is_set else ''}", text) for name, value, is_set, text in rows],
    )
