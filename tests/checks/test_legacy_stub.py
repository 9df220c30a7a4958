"""Something that only looks like the old document has to be found."""

import pytest

from opscheck.checks.legacy_stub import legacy_stub
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.legacy_answers import DOCUMENT, current, old
from tests.checks.proofs import is_complete, red

ID = "legacy-stub"
NOWHERE = http({"title": "Not Found"}, 404)
PAGE = b"\n<!doctype html><div id=root></div>"
ANYTHING = http(PAGE, content_type="text/html")
ZERO = {"ok": False, "ready": False, "llm": {"path": "", "model": None}, "rag": {"ok": False}, "reasons": []}


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "answer",
    [
        old(),
        old({**DOCUMENT, "ok": False, "more": 1}),
        old({**DOCUMENT, "llm": {"path": "down", "model": "m", "reason": "timeout"}}, headers=()),
        old({}, 410),
        old(PAGE, 404, content_type="text/html"),
        old(b"", 301, headers=[("location", "/")]),
        old({}, 403),
    ],
)
def test_the_document_or_none_passes(answer: HttpExchange) -> None:
    """The names of the successor and whatever else, or an address that is given up."""
    assert legacy_stub(answer, current(), NOWHERE).outcome is Outcome.PASS


def test_a_service_that_is_all_zero_is_no_stub() -> None:
    """Where the successor says nothing but zeros as well, that is the document."""
    assert legacy_stub(old(ZERO), current(ZERO), NOWHERE).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "nowhere", "reason"),
    [
        red(ID, "legacy-page", old(PAGE, content_type="text/html"), NOWHERE, "answers with a page"),
        red(ID, "legacy-page", old(PAGE), NOWHERE, "answers with a page", name="page as JSON"),
        red(ID, "legacy-page", old(PAGE), ANYTHING, "as an address does that nobody serves", name="application"),
        red(ID, "legacy-empty", old(b""), NOWHERE, "200 with an empty body"),
        red(ID, "legacy-empty", old(b" \n", 204), NOWHERE, "204 with an empty body", name="blank"),
        red(ID, "legacy-empty", old([]), NOWHERE, "no document: []", name="list"),
        red(ID, "legacy-empty", old(b"ok"), NOWHERE, "no document", name="word"),
        red(ID, "legacy-zero-stub", old(ZERO), NOWHERE, "every value of the old address is zero"),
        red(ID, "legacy-zero-stub", old({}), NOWHERE, "every value of the old address is zero", name="no value"),
        red(ID, "legacy-keys-missing", old({"ok": True, "ready": True}), NOWHERE, "does not tell llm, llm.path"),
        red(
            ID,
            "legacy-keys-missing",
            old({**DOCUMENT, "llm": {"path": "warming"}}),
            NOWHERE,
            "does not tell llm.model",
            name="inside",
        ),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, nowhere: HttpExchange, reason: str) -> None:
    """A page, nothing, zeros, or less than the successor tells."""
    verdict = legacy_stub(answer, current(), nowhere)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("answer", "successor"),
    [
        (refused(), current()),
        (old(), refused()),
        (old({}, 502), current()),
        (old(), current({"title": "Bad Gateway"}, 502)),
        (old(), current(b"<html>")),
    ],
)
def test_what_cannot_be_compared_is_unmeasured(answer: HttpExchange, successor: HttpExchange) -> None:
    """An address that is not reached, or a successor that is broken itself."""
    verdict = legacy_stub(answer, successor, NOWHERE)

    assert verdict.outcome is Outcome.UNMEASURED


def test_a_page_is_a_stub_whatever_the_successor_says() -> None:
    """What is wrong by itself needs nothing to be compared with."""
    assert legacy_stub(old(PAGE), current({}, 502), NOWHERE).outcome is Outcome.FAIL


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    verdict = legacy_stub(old(body), current(), NOWHERE)

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
    assert legacy_stub(old(), current(body), NOWHERE).reason.isprintable()
