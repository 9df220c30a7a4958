"""Both addresses of the summary have to tell the same."""

from typing import Any

import pytest

from opscheck.checks.status_alias import status_alias
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import GONE, state, summary

ID = "status-alias"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "legacy",
    [
        summary(),
        summary({"llm.since": "2026-01-02T11:00:01Z", "last_served_by": {"provider": None, "ts": None}}),
        summary({"primary.last_error": "timeout", "tooltip": "Something else."}),
        http({"title": "Gone", "status": 410}, 410, content_type="application/problem+json"),
        http(b"", 404),
        http(b"", 308, headers=(("location", "/api/status/summary"),)),
    ],
)
def test_the_same_or_gone_passes(legacy: HttpExchange) -> None:
    """Instants and what the last chat left move; an old address may be gone."""
    assert status_alias(summary(), legacy).outcome is Outcome.PASS


def test_a_number_that_moves_is_no_difference() -> None:
    """A latency that is told with the summary is another one each time."""
    assert status_alias(summary({"llm.ms": 12.5}), summary({"llm.ms": 13})).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("legacy", "reason"),
    [
        red(ID, "summary-alias-differs", summary({"ok": False, "ready": False}), "ok is True and False"),
        red(ID, "summary-alias-differs", summary({"llm.path": "warming"}), "llm.path is 'primary' and", name="path"),
        red(ID, "summary-alias-differs", summary({"build": GONE}), "build is told by the current", name="build"),
        red(ID, "summary-alias-differs", summary({"llm.since": None}), "llm.since is '2026", name="since"),
        red(ID, "summary-alias-differs", summary(state("down")), ", and 6 more", name="all"),
        red(ID, "summary-alias-differs", http({}), "told by the current address only", name="empty"),
        red(ID, "summary-alias-broken", http(b"<html>", content_type="text/html"), "answers no summary", name="page"),
        red(ID, "summary-alias-broken", summary(status=502), "the old address answers 502"),
    ],
)
def test_a_fault_is_found(legacy: HttpExchange, reason: str) -> None:
    """Another value, a field that is missing, a page, an error."""
    verdict = status_alias(summary(), legacy)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("answer", "legacy"),
    [(summary(), refused()), (refused(), summary()), (summary(status=502), summary()), (summary(), http(b"", 401))],
)
def test_what_was_not_reached_is_unmeasured(answer: Any, legacy: Any) -> None:  # noqa: ANN401 - also what was not seen
    """A refused connection is no verdict, and neither is an address that lets nobody look."""
    assert status_alias(answer, legacy).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever the old address sends, there is a red verdict; what is no summary itself cannot be compared."""
    assert is_complete(status_alias(summary(), http(body)))
    assert status_alias(summary(), http(body)).outcome is Outcome.FAIL
    assert status_alias(http(body), summary()).outcome is Outcome.UNMEASURED
