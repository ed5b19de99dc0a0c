"""Embedding: how near two short phrases are in meaning, by a small static model that needs no network."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@cache
def _model() -> Any | None:
    """The model that the package carries. None where the package is not installed: spelling alone decides then."""
    try:
        import wordllama
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


@cache
def _vector(phrase: str) -> NDArray[np.float32] | None:
    model = _model()
    if model is None or not phrase.isascii():
        return None
    vector: NDArray[np.float32] = model.embed([phrase[:200]], norm=True)[0]
    return vector


def similarity(left: str, right: str) -> float:
    """Cosine of two phrases: above 0.5 they mean about the same ("cost" and "price" 0.67), below 0.3 nothing."""
    first, second = _vector(left), _vector(right)
    if first is None or second is None:
        return 0.0
    return float((first * second).sum())
