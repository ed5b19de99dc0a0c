"""Licences: any spelling becomes SPDX's, and what SPDX does not know keeps its name and link."""

from __future__ import annotations

import pytest

from dashwright.pipelines.sources.licences import licence


@pytest.mark.parametrize(
    ("name", "url", "spdx"),
    [
        ("cc-by-4.0", None, "CC-BY-4.0"),
        ("CC BY-NC-SA 3.0", None, "CC-BY-NC-SA-3.0"),
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0"),
        ("Creative Commons Attribution 4.0 International", None, "CC-BY-4.0"),
        ("Creative Commons Attribution Non-Commercial No Derivatives 4.0", None, "CC-BY-NC-ND-4.0"),
        ("Creative Commons Attribution-ShareAlike 4.0", None, "CC-BY-SA-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", None, "CC0-1.0"),
        (None, "http://creativecommons.org/licenses/by/3.0/nl/deed.nl", "CC-BY-3.0-NL"),
        (None, "https://www.opendatacommons.org/licenses/odbl/1-0/", "ODbL-1.0"),
        (None, "https://spdx.org/licenses/mit.html", "MIT"),
        ("PDDL-1.0", None, "PDDL-1.0"),
        ("other-open", None, None),
        ("Creative Commons Attribution 3.0 IGO", None, None),
        ("CC BY 9.9", None, None),
        ("Open Government Licence v3.0", "https://www.nationalarchives.gov.uk/doc/open-government-licence/3/", None),
        ("MIT AND (EVIL", None, None),
    ],
)
def test_a_licence_is_known_by_id_name_or_link(name: str | None, url: str | None, spdx: str | None) -> None:
    found = licence(name, url)
    assert found is not None
    assert found.spdx == spdx
    assert found.name
    assert found.url is None or found.url.startswith("http")


def test_what_is_no_licence_is_none_and_no_link_is_kept_that_is_none() -> None:
    assert licence(None) is None
    assert licence("  ", "javascript:alert(1)") is None
    found = licence("<b>Mine</b>", "javascript:alert(1)")
    assert found is not None
    assert (found.name, found.url) == ("Mine", None)


@pytest.mark.parametrize(
    ("identifier", "url", "spdx"),
    [
        ("cc-by-4.0", None, "CC-BY-4.0"),
        ("CC-BY-NC-SA-3.0", None, "CC-BY-NC-SA-3.0"),
        ("odc-odbl", None, "ODbL-1.0"),
        ("cc-zero", None, "CC0-1.0"),
        (None, "http://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("", "https://creativecommons.org/licenses/by-sa/4.0/deed.en", "CC-BY-SA-4.0"),
        (None, "https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
        ("https://www.opendatacommons.org/licenses/odbl/1-0", None, "ODbL-1.0"),
        (
            "uk-ogl",
            "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            "OGL-UK-3.0",
        ),
    ],
)
def test_a_name_or_an_address_becomes_an_spdx_identifier(identifier: str | None, url: str | None, spdx: str) -> None:
    found = licence(identifier, url, "Whatever it says")
    assert found is not None
    assert found.spdx == spdx
    assert found.url is not None
    assert found.url.startswith("https://")


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("cc-by", "http://www.opendefinition.org/licenses/cc-by"),  # no version, so nobody knows which
        ("other-closed", None),
        ("x", "https://evil.example/?creativecommons.org/licenses/by/4.0/../../my-own"),
    ],
)
def test_what_is_not_certain_keeps_its_own_name_and_link(identifier: str, url: str | None) -> None:
    found = licence(identifier, url, "Their licence")
    assert found is not None
    assert (found.name, found.spdx, found.url) == ("Their licence", None, url)


@pytest.mark.parametrize("identifier", [None, "", "notspecified", "unknown", "other"])
def test_no_licence_is_none(identifier: str | None) -> None:
    assert licence(identifier, None, "") is None


def test_a_link_that_a_page_must_not_open_is_left_out() -> None:
    found = licence("other-open", "javascript:alert(1)", "Theirs")
    assert found is not None
    assert found.url is None


def test_what_has_neither_id_nor_link_is_explained_on_the_page_of_its_dataset() -> None:
    found = licence("other-open", None, "Theirs", page="https://data.example/bees")
    assert found is not None
    assert (found.name, found.url) == ("Theirs", "https://data.example/bees")
    assert licence("notspecified", page="https://data.example/bees") is None
