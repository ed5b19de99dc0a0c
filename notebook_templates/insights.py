"""Facts to state: each a function that computes its numbers and returns a sentence, or nothing where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .parts import Amount, Group
from .source import Code, lines, sentence, write


def _series(x: Group, y: Amount, times: Code | None) -> Code:
    """The lines that compute one number for each group, into the variable of the group."""
    by = x.table
    steps = [write("$by = $value.dropna()", by=by, value=y.of([x.column]))]
    if times:
        steps.append(write("$by = whole_periods($by, $times, $freq)", by=by, times=times, freq=x.freq))
    return lines(steps)


def _function(name: Code, where: Code, steps: Code, least: int, by: Code, rest: Code, returned: Code) -> Code:
    return write(
        """
        def $name(chosen):
            $where
            $steps
            if len($by) < $least:
                return ""
            $rest
            return $returned
        """,
        name=name,
        where=where,
        steps=steps,
        by=by,
        least=least,
        rest=rest,
        returned=returned,
    )


def change(name: Code, where: Code, x: Group, y: Amount, times: Code | None) -> Code:
    by, form = x.table, y.form
    ends = write(
        """
        first, last = $by.iloc[0], $by.iloc[-1]
        names = $names
        """,
        by=by,
        names=x.names(write("$by.index", by=by)),
    )
    unit = f" {escape(y.unit)}" if y.unit else ""
    text = sentence(
        f"{escape(upper(y.title))} <b>",
        write("change_words(first, last, $form)", form=form),
        "</b> from ",
        Code("escape(names[0])"),
        " to ",
        Code("escape(names[-1])"),
        ", from ",
        write("$form(first)", form=form),
        " to ",
        write("$form(last)", form=form),
        f"{unit}.",
    )
    return _function(name, where, _series(x, y, times), 2, by, ends, text)


def trend(name: Code, where: Code, x: Group, y: Amount, times: Code | None) -> Code:
    by = x.table
    unit = f" {escape(y.unit)}" if y.unit else ""
    text = sentence(
        f"{escape(upper(y.title))} <b>",
        Code("words"),
        "</b> between ",
        Code("escape(names[0])"),
        " and ",
        Code("escape(names[-1])"),
        ".",
    )
    rest = write(
        """
        names = $names
        words = trend_words($at, $by, $form, $after)
        """,
        names=x.names(write("$by.index", by=by)),
        by=by,
        form=y.form,
        at=write('$by.index.to_period($freq).astype("int64")', by=by, freq=x.freq)
        if x.kind == "period"
        else write("$by.index", by=by)
        if x.kind == "number"
        else write("range(len($by))", by=by),
        after=f"{unit} {period_word(x)}",
    )
    return _function(name, where, _series(x, y, times), 4, by, rest, text)


def period_word(x: Group) -> str:
    """What one step along the axis is called."""
    words = {"Y": "a year", "Q": "a quarter", "M": "a month", "W": "a week", "D": "a day", "h": "an hour"}
    if x.kind == "number":
        return "a year" if x.years else f"for each 1 of {escape(lower(x.title))}"
    return words.get(x.freq, "a step")


def extreme(name: Code, where: Code, x: Group, y: Amount, which: str) -> Code:
    by, form = x.table, y.form
    pick = write("place = $by.idx$which()", by=by, which=Code("max" if which == "highest" else "min"))
    one = write("$names[0]", names=x.names(write("$by.index[$by.index == place]", by=by)))
    unit = f" {escape(y.unit)}" if y.unit else ""
    text = sentence(
        "<b>",
        Code("escape(name)"),
        f"</b> has the {which} {escape(lower(y.title))}: <b>",
        write("$form($by[place])", form=form, by=by),
        f"</b>{unit}, against ",
        write("$form($by.median())", form=form, by=by),
        " in the middle of all ",
        write("len($by)", by=by),
        ".",
    )
    rest = lines([pick, write("name = $one", one=one)])
    return _function(name, where, _series(x, y, None), 3, by, rest, text)


def share(name: Code, where: Code, x: Group, y: Amount, top: int) -> Code:
    by = x.table
    rest = write(
        """
        first = $by.nlargest($top)
        names = listed($names, most=$top)
        """,
        by=by,
        top=top,
        names=x.names(Code("first.index")),
    )
    what = escape(lower(y.title)).removeprefix("number of ")
    have = " has " if top == 1 else " together have "
    text = sentence(
        Code("names"),
        have,
        "<b>",
        write("first.sum() / $by.sum():.0%", by=by),
        f"</b> of {'the' if what.startswith('total ') else 'all'} {what}.",
    )
    steps = lines([_series(x, y, None), write("$by = $by[$by > 0]", by=by)])
    return _function(name, where, steps, top + 1, by, rest, text)


def outlier(name: Code, where: Code, x: Group, y: Amount) -> Code:
    by, form = x.table, y.form
    rest = write(
        """
        middle = $by.median()
        distances = ($by - middle).abs()
        far = $by[(distances > 3 * distances.median()) & (distances.median() > 0)]
        if far.empty or len(far) > len($by) / 4:
            return ""
        far = far.loc[distances[far.index].sort_values(ascending=False).index].head(3)
        names = [f"{name} ({$form(value)})" for name, value in zip($names, far)]
        """,
        by=by,
        form=form,
        names=x.names(Code("far.index")),
    )
    text = sentence(
        Code("listed(names)"),
        f" stand out in {escape(lower(y.title))}; the middle of all ",
        write("len($by)", by=by),
        " is ",
        write("$form(middle)", form=form),
        ".",
    )
    return _function(name, where, _series(x, y, None), 6, by, rest, text)


def correlation(name: Code, where: Code, x: Amount, y: Amount, detail: str | None, plural: str, form: Code) -> Code:
    if x.aggregate is None:
        pairs = write('pairs = pd.DataFrame({"x": chosen[$x], "y": chosen[$y]}).dropna()', x=x.column, y=y.column)
    else:
        pairs = lines(
            [
                write("groups = chosen.groupby($detail)", detail=detail),
                write(
                    'pairs = pd.DataFrame({"x": $x, "y": $y}).dropna()',
                    x=x.of([], Code("groups")) if x.column else Code("groups.size()"),
                    y=y.of([], Code("groups")) if y.column else Code("groups.size()"),
                ),
            ]
        )
    steps = lines([pairs, write('if pairs["x"].nunique() < 2 or pairs["y"].nunique() < 2:\n    return ""')])
    rest = write('correlation = rank_correlation(pairs["x"], pairs["y"])')
    text = sentence(
        f"{escape(upper(x.title))} and {escape(lower(y.title))} <b>",
        Code("together(correlation)"),
        "</b> (rank correlation ",
        write("$form(correlation)", form=form),
        " over ",
        Code("len(pairs):,"),
        f" {escape(plural)}).",
    )
    return _function(name, where, steps, 5, Code("pairs"), rest, text)


def lower(title: str) -> str:
    """A title in the middle of a sentence; names and abbreviations keep their capitals."""
    return title[0].lower() + title[1:] if len(title) > 1 and title[1:2].islower() else title


def upper(title: str) -> str:
    return title[:1].upper() + title[1:]


def paragraph(frames: Sequence[Code], calls: Sequence[Code]) -> Code:
    """The cell that puts all sentences together."""
    return write(
        """
        insights = widgets.HTML()


        def update_insights($frames):
            sentences = [$calls]
            insights.value = f'<p class="insight">{" ".join(filter(None, sentences))}</p>'
        """,
        frames=Code(", ".join(frames)),
        calls=Code(", ".join(calls)),
    )


__all__ = ["change", "correlation", "extreme", "outlier", "paragraph", "share", "trend"]
