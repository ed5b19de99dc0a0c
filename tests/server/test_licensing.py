"""Which data may be public: the operator's rule, and all ways by which a dashboard or a version could pass it by."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from dashwright import server
from dashwright.pipelines.errors import InputError
from dashwright.pipelines.model import Attachment, License, Provenance, Version
from dashwright.pipelines.model.rights import rights
from dashwright.server.cli.looking import cautions, facts
from dashwright.server.licensing import PublicLicences, checked
from dashwright.server.settings import Settings
from dashwright.server.store import Claims, Store

from .conftest import CSV, Site
from .test_store import ask, claimed, made

NOW = datetime.now(UTC)
STRICT = {"public_licences": "CC0-1.0, CC-BY-4.*"}
CC_BY, CC_BY_NC = (License(name=spdx, spdx=spdx) for spdx in ("CC-BY-4.0", "CC-BY-NC-4.0"))
TERMS = License(name="Terms of Use", url="https://data.example/terms")


def data(
    license_: License | None, source: str = "files", url: str | None = "https://data.example/bees.csv"
) -> Provenance:
    return Provenance(
        dataset="bees", title="Bees", source=source, url=url, license=license_, digest="0", fetched_at=NOW, rows=3
    )


OWN, UNKNOWN = data(None, url=None), data(None)


@pytest.fixture
def store(site: Site) -> Store:
    return site.store


def published(store: Store, origin: Provenance, *, is_public: bool = False) -> str:
    job = ask(store, is_public=is_public)
    claims = Claims(store)
    claim = claimed(claims, job)
    version = made(store, claim).model_copy(update={"provenance": (origin,)})
    assert claims.publish(claim, version, {})
    return job.slug


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        ("any", [data(CC_BY), data(CC_BY_NC), data(TERMS), OWN, UNKNOWN], []),
        ("CC-BY-4.0", [data(CC_BY)], [data(CC_BY_NC), data(TERMS), OWN, UNKNOWN]),
        ("cc-by-*", [data(CC_BY), data(CC_BY_NC)], [data(TERMS), OWN, UNKNOWN]),
        ("*", [data(CC_BY), data(CC_BY_NC)], [data(TERMS), OWN, UNKNOWN]),
        ("own", [OWN, data(None, source="sql", url=None)], [data(CC_BY), data(TERMS), UNKNOWN]),
        ("Unknown, OTHER", [UNKNOWN, data(TERMS), data(None, source="fred", url=None)], [OWN, data(CC_BY)]),
    ],
)
def test_a_rule_names_ids_beginnings_and_kinds(rule: str, allowed: list[Provenance], refused: list[Provenance]) -> None:
    licences = PublicLicences(checked(rule))
    assert all(licences.allow(item) for item in allowed)
    assert not any(licences.allow(item) for item in refused)


@pytest.mark.parametrize("rule", ["CC-BY", "any, CC0-1.0", ",", "CC BY 4.0", "none", "[a-z]*", "MIT OR Apache-2.0"])
def test_a_rule_that_can_match_nothing_stops_the_start(rule: str) -> None:
    with pytest.raises(ValidationError, match="write"):
        Settings(public_licences=rule)


@pytest.mark.settings(**STRICT)
@pytest.mark.parametrize("origin", [data(CC_BY_NC), data(TERMS), OWN, UNKNOWN], ids=["nc", "other", "own", "unknown"])
def test_a_dashboard_with_other_data_cannot_be_made_public(store: Store, origin: Provenance) -> None:
    slug = published(store, origin)
    with pytest.raises(InputError) as caught:
        store.change(slug, is_public=True, title="Other")
    sentence = str(caught.value)
    assert all(part in sentence for part in (slug, "'Bees'", "DASHWRIGHT_PUBLIC_LICENCES", "CC0-1.0, CC-BY-4.*"))
    assert "private" in sentence
    dashboard = store.dashboard(slug)
    assert (dashboard.is_public, dashboard.title) == (False, "Sales by region"), "nothing is changed at all"
    assert not store.change(slug, is_public=False).is_public


@pytest.mark.settings(**STRICT)
def test_a_dashboard_with_such_data_can(store: Store) -> None:
    assert store.change(published(store, data(CC_BY)), is_public=True).is_public


@pytest.mark.settings(**STRICT)
def test_a_first_version_for_everybody_is_refused_too(store: Store) -> None:
    with pytest.raises(InputError, match=r"'Bees' has the licence 'CC-BY-NC-4\.0'"):
        published(store, data(CC_BY_NC), is_public=True)
    assert [dashboard.version for dashboard in store.dashboards()] == [None]


@pytest.mark.settings(**STRICT)
@pytest.mark.parametrize("unchanged", [False, True])
def test_a_public_dashboard_keeps_its_version_when_the_licence_of_its_data_becomes_narrower(
    store: Store, unchanged: bool
) -> None:
    slug = published(store, data(CC_BY), is_public=True)
    claims = Claims(store)
    claim = claimed(claims, store.refresh(slug))
    version = made(store, claim).model_copy(update={"provenance": (data(CC_BY_NC),), "unchanged": unchanged})
    with pytest.raises(InputError, match=r"CC-BY-NC-4\.0"):
        claims.publish(claim, version, {})
    dashboard = store.dashboard(slug)
    assert isinstance(dashboard.version, Version)
    assert dashboard.version.number == 1
    assert dashboard.version.provenance[0].license == CC_BY


@pytest.mark.parametrize("origin", [data(CC_BY), data(TERMS), OWN, UNKNOWN], ids=["spdx", "other", "own", "unknown"])
def test_data_without_a_licence_is_told_to_people_and_programs(store: Store, origin: Provenance) -> None:
    dashboard = store.change(published(store, origin), is_public=True)
    told = facts(dashboard, store.settings, None)
    assert [source["rights"] for source in told["sources"]] == [rights(origin)]
    assert told["cautions"] == list(cautions(dashboard))
    assert ["ask whoever publishes it" in sentence for sentence in told["cautions"]] == [True] * (origin is UNKNOWN)


@pytest.mark.settings(public_licences="own")
def test_a_worker_ends_the_job_with_the_sentence_and_leaves_no_folder(site: Site) -> None:
    file = site.settings.data_dir / "sales.csv"
    file.write_text(CSV)
    job = ask(site.store, attachments=(Attachment(reference=str(file)),), is_public=True)
    site.worker(DASHWRIGHT_PUBLIC_LICENCES="CC0-1.0")
    done = site.ended(job)
    assert (done.status, done.error_code) == ("failed", "input")
    assert "CC0-1.0" in (done.error_message or "")
    assert not list((site.settings.versions / job.dashboard_id).iterdir())


def test_no_other_place_makes_dashboards_public() -> None:
    """A second one would not ask for licences."""
    root = Path(str(server.__path__[0]))
    found = [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Attribute) and target.attr == "is_public" for target in node.targets)
    ]
    assert found == ["store/publicity.py"]
