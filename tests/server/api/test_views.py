"""How many looked at a dashboard, over HTTP and on the command line: for its owner and admins, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from typer.testing import CliRunner

from dashwright.server.access import Role, Scope
from dashwright.server.cli.viewing import seconds
from dashwright.server.nouns import Look
from dashwright.server.store import Shares, Users, Views
from tests.server.api.test_people import account
from tests.server.api.test_sharing import bearer


@pytest.fixture(scope="module")
def owner(quiet: Any) -> str:
    return account(quiet, Role.CREATOR)


@pytest.fixture(scope="module")
def slug(quiet: Any, owner: str) -> str:
    """A public dashboard that two have looked at."""
    user = next(one for one in Users(quiet.store).all() if one.email == owner)
    job = quiet.store.create_dashboard_with_job(uuid4().hex, owner_id=user.id)
    Shares(quiet.store).set_public(job.slug, True)
    about = {"dashboard_id": job.dashboard_id, "version_number": 1}
    looks = [
        Look(id=str(uuid4()), visitor=str(uuid4()), user_id=user.id, by_owner=True, **about),
        Look(id=str(uuid4()), visitor=str(uuid4()), referrer="news.example", **about),
    ]
    Views(quiet.store).write([(look, 0) for look in looks], {looks[1].id: 840}, ())
    return job.slug


def test_owner_and_admins_see_counts(client: httpx.Client, quiet: Any, owner: str, slug: str) -> None:
    for email in (owner, account(quiet, Role.ADMIN)):
        answer = client.get(f"dashboards/{slug}/views?days=2", headers=bearer(quiet, email, Scope.READ))
        assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {name: found[name] for name in ("slug", "views", "visitors", "by_owner", "live", "load_ms", "ever")} == {
        "slug": slug,
        "views": 2,
        "visitors": 2,
        "by_owner": 1,
        "live": 2,
        "load_ms": 840,
        "ever": 2,
    }
    assert [day["views"] for day in found["days"]] == [0, 2]
    assert found["until"] == str(datetime.now(UTC).date())
    assert found["versions"] == [{"number": 1, "views": 2, "visitors": 2, "load_ms": 840}]
    assert found["referrers"] == [{"host": "news.example", "views": 1}]
    assert client.get(f"dashboards/{slug}").json()["view_count"] == 2


def test_others_see_none_also_of_what_is_public(client: httpx.Client, quiet: Any, slug: str) -> None:
    other = account(quiet, Role.EDITOR)
    Shares(quiet.store).share_with(slug, other)
    refused = client.get(f"dashboards/{slug}/views", headers=bearer(quiet, other, Scope.READ))
    assert refused.status_code == 403
    assert "see who looked at this dashboard" in refused.json()["detail"]
    with httpx.Client(base_url=client.base_url, trust_env=False) as stranger:
        assert stranger.get(f"dashboards/{slug}/views").status_code == 401
    assert client.get("dashboards/nothing-there/views").status_code == 404


@pytest.mark.parametrize("days", ["0", "-1", "3661", "1e9", "x", ""])
def test_impossible_days_are_refused(client: httpx.Client, slug: str, days: str) -> None:
    assert client.get(f"dashboards/{slug}/views?days={days}").status_code == 422


def test_the_command_shows_the_same(quiet: Any, client: httpx.Client, slug: str) -> None:
    from dashwright.server.cli.app import app

    runner = CliRunner(env=quiet.variables)
    shown = runner.invoke(app, ["views", slug, "--days", "2"])
    assert shown.exit_code == 0, shown.output
    assert "2, of them 1 by the owner" in shown.output
    assert "news.example" in shown.output
    assert "0.84 s" in shown.output


@pytest.mark.parametrize(("ms", "words"), [(None, ""), (840, "0.84 s"), (12_345, "12.3 s")])
def test_times_are_told_in_seconds(ms: int | None, words: str) -> None:
    assert seconds(ms) == words
