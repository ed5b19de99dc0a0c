"""schema.org: descriptions of datasets in pages that are careless or hostile."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from dashwright.pipelines.model import Candidate
from dashwright.pipelines.sources.schema_org import Description, descriptions

ADDRESS = httpx.URL("https://bees.example/data/1")
BEES: dict[str, Any] = {
    "@context": "https://schema.org/",
    "@type": "Dataset",
    "name": "Bees",
    "description": "All <i>bees</i>.",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "creator": {"@type": "Organization", "name": "Bee office"},
    "keywords": ["bees", "honey"],
    "temporalCoverage": "2010-01-01/2020-12-31",
    "dateModified": "2021-05-06T07:08:09Z",
    "variableMeasured": [{"@type": "PropertyValue", "name": "hives"}, "honey"],
    "distribution": [
        {"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": "https://bees.example/a.csv"}
    ],
}


def page(*things: Any) -> bytes:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things)
    return f"<!DOCTYPE html><html><head>{scripts}</head></html>".encode()


def first(content: bytes) -> Description:
    return descriptions(content, ADDRESS)[0][0]


def candidate(**changes: Any) -> Candidate:
    return first(page({**BEES, **changes})).candidate("google-dataset", str(ADDRESS), str(ADDRESS))


def test_a_page_is_described_as_it_says() -> None:
    found = candidate()
    assert (found.title, found.description) == ("Bees", "All bees .")
    assert (found.license and found.license.spdx, found.since, found.until) == ("CC-BY-4.0", 2010, 2020)
    assert (found.columns, found.tags) == (("hives", "honey"), ("bees", "honey"))
    assert found.updated_at is not None
    assert found.updated_at.year == 2021
    assert found.publisher == "bees.example"
    assert found.attribution == "Bee office: Bees. bees.example. https://bees.example/data/1"


@pytest.mark.parametrize(
    "content",
    [
        page({"@graph": [{"@type": "WebPage"}, BEES]}),
        page([{"@type": "Organization", "name": "x"}, [BEES]]),
        page({**BEES, "@type": ["Thing", "sc:Dataset"]}),
        page({**BEES, "@type": "http://schema.org/Dataset"}),
        page({"@type": "DataCatalog", "dataset": [BEES]}),
        page({"@type": "WebPage", "mainEntity": BEES}),
        page("not closed", BEES),
        json.dumps(BEES).encode(),
        b"\xef\xbb\xbf" + json.dumps(BEES, indent=1).encode(),
        b"<SCRIPT data-x='1' TYPE = application/ld+json>\n<!--\n" + json.dumps(BEES).encode() + b"\n--></SCRIPT >",
        b"<script type='application/ld+json'>//<![CDATA[\n" + json.dumps(BEES).encode() + b";\n//]]></script>",
        b'<script type="application/ld+json">{"name": "a\tb",</script>' + page(BEES),
        b"<script>if (a < b) {}</script>" + page(BEES),
    ],
)
def test_a_dataset_is_found_wherever_it_is_put(content: bytes) -> None:
    assert first(content).title == "Bees"


def test_what_other_parts_of_the_page_say_belongs_to_it() -> None:
    parts = [{**BEES, "distribution": {"@id": "#csv"}}, {"@id": "#csv", "contentUrl": "../b.csv", "name": "All"}]
    (file,) = first(page({"@graph": parts})).distributions
    assert (file.url, file.name, file.format) == ("https://bees.example/b.csv", "b.csv", "csv")


@pytest.mark.parametrize(
    ("kind", "url", "expected"),
    [
        ("CSV", "/x", "csv"),
        (".csv", "/x", "csv"),
        ("text/csv; charset=utf-8", "/x", "csv"),
        (None, "/x.csv?download=1", "csv"),
        ("application/octet-stream", "/x.xlsx", "xlsx"),
        (["application/vnd.apache.parquet"], "/x", "parquet"),
        ("application/zip", "/x", "zip"),
        (None, "/x.csv.gz", "csv"),
        ("text/html", "/x.csv", None),
        ("application/ld+json", "/x.json", None),
        ("application/pdf", "/x", None),
        (None, "/x", None),
        ({"a": 1}, "/x", None),
    ],
)
def test_the_format_is_told_by_type_and_else_by_name(kind: Any, url: str, expected: str | None) -> None:
    (file,) = first(page({**BEES, "distribution": {"encodingFormat": kind, "contentUrl": url}})).distributions
    assert file.format == expected


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/csv,a", "", None, 7, {}, "http://[::1", "x" * 9_000]
)
def test_what_is_no_web_address_is_no_file(url: Any) -> None:
    if isinstance(url, str) and url.startswith("x"):
        url = f"https://{url}"
    assert not first(page({**BEES, "distribution": [{"encodingFormat": "CSV", "contentUrl": url}]})).distributions


def test_the_dataset_with_files_goes_before_others() -> None:
    assert first(page({**BEES, "name": "None", "distribution": []}, BEES)).title == "Bees"


def test_a_doi_is_cited() -> None:
    identifiers: list[Any] = [
        "https://doi.org/10.1234/Bees",
        ["x", "doi:10.1234/bees"],
        {"@type": "PropertyValue", "propertyID": "doi", "value": "10.1234/bees"},
    ]
    for identifier in identifiers:
        found = candidate(identifier=identifier, datePublished="2020-01-01", publisher={"name": "Bee press"})
        assert found.attribution == "Bee office (2020): Bees. Bee press. https://doi.org/10.1234/bees"


@pytest.mark.parametrize(
    ("told", "spdx", "name"),
    [
        ({"@type": "CreativeWork", "name": "CC BY 4.0", "url": "https://x.example/l"}, "CC-BY-4.0", "CC BY 4.0"),
        (
            ["", {"url": "https://creativecommons.org/publicdomain/zero/1.0/"}],
            "CC0-1.0",
            "Creative Commons Zero 1.0 Universal",
        ),
        ("Ask <b>us</b>", None, "Ask us"),
    ],
)
def test_a_licence_is_told_in_any_shape(told: Any, spdx: str | None, name: str) -> None:
    found = candidate(license=told).license
    assert found is not None
    assert (found.spdx, found.name) == (spdx, name)


@pytest.mark.parametrize("field", [*BEES, "identifier", "publisher", "datePublished", "sameAs"])
@pytest.mark.parametrize(
    "value", [None, 7, True, [], {}, [[]], [{}], {"@value": {}}, "\x00", "💥" * 5_000, [None, 1e999]]
)
def test_no_value_of_any_field_breaks_anything(field: str, value: Any) -> None:
    if field == "@type":
        assert not descriptions(page({**BEES, field: value}), ADDRESS)[0]
        return
    found = candidate(**{field: value})
    assert found.title
    assert found.name.isidentifier()
    assert len(found.model_dump_json()) < 60_000


@pytest.mark.parametrize(
    ("content", "unread"),
    [
        (b"", 0),
        (b"<html><body>Nothing</body></html>", 0),
        (b'<script type="application/ld+json">{"@type": "Dataset",', 0),
        (b'<script type="application/ld+json">{"@type": "Dataset",</script>', 1),
        (b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script>", 1),
        (b'<script type="application/ld+json">{"x": ' + b"9" * 100_000 + b"}</script>", 1),
        (b"[" * 100_000, 1),
        (b"<script " * 200_000, 0),
        (b"<script>" * 200_000, 0),
        (b'<script type="application/ld+json">' * 50_000 + b"</script>", 1),
        (page([{"@graph": [{"@type": "WebPage"}] * 100} for _ in range(500)]), 0),
        (bytes(range(256)) * 1_000, 0),
    ],
)
def test_a_hostile_page_describes_nothing_and_ends(content: bytes, unread: int) -> None:
    assert descriptions(content, ADDRESS) == ((), unread)


def test_a_page_of_countless_datasets_and_files_is_cut() -> None:
    many = [{**BEES, "distribution": [{"contentUrl": f"/{number}.csv"} for number in range(600)]}, *[BEES] * 120]
    found, _ = descriptions(page(many), ADDRESS)
    assert len(found) == 100
    assert len(found[0].distributions) == 500
