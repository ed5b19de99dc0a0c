"""The server of the WHO's Global Health Observatory, with sneezes by sex."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count, product
from typing import Any

from ..conftest import asked, send, send_json

VALUES = {
    "COUNTRY": {"BRA": "Brazil", "CIV": "Côte d’Ivoire", "NAM": "Namibia"},
    "SEX": {"SEX_BTSX": "Both sexes", "SEX_MLE": "Male", "SEX_FMLE": "Female"},
    "REGION": {"AFR": "Africa"},
}


def row(number: int, area: str, year: int, sex: str | None, value: float | None, **more: Any) -> dict[str, Any]:
    return {
        "Id": number,
        "IndicatorCode": "SNEEZES_1",
        "SpatialDimType": "REGION" if area == "AFR" else "COUNTRY",
        "SpatialDim": area,
        "ParentLocationCode": "AMR",
        "ParentLocation": "Americas" if area == "BRA" else "Africa",
        "TimeDimType": "YEAR",
        "TimeDim": year,
        "TimeDimensionValue": str(year),
        "TimeDimensionBegin": f"{year}-01-01T00:00:00+01:00",
        "Dim1Type": "SEX" if sex else None,
        "Dim1": sex,
        "Dim2Type": None,
        "Dim2": None,
        "Dim3Type": None,
        "Dim3": None,
        "Value": "No data" if value is None else f"{value} [0-9]",
        "NumericValue": value,
        "Low": None if value is None else value - 1,
        "High": None if value is None else value + 1,
        "Date": f"2024-08-{number % 20 + 1:02}T09:43:39.193+02:00",
        **more,
    }


def sneezes() -> list[dict[str, Any]]:
    numbers = count(700)
    return [
        row(next(numbers), area, year, sex, None if (area, year) == ("NAM", 2001) else year - 1990.5)
        for area, year, sex in product(("BRA", "CIV", "NAM", "AFR"), (2000, 2001), ("SEX_MLE", "SEX_FMLE", "SEX_BTSX"))
    ]


@dataclass
class Who:
    most: int = 10
    """Rows on one page, whatever is asked for."""
    names: dict[str, str] = field(default_factory=lambda: {"SNEEZES_1": "Sneezes  (per day)"})
    rows: list[dict[str, Any]] = field(default_factory=sneezes)
    values: dict[str, dict[str, str]] = field(default_factory=lambda: VALUES)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        answer = self.answer(path, query)
        if answer is None:
            send(request, b"<html>Not found</html>", 404, content_type="text/html")
        elif int(query.get("$top", "0")) > 1000:
            send_json(request, {"error": {"code": "", "message": "The limit of '1000' for Top was exceeded."}}, 400)
        else:
            send_json(request, {"@odata.context": "x", **answer})

    def answer(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        entities = [
            {"IndicatorCode": code, "IndicatorName": name, "Language": "EN"} for code, name in self.names.items()
        ]
        if path == "Indicator":
            return {"value": entities}
        if found := re.fullmatch(r"Indicator\('(.*)'\)(/Dimensions)?", path):
            if found[1] not in self.names:
                return None
            if found[2]:
                if all(item["Dim1"] is None for item in self.rows):
                    return {"value": []}
                dimension = {"IndicatorCode": found[1], "Language": "EN", "Dimension": "SEX", "DimensionName": "Sex"}
                return {"value": [dimension]}
            return next(item for item in entities if item["IndicatorCode"] == found[1])
        if found := re.fullmatch(r"DIMENSION/(\w+)/DimensionValues", path):
            values = self.values.get(found[1])
            return None if values is None else {"value": [{"Code": a, "Title": b} for a, b in values.items()]}
        return self.page(query) if path in self.names else None

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        name, _, order = query["$orderby"].partition(" ")
        ordered = sorted(self.rows, key=lambda item: str(item[name]).zfill(12), reverse=order == "desc")
        skip, top = int(query.get("$skip", "0")), min(int(query["$top"]), self.most)
        return {"@odata.count": len(self.rows), "value": ordered[skip : skip + top]}
