"""Accounts, tokens and sharing from the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dashwright.server.cli.usage import UsageError, lifetime_of, role_named, scopes_named
from tests.conftest import Place

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def slug(running: Place) -> str:
    return str(running.json("new", "Which birds hit planes?", "--no-wait", "--title", "Birds and planes")["slug"])


def test_people_are_added_changed_and_kept_out(running: Place) -> None:
    added = running.call("user", "add", "Ada@Example.org", "--name", "Ada")
    assert (added.returncode, "as admin" in added.stderr) == (0, True)
    address = added.stdout.strip()
    assert address.startswith(running.record()["viewer"] + "set-up/")
    assert "ada@example.org" in httpx.get(address).text
    grace = running.call("user", "add", "grace@example.org", "--password", "--json", stdin=f"{PASSWORD}\n")
    assert grace.returncode == 0, grace.stderr
    assert '"state": "active"' in grace.stdout
    assert running.json("user", "role", "grace@example.org", "editor")["role"] == "editor"
    assert running.json("user", "disable", "grace@example.org")["state"] == "disabled"
    people = running.json("user", "list")
    assert [(one["email"], one["role"], one["state"]) for one in people] == [
        ("ada@example.org", "admin", "invited"),
        ("grace@example.org", "editor", "disabled"),
    ]


def test_tokens_are_shown_once(running: Place) -> None:
    running.call("user", "add", "bot@example.org")
    made = running.json("token", "add", "bot@example.org", "--scope", "read,ask", "--expires", "30d", "--name", "CI")
    assert made["token"].startswith("dwt_")
    listed = running.call("token", "list", "bot@example.org")
    assert made["token"] not in listed.stdout
    assert "read, ask" in listed.stdout
    assert running.json("token", "revoke", made["id"])["name"] == "CI"
    assert running.json("token", "list", "bot@example.org") == []


def test_a_dashboard_is_shared_in_every_way_and_taken_back(running: Place, slug: str) -> None:
    running.call("user", "add", "friend@example.org")
    shared = running.json(
        *("share", slug, "--public", "--with", "friend@example.org", "--domain", "firm.example"),
        *("--embed", "https://intranet.example.org", "--link", "--expires", "7d"),
    )
    assert shared["is_public"]
    assert (shared["people"], shared["domains"]) == (["friend@example.org"], ["firm.example"])
    assert shared["embed_origins"] == ["https://intranet.example.org"]
    link = shared["new_link"]
    assert link["url"].startswith(running.record()["viewer"] + "s/")
    assert httpx.get(link["url"]).headers["Location"] == f"/d/{slug}"
    back = running.call(
        *("share", slug, "--private", "--unshare", "friend@example.org", "--unshare", "firm.example"),
        *("--unembed", "https://intranet.example.org", "--revoke", link["id"]),
    )
    assert back.returncode == 0, back.stderr
    assert "its owner and admins" in back.stdout
    assert "revoked" in back.stdout
    assert "friend@example.org" not in back.stdout


@pytest.mark.parametrize(
    ("read", "typed", "sentence"),
    [
        (role_named, "god", "There is no role 'god'; there are: viewer, creator, editor, admin."),
        (scopes_named, ["read, all"], "There is no scope 'all'; there are: read, ask, write, admin."),
        (lifetime_of, "soon", "--expires 'soon' is no length of time; write one as in 30m, 12h, 7d or 2w."),
        (lifetime_of, "0d", "--expires '0d' is no length of time; write one as in 30m, 12h, 7d or 2w."),
    ],
)
def test_mistyped_options_are_told_with_what_there_is(read: Callable[[Any], object], typed: Any, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(typed)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        ("user role nobody@example.org editor", 1, "Nobody has the address 'nobody@example.org'."),
        ("token revoke nonsense", 1, "There is no token 'nonsense'"),
        ("share SLUG --expires 7d", 2, "add --link"),
        ("share SLUG --embed intranet", 1, "'intranet' is no origin"),
        ("share nothing-of-that-name --public", 1, "There is no dashboard 'nothing-of-that-name'."),
    ],
)
def test_mistakes_end_in_a_sentence(running: Place, slug: str, command: str, code: int, sentence: str) -> None:
    done = running.call(*command.replace("SLUG", slug).split())
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in " ".join(done.stderr.split())
