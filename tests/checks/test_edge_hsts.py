"""Strict-Transport-Security is read as browsers read it."""

import pytest

from opscheck.checks.edge_hsts import directives, edge_hsts
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "edge-hsts"


def told(*values: str) -> HttpExchange:
    """An answer with these headers."""
    return http({}, headers=[("strict-transport-security", value) for value in values])


def judge(answer: HttpExchange) -> Verdict:
    """With the budget of the packs."""
    return edge_hsts(answer, days=180)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "value",
    [
        "max-age=31536000",
        "max-age=15552000",  # 180 days to the second
        "Max-Age=31536000; includeSubDomains; preload",
        'includeSubDomains ; max-age = "63072000" ;',
        ";; max-age=31536000;;unknown=1",
    ],
)
def test_long_enough_passes(value: str) -> None:
    """However it is written."""
    assert judge(told(value)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "hsts-missing", told(), "is missing"),
        red(ID, "hsts-short", told("max-age=86400"), "holds for 1 days"),
        red(ID, "hsts-short", told("max-age=0"), "takes it back", name="zero"),
        red(ID, "hsts-unreadable", told("includeSubDomains"), "max-age is missing or no number"),
        red(ID, "hsts-unreadable", told("max-age=forever"), "no number", name="word"),
        red(ID, "hsts-unreadable", told("max-age=-1"), "no number", name="negative"),
        red(ID, "hsts-unreadable", told("max-age=1_000_000_000"), "no number", name="underscores"),
        red(ID, "hsts-unreadable", told("max-age=٣١٥٣٦٠٠٠"), "browsers drop", name="other-digits"),
        red(ID, "hsts-unreadable", told("max-age=31536000, includeSubDomains"), "browsers drop", name="comma"),
        red(ID, "hsts-unreadable", told("max-age=31536000; max-age=31536000"), "each of them once", name="twice"),
        red(ID, "hsts-unreadable", told('max-age="31536000'), "browsers drop", name="open-quote"),
        red(ID, "hsts-twice", told("max-age=31536000", "max-age=31536000"), "2 Strict-Transport-Security headers"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """What browsers drop, what ends too soon, and what is there twice."""
    verdict = judge(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("", {}),
        ("max-age", {"max-age": ""}),
        ('a="x;y"; b', {"a": "x;y", "b": ""}),
        ('a="x\\"y"', {"a": 'x"y'}),
        ("a=b=c", None),
        ("a b", None),
        ("=1", None),
    ],
)
def test_directives_are_read_by_their_grammar(value: str, read: dict[str, str] | None) -> None:
    """Quotes hide semicolons; what is no directive spoils the header."""
    assert directives(value) == read


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judge(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("body", HOSTILE)
def test_no_value_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    verdict = judge(told(body[:3000].decode("latin-1")))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
