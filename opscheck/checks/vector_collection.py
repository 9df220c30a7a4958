"""A vector collection fits the embedding model: same size, same distance, not empty, searchable by its keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from opscheck.checks._qdrant import vectors_of, why
from opscheck.checks._words import degraded, failed, judged_json, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "vector-collection",
    promise="The collection exists, has the size and distance of the embedding model, holds points and its indexes.",
    concern="infra",
    faults={
        "collection-missing": "there is no such collection, or its alias leads nowhere",
        "wrong-dimension": "its vectors have another size than the embedding model makes",
        "wrong-distance": "it compares by another distance than the embedding model is made for",
        "collection-empty": "nothing is in it: every search finds nothing",
        "payload-index-missing": "a field that searches filter by has no index",
        "collection-red": "the engine itself says that the collection is broken",
    },
    remedy="compare size and distance with the embedding model; ingest into a new collection, move the alias",
)
def vector_collection(answer: HttpExchange, *, size: int, distance: str, indexes: Sequence[str] = ()) -> Verdict:
    """Judge `/collections/NAME` of a Qdrant server, named by the collection or by its alias."""
    expected = (
        f"{size or 'any'} dimensions, {distance or 'any distance'}, points, indexes on {', '.join(indexes) or '-'}"
    )
    if answer.status == 404:
        return failed(f"no such collection: {why(answer)}", expected=expected, observed=status_line(answer))
    if answer.status != 200:
        return failed(
            f"the engine answers {answer.status}: {why(answer)}", expected=expected, observed=status_line(answer)
        )

    def judge(document: dict[str, Any]) -> Verdict:
        result = document.get("result")
        facts = result if isinstance(result, dict) else {}
        vectors = vectors_of(facts)
        observed = f"status {shown(facts.get('status'), 20)}, {shown(facts.get('points_count'), 20)} points, {vectors}"
        wrong = list(_defects(facts, vectors, size, distance, indexes))
        if wrong:
            return failed("; ".join(wrong), expected=expected, observed=observed)
        if facts.get("status") != "green":
            return degraded("the engine is still optimising the collection", expected=expected, observed=observed)
        return passed("the collection fits the embedding model", expected=expected, observed=observed)

    return judged_json(answer, judge, expected=expected)


def _defects(
    facts: dict[str, Any], vectors: dict[str, tuple[Any, Any]], size: int, distance: str, indexes: Sequence[str]
) -> Iterator[str]:
    if facts.get("status") == "red":
        yield "the engine says that the collection is broken (red)"
    if size and size not in (one for one, _ in vectors.values()):
        yield f"vectors have {_listed(one for one, _ in vectors.values())} dimensions, the embedding model makes {size}"
    kinds = {str(one).casefold() for _, one in vectors.values()}
    if distance and distance.casefold() not in kinds:
        yield f"compares by {_listed(one for _, one in vectors.values())}, not by {distance}"
    if facts.get("points_count") in (0, None):
        yield "the collection is empty"
    schema = facts.get("payload_schema")
    missing = [one for one in indexes if not isinstance(schema, dict) or one not in schema]
    if missing:
        yield f"no index on {', '.join(missing)}"


def _listed(values: Any) -> str:  # noqa: ANN401 - an iterator of whatever the server sent
    return ", ".join(dict.fromkeys(shown(value, 20) for value in values)) or "unknown"
