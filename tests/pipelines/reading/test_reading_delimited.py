"""Text files in the state in which people have them."""

# Times in files have no zone; those with one are kept in UTC.
# ruff: noqa: DTZ001

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest


def one(job: Any, content: str | bytes, name: str = "sheet.csv") -> tuple[Any, list[dict[str, Any]]]:
    table = job.add(name, content).read().tables[0]
    return table, job.rows(table)


def types(table: Any) -> dict[str, str]:
    return {column.name: column.type for column in table.columns}


def told(table: Any) -> str:
    return " ".join(repair.sentence for repair in table.repairs)


def test_title_notes_and_totals_around_a_table_are_left_out_and_told(job: Any) -> None:
    table, rows = one(
        job,
        "Table 1: Population by region, 2010-2012\n"
        "Source: Statistical Office\n"
        "\n"
        "Region,2010,2011,2012\n"
        'North,"1,234","1,250","1,260"\n'
        'South,"2,100","2,110",..\n'
        'East,987,990,"1,001"\n'
        'Total,"4,321","4,350","2,261"\n'
        "\n"
        "Note: .. = not available\n"
        "© Statistical Office 2020\n",
    )
    assert table.title == "Table 1: Population by region, 2010-2012"
    assert rows == [
        {"Region": "North", "2010": 1234, "2011": 1250, "2012": 1260},
        {"Region": "South", "2010": 2100, "2011": 2110, "2012": None},
        {"Region": "East", "2010": 987, "2011": 990, "2012": 1001},
    ]
    assert '2 rows above the table left out: "Table 1: Population by region 2010-2012".' in told(table)
    assert '2 rows below the table left out: "Note: .. = not available".' in told(table)
    assert '1 row with totals at the end left out: "Total".' in told(table)
    assert "1 cell of column '2012' that says \"..\" counts as missing." in told(table)


def test_header_of_two_rows_with_groups_is_joined(job: Any) -> None:
    _, rows = one(job, ",2019,,2020,\nRegion,Men,Women,Men,Women\nNorth,10,12,11,13\nSouth,20,22,21,23\nEast,1,2,3,4\n")
    assert list(rows[0]) == ["Region", "2019 Men", "2019 Women", "2020 Men", "2020 Women"]
    assert rows[1]["2020 Women"] == 23


def test_row_of_units_below_the_names_gives_units(job: Any) -> None:
    table, _ = one(job, "Date,Temperature,Rain\n,°C,mm\n2019-01-01,3.5,0\n2019-01-02,4.1,2.5\n2019-01-03,5.0,1\n")
    assert [(column.label, column.unit) for column in table.columns] == [
        ("Date", None),
        ("Temperature", "°C"),
        ("Rain", "mm"),
    ]


def test_table_without_header_gets_numbered_columns(job: Any) -> None:
    table, rows = one(job, "1,Alice,34.5,2019-01-02\n2,Bob,22.1,2019-01-03\n3,Carol,55.0,2019-01-04\n")
    assert len(rows) == 3
    assert rows[0]["column 2"] == "Alice"
    assert "no row with names" in told(table)


def test_years_over_numbers_are_names_not_data(job: Any) -> None:
    _, rows = one(job, "Country,2018,2019,2020\nA,5,6,7\nB,8,9,10\n")
    assert rows[0] == {"Country": "A", "2018": 5, "2019": 6, "2020": 7}


def test_header_repeated_on_every_page_is_left_out(job: Any) -> None:
    table, rows = one(job, "region,value\nN,1\nS,2\nregion,value\nE,3\nW,4\nregion,value\nX,5\n")
    assert [row["value"] for row in rows] == [1, 2, 3, 4, 5]
    assert "repeated 2 times" in told(table)


def test_two_tables_in_one_file_become_two(job: Any) -> None:
    tables = (
        job.add(
            "both.csv",
            "Sales by region\nRegion,Q1,Q2\nNorth,10,20\nSouth,30,40\n\n"
            "Staff by office\nOffice,City,Headcount,Opened\nA1,Paris,12,2001\nB2,Rome,15,2005\nC3,Oslo,7,2011\n",
        )
        .read()
        .tables
    )
    assert [(table.title, table.rows) for table in tables] == [("Sales by region", 2), ("Staff by office", 3)]
    assert len({table.name for table in tables}) == 2


