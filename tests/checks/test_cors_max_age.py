"""A permission is remembered for a time that is meant."""

from dataclasses import replace

import pytest

from opscheck.checks.cors_max_age import cors_max_age
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, refused
from tests.checks.crossings import POLICY, answer, crossings, preflight, shares
from tests.checks.proofs import is_complete, red

ID = "cors-max-age"


def aged(*values: str, status: int = 204) -> HttpExchange:
    """An answer to a preflight with these values, a header for each."""
    return answer({**shares(), "access-control-max-age": list(values)}, status)


def judged(*seen: HttpExchange, most: int = 86_400) -> Verdict:
    """The verdict on these preflights of an allowed origin."""
    asked = [preflight("allowed", one) for one in seen]
    return cors_max_age(crossings(*asked, kind="preflight", policy=replace(POLICY, max_age=most)))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("value", "most", "told"),
    [
        ("1", 86_400, "for 1 s"),
        (" 600 ", 86_400, "for 600 s"),
        ("600", 600, "for 600 s"),
        ("86400", 86_400, "for 7200 s to 86400 s"),
        ("007", 10, "for 7 s"),
    ],
)
def test_a_time_that_is_meant_passes(value: str, most: int, told: str) -> None:
    """Digits, more than none, no more than the policy says."""
    verdict = judged(aged(value), most=most)

    assert verdict.outcome is Outcome.PASS
    assert told in verdict.reason


@pytest.mark.parametrize(
    ("seen", "warning"),
    [
        (answer(shares(), 204), "no Access-Control-Max-Age"),
        (aged("0"), "before every request"),
        (aged("31536000"), "Chromium 7200 s, Firefox 86400 s"),
        (aged("9" * 40), "no browser remembers it for so long"),
    ],
)
def test_what_is_odd_and_does_no_harm_is_degraded(seen: HttpExchange, warning: str) -> None:
    """Slower than it could be, or not what it says, but in nobody's way."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.DEGRADED
    assert warning in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("seen", "most", "reason"),
    [
        red(ID, "max-age-unreadable", aged("600s"), 86_400, "'600s' is no number of seconds"),
        *(
            red(ID, "max-age-unreadable", aged(value), 86_400, "is no number of seconds", name=f"unreadable-{number}")
            for number, value in enumerate(("-1", "", "6e2", "+600", "600.0", "1_000", "٣٠٠", "Sat, 21 Nov 2026"))
        ),
        red(ID, "max-age-doubled", aged("600", "600"), 86_400, "2 headers Access-Control-Max-Age"),
        red(ID, "max-age-too-long", aged("600"), 300, "for 600 s, and 300 s is the most"),
        red(ID, "max-age-too-long", aged("31536000"), 7200, "for 86400 s, and 7200 s is the most", name="capped"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, most: int, reason: str) -> None:
    """What a browser reads otherwise, and what outlives a permission."""
    verdict = judged(aged("60"), seen, most=most)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [(refused(),), (aged("600", status=401),), ()])
def test_without_leave_there_is_nothing_to_remember(seen: tuple[HttpExchange, ...]) -> None:
    """A preflight that was refused or not answered says nothing of time."""
    assert judged(*seen).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only the headers are judged."""
    assert judged(replace(aged("600"), body=body)).outcome is Outcome.PASS
