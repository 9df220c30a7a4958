"""A LiteLLM proxy keeps strangers out."""

import pytest

from opscheck.checks.litellm_guard import litellm_guard
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "litellm-guard"
REFUSED = http({"error": {"message": "Authentication Error, No api key passed in."}}, 401)
CONNECTED = http({"status": "healthy", "db": "connected"})
NO_DATABASE = http({"status": "healthy", "db": "Not connected"})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(("ready", "database"), [(CONNECTED, True), (CONNECTED, False), (NO_DATABASE, False)])
def test_a_proxy_that_refuses_strangers_passes(ready: HttpExchange, database: bool) -> None:
    """With a database, and without one where none is promised."""
    assert litellm_guard(REFUSED, ready, database=database).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("stranger", "ready", "reason"),
    [
        red(ID, "litellm-open", http({"data": []}), CONNECTED, "a stranger is let in"),
        red(ID, "litellm-refuses-wrongly", http({"error": "x"}, 500), CONNECTED, "answered 500 instead of 401"),
        red(ID, "litellm-refuses-wrongly", http({"error": "No connected db."}, 400), CONNECTED, "400", name="a-400"),
        red(ID, "litellm-no-database", REFUSED, NO_DATABASE, "the database is 'Not connected'"),
        red(ID, "litellm-no-database", REFUSED, http({"detail": "down"}, 503), "not ready: 'down'", name="unready"),
    ],
)
def test_a_fault_is_found(stranger: HttpExchange, ready: HttpExchange, reason: str) -> None:
    """A 200 of readiness alone says nothing."""
    verdict = litellm_guard(stranger, ready, database=True)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = litellm_guard(refused(), CONNECTED, database=True)  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert litellm_guard(http(body, 401), http(body), database=True).reason
