"""Amending: a plan changed by words ("make it monthly and drop the pie"), by rules, all of them or none."""

from __future__ import annotations

from collections.abc import Callable

from ....errors import PlanError
from ....model import AMENDMENT_LIMIT, Plan, Profile
from . import arranging, narrowing, parting, ranking, regrouping, styling
from .clauses import Clause, clauses, content
from .draft import Done, Draft, Unfit
from .finishing import finished
from .targets import told

__all__ = ["amend"]

Rule = Callable[[Clause, Draft], Done | None]
RULES: tuple[Rule, ...] = (
    arranging.rename,
    parting.add,
    arranging.move,
    narrowing.widen,
    styling.scale,
    parting.remove,
    ranking.length,
    parting.keep,
    ranking.sort,
    styling.stack,
    styling.chart,
    regrouping.unit,
    regrouping.replace,
    regrouping.colour,
    regrouping.aggregate,
    regrouping.group,
    narrowing.narrow,
)
"""Tried in this order; the first that a wish is about meets it."""
MAX_WISHES = 20
_EXAMPLES = "“make it monthly”, “drop the pie”, “only Europe”, “top 5”, “as a bar chart”, “add a map”, “sort by name”"


def amend(plan: Plan, profile: Profile, words: str) -> Plan:
    """The plan with everything changed that the words ask for; what is not spoken of stays as it is, ids too.

    Pure: the same plan, data and words give the same plan. All wishes are met, or none.

    Raises:
        PlanError: a wish was not understood, or cannot be met with this data; one sentence says which, and what is.
    """
    draft = Draft.of(plan, profile)
    wishes = clauses(" ".join(words[:AMENDMENT_LIMIT].split()))
    if not any(content(wish.text) for wish in wishes):
        raise PlanError(f"Nothing to change was said. Say, for example, {_EXAMPLES}.")
    if len(wishes) > MAX_WISHES:
        raise PlanError(f"{len(wishes)} wishes at once are too many; at most {MAX_WISHES} can be met together.")
    met: list[tuple[Clause, str]] = []
    for wish in wishes:
        met += _met(wish, draft, [clause for clause, _ in met])
    return finished(draft, tuple(sentence for _, sentence in met if sentence), words)


def _met(wish: Clause, draft: Draft, before: list[Clause]) -> list[tuple[Clause, str]]:
    """The changes for one wish; what a rule leaves of it is a wish of its own."""
    found: list[tuple[Clause, str]] = []
    while content(wish.text):
        done = _first(wish, draft, [*before, *(clause for clause, _ in found)])
        found.append((wish, done.sentence))
        if not content(done.rest):
            break
        left = " ".join(done.rest.split())
        if left == wish.text:
            raise PlanError(_not_understood(wish, draft, before))
        wish = Clause(left, " ".join(content(left)))
    return found


def _first(wish: Clause, draft: Draft, before: list[Clause]) -> Done:
    for rule in RULES:
        try:
            done = rule(wish, draft)
        except Unfit as reason:
            raise PlanError(f"“{_short(wish.typed)}” cannot be done, so nothing was changed: {reason}.") from None
        if done is not None:
            return done
    raise PlanError(_not_understood(wish, draft, before))


def _not_understood(wish: Clause, draft: Draft, before: list[Clause]) -> str:
    understood = " and ".join(f"“{_short(clause.typed)}”" for clause in before[:3])
    start = f"{understood} {'was' if len(before) == 1 else 'were'} understood, but " if before else ""
    was = "was not" if before else "was not understood"
    columns = [name for widget in draft.charts[:1] for name in draft.frame(str(widget.frame)).columns][:12]
    return (
        f"{start}“{_short(wish.typed)}” {was}, so nothing was changed: say, for example, {_EXAMPLES}; "
        f"there is {told(draft.plan.widgets)}, and the columns are {', '.join(columns) or 'none'}."
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"
