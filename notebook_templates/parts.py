"""What a widget is drawn from: groupings, amounts and cards, resolved to the columns of the notebook's own frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .source import Code, literal, write
from .source import name as variable


@dataclass(frozen=True)
class Form:
    """How numbers are written; `form` of the style cell."""

    before: str = ""
    after: str = ""
    decimals: int = 0
    factor: float = 1
    comma: str = ","

    @property
    def definition(self) -> Code:
        given = {"before": self.before, "after": self.after, "decimals": self.decimals, "comma": self.comma}
        normal = {"before": "", "after": "", "decimals": 0, "comma": ","}
        options = [f"{key}={literal(value)}" for key, value in given.items() if value != normal[key]]
        if self.factor != 1:
            options.append(f"factor={literal(int(self.factor) if self.factor == int(self.factor) else self.factor)}")
        return Code(f"form({', '.join(options)})")

    @property
    def wish(self) -> str:
        """The variable it would like to have."""
        if not self.comma:
            return "year"
        kind = {"%": "percent"}.get(self.after) or {"$": "dollars", "€": "euros", "£": "pounds"}.get(self.before)
        if kind is None:
            kind = "thousands" if self.factor == 1000 else "scaled" if self.factor != 1 else "number"
        if self.factor == 100 and self.after == "%":
            kind = "share"
        return f"{kind}_{self.decimals}" if self.decimals else kind


@dataclass(frozen=True)
class Group:
    """A grouping of rows. `kind` decides the axis: time, numbers in order, or names."""

    column: str
    title: str
    kind: Literal["category", "period", "number"]
    form: Code = field(default_factory=lambda: variable("words"))
    """Writes a number of kind "number"."""
    ordered: bool = False
    """Goes by its own order, not by value."""
    freq: str = ""
    """Of a period: Y, Q, M, W, D or h."""
    text: str = ""
    """How a period is written, for strftime of periods."""
    regular: bool = False
    """Most periods have rows, so a missing one is a gap."""
    colours: Code | None = None
    """The page's colours of these names."""
    parts: str = ""
    """The column where names without a colour are "Other"."""
    whole: bool = False
    years: bool = False
    missing: bool = False
    """Some rows are in no group."""

    @property
    def table(self) -> Code:
        """The local variable of what is grouped by it."""
        return variable(f"by_{self.column}")

    def names(self, index: Code) -> Code:
        """Names of the groups in an index, as a list of texts."""
        if self.kind == "period":
            # Only periods know their quarter; other times are written by their first moment.
            times = write("$index.to_period($freq)", index=index, freq=self.freq) if self.freq == "Q" else index
            return write("list($times.strftime($text))", times=times, text=self.text)
        if self.kind == "number":
            return write("[$form(value) for value in $index]", form=self.form, index=index)
        return write("list($index.astype(str))", index=index)


@dataclass(frozen=True)
class Amount:
    """A number for each group or row."""

    column: str | None
    aggregate: str | None
    title: str
    form: Code
    d3: str = ",.0f"
    """The same format for tooltips."""
    unit: str = ""
    """As said in words; empty where the form shows it."""
    adds: bool = False
    """Parts add up to the whole."""
    whole: bool = False
    signed: bool = False
    """There are values below zero."""
    gaps: bool = False
    """Some rows have no value."""
    times: bool = False
    """Dates, not numbers."""

    @property
    def label(self) -> str:
        return f"{self.title}, {self.unit}" if self.unit else self.title

    def of(self, groups: Sequence[str], frame: Code | None = None, sort: bool = True) -> Code:
        """The expression for its value in each group; of all rows without groups."""
        frame = frame or Code("chosen")
        if groups:
            by = list(groups) if len(groups) > 1 else groups[0]
            order = Code("" if sort else ", sort=False")
            frame = write("$frame.groupby($by$order)", frame=frame, by=by, order=order)
        if self.column is None:
            return write("$frame.size()", frame=frame) if groups else write("len($frame)", frame=frame)
        column = write("$frame[$column]", frame=frame, column=self.column)
        return write("$column.$call", column=column, call=Code(self._call()))

    def _call(self) -> str:
        match self.aggregate:
            case "distinct":
                return "nunique()"
            case "sum" if self.gaps:
                return "sum(min_count=1)"
            case "count" | "sum" | "mean" | "median" | "min" | "max":
                return f"{self.aggregate}()"
        raise ValueError(f"there is no aggregate {self.aggregate!r}")


@dataclass(frozen=True)
class Card:
    """Where a widget stands and what its head says."""

    id: str
    name: Code
    kind: str
    title: str
    subtitle: str | Code = ""
    span: int = 6
    height: int = 320
    where: tuple[Code, ...] = ()

    @property
    def narrowed(self) -> Code:
        """The first line of an update function that has conditions."""
        if not self.where:
            return Code("")
        tests = self.where[0] if len(self.where) == 1 else Code(" & ".join(f"({test})" for test in self.where))
        return write("chosen = chosen[$tests]", tests=tests)

    def made(self, *content: str) -> Code:
        """The line that makes the card, of `{}`, `{}_key` and so on."""
        return write(
            "${n}_card = card($title, $subtitle, $content, name=$id, kind=$kind, span=$span)",
            n=self.name,
            title=self.title,
            subtitle=self.subtitle,
            content=Code(", ".join(variable(item.format(self.name)) for item in content)),
            id=self.id,
            kind=self.kind,
            span=self.span,
        )


def left_out(*groups: Group | None) -> Code:
    """Before the numbers of a chart: the remark on rows that are in no group, where there may be such."""
    columns = [group.column for group in groups if group is not None and group.missing]
    return write("left_out(chosen, $columns) + ", columns=columns) if columns else Code("")
