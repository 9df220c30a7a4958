"""A refusal of a large body is an answer, in the format of the other errors."""

import pytest

from opscheck.checks.edge_body_limit import edge_body_limit
from opscheck.model import HttpExchange, Kind, Outcome, Phases, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, NOW, URL, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "edge-body-limit"
PROBLEM = "application/problem+json"
TOO_LARGE = http({"title": "Content Too Large", "status": 413}, 413, content_type=PROBLEM)


def broken_off(*, connected: bool = True) -> Unmeasured:
    """The peer reset the connection."""
    phases = Phases(connect=0.001 if connected else None)
    return Unmeasured(Kind.RESET, "127.0.0.1:443 reset the connection without an answer", URL, NOW, phases)


def judge(answer: HttpExchange | Unmeasured, errors: str = "problem") -> Verdict:
    """A limit of one MiB."""
    return edge_body_limit(answer, limit=1_048_576, errors=errors)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (TOO_LARGE, "problem"),
        (http({"detail": "too large"}, 413), "problem"),
        (http(b"<h1>413</h1>", 413, content_type="text/html"), "any"),
    ],
)
def test_a_refusal_in_words_passes(answer: HttpExchange, errors: str) -> None:
    """In the format that is promised."""
    assert judge(answer, errors).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "body-limit-reset", broken_off(), "a reset instead of 413"),
        red(ID, "body-limit-missing", http({"detail": "not JSON"}, 400), "is taken: 400"),
        red(ID, "body-limit-missing", http({}, 200), "is taken: 200", name="ok"),
        red(ID, "body-limit-crashes", http(b"", 500), "crashes: 500"),
        red(ID, "body-limit-crashes", http(b"", 502), "crashes: 502", name="backend"),
        red(ID, "body-limit-page", http(b"<html>", 413, content_type="text/html"), "'text/html', not JSON"),
        red(
            ID, "body-limit-page", http({"status": 500}, 413, content_type=PROBLEM), "its status is 500", name="status"
        ),
        red(ID, "body-limit-page", http(b"", 413, content_type=""), "no content type", name="empty"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange | Unmeasured, reason: str) -> None:
    """No answer, another answer, or one that a client cannot read."""
    verdict = judge(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "answer",
    [
        refused(),
        refused(cause="prod:edge:refused"),
        hung(),
        broken_off(connected=False),
        http({"detail": "no key"}, 401),
        http({"detail": "slow down"}, 429),
    ],
)
def test_what_says_nothing_of_the_size_is_unmeasured(answer: HttpExchange | Unmeasured) -> None:
    """Not reached, silent, or refused for another reason."""
    assert judge(answer).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends instead, there is a red verdict."""
    verdict = judge(http(body, 200))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
