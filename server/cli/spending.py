"""`costs`: what AI providers took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .usage import AsJson, DataDir, settings_for

if TYPE_CHECKING:
    from ..nouns import Spending, Spent


def costs(
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="The last so many days, today included.")] = 30,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show what AI providers took: today, and by day, provider, model and operation.

    Days are those of UTC. Money is counted where the price of a model is known; of others only the tokens are.

    * `dashwright costs`
    * `dashwright costs --days 365 --json`
    """
    from ..nouns import Spending
    from ..store import Ledger
    from .access import is_untouched, store_of
    from .output import dollars, say, show, show_json, show_table, spent

    settings = settings_for(data_dir)
    today = Spending()
    rows: tuple[Spent, ...] = ()
    if not is_untouched(settings):
        with store_of(settings) as store:
            ledger = Ledger(store)
            today, rows = ledger.today(None), ledger.by_day(days)
    if as_json:
        show_json(
            {
                "today": today.model_dump(),
                "budget_usd": settings.ai_budget,
                "days": [row.model_dump(mode="json", exclude={"spending"}) | row.spending.model_dump() for row in rows],
            }
        )
        return
    show(f"Today: {spent(today)}, of {dollars(settings.ai_budget)} a day")
    if not rows:
        say(f"No AI provider was asked in the last {days} days." if days > 1 else "No AI provider was asked today.")
        return
    show()
    show_table(
        ("Day", "Provider", "Model", "Operation", "Calls", "From before", "Tokens in", "out", "thinking", "Cost"),
        [(f"{row.day}", row.provider, row.model, row.operation, *_figures(row.spending)) for row in rows],
    )


def _figures(spending: Spending) -> tuple[str, ...]:
    from .output import dollars

    counts = (
        *(spending.calls, spending.cached, spending.input_tokens),
        *(spending.output_tokens, spending.thinking_tokens),
    )
    has_price = not spending.unpriced or spending.cost_usd > 0
    return (*(f"{count:,}" for count in counts), dollars(spending.cost_usd) if has_price else "not known")
