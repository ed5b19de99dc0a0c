"""A paragraph written by a person or a model."""

from __future__ import annotations

from ..parts import Card
from ..source import Code, write


def text(card: Card, words: str) -> Code:
    return write(
        """
        $n = widgets.HTML(paragraphs($words))
        $card
        """,
        n=card.name,
        words=words,
        card=card.made("{}"),
    )
