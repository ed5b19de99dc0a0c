"""Maps: places by colour, or points by coordinates, where the data has them."""

from __future__ import annotations

from ...model import Condition, Dimension, MapWidget, Measure
from . import titles
from .charting import NOWHERE, name_of
from .ground import Ground, capital, lower_first
from .measuring import raw_measure

MOST_DOTS = 20_000


MAP_LEVELS = ("country", "us_state")


def place_map(ground: Ground, y: Measure, where: tuple[Condition, ...] = (), why: str = "") -> MapWidget | None:
    """Countries or states by colour, where the data has them and they are not all the same."""
    for level in MAP_LEVELS:
        name = ground.place(level)  # type: ignore[arg-type]
        if name is not None and ground.column(name).distinct >= 3 and not _one_rules(ground, name):
            return MapWidget(
                id=ground.identifier(*name_of(y), "map"),
                title=f"{titles.of_measure(ground, y)} by {lower_first(ground.label(name))}"[:255],
                subtitle=titles.subtitle(ground, y, where=where),
                why=why,
                frame=ground.frame.name,
                where=where,
                position=NOWHERE,
                level="country" if level == "country" else "us_state",
                x=Dimension(column=name),
                color=y,
            )
    return None


def _one_rules(ground: Ground, name: str) -> bool:
    """Whether nearly all rows have the same place."""
    values = ground.column(name).values
    return bool(values) and values[0].count > 0.9 * sum(value.count for value in values)


def point_map(
    ground: Ground, measure: str | None = None, where: tuple[Condition, ...] = (), why: str = ""
) -> MapWidget | None:
    longitude, latitude = ground.place("longitude"), ground.place("latitude")
    if longitude is None or latitude is None or ground.rows > MOST_DOTS:
        return None
    numbers = [ground.column(name) for name in (longitude, latitude)]
    if any(column.type not in ("integer", "number") for column in numbers):
        return None
    return MapWidget(
        id=ground.identifier("map", "of", ground.frame.main.name),
        title=capital(f"{ground.row_nouns} on the map")[:255],
        subtitle=titles.subtitle(ground, None, "one point each", where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        level="point",
        longitude=longitude,
        latitude=latitude,
        size=raw_measure(ground, measure) if measure and _can_be_size(ground, measure) else None,
        detail=ground.naming,
    )


def _can_be_size(ground: Ground, measure: str) -> bool:
    numbers = ground.column(measure).numbers
    return numbers is not None and numbers.min >= 0
