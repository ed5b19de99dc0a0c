"""A plan with every widget type, filter and insight over two sample tables, and the version made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dashwright.pipelines import build
from dashwright.pipelines.model import Attachment, Plan, Request, Version
from dashwright.pipelines.step import JobFolder, Limits, silent

STRIKES, WORLD = "birdstrikes", "gapminder"
COUNT: dict[str, Any] = {"aggregate": "count", "title": "Reports"}
DAMAGE = "Effect Amount of damage"


def at(x: int, y: int, width: int, height: int = 4) -> dict[str, Any]:
    return {"position": {"x": x, "y": y, "width": width, "height": height}}


WIDGETS: list[dict[str, Any]] = [
    {"type": "metric", "id": "reports", "title": "Reports", "frame": STRIKES, "y": COUNT,
     "x": {"column": "Flight Date", "time_unit": "year"}, **at(0, 0, 4, 1)},
    {"type": "metric", "id": "cost", "title": "Cost", "frame": STRIKES, "good": "down",
     "y": {"column": "Cost Total $", "aggregate": "sum", "format": "currency"},
     "x": {"column": "Flight Date", "time_unit": "year"}, **at(4, 0, 4, 1)},
    {"type": "metric", "id": "airports", "title": "Airports", "frame": STRIKES,
     "y": {"column": "Airport Name", "aggregate": "distinct"}, **at(8, 0, 4, 1)},
    {"type": "line", "id": "trend", "title": "Reports over time", "frame": STRIKES, "y": COUNT,
     "x": {"column": "Flight Date", "time_unit": "quarter"}, "color": {"column": "Wildlife Size"}, **at(0, 1, 8)},
    {"type": "pie", "id": "daytime", "title": "Time of day", "frame": STRIKES, "y": COUNT,
     "x": {"column": "Time of day"}, **at(8, 1, 4)},
    {"type": "bar", "id": "species", "title": "Species", "frame": STRIKES, "y": COUNT,
     "x": {"column": "Wildlife Species"}, "limit": 10, **at(0, 5, 6)},
    {"type": "area", "id": "sizes", "title": "Size of the animal", "frame": STRIKES, "y": COUNT,
     "x": {"column": "Flight Date", "time_unit": "year"}, "color": {"column": "Wildlife Size"}, **at(6, 5, 6)},
    {"type": "heatmap", "id": "calendar", "title": "Phase and month", "frame": STRIKES, "color": COUNT,
     "x": {"column": "Flight Date", "time_unit": "month_of_year"}, "y": {"column": "Phase of flight"}, **at(0, 9, 7)},
    {"type": "histogram", "id": "speeds", "title": "Speed", "frame": STRIKES,
     "x": {"column": "Speed IAS in knots", "bins": 20}, **at(7, 9, 5)},
    {"type": "scatter", "id": "speed_cost", "title": "Speed and cost", "frame": STRIKES, "y_scale": "log",
     "x": {"column": "Speed IAS in knots"}, "y": {"column": "Cost Total $", "format": "currency"},
     "color": {"column": "Wildlife Size"}, "where": [{"column": "Cost Total $", "operator": ">", "value": 0}],
     **at(0, 13, 7)},
    {"type": "box", "id": "speed_phase", "title": "Speed by phase of flight", "frame": STRIKES,
     "x": {"column": "Phase of flight"}, "y": {"column": "Speed IAS in knots"}, **at(7, 13, 5)},
    {"type": "map", "id": "states", "title": "States", "frame": STRIKES, "level": "us_state",
     "x": {"column": "Origin State"}, "color": COUNT, **at(0, 17, 6)},
    {"type": "table", "id": "worst", "title": "Airports", "frame": STRIKES, "by": [{"column": "Airport Name"}],
     "values": [COUNT, {"column": "Cost Total $", "aggregate": "sum", "format": "currency", "title": "Cost"},
                {"column": "Speed IAS in knots", "aggregate": "median", "title": "Median speed"}],
     "limit": 10, **at(6, 17, 6)},
    {"type": "map", "id": "world", "title": "Life expectancy in 2005", "frame": WORLD, "level": "country",
     "x": {"column": "country"}, "color": {"column": "life_expect", "aggregate": "mean", "title": "Years"},
     "where": [{"column": "year", "operator": "=", "value": 2005}], **at(0, 21, 12)},
    {"type": "text", "id": "remark", "title": "How to read this", **at(0, 25, 12, 1),
     "text": "Only reports that were sent in are counted.\n\nMany are not: <b>the true number</b> is higher."},
]  # fmt: skip

PLAN: dict[str, Any] = {
    "title": "Wildlife strikes at US airports",
    "description": "How often aircraft hit animals, where, in which phase of flight, and what it cost.",
    "question": "Where and when do aircraft hit animals?",
    "notes": ["A sample of 10,000 reports, from 1990 to the middle of 2002."],
    "tables": [STRIKES, WORLD],
    "parameters": [{"name": "first_year", "value": 1990, "description": "Nothing before is in the data."}],
    "filters": [
        {"type": "choice", "id": "size", "column": "Wildlife Size", "frames": [STRIKES], "label": "Size of animal"},
        {"type": "choices", "id": "phase", "column": "Phase of flight", "frames": [STRIKES],
         "label": "Phase of flight"},
        {"type": "date_range", "id": "dates", "column": "Flight Date", "frames": [STRIKES], "label": "Dates"},
        {"type": "number_range", "id": "speed", "column": "Speed IAS in knots", "frames": [STRIKES],
         "label": "Speed, knots"},
    ],
    "widgets": WIDGETS,
    "insights": [
        {"type": "extreme", "id": "top_species", "frame": STRIKES, "x": {"column": "Wildlife Species"}, "y": COUNT},
        {"type": "share", "id": "top_phase", "frame": STRIKES, "x": {"column": "Phase of flight"}, "y": COUNT},
    ],
}  # fmt: skip


def publish(folder: Path, plan: dict[str, Any] | None = None) -> tuple[Path, Version]:
    """All steps, with this plan in place of a planner's. The version's folder, and what is known of it."""
    job = JobFolder(folder / "jobs" / "every-widget")
    job.path.mkdir(parents=True)
    request = Request(
        dashboard_id="every-widget",
        slug="every-widget",
        question=PLAN["question"],
        attachments=tuple(Attachment(source="samples", reference=name) for name in (STRIKES, WORLD)),
        versions=str(folder / "versions"),
    )
    job.write(request, job.request)
    job.write(Plan.model_validate(plan or PLAN), job.plan)
    version = build.run(job, Limits(), silent)
    return next((folder / "versions").rglob("executed.ipynb")).parent, version
