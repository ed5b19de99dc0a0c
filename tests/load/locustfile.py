"""People on a running Dashwright: who looks, who searches, who asks for dashboards. Run by ``tests/load/run.py``."""

from __future__ import annotations

import json
import os
import random
from itertools import count
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, task

GROUND = json.loads(Path(os.environ["LOAD_GROUND"]).read_text())
"""Addresses, tokens by role, slugs of dashboards that have a page, words, and a small file."""
NUMBERS = {role: count() for role in GROUND["tokens"]}
BROUGHT, OPENED = count(), count()
MOST_ASKED = 10
"""Dashboards in all: a worker makes two at a time."""
MOST_PAGES = 10
"""Each starts a kernel, which stays for ten minutes: of these there are not as many as there are people."""
WORDS = GROUND["words"]


class Person(FastHttpUser):
    abstract = True
    role = "viewer"
    wait_time = between(2, 6)
    """Seconds."""

    def on_start(self) -> None:
        found = GROUND["tokens"][self.role]
        self.heads = {"Authorization": f"Bearer {found[next(NUMBERS[self.role]) % len(found)]}"}

    def read(self, address: str, name: str | None = None) -> Any:
        with self.client.get(
            f"/api/{address}", headers=self.heads, name=name or address, catch_response=True
        ) as answer:
            return answer.json() if answer.status_code == 200 else None


class Viewer(Person):
    """Looks at a list, then at a dashboard."""

    weight = 6

    @task(6)
    def look_at_dashboard(self) -> None:
        slug = random.choice(GROUND["slugs"])
        if next(OPENED) < MOST_PAGES:
            self.client.get(f"{GROUND['viewer']}d/{slug}/", name="(viewer) a dashboard")
        self.read(f"dashboards/{slug}", "dashboards/{slug}")

    @task(4)
    def look_through_list(self) -> None:
        page = self.read("dashboards?limit=50")
        if page and page["next"]:
            self.read(f"dashboards?limit=50&cursor={page['next']}", "dashboards?limit=50&cursor=")

    @task(1)
    def open_list(self) -> None:
        self.client.get(GROUND["viewer"], name="(viewer) the list")


class Searcher(Person):
    """Types words, of which some are in many dashboards and some in none."""

    weight = 3

    @task
    def search(self) -> None:
        word = random.choice(WORDS)
        for length in {max(1, len(word) // 2), len(word)}:
            self.read(f"dashboards?search={word[:length]}", "dashboards?search=")

    @task
    def filter(self) -> None:
        self.read(f"dashboards?tag=t{random.randrange(50)}&sort=title", "dashboards?tag=&sort=title")


class Creator(Person):
    """Brings a file, asks for one dashboard, and watches it being made."""

    weight = 1
    role = "creator"
    job_id: str | None = None

    def on_start(self) -> None:
        super().on_start()
        number = next(BROUGHT)
        if number >= MOST_ASKED:
            return
        with self.client.post(
            f"/api/uploads?name=sales-{number}.csv", data=GROUND["file"], headers=self.heads, name="uploads (POST)",
            catch_response=True,
        ) as answer:  # fmt: skip
            if answer.status_code != 201:
                return
            upload = answer.json()["id"]
        wish = {"question": f"How do amounts differ by region ({number})?"}
        wish["data"] = [{"kind": "upload", "upload_id": upload}]
        heads = self.heads | {"Idempotency-Key": f"load-{number}"}
        with self.client.post(
            "/api/dashboards", json=wish, headers=heads, name="dashboards (POST)", catch_response=True
        ) as answer:
            if answer.status_code == 202:
                self.job_id = answer.json()["job"]["id"]

    @task(3)
    def look_at_job(self) -> None:
        if self.job_id is None:
            return
        address = f"/api/jobs/{self.job_id}"
        with self.client.get(address, headers=self.heads, name="jobs/{job_id}", catch_response=True) as answer:
            if answer.status_code == 200 and answer.json()["status"] == "failed":
                answer.failure(answer.json()["error_message"])

    @task(1)
    def look_at_jobs(self) -> None:
        self.read("jobs")
