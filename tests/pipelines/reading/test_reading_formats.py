"""Workbooks, JSON and Parquet."""

# Times in files have no zone; those with one are kept in UTC.
# ruff: noqa: DTZ001

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq


def workbook(fill: Any) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_workbook_with_title_merged_cells_and_totals_is_read(job: Any) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet.append(["Sales by region and quarter"])
        sheet.append([])
        sheet.append(["Region", "Quarter", "Sold on", "Revenue", "Rate"])
        for number, (region, quarter) in enumerate((r, q) for r in ("North", "South") for q in ("Q1", "Q2", "Q3")):
            sheet.append([region if quarter == "Q1" else None, quarter, date(2020, 1, 31), 100.5 + number, 5])
        sheet.merge_cells("A4:A6")
        sheet.merge_cells("A7:A9")
        sheet.append(["Total", None, None, 618, None])
        sheet.append([])
        sheet.append(["Source: accounting"])
        second = book.create_sheet("Offices")
        for row in (["Office", "Staff"], ["A", 5], ["B", 7]):
            second.append(row)

    tables = job.add("report.xlsx", workbook(fill)).read().tables
    first, second = tables
    assert first.title == "Sales by region and quarter"
    assert [(column.name, column.type) for column in first.columns] == [
        ("Region", "text"), ("Quarter", "text"), ("Sold on", "date"), ("Revenue", "number"), ("Rate", "integer"),
    ]  # fmt: skip
    rows = job.rows(first)
    assert [row["Region"] for row in rows] == ["North"] * 3 + ["South"] * 3
    assert rows[0]["Sold on"] == datetime(2020, 1, 31)
    assert {repair.kind for repair in first.repairs} >= {"merged_cells", "totals", "footer", "preamble"}
    assert (second.name, second.rows) == ("offices", 2)


def test_header_merged_over_groups_is_joined(job: Any) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet.append(["Region", "2019", None, "2020", None])
        sheet.append([None, "Men", "Women", "Men", "Women"])
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("D1:E1")
        for row in (["North", 1, 2, 3, 4], ["South", 5, 6, 7, 8], ["East", 5, 6, 7, 8]):
            sheet.append(row)

    table = job.add("groups.xlsx", workbook(fill)).read().tables[0]
    assert [column.name for column in table.columns] == ["Region", "2019 Men", "2019 Women", "2020 Men", "2020 Women"]


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
 <table:table table:name="Lakes">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


