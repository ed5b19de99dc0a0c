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
