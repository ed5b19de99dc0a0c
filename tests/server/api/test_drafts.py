"""A draft over HTTP, from the first edit to what viewers see: a real worker runs it, and merges it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from dashwright.server.access import Role, Scope
from dashwright.server.accounts import tokens
from dashwright.server.cli.app import app
from dashwright.server.store import ApiTokens, Shares
from tests.server.api.test_people import account
from tests.server.api.test_published import done, ended
from tests.server.conftest import CSV, Site

MINE = "extra_text = 'mine'"


@pytest.fixture(scope="module")
def slug(shared: Site) -> str:
    job = shared.ended(shared.ask())
    assert job.status == "completed", job
    return job.slug


def opened(client: httpx.Client, slug: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The draft's notebook, and the header to save it with."""
    answer = client.get(f"dashboards/{slug}/draft/notebook")
    assert answer.status_code == 200, answer.text
    return answer.json(), {"If-Match": answer.headers["ETag"]}


def saved(client: httpx.Client, slug: str, notebook: dict[str, Any], tag: dict[str, str]) -> dict[str, Any]:
    answer = client.put(f"dashboards/{slug}/draft/notebook", json=notebook, headers=tag)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def cell_of(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def source_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def chart_of(notebook: dict[str, Any]) -> dict[str, Any]:
    """The last cell that draws a widget."""
    return [cell for cell in notebook["cells"] if cell["id"].startswith("widget-")][-1]


def published(client: httpx.Client, slug: str, number: int, **more: Any) -> httpx.Response:
    tag = client.get(f"dashboards/{slug}").headers["ETag"]
    return client.put(f"dashboards/{slug}/published", json={"number": number, **more}, headers={"If-Match": tag})


def test_draft_is_saved_tried_and_published(working: httpx.Client, slug: str) -> None:
    path = f"dashboards/{slug}/draft"
    fresh = working.get(path).json()
    assert (fresh["exists"], fresh["based_on"], fresh["is_edited"], fresh["changes"]) == (False, 1, False, 0)

    notebook, tag = opened(working, slug)
    page = cell_of(notebook, "page")
    page["source"] = source_of(page) + f"\n{MINE}"
    page["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "secret"}]
    draft = saved(working, slug, notebook, tag)
    assert (draft["exists"], draft["changes"], draft["behind"], draft["is_stale"]) == (True, 1, 0, False)
    assert draft["cells"] == [{"id": "page", "state": "edited", "widget": None}]
    assert working.put(f"{path}/notebook", json=notebook, headers=tag).status_code == 412
    assert working.put(f"{path}/notebook", json=notebook).status_code == 428
    kept, tag = opened(working, slug)
    assert MINE in source_of(cell_of(kept, "page"))
    assert cell_of(kept, "page")["outputs"] == []
    generated = working.get(f"{path}/notebook", params={"before": "edits"}).json()
    assert source_of(cell_of(generated, "page")) + f"\n{MINE}" == source_of(page)
    data = working.get(f"{path}/data").json()
    assert data["based_on"] == 1
    assert list(Path(data["folder"]).glob("*.parquet"))

    job = done(working, working.post(f"{path}/runs"))
    assert (job["kind"], job["version_number"]) == ("draft", 2)
    version = working.get(f"dashboards/{slug}/versions/2").json()
    assert (version["is_published"], version["published_at"], version["version"]["edited"]) == (False, None, ["page"])
    assert working.get(f"dashboards/{slug}").json()["version"]["number"] == 1

    answer = published(working, slug, 2, note="With a text of mine")
    assert answer.json()["version"]["number"] == 2, answer.text
    draft = working.get(path).json()
    assert (draft["based_on"], draft["changes"], draft["is_edited"], draft["is_stale"]) == (2, 0, True, False)
    assert (draft["run"]["id"], draft["run_revision"]) == (job["id"], draft["revision"])
    history = working.get(f"dashboards/{slug}/publications").json()["items"]
    assert [(one["number"], one["before"], one["note"], one["is_chosen"]) for one in history] == [
        (2, 1, "With a text of mine", True),
        (1, None, "", False),
    ]


def test_cell_that_fails_is_named_with_its_line(working: httpx.Client, slug: str) -> None:
    notebook, tag = opened(working, slug)
    chart = chart_of(notebook)
    before = source_of(chart)
    chart["source"] = f"fine = 1\nunknown_name['there']\n{before}"
    saved(working, slug, notebook, tag)
    job = ended(working, working.post(f"dashboards/{slug}/draft/runs").json())
    assert (job["status"], job["error_code"], job["error_cell"], job["error_line"]) == (
        "failed",
        "notebook",
        chart["id"],
        2,
    )
    assert "failed in line 2: NameError: name 'unknown_name'" in job["error_message"]
    assert working.get(f"dashboards/{slug}").json()["version"]["number"] == 2

    saves = working.get(f"dashboards/{slug}/draft/saves").json()["items"]
    assert [one["reason"] for one in saves] == ["saved", "saved"]
    earlier = working.get(f"dashboards/{slug}/draft/notebook", params={"revision": saves[1]["revision"]}).json()
    assert source_of(cell_of(earlier, chart["id"])) == before
    _, tag = opened(working, slug)
    back = working.post(
        f"dashboards/{slug}/draft/restorations", json={"revision": saves[1]["revision"]}, headers=tag
    ).json()
    assert back["changes"] == 0


def test_what_is_no_notebook_is_refused(working: httpx.Client, slug: str) -> None:
    notebook, tag = opened(working, slug)
    path = f"dashboards/{slug}/draft/notebook"
    for wrong in (
        {"nbformat": 3, "cells": []},
        notebook | {"cells": [{"cell_type": "spell", "source": "x", "metadata": {}, "id": "a"}]},
        notebook | {"cells": [{"cell_type": "code"}]},
        notebook | {"metadata": {"language_info": {"name": "bash"}}},
    ):
        answer = working.put(path, json=wrong, headers=tag)
        assert (answer.status_code, answer.json()["code"]) == (422, "data"), answer.text
    long = notebook | {"cells": [{**notebook["cells"][0], "source": "x" * 3 * 1024**2}]}
    assert "there may be" in working.put(path, json=long, headers=tag).json()["detail"]


def test_refresh_runs_the_published_notebook_on_new_data_and_never_the_draft(
    working: httpx.Client, shared: Site, slug: str
) -> None:
    notebook, tag = opened(working, slug)
    cell_of(notebook, "imports")["source"] = "raise SystemError('a draft runs')"
    saved(working, slug, notebook, tag)
    (shared.settings.data_dir / "sales.csv").write_text(CSV + "2025-01-01,East,1000\n")
    job = ended(working, working.post(f"dashboards/{slug}/refresh").json()["job"])
    assert (job["status"], job["unchanged"], job["version_number"]) == ("completed", False, 3), job
    shown = working.get(f"dashboards/{slug}/versions/3/notebook").json()
    assert MINE in source_of(cell_of(shown, "page"))
    assert "East" in str(shown["cells"])
    assert working.get(f"dashboards/{slug}").json()["version"]["edited"] == ["page"]
    draft = working.get(f"dashboards/{slug}/draft").json()
    assert (draft["based_on"], draft["is_stale"], draft["behind"]) == (3, False, 0)
    assert working.delete(f"dashboards/{slug}/draft/notebook", headers={"If-Match": "*"}).status_code == 204
    assert MINE in source_of(cell_of(opened(working, slug)[0], "page"))


def test_plan_is_tried_and_published_for_a_reason_where_it_breaks_what_it_expects(
    working: httpx.Client, slug: str
) -> None:
    plan = working.get(f"dashboards/{slug}/plan").json()
    plan |= {
        "title": "Only a try",
        "expectations": [{"frame": plan["tables"][0], "columns": [], "rows_at_least": 1_000}],
    }
    job = done(working, working.post(f"dashboards/{slug}/plan/runs", json=plan))
    number = job["version_number"]
    found = working.get(f"dashboards/{slug}/versions/{number}").json()
    version = found["version"]
    assert (job["kind"], version["title"], found["published_at"]) == ("preview", "Only a try", None)
    assert version["edited"] == ["page"]
    assert "at least 1,000 were expected" in version["broken"][0]
    assert working.get(f"dashboards/{slug}").json()["version"]["title"] != "Only a try"
    changes = working.get(f"dashboards/{slug}/versions/{number}/changes").json()
    assert changes["since"] == 3
    assert ("broken", version["broken"][0]) in [(one["kind"], one["name"]) for one in changes["differences"]]
    refused = published(working, slug, number)
    assert refused.status_code == 409
    assert "at least 1,000 were expected" in refused.json()["detail"]
    assert published(working, slug, number, despite="The rest comes tomorrow").status_code == 200
    first = working.get(f"dashboards/{slug}/publications", params={"limit": 1}).json()
    assert (first["items"][0]["number"], first["items"][0]["despite"]) == (number, "The rest comes tomorrow")
    older = working.get(f"dashboards/{slug}/publications", params={"before": first["next"]}).json()["items"]
    assert number not in [one["number"] for one in older]
    assert published(working, slug, 3).status_code == 200
    assert working.get(f"dashboards/{slug}/publications").json()["items"][0]["is_roll_back"]


def amended(client: httpx.Client, slug: str, change: dict[str, Any]) -> dict[str, Any]:
    """The job that changed the first widget that is drawn as a chart."""
    answer = client.get(f"dashboards/{slug}/widgets")
    widget = next(one for one in answer.json()["items"] if one["type"] == "bar")
    return done(
        client,
        client.put(
            f"dashboards/{slug}/widgets/{widget['id']}",
            json=widget | change,
            headers={"If-Match": answer.headers["ETag"]},
        ),
    )


def bar_of(notebook: dict[str, Any], client: httpx.Client, slug: str) -> dict[str, Any]:
    widgets = client.get(f"dashboards/{slug}/widgets").json()["items"]
    return cell_of(notebook, f"widget-{next(one['id'] for one in widgets if one['type'] == 'bar')}")


def test_changed_plan_is_merged_with_edits(working: httpx.Client, shared: Site, slug: str) -> None:
    path = f"dashboards/{slug}/draft"
    notebook, tag = opened(working, slug)
    chart = bar_of(notebook, working, slug)
    title = next(one for one in working.get(f"dashboards/{slug}/widgets").json()["items"] if one["type"] == "bar")[
        "title"
    ]
    chart["source"] = source_of(chart).replace(title, "Named by me")
    notebook["cells"].append({**notebook["cells"][1], "id": "more", "source": "more = 1", "metadata": {}})
    saved(working, slug, notebook, tag)

    # What is published has an edit elsewhere, and goes on having it; the draft has more edits, and is merged.
    subtitle = amended(working, slug, {"subtitle": "Said by the plan"})["version_number"]
    shown = working.get(f"dashboards/{slug}/versions/{subtitle}/notebook").json()
    assert "Said by the plan" in source_of(bar_of(shown, working, slug))
    assert MINE in source_of(cell_of(shown, "page"))
    version = working.get(f"dashboards/{slug}").json()["version"]
    assert (version["number"], version["edited"]) == (subtitle, ["page"])
    draft = working.get(path).json()
    assert (draft["based_on"], draft["published"], draft["is_stale"]) == (subtitle, subtitle, False)
    before = working.get(f"{path}/notebook", params={"before": "merge"}).json()
    assert "Named by me" in source_of(bar_of(before, working, slug))
    assert "Said by the plan" not in source_of(bar_of(before, working, slug))
    if draft["conflicts"]:  # title and subtitle are in one line
        (conflict,) = working.get(f"{path}/conflicts").json()["items"]
        both = conflict["mine"].replace(title, "Named by me")
        body = {"items": [{"cell": conflict["cell"], "take": "text", "text": both}]}
        draft = working.post(f"{path}/resolutions", json=body, headers={"If-Match": "*"}).json()
    assert draft["conflicts"] == 0

    mine = done(working, working.post(f"{path}/runs"))["version_number"]
    assert published(working, slug, mine).status_code == 200
    assert working.get(path).json()["changes"] == 0

    # Both change the same line: viewers go on seeing what is published, and the draft has both.
    held = amended(working, slug, {"title": "Named otherwise"})
    assert "decide in the draft" in held["message"]
    assert working.get(f"dashboards/{slug}").json()["version"]["number"] == mine
    draft = working.get(path).json()
    assert (draft["conflicts"], draft["based_on"], draft["is_stale"]) == (1, held["version_number"], False)
    answer = working.get(f"{path}/conflicts")
    (conflict,) = answer.json()["items"]
    for side, words in (("base", title), ("mine", "Named by me"), ("theirs", "Named otherwise")):
        assert words in conflict[side]
    refused = published(working, slug, held["version_number"])
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")

    tag = {"If-Match": answer.headers["ETag"]}
    wrong = {"items": [{"cell": conflict["cell"], "take": "text"}]}
    assert working.post(f"{path}/resolutions", json=wrong, headers=tag).status_code == 422
    unknown = {"items": [{"cell": "nothing", "take": "mine"}]}
    assert working.post(f"{path}/resolutions", json=unknown, headers=tag).status_code == 404
    theirs = {"items": [{"cell": conflict["cell"], "take": "theirs"}]}
    draft = working.post(f"{path}/resolutions", json=theirs, headers=tag).json()
    assert draft["conflicts"] == 0
    notebook, _ = opened(working, slug)
    assert source_of(cell_of(notebook, conflict["cell"])) == conflict["theirs"]
    assert MINE in source_of(cell_of(notebook, "page"))
    assert source_of(cell_of(notebook, "more")) == "more = 1"

    # A refresh of what viewers see takes nothing of the change back that waits in the draft.
    (shared.settings.data_dir / "sales.csv").write_text(CSV + "2025-01-01,West,2000\n")
    refreshed = ended(working, working.post(f"dashboards/{slug}/refresh").json()["job"])
    assert (refreshed["status"], refreshed["unchanged"]) == ("completed", False)
    draft = working.get(path).json()
    assert (draft["published"], draft["based_on"]) == (refreshed["version_number"], held["version_number"])
    assert not draft["is_stale"]
    assert source_of(cell_of(opened(working, slug)[0], conflict["cell"])) == conflict["theirs"]


def test_only_who_may_run_code_has_a_draft(working: httpx.Client, shared: Any, slug: str) -> None:
    friend = account(shared, Role.EDITOR)
    Shares(shared.store).share_with(slug, friend)
    _, secret = tokens.create(ApiTokens(shared.store), friend, "reads", list(Scope))
    theirs = {"Authorization": f"Bearer {secret}"}
    for path in ("draft", "draft/notebook", "draft/saves", "draft/conflicts", "publications"):
        assert working.get(f"dashboards/{slug}/{path}", headers=theirs).status_code == 403
    assert working.post(f"dashboards/{slug}/draft/runs", headers=theirs).status_code == 403
    seen = working.get(f"dashboards/{slug}/versions", headers=theirs).json()["items"]
    assert all(one["published_at"] for one in seen)
    hidden = working.get(f"dashboards/{slug}/versions", params={"published": False}).json()["items"]
    number = hidden[0]["version"]["number"]
    for path in (f"versions/{number}", f"versions/{number}/notebook", f"versions/{number}/changes"):
        assert working.get(f"dashboards/{slug}/{path}", headers=theirs).status_code == 404


def test_draft_by_the_command_line(
    working: httpx.Client, shared: Site, slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in shared.variables.items():
        monkeypatch.setenv(name, value)
    notebook, _ = opened(working, slug)
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "more"]
    notebook["cells"].append({**notebook["cells"][1], "id": "typed", "source": "typed = 1", "metadata": {}})
    mine = tmp_path / "mine.ipynb"
    mine.write_text(json.dumps(notebook))

    told = CliRunner().invoke(app, ["draft", slug, "--save", str(mine), "--json"])
    assert told.exit_code == 0, told.output
    draft = json.loads(told.stdout)
    assert draft["revision"] == working.get(f"dashboards/{slug}/draft").json()["revision"]
    assert {"id": "typed", "state": "added", "widget": None} in draft["cells"]
    early = CliRunner().invoke(app, ["draft", slug, "--publish"])
    assert "has not been tried as it is now" in str(early.exception)
    assert "add --publish" in str(CliRunner().invoke(app, ["draft", slug, "--note", "Why"]).exception)
