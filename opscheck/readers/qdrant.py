"""Answers of the Qdrant API: which vector a point of our own needs."""

from __future__ import annotations

from typing import Final

from opscheck.checks._qdrant import result_of, vectors_of
from opscheck.model import HttpExchange, Unmeasured

_LARGEST: Final = 65536  # dimensions that Qdrant takes


def point_vector(collection: HttpExchange | Unmeasured) -> tuple[str, list[float]]:
    """Name and value of a vector that the collection takes, of length one; no value where its size is not told."""
    vectors = {} if isinstance(collection, Unmeasured) else vectors_of(result_of(collection))
    for name, (size, _) in vectors.items():
        if isinstance(size, int) and not isinstance(size, bool) and 0 < size <= _LARGEST:
            return name, [1.0, *([0.0] * (size - 1))]
    return "", []
