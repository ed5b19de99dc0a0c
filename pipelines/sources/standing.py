"""Standing: which sources there are, whether each can be asked, and which of them a question is looked up in."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import DashwrightError, InputError, SetupError
from ..model import Noun
from ..step import Limits
from . import names, source

ALL = "all"
"""Every source that is ready."""
USUAL = ("samples",)
"""Where nobody says anything: nothing on the internet is asked."""


class Standing(Noun):
    """How a source stands. Where `missing` is a sentence it cannot be asked, and the sentence says what to do."""

    name: str
    has_search: bool
    missing: str | None = None


def standing(name: str, limits: Limits) -> Standing:
    """
    Raises:
        InputError: there is no such source.
    """
    try:
        place = source(name)
        return Standing(name=name, has_search=place.has_search, missing=place.missing(limits))
    except InputError:
        raise
    except DashwrightError as error:  # something is not installed
        return Standing(name=name, has_search=True, missing=str(error))


def ready(limits: Limits) -> tuple[str, ...]:
    """Sources that can be searched and lack nothing."""
    found = (standing(name, limits) for name in names())
    return tuple(one.name for one in found if one.has_search and one.missing is None)


def expanded(wanted: Sequence[str], limits: Limits) -> tuple[str, ...]:
    """Names of the sources that are asked: those that are wanted, each once, and for "all" every one that is ready."""
    given = wanted or USUAL
    return tuple(dict.fromkeys(one for name in given for one in (ready(limits) if name == ALL else (name,))))


def refuse_unknown(wanted: Sequence[str]) -> None:
    """
    Raises:
        InputError: one of them is no source, and which there are.
    """
    for name in wanted:
        if name != ALL and name not in names():
            known = ", ".join(sorted(names()))
            raise InputError(f"There is no source '{name[:100]}'. The sources are: {known}; '{ALL}' is all of them.")


def refuse_missing(wanted: Sequence[str], limits: Limits) -> None:
    """
    Raises:
        InputError: one of them is no source, or cannot be searched.
        SetupError: one of them lacks something, and where to get it.
    """
    refuse_unknown(wanted)
    for one in (standing(name, limits) for name in wanted if name != ALL):
        if one.missing is not None:
            raise SetupError(one.missing)
        if not one.has_search:
            raise InputError(f"The source '{one.name}' cannot be searched; name its data with --data.")
