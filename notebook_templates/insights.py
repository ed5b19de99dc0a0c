"""Facts to state: each a function that computes its numbers and returns a sentence, or nothing where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from . import wording as worded
from .parts import Amount, Group
from .source import Code, lines, sentence, write
from .wording import Wording


def _series(x: Group, y: Amount, times: Code | None) -> Code:
    """The lines that compute one number for each group, into the variable of the group."""
    by = x.table
    steps = [write("$by = $value.dropna()", by=by, value=y.of([x.column]))]
    if times:
        steps.append(write("$by = whole_periods($by, $times, $freq)", by=by, times=times, freq=x.freq))
    return lines(steps)


def _function(name: Code, where: Code, steps: Code, least: int, by: Code, rest: Code, ending: Code) -> Code:
    return write(
        """
        def $name(chosen):
            $where
            $steps
            if len($by) < $least:
                return ""
            $rest
            $ending
        """,
        name=name,
        where=where,
        steps=steps,
        by=by,
        least=least,
        rest=rest,
        ending=ending,
    )


def change(name: Code, where: Code, x: Group, y: Amount, times: Code | None, wording: Wording = ()) -> Code:
    by, form = x.table, y.form
    ends = write("first, last = $by.iloc[0], $by.iloc[-1]", by=by)
    names = write("names = $names", names=x.names(write("$by.index", by=by)))
    unit = f" {escape(y.unit)}" if y.unit else ""
    own = sentence(
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
    went = write('direction = "rose" if last > first else "fell"')
    same = Code("first == last")
    facts = {
        "measure": worded.title(lower(y.title)),
        "direction": worded.words(Code("direction"), ends, went, unless=same),
        "change": worded.ratio(Code("abs(last - first) / first"), ends, unless=Code("first <= 0 or last < 0")),
        "difference": worded.amount(form, Code("abs(last - first)"), ends, unless=same, is_bold=True),
        "first_period": worded.period(Code("names[0]"), names),
        "last_period": worded.period(Code("names[-1]"), names),
        "first_value": worded.amount(form, Code("first"), ends),
        "last_value": worded.amount(form, Code("last"), ends),
    }
    said = worded.ending(own, (ends, names), facts, wording)
    return _function(name, where, _series(x, y, times), 2, by, Code(""), said)


def trend(name: Code, where: Code, x: Group, y: Amount, times: Code | None, wording: Wording = ()) -> Code:
    by = x.table
    unit = f" {escape(y.unit)}" if y.unit else ""
    own = sentence(
        f"{escape(upper(y.title))} <b>",
        Code("words"),
        "</b> between ",
        Code("escape(names[0])"),
        " and ",
        Code("escape(names[-1])"),
        ".",
    )
    names = write("names = $names", names=x.names(write("$by.index", by=by)))
    at = _positions(x, by)
    words = write(
        "words = trend_words($at, $by, $form, $after)", at=at, by=by, form=y.form, after=f"{unit} {period_word(x)}"
    )
    fitted = write("slope, manner = trend_of($at, $by)", at=at, by=by)
    went = write('direction = "rose" if slope > 0 else "fell"')
    unclear = Code("not manner")
    facts = {
        "measure": worded.title(lower(y.title)),
        "direction": worded.words(Code("direction"), fitted, went, unless=unclear),
        "manner": worded.words(Code("manner"), fitted, unless=unclear),
        "slope": worded.amount(y.form, Code("abs(slope)"), fitted, unless=unclear, is_bold=True),
        "step": worded.title(period_word(x)),
        "first_period": worded.period(Code("names[0]"), names),
        "last_period": worded.period(Code("names[-1]"), names),
    }
    said = worded.ending(own, (names, words), facts, wording)
    return _function(name, where, _series(x, y, times), 4, by, Code(""), said)


def _positions(x: Group, by: Code) -> Code:
    """Where the groups are along the axis, as numbers."""
    if x.kind == "period":
        return write('$by.index.to_period($freq).astype("int64")', by=by, freq=x.freq)
    return write("$by.index", by=by) if x.kind == "number" else write("range(len($by))", by=by)


def period_word(x: Group) -> str:
    """What one step along the axis is called."""
    words = {"Y": "a year", "Q": "a quarter", "M": "a month", "W": "a week", "D": "a day", "h": "an hour"}
    if x.kind == "number":
        return "a year" if x.years else f"for each 1 of {escape(lower(x.title))}"
    return words.get(x.freq, "a step")


def _one(x: Group, by: Code, place: Code) -> Code:
    """The name of the group at a place of the index."""
    return write("$names[0]", names=x.names(write("$by.index[$by.index == $place]", by=by, place=place)))


def extreme(name: Code, where: Code, x: Group, y: Amount, which: str, wording: Wording = ()) -> Code:
    by, form = x.table, y.form
    most = Code("max" if which == "highest" else "min")
    pick = write("place = $by.idx$most()", by=by, most=most)
    called = write("name = $one", one=_one(x, by, Code("place")))
    unit = f" {escape(y.unit)}" if y.unit else ""
    own = sentence(
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
    next_one = write("second = $by.drop(place).idx$most()", by=by, most=most)
    second = write("second_name = $one", one=_one(x, by, Code("second")))
    facts = {
        "measure": worded.title(lower(y.title)),
        "top_category": worded.name(Code("name"), pick, called),
        "top_value": worded.amount(form, write("$by[place]", by=by), pick, is_bold=True),
        "second_category": worded.name(Code("second_name"), pick, next_one, second),
        "second_value": worded.amount(form, write("$by[second]", by=by), pick, next_one),
        "middle_value": worded.amount(form, write("$by.median()", by=by)),
        "groups": worded.count(write("len($by)", by=by)),
    }
    said = worded.ending(own, (pick, called), facts, wording)
    return _function(name, where, _series(x, y, None), 3, by, Code(""), said)


def share(name: Code, where: Code, x: Group, y: Amount, top: int, wording: Wording = ()) -> Code:
    by, form = x.table, y.form
    largest = write("first = $by.nlargest($top)", by=by, top=top)
    of_them = x.names(Code("first.index"))
    names = write("names = listed($names, most=$top)", top=top, names=of_them)
    what = escape(lower(y.title)).removeprefix("number of ")
    have = " has " if top == 1 else " together have "
    own = sentence(
        Code("names"),
        have,
        "<b>",
        write("first.sum() / $by.sum():.0%", by=by),
        f"</b> of {'the' if what.startswith('total ') else 'all'} {what}.",
    )
    called = write("name = $names[0]", names=of_them)
    facts = {
        "measure": worded.title(lower(y.title)),
        "top_category": worded.name(Code("name"), largest, called),
        "top_categories": worded.name(Code("names"), largest, names, is_html=True),
        "share": worded.ratio(write("first.sum() / $by.sum()", by=by), largest),
        "top_value": worded.amount(form, Code("first.sum()"), largest),
        "total": worded.amount(form, write("$by.sum()", by=by)),
        "groups": worded.count(write("len($by)", by=by)),
    }
    steps = lines([_series(x, y, None), write("$by = $by[$by > 0]", by=by)])
    said = worded.ending(own, (largest, names), facts, wording)
    return _function(name, where, steps, top + 1, by, Code(""), said)


def outlier(name: Code, where: Code, x: Group, y: Amount, wording: Wording = ()) -> Code:
    by, form = x.table, y.form
    rest = write(
        """
        middle = $by.median()
        distances = ($by - middle).abs()
        far = $by[(distances > 3 * distances.median()) & (distances.median() > 0)]
        if far.empty or len(far) > len($by) / 4:
            return ""
        """,
        by=by,
    )
    first = write("far = far.loc[distances[far.index].sort_values(ascending=False).index].head(3)")
    of_them = x.names(Code("far.index"))
    names = write('names = [f"{name} ({$form(value)})" for name, value in zip($names, far)]', form=form, names=of_them)
    own = sentence(
        Code("listed(names)"),
        f" stand out in {escape(lower(y.title))}; the middle of all ",
        write("len($by)", by=by),
        " is ",
        write("$form(middle)", form=form),
        ".",
    )
    called = write("name = $names[0]", names=of_them)
    facts = {
        "measure": worded.title(lower(y.title)),
        "outliers": worded.name(Code("listed(names)"), first, names, is_html=True),
        "top_category": worded.name(Code("name"), first, called),
        "top_value": worded.amount(form, Code("far.iloc[0]"), first, is_bold=True),
        "middle_value": worded.amount(form, Code("middle")),
        "groups": worded.count(write("len($by)", by=by)),
    }
    return _function(name, where, _series(x, y, None), 6, by, rest, worded.ending(own, (first, names), facts, wording))


def correlation(
    name: Code, where: Code, x: Amount, y: Amount, detail: str | None, plural: str, form: Code, wording: Wording = ()
) -> Code:
    steps = lines(
        [_pairs(x, y, detail), write('if pairs["x"].nunique() < 2 or pairs["y"].nunique() < 2:\n    return ""')]
    )
    computed = write('correlation = rank_correlation(pairs["x"], pairs["y"])')
    own = sentence(
        f"{escape(upper(x.title))} and {escape(lower(y.title))} <b>",
        Code("together(correlation)"),
        "</b> (rank correlation ",
        write("$form(correlation)", form=form),
        " over ",
        Code("len(pairs):,"),
        f" {escape(plural)}).",
    )
    facts = {
        "x_measure": worded.title(lower(x.title)),
        "y_measure": worded.title(lower(y.title)),
        "relation": worded.words(Code("together(correlation)"), computed),
        "correlation": worded.amount(form, Code("correlation"), computed),
        "pairs": worded.count(Code("len(pairs)")),
    }
    said = worded.ending(own, (computed,), facts, wording)
    return _function(name, where, steps, 5, Code("pairs"), Code(""), said)


def _pairs(x: Amount, y: Amount, detail: str | None) -> Code:
    """The lines that put the two amounts of each row or group side by side."""
    if x.aggregate is None:
        return write('pairs = pd.DataFrame({"x": chosen[$x], "y": chosen[$y]}).dropna()', x=x.column, y=y.column)
    return lines(
        [
            write("groups = chosen.groupby($detail)", detail=detail),
            write(
                'pairs = pd.DataFrame({"x": $x, "y": $y}).dropna()',
                x=x.of([], Code("groups")) if x.column else Code("groups.size()"),
                y=y.of([], Code("groups")) if y.column else Code("groups.size()"),
            ),
        ]
    )


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
