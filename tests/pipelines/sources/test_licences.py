"""Licences: what catalogues call them, as SPDX has them."""

from __future__ import annotations

import pytest

from dashwright.pipelines.sources.licences import licence


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
    found = licence(identifier, "Whatever it says", url)
    assert found is not None
    assert found.spdx == spdx
    assert found.url is not None
    assert found.url.startswith("https://")


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("cc-by", "http://www.opendefinition.org/licenses/cc-by"),  # no version, so nobody knows which
        ("other-closed", None),
        ("x", "https://creativecommons.org/licenses/by/3.0/at/"),
        ("x", "https://evil.example/?creativecommons.org/licenses/by/4.0/../../my-own"),
    ],
)
def test_what_is_not_certain_keeps_its_own_name_and_link(identifier: str, url: str | None) -> None:
    found = licence(identifier, "Their licence", url)
    assert found is not None
    assert (found.name, found.spdx, found.url) == ("Their licence", None, url)


@pytest.mark.parametrize("identifier", [None, "", "notspecified", "unknown", "other"])
def test_no_licence_is_none(identifier: str | None) -> None:
    assert licence(identifier, "") is None


def test_a_link_that_a_page_must_not_open_is_left_out() -> None:
    found = licence("other-open", "Theirs", "javascript:alert(1)")
    assert found is not None
    assert found.url is None