def test_ragged_rows_are_aligned_by_what_their_cells_hold(job: Any) -> None:
    table, rows = one(
        job,
        "id,name,city,amount\n1,Ann,Paris,10\n2,Bob,Rome\n3,Cid,,Oslo,30\n4,Dee,New York, NY,40\n"
        "5,Eve,Bonn,50\n6,Fay,Kiel,60\n",
    )
    assert rows[1] == {"id": 2, "name": "Bob", "city": "Rome", "amount": None}
    assert rows[2] == {"id": 3, "name": "Cid", "city": "Oslo", "amount": 30}
    assert rows[3] == {"id": 4, "name": "Dee", "city": "New York, NY", "amount": 40}
    assert "fewer cells" in told(table)


def test_stray_quotes_are_characters(job: Any) -> None:
    _, rows = one(job, 'a,b,c\n1,"5" pipe",x\n2,"open,y\n3,6" pipe,z\n4,"a ""b"" c",w\n')
    assert [row["b"] for row in rows] == ['5" pipe', '"open', '6" pipe', 'a "b" c']


def test_quoted_cells_may_hold_line_ends(job: Any) -> None:
    _, rows = one(job, 'id,text,n\n1,"first\nsecond, still",5\n2,plain,6\n')
    assert rows[0]["text"] == "first\nsecond, still"
    assert [row["n"] for row in rows] == [5, 6]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_delimiters_and_quotes_are_found(job: Any, delimiter: str, quote: str) -> None:
    lines = ["name{d}note{d}amount", "Ann{d}{q}a{d} b{q}{d}1.5", "Bob{d}{q}c{q}{d}2.5", "Cid{d}{q}d{d}e{q}{d}3.25"]
    _, rows = one(job, "\n".join(lines).format(d=delimiter, q=quote) + "\n", "sheet.txt")
    assert [row["note"] for row in rows] == [f"a{delimiter} b", "c", f"d{delimiter}e"]
    assert [row["amount"] for row in rows] == [1.5, 2.5, 3.25]


def test_columns_aligned_by_spaces_are_parted(job: Any) -> None:
    _, rows = one(
        job, "name    age   height\nAnn     30    1.70\nBob     41    1.85\nCarol   28    1.62\n", "sheet.txt"
    )
    assert rows[2] == {"name": "Carol", "age": 28, "height": 1.62}


