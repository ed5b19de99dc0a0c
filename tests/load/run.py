"""``make load``: a hundred people for a minute on a whole Dashwright of its own, by loopback, then a table.

Database, worker, viewer and REST API run as `dashwright up` runs them. Ends with an error if any request failed.
``USERS`` (at most 500) and ``SECONDS`` (at most 600) are others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
import psutil
from sqlalchemy import text

from dashwright.server.access import Role, Scope
from dashwright.server.accounts import tokens
from dashwright.server.keeping import kept_secret
from dashwright.server.postgres import database
from dashwright.server.settings import Settings
from dashwright.server.store import ApiTokens, Store, Users, opened
from tests.conftest import Place

USERS = min(500, int(os.environ.get("USERS", "100")))
SECONDS = min(600, int(os.environ.get("SECONDS", "60")))
ACCOUNTS = {Role.VIEWER: 50, Role.CREATOR: 10}
OTHERS = 500
"""Dashboards beside those that have a page."""
CSV = "day,region,amount\n" + "".join(
    f"2024-{month:02d}-01,{region},{month * 10 + shift}\n"
    for month in range(1, 13)
    for shift, region in enumerate(("North", "South", "West"))
)
QUESTIONS = ("How do amounts differ by region?", "How have amounts changed by month?")
WORDS = ("amounts", "sales", "region", "rainfall", "c4ca4238", "nowhere")
FILL = """
INSERT INTO dashboards (slug, title, query, status, is_public, tags, created_at)
SELECT 'd-' || n, 'Sales of ' || md5(n::text), 'How do sales of ' || md5((n / 7)::text) || ' differ by region?',
       'failed', n % 3 = 0, ARRAY['t' || n % 50], now() - n * interval '1 minute'
FROM generate_series(1, :many) n
"""
PARTS = ("api", "viewer", "worker")


def published(place: Place, api: str, token: str) -> list[str]:
    """Slugs of dashboards with a page that everybody may see."""
    file = place.data_dir.parent / "sales.csv"
    file.write_text(CSV)
    slugs = []
    for question in QUESTIONS:
        slugs.append(place.json("new", question, "--data", str(file))["slug"])
        heads = {"Authorization": f"Bearer {token}", "If-Match": "*"}
        httpx.patch(
            f"{api}dashboards/{slugs[-1]}", json={"is_public": True}, headers=heads, timeout=60
        ).raise_for_status()
    return slugs


def filled(store: Store) -> dict[str, list[str]]:
    """Tokens of new accounts, by role; and many dashboards."""
    found: dict[str, list[str]] = {}
    for role, number in ACCOUNTS.items():
        for one in range(number):
            user = Users(store).add(f"{role}{one}@example.org", role)
            _, secret = tokens.create(ApiTokens(store), user.email, "load", [Scope.READ, Scope.ASK])
            found.setdefault(role.value, []).append(secret)
    with store.transaction() as session:
        session.execute(text(FILL), {"many": OTHERS})
        session.execute(text("ANALYZE"))
    return found


def processes(record: dict[str, Any]) -> dict[str, psutil.Process]:
    """Of the parts, each below its tether."""
    tethers = {part["name"]: psutil.Process(part["pid"]) for part in record["parts"] if part["name"] in PARTS}
    return {name: tether.children()[0] for name, tether in tethers.items()}


def attack(ground: Path, api: str) -> int:
    """Exit code of locust, which prints the table."""
    program = Path(sys.executable).with_name("locust")
    command = [
        program, "-f", Path(__file__).with_name("locustfile.py"), "--headless", "--only-summary", "--host",
        api.removesuffix("/api/"), "-u", USERS, "-r", max(1, USERS // 10), "-t", f"{SECONDS}s", "--stop-timeout", "30",
    ]  # fmt: skip
    environment = {**os.environ, "LOAD_GROUND": str(ground), "NO_PROXY": "*"}
    return subprocess.run([str(part) for part in command], env=environment, check=False).returncode


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dashwright-load-") as folder:
        place = Place(Path(folder, "data"), {"DASHWRIGHT_PLANNER": "offline", "DASHWRIGHT_SOURCES": "samples"})
        try:
            place.up("--no-lab", "--viewer-port", "0")
            record = place.record()
            settings = Settings(data_dir=place.data_dir)
            slugs = published(place, record["api"], kept_secret(settings.secrets, "api-token"))
            with database(settings) as url, opened(settings, url) as store:
                people = filled(store)
            ground = Path(folder, "ground.json")
            ground.write_text(
                json.dumps({"viewer": record["viewer"], "tokens": people, "slugs": slugs, "words": WORDS, "file": CSV})
            )
            ground.chmod(0o600)
            running = processes(record)
            before = {name: sum(process.cpu_times()[:2]) for name, process in running.items()}
            code = attack(ground, record["api"])
            for name, process in running.items():
                seconds = sum(process.cpu_times()[:2]) - before[name]
                memory = process.memory_info().rss / 1e6
                print(f"{name:<8} {seconds:6.1f} s of processor time in {SECONDS} s, {memory:.0f} MB at the end")
            print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
            return code
        finally:
            place.end()


if __name__ == "__main__":
    sys.exit(main())
