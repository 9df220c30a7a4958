"""A vector collection takes what the embedding model really makes: one text is embedded, and held against it."""

from __future__ import annotations

import math
from typing import Any, Final

from opscheck.checks._json import NotJson, is_number, objects, read_object
from opscheck.checks._qdrant import result_of, vectors_of, why
from opscheck.checks._words import error_text, failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_UNIT: Final = 0.01  # by which a vector's length may differ from one


@check(
    "vector-embedding",
    promise="What the embedding model makes of a text has the size of the collection, and its distance can compare it.",
    concern="infra",
    faults={
        "embedding-refused": "the embedding model does not answer: nothing can be searched for or ingested",
        "embedding-empty": "the model answers without a vector, or with one that has no length",
        "embedding-size-differs": "its vectors have another size than the collection: every search is refused",
        "embedding-not-normalised": "the collection compares by dot product, and the model's vectors differ in length",
    },
    remedy="name the model that the collection was made with; for another one, ingest into a new collection",
)
def vector_embedding(embedded: HttpExchange, collection: HttpExchange, *, model: str) -> Verdict:
    """Judge one answer of `/v1/embeddings` against `/collections/NAME`."""
    vectors = vectors_of(result_of(collection))
    sizes = ", ".join(f"{shown(size, 20)} by {shown(distance, 20)}" for size, distance in vectors.values())
    expected = f"a vector of {shown(model, 60)} with the collection's size ({sizes or 'unknown'})"
    if not vectors:
        reason = f"the collection does not tell its size: {why(collection)}"
        return unclear(reason, expected=expected, observed=status_line(collection), remedy="see vector-collection")
    if embedded.status != 200:
        reason = f"the embedding model answers {embedded.status}: {error_text(embedded)}"
        return failed(reason, expected=expected, observed=status_line(embedded))
    vector = _vector(embedded)
    length = math.sqrt(sum(one * one for one in vector))
    if not vector or length == 0:
        reason = "the answer has no vector" if not vector else "the vector has no length"
        return failed(reason, expected=expected, observed=f"{status_line(embedded)}: {shown(embedded.text()[:80])}")
    observed = f"{len(vector)} dimensions, length {length:.3g}"
    fitting = [distance for size, distance in vectors.values() if size == len(vector)]
    if not fitting:
        reason = f"{model} makes {len(vector)} dimensions, the collection takes {sizes}"
        return failed(reason, expected=expected, observed=observed)
    if all(str(distance).casefold() == "dot" for distance in fitting) and abs(length - 1) > _UNIT:
        reason = f"compared by dot product, and the vectors of {model} have not the length one ({length:.3g})"
        cause = "long vectors are found before near ones"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    return passed(f"{model} makes what the collection takes", expected=expected, observed=observed)


def _vector(answer: HttpExchange) -> list[float]:
    """The first vector of an OpenAI-compatible answer; empty where there is none."""
    try:
        listed = objects(read_object(answer.body).get("data"))
    except NotJson:
        return []
    vector: Any = listed[0].get("embedding") if listed else None
    if not isinstance(vector, list) or not all(is_number(one) for one in vector):
        return []
    return [float(one) for one in vector]
