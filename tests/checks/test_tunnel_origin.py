"""Tunnel and origin told apart."""

import pytest

from opscheck.checks.tunnel_origin import tunnel_origin
from opscheck.model import HttpExchange, Outcome, Unmeasured
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.tunnel import RAY, ways

ID = "tunnel-origin"
WELL = http({"status": "pass"})
GONE = http(b"error code: 1033", 530, headers=RAY)


def edge(status: int) -> HttpExchange:
    """The edge's own answer."""
    return http(b"<html><h1>Error</h1></html>", status, headers=RAY, content_type="text/html")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("origin", [WELL, refused(), refused("prod:tunnel_origin:refused"), http(b"", 500)])
@pytest.mark.parametrize("status", [200, 302])
def test_an_answer_through_the_tunnel_passes(status: int, origin: HttpExchange | Unmeasured) -> None:
    """Whether the origin can be reached from here as well does not matter then."""
    assert tunnel_origin(ways(edge(status), origin)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("public", "origin", "reason"),
    [
        red(ID, "tunnel-down", GONE, WELL, "the tunnel is down: the edge answers 530"),
        red(ID, "tunnel-down", edge(524), WELL, "breaks off: 524", name="slow"),
        red(ID, "tunnel-down", http(b"<b>Error</b> 1033", 502, headers=RAY), WELL, "is down", name="by-its-code"),
        red(ID, "tunnel-misrouted", edge(502), WELL, "leads elsewhere"),
        red(ID, "tunnel-misrouted", edge(404), WELL, "leads elsewhere: 404", name="no-rule"),
        red(ID, "origin-down", edge(502), refused(), "the origin is down"),
        red(ID, "origin-down", edge(521), refused("prod:tunnel_origin:refused"), "origin is down", name="root-cause"),
        red(ID, "origin-fails", edge(503), http(b"", 503), "answers 503 here as well"),
        red(ID, "tunnel-and-origin-down", GONE, refused(), "and so is the origin"),
        red(ID, "tunnel-and-origin-down", GONE, http(b"", 500), "so is the origin", name="fails"),
    ],
)
def test_a_fault_is_found(public: HttpExchange, origin: HttpExchange | Unmeasured, reason: str) -> None:
    """By the edge's answer beside the origin's."""
    verdict = tunnel_origin(ways(public, origin))

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert verdict.likely_cause
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_an_edge_that_was_not_reached_is_unmeasured() -> None:
    """Then neither of the two can be blamed."""
    assert tunnel_origin(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("status", [401, 403, 429])
def test_an_edge_that_refuses_at_the_door_tells_nothing_of_the_tunnel(status: int) -> None:
    """An access policy answers in its place; where the origin says the same, it is the origin's answer."""
    verdict = tunnel_origin(ways(edge(status), WELL))

    assert verdict.outcome is Outcome.UNMEASURED
    assert is_complete(verdict)
    assert tunnel_origin(ways(edge(status), http(b"", status))).outcome is Outcome.PASS


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    assert tunnel_origin(ways(http(body, 530), http(body))).outcome is Outcome.FAIL
