"""Pages can read the headers that they need."""

from dataclasses import replace

import pytest

from opscheck.checks.cors_exposed import cors_exposed
from opscheck.model import HttpExchange, Outcome
from opscheck.model.cross_origin import CorsPolicy
from tests.checks.answers import HOSTILE, refused
from tests.checks.crossings import POLICY, answer, crossing, crossings, shares
from tests.checks.proofs import is_complete, red

ID = "cors-exposed"
NEEDS = replace(POLICY, exposed=("X-Status-Path", "Content-Type"))
WITH = replace(NEEDS, credentials=True)
COOKIE = replace(POLICY, exposed=("set-cookie",))  # which no browser hands out


def exposing(*values: str) -> HttpExchange:
    """An answer with these values, a header for each."""
    return answer({**shares(), "access-control-expose-headers": list(values)})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("seen", "policy"),
    [
        (exposing("x-status-path"), NEEDS),
        (exposing("Retry-After", "X-STATUS-PATH, , X-Request-ID"), NEEDS),
        (exposing("*"), NEEDS),
        (exposing("*, x-status-path"), WITH),
        (answer(shares()), replace(POLICY, exposed=("content-type", "Cache-Control"))),  # handed out anyway
    ],
)
def test_readable_headers_pass(seen: HttpExchange, policy: CorsPolicy) -> None:
    """Named, or handed out anyway."""
    assert cors_exposed(crossings(crossing("allowed", seen), policy=policy)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "policy", "reason"),
    [
        red(ID, "exposed-missing", answer(shares()), NEEDS, "Access-Control-Expose-Headers is absent"),
        red(ID, "exposed-missing", exposing("retry-after"), NEEDS, "cannot read X-Status-Path: ", name="other"),
        red(ID, "exposed-missing", exposing("*"), COOKIE, "set-cookie", name="cookie"),
        red(ID, "exposed-wildcard-credentials", exposing("*"), WITH, "exposes nothing to requests with cookies"),
        red(ID, "exposed-unreadable", exposing("x-status-path, (all)"), NEEDS, "is no list of names"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, policy: CorsPolicy, reason: str) -> None:
    """A page would find nothing under the name."""
    verdict = cors_exposed(crossings(crossing("allowed", seen), policy=policy))

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), answer(status=404)])
def test_what_was_not_seen_is_unmeasured(seen: HttpExchange) -> None:
    """No answer, and one that is not the wanted one, are no verdict."""
    assert cors_exposed(crossings(crossing("allowed", seen), policy=NEEDS)).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only the headers are judged."""
    seen = replace(exposing("x-status-path"), body=body)

    assert cors_exposed(crossings(crossing("allowed", seen), policy=NEEDS)).outcome is Outcome.PASS
