"""`explain`: why a dashboard is as it is, and what was said to a model about it."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .looking import dashboard_of, folder_of
from .output import dollars
from .usage import AsJson, DataDir, Slug, settings_for

if TYPE_CHECKING:
    from ...pipelines.model import Candidates, Plan
    from ...pipelines.providers.transcript import Exchange, Transcript

EXPLAINED = {"id", "name", "type", "title", "label", "why"}


def explain(
    slug: Slug,
    prompts: Annotated[
        bool, typer.Option("--prompts", help="Show the very prompts that AI providers got, and their answers.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Say why each widget, filter and insight of a dashboard was chosen, and what else was thought of.

    With `--prompts`, show what AI providers were asked for the published version and those before it that its plan
    comes from, word by word, what they answered, and what of it was refused. With `--json` that is always among it.

    * `dashwright explain sales-by-region`
    * `dashwright explain sales-by-region --prompts | less`
    """
    from ...pipelines.model import Candidates, Plan
    from ...pipelines.providers.transcript import Transcript
    from ...pipelines.step import JobFolder
    from .output import say, show_json

    settings = settings_for(data_dir)
    dashboard = dashboard_of(settings, slug)
    folder = JobFolder(folder_of(dashboard, settings))
    plan = folder.read(Plan, folder.plan)
    transcript = folder.read(Transcript, folder.prompts) if folder.prompts.exists() else Transcript()
    notes = dashboard.version.notes if dashboard.version else plan.notes
    found = folder.read(Candidates, folder.candidates)
    if as_json:
        show_json(_facts(dashboard.slug, plan, found, transcript) | {"notes": list(notes)})
    elif not prompts:
        _explain(plan, notes, transcript)
        _show_found(found)
    elif transcript.exchanges:
        for number, exchange in enumerate(transcript.exchanges, 1):
            _show_exchange(number, exchange)
    else:
        say("No AI provider was asked for this plan.")


def _facts(slug: str, plan: Plan, found: Candidates, transcript: Transcript) -> dict[str, Any]:
    reasons = {
        kind: [item.model_dump(mode="json", include=EXPLAINED) for item in items] for kind, items in _reasoned(plan)
    }
    return {
        "slug": slug,
        "question": plan.question,
        "planner": plan.planner,
        **reasons,
        "datasets": [
            found.candidates[position].model_dump(include={"source", "reference", "title", "reason"})
            for position in found.chosen
        ],
        "silent_sources": found.failures,
        "outcomes": list(transcript.outcomes),
        "prompts": [exchange.model_dump(mode="json") for exchange in transcript.exchanges],
    }


def _show_found(found: Candidates) -> None:
    """Which datasets were taken and why, and the sources that did not answer."""
    from .output import show

    show()
    show("Data")
    for candidate in (found.candidates[position] for position in found.chosen):
        show(f"  {candidate.title} ({candidate.source}: {candidate.reference})")
        if candidate.reason:
            show(f"    {candidate.reason}")
    for name, sentence in found.failures.items():
        show(f"  Nothing from '{name}': {sentence}")


def _show_exchange(number: int, exchange: Exchange) -> None:
    """What was said, as it was said; JSON with line breaks."""
    from .output import show

    prompt, completion = exchange.prompt, exchange.completion
    show(f"── {number}. {prompt.operation} ──")
    _show_part("Rules", prompt.system)
    for turn in prompt.turns:
        _show_part("Asked" if turn.role == "user" else "Answered before", turn.text)
    _show_part("Form of the answer", json.dumps(prompt.answer, ensure_ascii=False))
    if completion is not None:
        usage = completion.usage
        cost = "cost not known" if usage.cost_usd is None else dollars(usage.cost_usd)
        took = "from an earlier answer" if completion.is_cached else f"{completion.seconds:.1f} s, {cost}"
        tokens = f"{usage.input_tokens:,} + {usage.output_tokens:,} tokens"
        _show_part(f"Answer of {completion.provider} ({completion.model}; {tokens}; {took})", completion.text)
    if exchange.failure:
        _show_part("No answer", exchange.failure)
    for title, lines in (("Refused", exchange.problems), ("Left out", exchange.remarks)):
        if lines:
            _show_part(title, "\n".join(lines))


def _show_part(title: str, text: str) -> None:
    from .output import show

    with contextlib.suppress(ValueError):
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    show(f"{title}:")
    for line in text.splitlines():
        show(f"  {line}")
    show()


def _reasoned(plan: Plan) -> tuple[tuple[str, Any], ...]:
    return (
        ("widgets", plan.widgets),
        ("filters", plan.filters),
        ("insights", plan.insights),
        ("joins", plan.joins),
        ("suggestions", plan.suggestions),
    )


def _explain(plan: Plan, notes: tuple[str, ...], transcript: Transcript) -> None:
    from .output import show

    show(f"{plan.title}, planned by the planner '{plan.planner}' for: {plan.question}")
    for kind, items in _reasoned(plan):
        if items:
            show()
            show("Also thought of" if kind == "suggestions" else kind.capitalize())
        for item in items:
            name = next(value for field in ("title", "label", "name", "id") if (value := getattr(item, field, None)))
            type_ = f" ({item.type})" if hasattr(item, "type") else ""
            show(f"  {name}{type_}")
            if item.why:
                show(f"    {item.why}")
    if notes:
        show()
        show("Notes")
    for note in notes:
        show(f"  {note}")
    if transcript.exchanges:
        show()
        count = len(transcript.exchanges)
        show(f"Asked AI providers {f'{count} times' if count > 1 else 'once'}; --prompts shows what was said.")
    for outcome in transcript.outcomes:
        show(f"  {outcome}")