MANIFEST = """<?xml version="1.0"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
 <manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
 <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""


def open_document(rows: list[tuple[object, ...]]) -> bytes:
    def cell(value: object) -> str:
        kind = f'float" office:value="{value}' if isinstance(value, int | float) else "string"
        return f'<table:table-cell office:value-type="{kind}"><text:p>{value}</text:p></table:table-cell>'

    content = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows=content))
    return buffer.getvalue()


def test_open_document_sheet_is_read(job: Any) -> None:
    content = open_document([("Lake", "Depth (m)"), ("Baikal", 1642), ("Como", 425.5)])
    table = job.add("lakes.ods", content).read().tables[0]
    assert job.rows(table) == [{"Lake": "Baikal", "Depth (m)": 1642}, {"Lake": "Como", "Depth (m)": 425.5}]
    assert table.columns[1].unit == "m"


def test_nested_records_are_flattened_and_lists_of_records_split_off(job: Any) -> None:
    records = [
        {
            "id": number,
            "user": {"name": f"n{number}", "geo": {"lat": 1.5 + number, "lng": 2.5}},
            "tags": ["a", "b"],
            "orders": [{"sku": f"s{item}", "count": item} for item in range(3)],
        }
        for number in range(5)
    ]
    main, orders = job.add("users.json", json.dumps({"data": records})).read().tables
    assert [column.name for column in main.columns] == ["id", "user.name", "user.geo.lat", "user.geo.lng", "tags"]
    assert job.rows(main)[0]["tags"] == "a, b"
    assert orders.rows == 15
    assert job.rows(orders)[1] == {"users_id": 0, "sku": "s1", "count": 1}
    joins = job.profile().joins
    assert (joins[0].on, joins[0].cardinality) == ((("id", "users_id"),), "one-to-many")


def test_json_of_other_shapes_is_a_table(job: Any) -> None:
    shapes = {
        "columns": {"a": [1, 2, 3], "b": ["x", "y", "z"]},
        "rows": [["a", "b"], [1, "x"], [2, "y"], [3, "z"]],
        "keyed": {"k1": {"a": 1, "b": "x"}, "k2": {"a": 2, "b": "y"}, "k3": {"a": 3, "b": "z"}},
        "paged": [{"page": 1, "pages": 1}, [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3, "b": "z"}]],
        "named": {"columns": ["a", "b"], "data": [[1, "x"], [2, "y"], [3, "z"]]},
    }
    for name, shape in shapes.items():
        job.add(f"{name}.json", json.dumps(shape))
    for table in job.read().tables:
        rows = [{key: row[key] for key in ("a", "b")} for row in job.rows(table)]
        assert rows == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3, "b": "z"}], table.name


def test_points_of_geojson_get_coordinates(job: Any) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"mag": n / 2},
            "geometry": {"type": "Point", "coordinates": [10.5 + n, 20.5]},
        }
        for n in range(3)
    ]
    table = job.add("quakes.json", json.dumps({"type": "FeatureCollection", "features": features})).profile().tables[0]
    assert table.column("longitude").place == "longitude"
    assert table.column("latitude").role == "coordinate"


def test_lines_of_json_may_differ_in_fields(job: Any) -> None:
    table = job.add("log.jsonl", '{"a": 1, "b": "x"}\n\n{"a": 2, "c": true}\n').read().tables[0]
    assert job.rows(table) == [{"a": 1, "b": "x", "c": None}, {"a": 2, "b": None, "c": True}]


def test_long_json_is_read_in_pieces(job: Any) -> None:
    records = [
        {"n": number, "text": "x" * 90, "later": number} if number > 300_000 else {"n": number, "text": "x" * 90}
        for number in range(330_000)
    ]
    table = job.add("long.json", json.dumps({"meta": {"source": "test"}, "data": records})).read().tables[0]
    assert table.rows == 330_000
    assert [(column.name, column.type) for column in table.columns] == [
        ("n", "integer"),
        ("text", "text"),
        ("later", "integer"),
    ]


def test_types_of_parquet_are_kept_and_text_in_it_is_read(job: Any) -> None:
    buffer = BytesIO()
    pq.write_table(
        pa.table(
            {
                "whole": pa.array([1, 2, None], pa.int32()),
                "exact": pa.array([Decimal("1.50"), None, Decimal("2.25")], pa.decimal128(9, 2)),
                "day": pa.array([date(2020, 1, 1), None, date(2020, 1, 2)]),
                "at": pa.array([datetime(2020, 1, 1, 5), None, datetime(2020, 1, 2)], pa.timestamp("ns")),
                "text": ["$1,200.50", "$3", None],
                "name": ["a", "b", "c"],
                "inner": [{"x": 1, "y": "p"}, {"x": 2, "y": "q"}, None],
                "list": [[1, 2], [3], None],
            }
        ),
        buffer,
    )
    table = job.add("typed.parquet", buffer.getvalue()).read().tables[0]
    assert {column.name: column.type for column in table.columns} == {
        "whole": "integer", "exact": "number", "day": "date", "at": "datetime", "text": "number", "name": "text",
        "inner.x": "integer", "inner.y": "text", "list": "text",
    }  # fmt: skip
    assert job.rows(table)[0]["text"] == 1200.5
    assert job.rows(table)[0]["list"] == "[1, 2]"
