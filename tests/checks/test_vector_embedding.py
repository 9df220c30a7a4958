"""What an embedding model makes, held against the collection."""

from __future__ import annotations

from typing import Any

import pytest

from opscheck.checks.vector_embedding import vector_embedding
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "vector-embedding"


def embedded(*vector: Any) -> HttpExchange:  # noqa: ANN401 - also what is no number
    """One vector."""
    return http({"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": list(vector)}]})


def collection(size: int = 4, distance: str = "Cosine", **named: Any) -> HttpExchange:  # noqa: ANN401 - vectors
    """A collection of vectors of this size, or of several named ones."""
    vectors = named or {"size": size, "distance": distance}
    return http({"result": {"config": {"params": {"vectors": vectors}}}, "status": "ok"})


def judged(seen: HttpExchange, held: HttpExchange) -> Verdict:
    """For the model `small`."""
    return vector_embedding(seen, held, model="small")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("seen", "held"),
    [
        (embedded(3, 0, 4, 0), collection()),
        (embedded(0.6, 0, 0.8, 0), collection(distance="Dot")),
        (embedded(1, 2), collection(text={"size": 2, "distance": "Euclid"}, image={"size": 9, "distance": "Dot"})),
    ],
)
def test_a_vector_that_fits_passes(seen: HttpExchange, held: HttpExchange) -> None:
    """With one kind of vector and with several; length matters to the dot product alone."""
    assert judged(seen, held).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "held", "reason"),
    [
        red(ID, "embedding-refused", http({"error": {"message": "no such model"}}, 404), collection(), "404: 'no such"),
        red(ID, "embedding-empty", http({"data": []}), collection(), "has no vector"),
        red(ID, "embedding-empty", embedded(0, 0, 0, 0), collection(), "has no length", name="zeroes"),
        red(ID, "embedding-empty", embedded("a", None), collection(), "has no vector", name="no-numbers"),
        red(ID, "embedding-size-differs", embedded(1, 0), collection(), "makes 2 dimensions, the collection takes 4"),
        red(ID, "embedding-not-normalised", embedded(3, 0, 4, 0), collection(distance="Dot"), "length one (5)"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, held: HttpExchange, reason: str) -> None:
    """What came, and what the collection takes."""
    verdict = judged(seen, held)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a model nor a collection that tells nothing is a wrong size."""
    assert judged(refused(), collection()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert judged(embedded(1), http({"status": {"error": "gone"}}, 404)).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judged(http(body), collection()).reason
    assert judged(embedded(1), http(body)).reason
