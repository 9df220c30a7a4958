"""The tunnel's connections, by its log."""

import json

import pytest

from opscheck.checks.tunnel_connections import tunnel_connections
from opscheck.model import Outcome
from opscheck.model.tunnel import TunnelLog
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red
from tests.checks.tunnel import START, log, lost, registered

ID = "tunnel-connections"
UNABLE = '2026-01-02T12:00:09Z ERR Unable to establish connection with Cloudflare edge error="i/o timeout" connIndex=0'
WRONG = (
    '2026-01-02T12:00:02Z ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" '
    "connIndex=0 event=0 ip=198.41.200.13"
)


def as_json(message: str, **more: object) -> str:
    """The form of a line that goes to a file."""
    return json.dumps({"level": "info", "time": "2026-01-02T12:00:01Z", "message": message, **more})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        log(START, registered(0), registered(1)),
        log(START, registered(0), registered(1), lost(1), registered(1)),
        log(registered(0), registered(1), whole=False),
        log(START, WRONG, registered(0), registered(1)),  # the token was wrong, and is right now
        log(
            *(as_json("Registered tunnel connection", connIndex=index, location="fra03") for index in (0, 1)),
            running=None,
        ),
    ],
)
def test_what_is_connected_passes(seen: TunnelLog) -> None:
    """At once, again, or in the other form of its log."""
    verdict = tunnel_connections(seen, connections=2)

    assert verdict.outcome is Outcome.PASS
    assert "fra03" in verdict.observed


def test_fewer_than_wanted_is_degraded() -> None:
    """It carries requests still."""
    seen = log(START, registered(0), registered(1), registered(2), registered(3), lost(2), lost(3), lost(1))

    verdict = tunnel_connections(seen, connections=2)

    assert verdict.outcome is Outcome.DEGRADED
    assert "1 of 2" in verdict.reason


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "tunnel-unregistered", log(START), "no connection to the edge is registered"),
        red(ID, "tunnel-unregistered", log(START, UNABLE), "i/o timeout", name="unable"),
        red(ID, "tunnel-unregistered", log(registered(0), START, UNABLE), "no connection", name="before-its-restart"),
        red(ID, "tunnel-unregistered", log(), "no connection", name="empty"),
        red(ID, "tunnel-connections-lost", log(START, registered(0), lost(0)), "every connection to the edge was lost"),
        red(
            ID,
            "tunnel-connections-lost",
            log(START, registered(0), "2026-01-02T12:09:00Z INF Initiating graceful shutdown due to signal terminated"),
            "graceful shutdown",
            name="shut-down",
        ),
        red(ID, "tunnel-refused", log(START, WRONG, lost(0)), "Invalid tunnel secret"),
        red(ID, "tunnel-refused", log("Provided Tunnel token is not valid."), "token is not valid", name="at-once"),
        red(ID, "tunnel-stopped", log(START, registered(0), running=False), "does not run"),
    ],
)
def test_a_fault_is_found(seen: TunnelLog, reason: str) -> None:
    """By the last word on each connection."""
    verdict = tunnel_connections(seen, connections=2)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_a_log_does_not_tell_is_unmeasured() -> None:
    """No log, and one that does not reach back to the beginning."""
    assert tunnel_connections(refused(), connections=2).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert tunnel_connections(log("a request", whole=False), connections=2).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("line", ["{", "{}", "[]", '{"message": 3, "connIndex": true}', "x" * 10_000, "\x1b[31m ERR"])
def test_no_line_breaks_the_judgement(line: str) -> None:
    """Whatever stands in a log, there is a verdict."""
    assert tunnel_connections(log(line), connections=2).outcome is Outcome.FAIL
