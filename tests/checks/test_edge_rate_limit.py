"""A burst is judged by all of its answers together."""

from collections.abc import Sequence

import pytest

from opscheck.checks.edge_rate_limit import edge_rate_limit
from opscheck.model import HttpExchange, Kind, Outcome, Phases, Samples, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, NOW, URL, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "edge-rate-limit"
PROBLEM = "application/problem+json"
OK = http({}, 200)
_UNUSABLE = (
    *("soon", "1.5", "-1", "1_0", "٣", "", "86400"),
    *("Thu, 02 Jan 2026 12:00:30 GMT", "Fri, 02 Jan 2026 12:00:30 UTC", "Fri, 2 Jan 2026 12:00:30 GMT"),
)
RESET = Unmeasured(Kind.RESET, "127.0.0.1:443 closed the connection without an answer", URL, NOW, Phases(connect=0.001))


def limited(after: str | None = "1", status: int = 429, *, body: object = None, kind: str = PROBLEM) -> HttpExchange:
    """A refusal."""
    headers = [] if after is None else [("retry-after", after)]
    return http({"status": status} if body is None else body, status, content_type=kind, headers=headers)


def judge(*taken: HttpExchange | Unmeasured, errors: str = "problem", paced: float = 0) -> Verdict:
    """Twenty have to pass."""
    return edge_rate_limit(Samples(taken), burst=20, errors=errors, paced=paced)


def crowd(other: HttpExchange | Unmeasured, passing: int = 25) -> Sequence[HttpExchange | Unmeasured]:
    """A burst of which so many pass and the rest does not."""
    return (*[OK] * passing, *[other] * 35)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("refusal", "errors"),
    [
        (limited(), "problem"),
        (limited("0"), "problem"),
        (limited("Fri, 02 Jan 2026 12:00:30 GMT"), "problem"),
        (limited("7", body={"detail": "slow down"}, kind="application/json"), "problem"),
        (limited("7", body=b"<html>", kind="text/html"), "any"),
    ],
)
def test_a_refusal_in_words_passes(refusal: HttpExchange, errors: str) -> None:
    """In seconds or by date, in the promised format."""
    verdict = judge(*crowd(refusal), errors=errors)

    assert verdict.outcome is Outcome.PASS
    assert "35 x 429" in verdict.observed
    assert len(verdict.evidence) == 2  # one of each kind, not sixty


@pytest.mark.parametrize(
    ("taken", "reason"),
    [
        red(ID, "rate-limit-missing", [OK] * 60, "all of 60 at once pass"),
        red(ID, "rate-limit-503", crowd(limited("1", 503)), "by 503 instead of 429"),
        red(ID, "rate-limit-503", [*crowd(limited()), http(b"", 502)], "by 502 instead of 429", name="crash"),
        red(ID, "rate-limit-no-retry-after", crowd(limited(None)), "has no Retry-After"),
        *(
            red(ID, "rate-limit-no-retry-after", crowd(limited(value)), "nobody can use", name=f"unusable-{number}")
            for number, value in enumerate(_UNUSABLE)
        ),
        red(ID, "rate-limit-resets", crowd(RESET), "is broken off"),
        red(ID, "rate-limit-page", crowd(limited(body=b"<html>", kind="text/html")), "not in the promised format"),
        red(ID, "rate-limit-page", crowd(limited(body={"status": 503})), "its status is 503", name="status"),
    ],
)
def test_a_fault_is_found(taken: Sequence[HttpExchange | Unmeasured], reason: str) -> None:
    """No limit, another status, no word on when to come again, or no words at all."""
    verdict = judge(*taken)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_too_tight_is_degraded() -> None:
    """Fewer pass than promised; what the run asked before may have counted."""
    verdict = judge(*crowd(limited(), passing=12))

    assert verdict.outcome is Outcome.DEGRADED
    assert "12 of 20 pass" in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "taken",
    [
        [refused()],
        [*crowd(limited()), hung()],
        [refused(cause="prod:edge:refused")] * 60,
        [http(b"", 503)] * 60,  # down, with or without a burst
        [*[http(b"", 502)] * 25, *[limited()] * 35],  # what passes meets a service that is away
    ],
)
def test_what_tells_nothing_of_a_limit_is_unmeasured(taken: Sequence[HttpExchange | Unmeasured]) -> None:
    """Not reached, silent, or out of order."""
    assert judge(*taken).outcome is Outcome.UNMEASURED


def test_a_paced_run_makes_no_burst() -> None:
    """Where the host file holds the run back, that all pass is no fault; a refusal still tells."""
    assert judge(*[OK] * 60, paced=5).outcome is Outcome.UNMEASURED
    assert judge(*crowd(limited()), paced=5).outcome is Outcome.PASS


@pytest.mark.parametrize("body", HOSTILE)
def test_no_answer_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    told = body[:3000].decode("latin-1")
    verdict = judge(*crowd(limited(told, body=body)))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
