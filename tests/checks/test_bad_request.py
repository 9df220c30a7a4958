"""Bad requests are refused in the service's own words."""

import pytest

from opscheck.checks.bad_request import bad_request
from opscheck.model import HttpExchange, Outcome, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "bad-request"
LABELS = ("invalid UTF-8", "an odd role")
GOOD = http({"detail": "the body is not valid UTF-8 at byte 9"}, 400)


def judge(*answers: HttpExchange | Unmeasured) -> Verdict:
    """Two answers."""
    return bad_request(answers, labels=LABELS)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_refusals_pass() -> None:
    """A 4xx with a JSON body; the names of fields and rules are no insides."""
    rule = http({"detail": "messages.0.role: Input should be 'system', 'user' or 'assistant'"}, 422)

    assert judge(GOOD, rule).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        red(ID, "bad-request-crashes", http(b"Internal Server Error", 500), "an odd role crashes the service: 500"),
        red(ID, "bad-request-accepted", http({"response": "hi"}), "an odd role is accepted with 200"),
        red(ID, "bad-request-accepted", http(b"", 302), "is accepted with 302", name="redirected"),
        red(ID, "bad-request-leaks", http({"detail": "'utf-8' codec can't decode byte 0xff"}, 400), "library's words"),
        red(ID, "bad-request-leaks", http(b"Traceback (most recent call last):", 400), "library's", name="traceback"),
        red(ID, "bad-request-leaks", http({"detail": "TypeError: x"}, 400), "'TypeError'", name="exception"),
        red(ID, "bad-request-leaks", http(b"no", 400), "with 400, but the body is not JSON", name="no-json"),
    ],
)
def test_a_fault_is_found(second: HttpExchange, reason: str) -> None:
    """One bad answer among good ones fails, and says which request it was."""
    verdict = judge(GOOD, second)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)
    assert len(verdict.evidence) == 2


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("second", [refused("here:agent:refused"), http({}, 401), http({}, 404), http({}, 429)])
def test_a_refusal_for_another_reason_is_unmeasured(second: HttpExchange | Unmeasured) -> None:
    """Who was not let in does not know how the body would have been taken."""
    verdict = judge(GOOD, second)

    assert verdict.outcome is Outcome.UNMEASURED
    assert not isinstance(second, Unmeasured) or verdict.cause == second.cause


def test_a_found_fault_outweighs_what_was_not_seen() -> None:
    """A crash is a crash, whatever became of the other requests."""
    assert judge(http(b"", 500), refused()).outcome is Outcome.FAIL


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judge(http(body, 400), http(body, 500)).outcome is Outcome.FAIL
