"""An address that nobody has is an error, and errors have one format."""

import pytest

from opscheck.checks.edge_errors import edge_errors
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "edge-errors"
PROBLEM = "application/problem+json"


def judge(answer: HttpExchange, errors: str = "problem") -> Verdict:
    """Where errors are promised as problem documents, unless something else is said."""
    return edge_errors(answer, errors=errors)


def page(status: int) -> HttpExchange:
    """A page for people."""
    return http(b"<!doctype html><h1>Hello</h1>", status, content_type="text/html; charset=utf-8")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (http({"title": "Not Found", "status": 404}, 404, content_type=PROBLEM), "problem"),
        (http({}, 404, content_type=PROBLEM), "problem"),  # every member is optional
        (http({"detail": "Not Found"}, 404), "problem"),
        (http({"detail": "no key"}, 401), "problem"),
        (page(404), "any"),
        (http([], 404), "any"),
    ],
)
def test_an_error_in_its_format_passes(answer: HttpExchange, errors: str) -> None:
    """A website may show a page; a service answers programs."""
    assert judge(answer, errors).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "unknown-answers-200", page(200), "answers 200"),
        red(ID, "unknown-answers-200", http({"ok": True}, 200), "answers 200", name="json"),
        red(
            ID,
            "unknown-answers-200",
            http(b"", 302, headers=[("location", "/login\x1b")]),
            "answers 302 and leads to '/login",
            name="redirect",
        ),
        red(ID, "unknown-is-a-page", page(404), "'text/html', not JSON"),
        red(ID, "unknown-is-a-page", page(502), "502 is not in the promised format", name="edge-alone"),
        red(ID, "unknown-is-a-page", http([], 404), "JSON array, not an object", name="array"),
        red(ID, "unknown-crashes", http({"status": 500}, 500, content_type=PROBLEM), "crashes what answers: 500"),
        red(ID, "error-status-disagrees", http({"status": 500}, 404, content_type=PROBLEM), "its status is 500"),
        red(ID, "error-status-disagrees", http({"status": "404"}, 404, content_type=PROBLEM), "'404'", name="text"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """Answered as if it were there, as a page, as a crash, or with two statuses."""
    verdict = judge(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize("answer", [http({"status": 403}, 404, content_type=PROBLEM), http(b"", 500)])
def test_any_format_is_not_any_error(answer: HttpExchange) -> None:
    """A problem document is held to its standard, and a crash is one, on every website."""
    assert judge(answer, "any").outcome is Outcome.FAIL


@pytest.mark.parametrize("answer", [page(200), http(b"", 301, headers=[("location", "/")])])
def test_a_website_that_answers_everything_is_degraded(answer: HttpExchange) -> None:
    """Single-page applications do so on purpose; it is told."""
    verdict = judge(answer, "any")

    assert verdict.outcome is Outcome.DEGRADED
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "answer", [refused(), http({}, 429), http({"status": 502}, 502, content_type=PROBLEM), http({}, 504)]
)
def test_what_was_not_looked_at_is_unmeasured(answer: HttpExchange) -> None:
    """A refused connection, a limit that came first, and a service that is down are no verdict."""
    assert judge(answer).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends as a page of 200, there is a red verdict."""
    verdict = judge(http(body, 200))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)


@pytest.mark.parametrize("body", [one for one in HOSTILE if not one.startswith(b'{"') or b"NaN" in one])
def test_no_problem_breaks_the_judgement(body: bytes) -> None:
    """What calls itself a problem document and is none is a red verdict."""
    outcome = judge(http(body, 404, content_type=PROBLEM)).outcome

    assert outcome is (Outcome.PASS if body == b"{}" else Outcome.FAIL)
