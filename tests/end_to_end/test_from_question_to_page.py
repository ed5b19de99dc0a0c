"""The whole way: a question on the command line, a page in a real browser, its numbers as pandas has them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import Place

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MARKS = {
    "bar": "rect.bar",
    "line": "path.line",
    "area": "path.area",
    "pie": "path.slice",
    "scatter": "path.dot",
    "histogram": "rect.bar",
    "heatmap": "rect.heatmapcell",
    "map": "g.world_map path",
}
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium")


@dataclass
class Looked:
    """A drawn page, and what went wrong on it."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def card(self, widget: str) -> Any:
        return self.page.locator(f".widget-{widget}").first

    def numbers(self, widget: str) -> dict[str, float]:
        """The data table under a chart: first column → last column."""
        rows = (
            self.card(widget)
            .locator("details.numbers tbody tr")
            .evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))")
        )
        return {row[0]: number_of(row[-1]) for row in rows}

    def headings(self) -> list[str]:
        return self.page.locator("h1").all_inner_texts()


def number_of(text: str) -> float:
    """A number as people read it: "1,234.5", "−3", "$1.2m"."""
    match = re.search(r"(-?[\d,]*\.?\d+)\s*(k|K|m|M|bn|tn)?", text.replace("−", "-"))
    assert match, text
    scale = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "bn": 1e9, "tn": 1e12, None: 1.0}[match[2]]
    return float(match[1].replace(",", "")) * scale


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def look(browser: Browser) -> Iterator[Any]:
    """Open a page and wait until it is drawn."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})

    def opened(address: str) -> Looked:
        looked = Looked(context.new_page())
        looked.page.on("pageerror", lambda error: looked.problems.append(str(error)))
        looked.page.on("dialog", lambda dialog: (looked.problems.append(dialog.message), dialog.dismiss()))
        looked.page.goto(address, wait_until="commit")
        looked.page.wait_for_function("!document.documentElement.classList.contains('loading')", timeout=90_000)
        return looked

    yield opened
    context.close()


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A thousand orders of which every sum is easily told apart."""
    frame = pd.DataFrame(
        {
            "day": pd.date_range("2024-01-01", periods=1000, freq="13h").strftime("%Y-%m-%d"),
            "shop": [("Bergen", "Cadiz", "Dublin", "Essen")[number % 4] for number in range(1000)],
            "amount": [round((number * 37 % 101) * (1 + number % 4) / 3, 2) for number in range(1000)],
        }
    )
    frame.to_csv(tmp_path / "orders.csv", index=False)
    return tmp_path / "orders.csv"


def test_a_csv_becomes_a_page_with_the_right_numbers(running: Place, orders: Path, look: Any) -> None:
    made = running.json("new", "total amount by shop", "--data", str(orders), "--title", "What the shops sold")
    looked = look(made["url"])
    assert looked.headings() == ["What the shops sold"]
    drawn = {widget["id"]: widget["type"] for widget in made["widgets"] if widget["type"] in MARKS}
    for widget, kind in drawn.items():
        looked.card(widget).locator(MARKS[kind]).first.wait_for(state="attached", timeout=30_000)
    frame = pd.read_csv(orders)
    expected = frame.groupby("shop")["amount"].sum()
    widget = next(
        item["id"]
        for item in plan_of(made)["widgets"]
        if item["type"] == "bar" and item["x"]["column"] == "shop" and item["y"]["aggregate"] == "sum"
    )
    shown = looked.numbers(widget)
    assert set(shown) == set(expected.index)
    assert shown == {shop: pytest.approx(value, rel=0.01) for shop, value in expected.items()}
    assert looked.problems == []


def test_the_samples_answer_a_question_without_a_file(running: Place, look: Any) -> None:
    made = running.json("new", "How have life expectancy and income changed across the world?")
    assert len(made["widgets"]) >= 4
    looked = look(made["url"])
    assert looked.headings() == [made["title"]]
    for widget in made["widgets"]:
        if widget["type"] in MARKS:
            looked.card(widget["id"]).locator(MARKS[widget["type"]]).first.wait_for(state="attached", timeout=30_000)
    text = looked.page.locator("body").inner_text()
    assert "Data as of" in text
    assert "Gapminder" in text, "sources are named"
    assert looked.problems == []


def test_a_refreshed_page_shows_the_new_numbers_and_a_failed_one_why(running: Place, orders: Path, look: Any) -> None:
    made = running.json("new", "total amount by shop", "--data", str(orders), "--title", "Refreshed shops")
    frame = pd.read_csv(orders)
    frame.loc[frame["shop"] == "Cadiz", "amount"] *= 100
    frame.to_csv(orders, index=False)
    assert running.json("refresh", made["slug"])["version"] == 2
    looked = look(made["url"])
    widget = next(item["id"] for item in plan_of(made)["widgets"] if item["type"] == "bar")
    assert max(looked.numbers(widget), key=looked.numbers(widget).__getitem__) == "Cadiz"

    orders.write_text("this is not a table any more")
    failed = running.call("refresh", made["slug"])
    assert failed.returncode == 1
    looked = look(made["url"])
    assert "Cadiz" in looked.numbers(widget), "the old version stays"
    assert "refresh" in looked.page.locator("body").inner_text().lower()
    assert looked.problems == []


def test_hostile_names_are_text_on_the_page(running: Place, tmp_path: Path, look: Any) -> None:
    path = tmp_path / "hostile.csv"
    rows = "".join(f"<img src=x onerror=alert(2)> {number % 3},{number}\n" for number in range(60))
    path.write_text(f'"<script>alert(1)</script>",""""); import os #"\n{rows}')
    question, title = "<script>alert(3)</script> by everything?", "<b>bold</b> & </title><script>alert(4)</script>"
    made = running.json("new", question, "--data", str(path), "--title", title)
    looked = look(made["url"])
    looked.page.wait_for_timeout(500)
    assert looked.problems == []
    assert looked.page.locator("img[src=x]").count() == 0
    assert looked.headings() == [title]


def test_the_list_leads_to_the_page(running: Place, orders: Path, browser: Browser) -> None:
    made = running.json("new", "amount by shop", "--data", str(orders), "--title", "Found in the list")
    page = browser.new_page()
    page.goto(running.record()["viewer"])
    page.get_by_role("link", name="Found in the list").first.click()
    page.wait_for_url(f"**/d/{made['slug']}*")
    page.close()


def plan_of(made: dict[str, Any]) -> dict[str, Any]:
    return json.loads(Path(made["notebook"]).with_name("plan.json").read_text())  # type: ignore[no-any-return]
