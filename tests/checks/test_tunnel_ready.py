"""cloudflared's own word on its readiness."""

import pytest

from opscheck.checks.tunnel_ready import tunnel_ready
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "tunnel-ready"
READY = http({"status": 200, "readyConnections": 4, "connectorId": "c"})
NOT_READY = http({"status": 503, "readyConnections": 0, "connectorId": "c"}, 503)


def metrics(count: float, status: int = 200) -> HttpExchange:
    """Cloudflared's metrics, as far as they matter."""
    text = f"# TYPE cloudflared_tunnel_ha_connections gauge\ncloudflared_tunnel_ha_connections {count}\n"
    return http(text.encode(), status, content_type="text/plain; version=0.0.4")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("ready", [READY, http(b"404 page not found", 404, content_type="text/plain")])
def test_what_is_ready_passes(ready: HttpExchange) -> None:
    """An old version has no /ready, and counts all the same."""
    assert tunnel_ready(ready, metrics(4), connections=2).outcome is Outcome.PASS


def test_fewer_than_wanted_is_degraded() -> None:
    """It carries requests still."""
    seen = http({"status": 200, "readyConnections": 1})

    assert tunnel_ready(seen, metrics(1), connections=2).outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("ready", "counted", "reason"),
    [
        red(ID, "tunnel-not-ready", NOT_READY, metrics(0), "not ready"),
        red(ID, "tunnel-not-ready", NOT_READY, metrics(1), "not ready", name="the-gauge-counts-attempts"),
        red(ID, "tunnel-no-connections", http(b"", 404), metrics(0), "counts no connection"),
        red(ID, "tunnel-metrics-foreign", READY, http(b"<html>", content_type="text/html"), "not cloudflared's"),
        red(ID, "tunnel-metrics-foreign", READY, metrics(4, 404), "answer 404", name="another-server"),
        red(ID, "tunnel-metrics-foreign", READY, http(b"up 1\n", content_type="text/plain"), "no cloud", name="other"),
    ],
)
def test_a_fault_is_found(ready: HttpExchange, counted: HttpExchange, reason: str) -> None:
    """By either of the two."""
    verdict = tunnel_ready(ready, counted, connections=2)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = tunnel_ready(refused(), metrics(4), connections=2)  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert tunnel_ready(http(body), http(body, content_type="text/plain"), connections=2).outcome is Outcome.FAIL
    assert tunnel_ready(http(body), metrics(4), connections=2).outcome is Outcome.PASS
