"""Providers that answer what a test tells them, and answers to begin with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from dashwright.pipelines.errors import ProviderError
from dashwright.pipelines.providers import Completion, FoundPage, Pages, Prompt

Reply = str | dict[str, Any] | ProviderError


class Scripted:
    """`Providers` with one provider, which gives these answers in their order and the last one again and again."""

    def __init__(self, *replies: Reply, pages: Sequence[FoundPage] = (), name: str = "gemini") -> None:
        self.names = (name,)
        self.prompts: list[Prompt] = []
        self._replies = list(replies)
        self._pages = tuple(pages)

    def complete(self, prompt: Prompt) -> Completion:
        self.prompts.append(prompt)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, ProviderError):
            raise reply
        text = reply if isinstance(reply, str) else json.dumps(reply)
        return Completion(text=text, provider=self.names[0], model="a-model", seconds=0.5)

    def search(self, question: str, limit: int) -> Pages:
        del question
        return Pages(pages=self._pages[:limit], provider=self.names[0])

    @property
    def told(self) -> str:
        """What the model saw last: the problems of its answer, if there were any."""
        return self.prompts[-1].turns[-1].text


def encoding(channel: str, column: str | None = None, **more: Any) -> dict[str, Any]:
    return {"channel": channel, "column": column, **more}


def widget(type_: str, title: str, *encodings: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": type_, "title": title, "frame": "orders", "why": "It answers.", "encodings": encodings, **more}


def draft(*widgets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "Sales", "description": "What was sold.", "widgets": widgets} | more


@pytest.fixture
def sales() -> dict[str, Any]:
    """A good answer for the shop: every kind of part, and every type of widget but maps."""
    return json.loads(json.dumps(draft(
        widget("metric", "Sales", encoding("y", "sales", aggregate="sum"), encoding("x", "order_date")),
        widget("line", "Sales over time", encoding("x", "order_date", time_unit="month"), encoding("y", "sales")),
        widget("bar", "Sales by product", encoding("x", "product_name"), encoding("y", "sales"), limit=10,
               where=[{"column": "region", "operator": "in", "values": ["North", "South"]}]),
        widget("area", "Sales by region", encoding("x", "order_date"), encoding("y", "sales"),
               encoding("color", "region")),
        widget("pie", "Orders by region", encoding("x", "region"), encoding("y", aggregate="count")),
        widget("scatter", "Profit and sales", encoding("x", "sales"), encoding("y", "profit"),
               encoding("color", "region")),
        widget("heatmap", "Orders by weekday", encoding("x", "order_date", time_unit="day_of_week"),
               encoding("y", "region"), encoding("color", aggregate="count")),
        widget("histogram", "Prices", encoding("x", "unit_price", bins=15)),
        widget("box", "Discounts by region", encoding("x", "region"), encoding("y", "discount_rate")),
        widget("table", "Best products", encoding("group", "product_name"), encoding("value", "sales")),
        widget("table", "Orders", encoding("column", "order_id"), encoding("column", "sales"), sort_by="y"),
        {"type": "text", "title": "How to read it", "text": "Sales are before returns."},
        notes=["Returns are not in this data."],
        filters=[
            {"type": "date_range", "column": "order_date", "frame": "orders", "label": "Dates", "why": ""},
            {"type": "choices", "column": "region", "frame": "orders", "label": "Region", "why": ""},
        ],
        insights=[
            {"type": "change", "frame": "orders", "encodings": [encoding("x", "order_date", time_unit="year"),
             encoding("y", "sales")], "wording": "Sales {direction} by {change:.0%} since {first_period}."},
            {"type": "extreme", "frame": "orders", "which": "highest",
             "encodings": [encoding("x", "region"), encoding("y", "sales")]},
        ],
    )))  # fmt: skip