def test_line_that_names_the_delimiter_is_obeyed(job: Any) -> None:
    _, rows = one(job, "sep=;\na;b\n1;2\n3;4\n")
    assert rows == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_single_column_with_commas_in_its_texts_stays_one(job: Any) -> None:
    _, rows = one(job, "name\nAlice\nBob\nCarol, the third\nDan\n")
    assert [row["name"] for row in rows] == ["Alice", "Bob", "Carol, the third", "Dan"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"])
def test_encodings_are_found(job: Any, codec: str) -> None:
    _, rows = one(job, "name;wert\nÄpfel und Süßes;1,5\nBirnen;2,5\nNüsse;3,25\n".encode(codec))
    assert [row["name"] for row in rows] == ["Äpfel und Süßes", "Birnen", "Nüsse"]
    assert [row["wert"] for row in rows] == [1.5, 2.5, 3.25]


def test_numbers_written_for_people_are_read_with_their_units(job: Any) -> None:
    table, rows = one(
        job,
        "name,price,change,followers,net,weight\n"
        'A,"$1,234.50",13%,56.7M,(123),12 kg\n'
        "B,$99.00,-2.5%,1.2 bn,456,3 kg\n"
        'C,"$2,000",0%,980K,"(1,000)",7.5 kg\n'
        "D,n/a,**,-,..,\n",
    )
    assert [row["price"] for row in rows] == [1234.5, 99, 2000, None]
    assert [row["change"] for row in rows] == [13, -2.5, 0, None]
    assert [row["followers"] for row in rows] == [56.7e6, 1.2e9, 980e3, None]
    assert [row["net"] for row in rows] == [-123, 456, -1000, None]
    assert [row["weight"] for row in rows] == [12, 3, 7.5, None]
    assert {column.name: column.unit for column in table.columns} == {
        "name": None, "price": "US$", "change": "%", "followers": None, "net": None, "weight": "kg",
    }  # fmt: skip


def test_decimal_comma_is_decided_by_the_column(job: Any) -> None:
    _, rows = one(job, "a;b;c\n1.234,50;1.234;x\n12,5;5.678;y\n0,75;9.012;z\n")
    assert [row["a"] for row in rows] == [1234.5, 12.5, 0.75]
    assert [row["b"] for row in rows] == [1234, 5678, 9012]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["31/01/2015", "02/03/2015"], [(2015, 1, 31), (2015, 3, 2)]),
        (["01/31/2015", "02/03/2015"], [(2015, 1, 31), (2015, 2, 3)]),
        (["31.1.15", "2.3.15"], [(2015, 1, 31), (2015, 3, 2)]),
        (["2015-01-31", "2015-03-02"], [(2015, 1, 31), (2015, 3, 2)]),
        (["31 Jan 2015", "2 March 2015"], [(2015, 1, 31), (2015, 3, 2)]),
        (["January 31, 2015", "Mar 2, 2015"], [(2015, 1, 31), (2015, 3, 2)]),
        (["Jan 2015", "March 2015"], [(2015, 1, 1), (2015, 3, 1)]),
        (["2015-01", "2015-03"], [(2015, 1, 1), (2015, 3, 1)]),
        (["2015 Q1", "Q3 2015"], [(2015, 1, 1), (2015, 7, 1)]),
        (["2015M01", "2015M03"], [(2015, 1, 1), (2015, 3, 1)]),
        (["2015-W01", "2015-W02"], [(2014, 12, 29), (2015, 1, 5)]),
        (["20150131", "20150302"], [(2015, 1, 31), (2015, 3, 2)]),
    ],
)
def test_dates_are_read_in_the_order_their_column_proves(
    job: Any, cells: list[str], expected: list[tuple[int, int, int]]
) -> None:
    table, rows = one(job, "date;v\n" + "".join(f"{cell};{number}\n" for number, cell in enumerate(cells)))
    assert types(table)["date"] == "date"
    assert [row["date"] for row in rows] == [datetime(*parts) for parts in expected]


def test_order_of_day_and_month_that_nothing_proves_is_told(job: Any) -> None:
    table, _ = one(job, "date,v\n01/02/2015,1\n03/04/2015,2\n05/06/2015,3\n")
    assert "no value tells whether the day or the month comes first" in " ".join(table.warnings)


def test_times_with_zones_are_kept_in_utc(job: Any) -> None:
    table, rows = one(job, "at,v\n2015-01-31T10:00:00+02:00,1\n2015-02-01T10:00:00Z,2\n")
    assert types(table)["at"] == "datetime"
    assert [row["at"] for row in rows] == [datetime(2015, 1, 31, 8), datetime(2015, 2, 1, 10)]


@pytest.mark.parametrize(("true", "false"), [("yes", "no"), ("TRUE", "FALSE"), ("Y", "N"), ("ja", "nein")])
def test_truth_in_words_is_read(job: Any, true: str, false: str) -> None:
    table, rows = one(job, f"k,ok\na,{true}\nb,{false}\nc,\n")
    assert types(table)["ok"] == "boolean"
    assert [row["ok"] for row in rows] == [True, False, None]


def test_none_is_a_category_among_words_and_missing_among_numbers(job: Any) -> None:
    _, rows = one(job, "damage,cost\nNone,0\nMinor,10\nNone,None\nMajor,30\n")
    assert [row["damage"] for row in rows] == ["None", "Minor", "None", "Major"]
    assert [row["cost"] for row in rows] == [0, 10, None, 30]


