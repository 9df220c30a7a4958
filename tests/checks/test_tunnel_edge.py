"""The edge's mark on answers."""

import pytest

from opscheck.checks.tunnel_edge import tunnel_edge
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.tunnel import RAY

ID = "tunnel-edge"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("status", [200, 404, 502, 530])
def test_what_passed_the_edge_passes(status: int) -> None:
    """What it answers is another check's question."""
    assert tunnel_edge(http(b"", status, headers=RAY), header="cf-ray").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("public", "reason"),
    [
        red(ID, "edge-bypassed", http(b"", headers=(("server", "nginx"),)), "it has no cf-ray"),
        red(ID, "edge-challenges", http(b"", 403, headers=(*RAY, ("cf-mitigated", "challenge"))), "challenge"),
    ],
)
def test_a_fault_is_found(public: HttpExchange, reason: str) -> None:
    """By its headers."""
    verdict = tunnel_edge(public, header="cf-ray")

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert tunnel_edge(refused(), header="cf-ray").outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
