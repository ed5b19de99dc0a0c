"""A published dashboard over HTTP: its versions, data, plan and widgets, changed by a real worker."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from dashwright.server.access import Role, Scope
from dashwright.server.accounts import tokens
from dashwright.server.store import ApiTokens, Shares
from tests.server.api.contract import check, few, requests
from tests.server.api.test_people import account

CSV = "day,region,amount\n" + "".join(
    f"2024-{month:02d}-01,{region},{month * 10 + shift}\n"
    for month in range(1, 13)
    for shift, region in enumerate(("North", "South", "West"))
)
PATIENCE = 120.0


def ended(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job when it is over."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found: dict[str, Any] = client.get(f"jobs/{job['id']}").json()
        if found["status"] not in ("pending", "processing"):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def done(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """The job of an answer, ended well."""
    assert answer.status_code == 202, answer.text
    job = ended(client, answer.json())
    assert job["status"] == "completed", job
    return job


@pytest.fixture(scope="module")
def slug(working: httpx.Client) -> str:
    """A dashboard that was made from an uploaded file."""
    upload = working.post("uploads", params={"name": "sales.csv"}, content=CSV.encode())
    assert upload.status_code == 201, upload.text
    body = {
        "question": "How do amounts differ by region?",
        "data": [{"kind": "upload", "upload_id": upload.json()["id"]}],
    }
    answer = working.post("dashboards", json=body)
    assert answer.status_code == 202, answer.text
    job = ended(working, answer.json()["job"])
    assert job["status"] == "completed", job
    assert working.delete(f"uploads/{upload.json()['id']}").status_code == 409
    return str(job["slug"])


def test_data_is_told_with_rows_and_profiles(working: httpx.Client, slug: str) -> None:
    datasets = working.get(f"dashboards/{slug}/datasets").json()["items"]
    assert [one["files"] for one in datasets] == [[{"name": "sales.csv", "format": "csv", "size": len(CSV)}]]
    table = datasets[0]["tables"][0]
    assert (table["rows"], table["columns"]) == (36, ["day", "region", "amount"])
    profile = working.get(f"dashboards/{slug}/tables/{table['name']}").json()
    assert [column["role"] for column in profile["columns"]] == ["time", "place", "measure"]
    query: dict[str, Any] = {"offset": 34, "limit": 5, "column": ["region", "amount"]}
    rows = working.get(f"dashboards/{slug}/tables/{table['name']}/rows", params=query).json()
    assert rows["rows"] == [["South", 121], ["West", 122]]
    assert rows["total"] == 36
    all_rows = working.get(f"dashboards/{slug}/tables/{table['name']}/rows", params={"limit": 1}).json()
    assert all_rows["rows"][0][0].startswith("2024-01-01")
    assert working.get(f"dashboards/{slug}/tables/nothing").status_code == 404
    wrong = working.get(f"dashboards/{slug}/tables/{table['name']}/rows", params={"column": "price"})
    assert wrong.status_code == 404
    assert "region" in wrong.json()["detail"]


def test_what_the_data_is_and_what_to_ask_next_is_told(working: httpx.Client, slug: str) -> None:
    told = working.get(f"dashboards/{slug}/description").json()
    assert told["tables"][0]["rows"] == 36
    assert working.get(f"dashboards/{slug}/suggestions", params={"most": 2}).json()["by"] == "offline"


def test_notebook_is_taken_home(working: httpx.Client, slug: str) -> None:
    answer = working.get(f"dashboards/{slug}/versions/1/notebook")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{slug}-1.ipynb"'
    assert answer.json()["nbformat"] == 4


def test_small_picture_is_kept_as_long_as_it_is_the_same(working: httpx.Client, slug: str) -> None:
    told = working.get(f"dashboards/{slug}").json()["thumbnail"]
    assert told in [item["thumbnail"] for item in working.get("dashboards").json()["items"]]
    picture = working.get(told)
    assert picture.headers["Content-Type"] == "image/svg+xml", picture.text
    assert picture.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert working.get(told, headers={"If-None-Match": picture.headers["ETag"]}).status_code == 304
    now = working.get(f"dashboards/{slug}/thumbnail", params={"theme": "dark"})
    assert now.headers["Cache-Control"] == "private, no-cache"
    assert now.headers["ETag"] != picture.headers["ETag"]
    assert working.get(f"dashboards/{slug}/versions/77/thumbnail").status_code == 404
    with httpx.Client(base_url=working.base_url, trust_env=False) as stranger:
        assert stranger.get(told).status_code == 401


def packed(working: httpx.Client, address: str) -> zipfile.ZipFile:
    answer = working.get(address)
    assert answer.headers["Content-Type"] == "application/zip", answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_tables_and_notebook_are_taken_home(working: httpx.Client, slug: str, shared: Any) -> None:
    pack = packed(working, f"dashboards/{slug}/versions/1/exports/csv")
    assert sorted(pack.namelist()) == ["SOURCES.txt", "sales.csv"]
    lines = pack.read("sales.csv").decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0]) == (37, '"day","region","amount"')
    assert "Licence: your own data" in pack.read("SOURCES.txt").decode()
    parquet = packed(working, f"dashboards/{slug}/versions/1/exports/parquet")
    assert pq.read_table(io.BytesIO(parquet.read("sales.parquet"))).num_rows == 36
    notebook = working.get(f"dashboards/{slug}/versions/1/exports/ipynb")
    assert any(cell.get("outputs") for cell in notebook.json()["cells"])
    assert "attachment; filename=" in notebook.headers["Content-Disposition"]
    assert "sandbox" in notebook.headers["Content-Security-Policy"]
    source = working.get(f"dashboards/{slug}/exports/source")
    assert not any(cell.get("outputs") for cell in source.json()["cells"])
    assert working.head(f"dashboards/{slug}/exports/ipynb").content == b""
    lacking = working.get(f"dashboards/{slug}/exports/pdf")
    assert (lacking.status_code, lacking.json()["code"]) == (503, "no-picture")
    assert "dashwright[pictures]" in lacking.json()["detail"]
    assert working.get(f"dashboards/{slug}/exports/exe").status_code == 404
    with httpx.Client(base_url=working.base_url, trust_env=False) as stranger:
        assert stranger.get(f"dashboards/{slug}/exports/csv").status_code == 401
    assert list((shared.settings.data_dir / "exports").iterdir()) == []


def test_what_models_were_asked_is_for_its_owner(working: httpx.Client, shared: Any, slug: str) -> None:
    path = f"dashboards/{slug}/versions/1/prompts"
    assert working.get(path).json() == {"exchanges": [], "outcomes": []}
    friend = account(shared, Role.EDITOR)
    Shares(shared.store).share_with(slug, friend)
    _, secret = tokens.create(ApiTokens(shared.store), friend, "reads", list(Scope))
    theirs = {"Authorization": f"Bearer {secret}"}
    assert working.get(f"dashboards/{slug}/description", headers=theirs).status_code == 200
    assert working.get(path, headers=theirs).status_code == 403


def test_plan_that_does_not_fit_is_refused(working: httpx.Client, slug: str) -> None:
    answer = working.get(f"dashboards/{slug}/plan")
    plan, tag = answer.json(), {"If-Match": answer.headers["ETag"]}
    assert working.post(f"dashboards/{slug}/plan/problems", json=plan).json() == {"problems": [], "findings": []}
    wrong = plan | {"expectations": [{"frame": plan["tables"][0], "columns": ["price"], "rows_at_least": 1}]}
    problems = working.post(f"dashboards/{slug}/plan/problems", json=wrong).json()["problems"]
    assert "price" in problems[0]
    refused = working.put(f"dashboards/{slug}/plan", json=wrong, headers=tag)
    assert (refused.status_code, refused.json()["code"]) == (422, "plan")
    assert working.put(f"dashboards/{slug}/plan", json=plan).status_code == 428
    assert working.put(f"dashboards/{slug}/plan", json=plan, headers={"If-Match": '"v0"'}).status_code == 412
    named = working.post(f"dashboards/{slug}/plan/problems", json=plan | {"colour": "red"})
    assert named.json()["errors"][0]["name"] == "colour"


def test_widgets_are_changed_and_taken_back(working: httpx.Client, slug: str) -> None:
    path = f"dashboards/{slug}/widgets"
    answer = working.get(path)
    widgets, tag = answer.json()["items"], {"If-Match": answer.headers["ETag"]}
    first = widgets[0]

    renamed = working.put(f"{path}/{first['id']}", json=first | {"title": "Renamed <b>"}, headers=tag)
    job = done(working, renamed)
    assert job["kind"] == "amend"
    late = working.put(f"{path}/{first['id']}", json=first | {"title": "Late"}, headers=tag)
    assert late.status_code == 412
    shown = working.get(f"{path}/{first['id']}")
    assert shown.json() == first | {"title": "Renamed <b>"}
    changes = working.get(f"dashboards/{slug}/versions/{job['version_number']}/changes").json()
    assert [(one["kind"], one["name"], one["fields"]) for one in changes["differences"]] == [
        ("widget", first["id"], ["title"])
    ]

    order = [widget["id"] for widget in reversed(widgets)]
    tag = {"If-Match": shown.headers["ETag"]}
    half = working.put(f"dashboards/{slug}/order", json={"widgets": order[:1]}, headers=tag)
    assert half.status_code == (422 if len(order) > 1 else 202)
    added = {**first, "id": "one_more", "title": "One more", "subtitle": "Once more"}
    double = working.post(path, json={"widget": first}, headers=tag)
    assert double.status_code == 409
    unfit = working.post(path, json={"widget": added | {"frame": "nowhere"}}, headers=tag)
    assert unfit.status_code == 422
    assert "nowhere" in unfit.json()["detail"]

    versions = working.get(f"dashboards/{slug}/versions", params={"limit": 1}).json()
    assert versions["items"][0]["is_published"]
    older = working.get(f"dashboards/{slug}/versions", params={"before": versions["next"]}).json()["items"]
    assert [one["version"]["number"] for one in older] == [1]
    tag = {"If-Match": working.get(f"dashboards/{slug}").headers["ETag"]}
    back = working.put(f"dashboards/{slug}/published", json={"number": 1}, headers=tag)
    assert back.json()["version"]["number"] == 1
    assert working.get(f"{path}/{first['id']}").json() == first
    gone = working.put(f"dashboards/{slug}/published", json={"number": 77}, headers={"If-Match": "*"})
    assert gone.status_code == 404


def test_widget_is_removed_or_the_words_say_so(working: httpx.Client, slug: str) -> None:
    path = f"dashboards/{slug}/widgets"
    answer = working.get(path)
    widgets = answer.json()["items"]
    assert len(widgets) > 1
    last = widgets[-1]
    job = done(working, working.delete(f"{path}/{last['id']}", headers={"If-Match": answer.headers["ETag"]}))
    left = working.get(path)
    assert [one["id"] for one in left.json()["items"]] == [one["id"] for one in widgets[:-1]]
    assert job["version_number"] == max(
        one["version"]["number"] for one in working.get(f"dashboards/{slug}/versions").json()["items"]
    )
    done(
        working,
        working.post(path, json={"widget": last}, headers={"If-Match": left.headers["ETag"]}),
    )
    assert working.get(path).json()["items"][-1]["id"] == last["id"]
    words = working.post(f"dashboards/{slug}/amendments", json={"words": 'call it "Amounts"'})
    done(working, words)
    assert working.get(f"dashboards/{slug}").json()["title"] == "Amounts"


def test_file_that_is_too_large_or_not_allowed_leaves_nothing(client: httpx.Client, quiet: Any) -> None:
    def pieces() -> Any:
        for _ in range(17):
            yield b"x" * 65536

    folder: Path = quiet.settings.uploads
    whole = b"x" * (1024**2 + 1)
    assert client.post("uploads", params={"name": "a.csv"}, content=whole).status_code == 413
    assert client.post("uploads", params={"name": "a.csv"}, content=pieces()).status_code == 413
    assert client.post("uploads", params={"name": "a.csv"}, content=b"").status_code == 422
    stranger = httpx.post(f"{client.base_url}uploads?name=a.csv", content=b"a,b", trust_env=False)
    assert stranger.status_code == 401
    assert list(folder.iterdir()) == []


def test_name_of_a_file_is_no_path(client: httpx.Client, quiet: Any) -> None:
    found = client.post("uploads", params={"name": "../../.ssh/a b;c.csv"}, content=b"a,b\n1,2\n").json()
    assert found["name"] == "a b_c.csv"
    assert (quiet.settings.uploads / found["id"] / found["name"]).read_bytes() == b"a,b\n1,2\n"
    assert found in client.get("uploads").json()["items"]
    assert client.delete(f"uploads/{found['id']}").status_code == 204
    assert client.delete(f"uploads/{found['id']}").status_code == 404
    assert not (quiet.settings.uploads / found["id"]).exists()


def test_without_a_worker_nothing_is_searched(client: httpx.Client) -> None:
    refused = client.get("search", params={"question": "bird strikes", "source": "samples"})
    assert (refused.status_code, refused.json()["code"]) == (503, "unattended")
    samples = {"name": "samples", "is_default": True, "has_search": True, "failure": None}
    assert samples in client.get("sources").json()["items"]
    assert client.get("planners").json()["items"][:2] == ["auto", "offline"]
    assert client.get("costs").json() == {"items": []}


def test_what_is_found_says_what_a_choice_needs(working: httpx.Client) -> None:
    answer = working.get("search", params={"question": "bird strikes", "source": "samples", "planner": "offline"})
    offers = answer.json()["items"]
    assert {offer["nameable"] for offer in offers} == {True}
    best = next(offer for offer in offers if offer["chosen"])
    dataset = best["dataset"]
    assert (best["rights"], best["licence"], best["caution"]) == ("other", dataset["license"]["name"], None)
    assert f"{dataset['rows']:,} rows, {len(dataset['columns'])} columns" in best["covers"]
    assert dataset["reason"]
    named = {"kind": "source", "source": dataset["source"], "reference": dataset["reference"]}
    job = working.post("dashboards", json={"question": "Which birds?", "data": [named]}).json()["job"]
    assert working.post(f"jobs/{job['id']}/cancel").status_code == 200


@requests.include(method="GET", path_regex=r"\{slug\}").parametrize()
@few
def test_what_is_published_is_told_as_the_document_says(case: Any, working: httpx.Client, slug: str) -> None:
    check(case, working, slug=slug, number="1", table="sales")
