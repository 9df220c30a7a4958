"""A Milvus collection has to fit the embedding model."""

from __future__ import annotations

from typing import Any

import pytest

from opscheck.checks.milvus_collection import milvus_collection
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "milvus-collection"
DIM = [{"key": "dim", "value": "384"}]
COUNTED = http({"code": 0, "data": {"rowCount": 12}})


def described(dim: object = "384", metric: str = "COSINE", **more: Any) -> HttpExchange:  # noqa: ANN401 - any fact
    """As its documentation shows it."""
    fields = [
        {"name": "id", "primaryKey": True, "type": "Int64"},
        {"name": "vector", "params": [{"key": "dim", "value": dim}], "type": "FloatVector"},
    ]
    indexes = [{"fieldName": "vector", "indexName": "v", "metricType": metric}]
    data = {"collectionName": "docs", "fields": fields, "indexes": indexes, "load": "LoadStateLoaded"}
    return http({"code": 0, "data": data | more})


def says(code: int, message: str, status: int = 200) -> HttpExchange:
    """An error, which comes with 200."""
    return http({"code": code, "message": message}, status)


def judged(seen: HttpExchange, counted: HttpExchange = COUNTED) -> Verdict:
    """For a model that makes 384 dimensions."""
    return milvus_collection(seen, counted, collection="docs", size=384, metric="cosine")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [described(), described(384), described(fields=[{"name": "vector", "type": "BFloat16Vector", "params": DIM}])],
)
def test_a_collection_that_fits_passes(seen: HttpExchange) -> None:
    """The dimensions are told as text, or as a number."""
    assert judged(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "milvus-login-refused", says(1800, "user hasn't authenticated"), "token is refused (1800)"),
        red(ID, "milvus-login-refused", says(1800, "no", 401), "token is refused", name="by-status"),
        red(ID, "milvus-collection-missing", says(100, "can't find collection"), "there is no collection 'docs'"),
        red(ID, "milvus-wrong-dimension", described("768"), "768 dimensions, the embedding model makes 384"),
        red(ID, "milvus-wrong-dimension", described(fields=[]), "no field of vectors", name="no-vectors"),
        red(ID, "milvus-wrong-metric", described(metric="L2"), "compares by 'l2', not by cosine"),
        red(ID, "milvus-not-indexed", described(indexes=[]), "no index on 'vector'"),
        red(ID, "milvus-not-loaded", described(load="LoadStateNotLoad"), "not loaded ('LoadStateNotLoad')"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """By what it says of the collection, or by the code of its error."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="FAIL", fault="milvus-empty")
@pytest.mark.parametrize("data", [{"rowCount": 0}, {}, {"rowCount": "many"}])
def test_an_empty_one_is_found(data: dict[str, Any]) -> None:
    """No row, or none that is told."""
    verdict = judged(described(), http({"code": 0, "data": data}))

    assert verdict.outcome is Outcome.FAIL
    assert "it is empty" in verdict.reason


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judged(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judged(http(body)).reason
    assert judged(described(), http(body)).reason