def test_na_is_a_country_among_country_codes(job: Any) -> None:
    _, rows = one(job, "code,v\nNA,1\nZA,2\nBW,3\nAO,4\n")
    assert [row["code"] for row in rows] == ["NA", "ZA", "BW", "AO"]


def test_codes_with_leading_zeros_phone_and_long_numbers_stay_text(job: Any) -> None:
    table, rows = one(
        job, "zip,phone,card\n01234,+1 555 123 99,1234567890123456\n02345,+1 555 124 99,1234567890123457\n"
    )
    assert set(types(table).values()) == {"text"}
    assert rows[0] == {"zip": "01234", "phone": "+1 555 123 99", "card": "1234567890123456"}


def test_values_that_cannot_be_read_are_counted_and_missing(job: Any) -> None:
    lines = "".join(f"{number},{number * 2}\n" for number in range(100))
    table, rows = one(job, f"id,amount\n{lines}100,see note\n101,lots\n")
    assert types(table)["amount"] == "integer"
    assert rows[-1]["amount"] is None
    repair = next(repair for repair in table.repairs if repair.kind == "unread")
    assert (repair.column, repair.count) == ("amount", 2)
    assert '"lots"' in repair.sentence
    assert '"see note"' in repair.sentence


def test_mixed_column_stays_text_whole(job: Any) -> None:
    cells = ["1", "x", "2015-01-01", "true", "4.5"] * 20
    table, rows = one(job, "a,b\n" + "".join(f"{cell},{number}\n" for number, cell in enumerate(cells)))
    assert types(table)["a"] == "text"
    assert [row["a"] for row in rows] == cells


def test_hostile_names_are_kept_as_data_and_unique(job: Any) -> None:
    table, rows = one(
        job, '"""); import os #",<script>alert(1)</script>,😀,,amount,Amount,a\x07b\n1,2,3,4,5,6,7\n7,8,9,1,2,3,4\n'
    )
    assert [column.name for column in table.columns] == [
        '"); import os #', "<script>alert(1)</script>", "😀", "column 4", "amount", "Amount (2)", "ab",
    ]  # fmt: skip
    assert list(rows[0].values()) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("name", ["class.csv", "pd.csv", "list.csv", "2020.csv", "page.csv", "x.csv", "日本.csv"])
def test_names_of_tables_hide_nothing_a_notebook_uses(job: Any, name: str) -> None:
    table, _ = one(job, "a,b\n1,2\n3,4\n", name)
    assert table.name not in {"class", "pd", "list", "2020", "page", "x"}
    assert table.name.isidentifier()


def test_labels_are_for_people_and_units_are_split_off(job: Any) -> None:
    table, _ = one(
        job, "flight_date,Body Mass (g),Speed IAS in knots,unitPrice,GDP\n2015-01-01,5,6,7,8\n2015-01-02,6,7,8,9\n"
    )
    assert [(column.label, column.unit) for column in table.columns] == [
        ("Flight date", None), ("Body mass", "g"), ("Speed IAS", "knots"), ("Unit price", None), ("GDP", None),
    ]  # fmt: skip


def test_wide_table_with_a_year_a_column_is_also_offered_long(job: Any) -> None:
    tables = (
        job.add(
            "people.csv",
            "Country,Code,2015,2016,2017,2018\nAruba,ABW,1,2,3,\nAngola,AGO,5,6,7,8\nChad,TCD,9,10,11,12\n",
        )
        .read()
        .tables
    )
    wide, long = tables
    assert (wide.long_of, long.long_of) == (None, wide.name)
    assert [column.name for column in long.columns] == ["Country", "Code", "year", "value"]
    rows = job.rows(long)
    assert len(rows) == 11
    assert rows[0] == {"Country": "Aruba", "Code": "ABW", "year": 2015, "value": 1}


def test_wide_table_with_a_month_a_column_is_also_offered_long(job: Any) -> None:
    tables = job.add("shops.csv", "Shop,2019-11,2019-12,2020-01,2020-02\nA,1,2,3,4\nB,5,6,7,8\n").read().tables
    rows = job.rows(tables[1])
    assert rows[3] == {"Shop": "A", "month": datetime(2020, 2, 1), "value": 4}
