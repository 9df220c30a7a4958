"""A vector collection fits the embedding model."""

from typing import Any

import pytest

from opscheck.checks.vector_collection import vector_collection
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "vector-collection"


def collection(**change: Any) -> HttpExchange:  # noqa: ANN401 - any fact
    """A collection of 384 dimensions, compared by cosine, with seven points and an index on tenant."""
    facts = {"status": "green", "points_count": 7, "payload_schema": {"tenant": {"data_type": "keyword"}}}
    vectors = change.pop("vectors", {"size": 384, "distance": "Cosine"})
    return http({"result": facts | {"config": {"params": {"vectors": vectors}}} | change, "status": "ok", "time": 0.1})


def judge(seen: HttpExchange) -> Verdict:
    """Hold it against the embedding model."""
    return vector_collection(seen, size=384, distance="cosine", indexes=["tenant"])


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen", [collection(), collection(vectors={"text": {"size": 384, "distance": "Cosine"}, "b": {"size": 8}})]
)
def test_a_collection_that_fits_passes(seen: HttpExchange) -> None:
    """With one vector, and with several named ones."""
    assert judge(seen).outcome is Outcome.PASS


def test_a_collection_that_is_being_optimised_is_degraded() -> None:
    """Yellow is told."""
    assert judge(collection(status="yellow")).outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(
            ID,
            "collection-missing",
            http({"status": {"error": "Not found: Collection `docs` doesn't exist!"}, "time": 0.0}, 404),
            "no such collection",
        ),
        red(ID, "wrong-dimension", collection(vectors={"size": 768, "distance": "Cosine"}), "768 dimensions"),
        red(ID, "wrong-distance", collection(vectors={"size": 384, "distance": "Dot"}), "'Dot', not by cosine"),
        red(ID, "collection-empty", collection(points_count=0), "the collection is empty"),
        red(ID, "payload-index-missing", collection(payload_schema={}), "no index on tenant"),
        red(ID, "collection-red", collection(status="red"), "broken (red)"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """What is there, and what the embedding model makes."""
    verdict = judge(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judge(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judge(http(body)).reason
