"""A point of our own: taken, found, removed."""

from __future__ import annotations

from typing import Any

import pytest

from opscheck.checks.vector_round_trip import vector_round_trip
from opscheck.model import HttpExchange, Outcome
from opscheck.model.vectors import PointTrip
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "vector-round-trip"
DONE = http({"result": {"operation_id": 1, "status": "completed"}, "status": "ok"})
FOUND = http({"result": {"points": [{"id": "p-1", "score": 1.0}]}, "status": "ok"})
NOTHING = http({"result": {"points": []}, "status": "ok"})
GONE = http({"status": {"error": "Not found: Point with id p-1 does not exists!"}}, 404)
KEPT = http({"result": {"id": "p-1"}, "status": "ok"})
FULL = http({"status": {"error": "No space left on device"}}, 500)


def trip(put: HttpExchange = DONE, searched: Any = FOUND, removed: Any = DONE, left: Any = GONE) -> PointTrip:  # noqa: ANN401
    """One way through."""
    return PointTrip("p-1", put, searched, removed, left)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen", [trip(), trip(left=http({"result": None})), trip(searched=http({"result": [{"id": "p-1"}]}))]
)
def test_a_point_that_comes_and_goes_passes(seen: PointTrip) -> None:
    """By either form of the answer to a search."""
    assert vector_round_trip(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "point-refused", trip(FULL, None, DONE, None), "refused (500): 'No space left on device'"),
        red(ID, "point-lost", trip(searched=NOTHING), "does not find it"),
        red(ID, "search-fails", trip(searched=FULL), "the search is answered with 500"),
        red(ID, "point-stays", trip(left=KEPT), "is still there"),
        red(ID, "point-stays", trip(removed=FULL), "the removal is answered with 500", name="removal-fails"),
    ],
)
def test_a_fault_is_found(seen: PointTrip, reason: str) -> None:
    """By the first step that did not do what it was to do."""
    verdict = vector_round_trip(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "seen",
    [
        trip(searched=refused()),
        trip(removed=refused()),
        trip(left=refused()),
        trip(left=FULL),
        trip(left=None),
        refused(),
    ],
)
def test_what_was_not_seen_is_unmeasured(seen: PointTrip) -> None:
    """A connection that was lost on the way is no verdict."""
    assert vector_round_trip(seen).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert vector_round_trip(trip(http(body, 500), None, None, None)).reason
    assert vector_round_trip(trip(searched=http(body), left=http(body))).reason
