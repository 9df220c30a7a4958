"""Texts as vectors without any model: words and letter triples hashed into a fixed number of directions."""

from __future__ import annotations

import math
import re
from collections import Counter
from zlib import crc32

DIMENSIONS = 384
_MAX_CHARS = 8000  # what a prompt is about shows early; a megabyte of text must not cost seconds
_WORD = re.compile(r"\w+")
_TRIPLE_WEIGHT = 0.5


def embed(text: str) -> list[float]:
    """Give a unit vector: the same for the same text on every machine, near for texts that share words.

    >>> len(embed("deploy code")) == DIMENSIONS
    True
    """
    weights: Counter[str] = Counter()
    for word in _WORD.findall(text[:_MAX_CHARS].casefold()):
        weights[word] += 1
        padded = f"^{word}$"
        for start in range(len(padded) - 2):
            weights[f"#{padded[start : start + 3]}"] += 1
    vector = [0.0] * DIMENSIONS
    for feature, count in weights.items():
        digest = crc32(feature.encode("utf-8", "replace"))
        sign = 1.0 if digest & 0x80000000 else -1.0
        weight = _TRIPLE_WEIGHT if feature.startswith("#") else 1.0
        # A logarithm keeps a word said fifty times from drowning the rest.
        vector[digest % DIMENSIONS] += sign * weight * (1.0 + math.log(count))
    return _unit(vector)


def _unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0.0:
        return [1.0] + [0.0] * (len(vector) - 1)
    return [value / length for value in vector]
