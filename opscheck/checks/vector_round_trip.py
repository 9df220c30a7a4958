"""A vector store keeps a point, finds it by its vector, and lets go of it."""

from __future__ import annotations

from typing import Final

from opscheck.checks._json import objects
from opscheck.checks._qdrant import result_of, why
from opscheck.checks._words import failed, passed, status_line, unclear, unseen
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.model.vectors import PointTrip
from opscheck.registry import check

_EXPECTED: Final = "a point of ours is taken, found by its own vector, and gone when it is removed"


@check(
    "vector-round-trip",
    promise="A point that is given to the collection is found by its vector, and gone when it is removed.",
    concern="infra",
    faults={
        "point-refused": "the collection takes no points: a full disk, a read-only key, another size",
        "point-lost": "a point is acknowledged and not found by its own vector",
        "search-fails": "points are taken, and a search is answered with an error",
        "point-stays": "a point is removed, the removal is acknowledged, and it is still there",
    },
    remedy="look at the engine's log and at its disk; compare the rights of the key that the system uses",
)
def vector_round_trip(trip: PointTrip) -> Verdict:
    """Judge each step by its answer; one that could not be seen is no verdict."""
    observed = f"put {status_line(trip.put)}"
    if trip.put.status != 200:
        reason = f"the point is refused ({trip.put.status}): {why(trip.put)}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    for name, answer in (("search", trip.searched), ("removal", trip.removed), ("last look", trip.left)):
        if isinstance(answer, Unmeasured):
            return unseen(answer)
        if answer is not None:
            observed += f", {name} {answer.status}"
        if name != "last look" and (answer is None or answer.status != 200):
            code = "nothing" if answer is None else f"{answer.status}: {why(answer)}"
            return failed(f"the {name} is answered with {code}", expected=_EXPECTED, observed=observed)
        if name == "search" and isinstance(answer, HttpExchange) and not _found(answer, trip.point):
            reason = "the point was acknowledged, and a search by its own vector does not find it"
            return failed(reason, expected=_EXPECTED, observed=observed)
    return _gone(trip.left, observed)


def _gone(left: HttpExchange | Unmeasured | None, observed: str) -> Verdict:
    if not isinstance(left, HttpExchange) or left.status not in (200, 404):
        code = f"is answered with {left.status}" if isinstance(left, HttpExchange) else "was not taken"
        reason = f"whether it is gone: the last look {code}"
        remedy = "look for the point by hand, and remove it if it is there"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
    if left.status == 200 and result_of(left) is not None:
        reason = "the point was removed, and is still there"
        return failed(reason, expected=_EXPECTED, observed=observed)
    return passed("taken, found and removed", expected=_EXPECTED, observed=observed)


def _found(answer: HttpExchange, point: str) -> bool:
    result = result_of(answer)
    points = result.get("points") if isinstance(result, dict) else result
    return any(str(one.get("id")) == point for one in objects(points))
