"""A policy that does not do what it is for, or that blocks its own page, has to be found."""

from __future__ import annotations

import pytest

from opscheck.checks.sri_policy import sri_policy
from opscheck.model import Outcome
from opscheck.model.page import Page, PageElement
from tests.checks.answers import refused
from tests.checks.pages import SITE, element, page, sri
from tests.checks.proofs import is_complete, red

ID = "sri-policy"
BOTH = "blocked-destinations=(script style)"
GOOD = element(integrity=sri(), crossorigin="anonymous")
REPORT = "integrity-policy-report-only"


def _sent(value: str, *elements: PageElement, name: str = "integrity-policy") -> Page:
    return page(*elements, headers=((name, value),))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("seen", "promised"),
    [
        (_sent(BOTH, GOOD), True),
        (_sent(f"{BOTH}, endpoints=(ep), sources=(inline)", GOOD), True),
        (_sent("blocked-destinations=(script)", GOOD, element(f"{SITE}/a.css", destination="style")), False),
        (_sent(BOTH, element(integrity=sri(), module=True)), True),
        (_sent(BOTH, GOOD, name=REPORT), False),
        (page(headers=[("integrity-policy", "blocked-destinations=(script)"), (REPORT, BOTH)]), False),
        (page(element()), False),
    ],
    ids=["both", "endpoints", "scripts-alone", "module", "reports", "two-headers", "none-promised"],
)
def test_a_policy_that_the_page_keeps_passes(seen: Page, *, promised: bool) -> None:
    """Also where none is promised and none is sent."""
    assert sri_policy(seen, promised=promised).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "promised", "reason"),
    [
        red(ID, "policy-missing", page(GOOD), True, "none is enforced"),
        red(ID, "policy-missing", _sent(BOTH, GOOD, name=REPORT), True, "none is enforced", name="only-reports"),
        red(ID, "policy-incomplete", _sent("blocked-destinations=(script)", GOOD), True, "does not cover style"),
        red(ID, "policy-unreadable", _sent("blocked-destinations=(script", GOOD), False, "no structured dictionary"),
        red(ID, "policy-unreadable", _sent("blocked-destinations=script"), False, "no list", name="no-list"),
        red(ID, "policy-unreadable", _sent('blocked-destinations=("script")'), False, "no token", name="string"),
        red(ID, "policy-unreadable", _sent("endpoints=ep;(", name=REPORT), True, "no structured", name="report-only"),
        red(ID, "policy-empty", _sent("endpoints=(ep)", GOOD), False, "blocks nothing"),
        red(ID, "policy-empty", _sent("blocked-destinations=(script), sources=()"), False, "nothing", name="no-source"),
        red(ID, "policy-empty", _sent("blocked-destinations=(image)"), False, "blocks nothing", name="no-destination"),
        red(ID, "policy-blocks-page", _sent(BOTH, element()), False, "blocks 1 of its elements"),
        red(ID, "policy-blocks-page", _sent(BOTH, element(integrity=sri())), False, "blocks 1", name="no-crossorigin"),
        red(
            ID,
            "policy-blocks-page",
            _sent(BOTH, element(integrity="sha1-x", crossorigin="")),
            False,
            "blocks 1",
            name="unknown-algorithm",
        ),
    ],
)
def test_a_fault_is_found(seen: Page, promised: bool, reason: str) -> None:
    """The header is shown, and the elements that it blocks."""
    verdict = sri_policy(seen, promised=promised)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_what_would_be_blocked_is_degraded() -> None:
    """A policy that only reports breaks nothing yet."""
    verdict = sri_policy(_sent(BOTH, element(), name=REPORT), promised=False)

    assert (verdict.outcome, "would block 1" in verdict.reason) == (Outcome.DEGRADED, True)


def test_a_capped_page_is_degraded() -> None:
    """The policy may block what was not looked at."""
    seen = page(GOOD, headers=(("integrity-policy", BOTH),), left_out=2)

    assert sri_policy(seen, promised=True).outcome is Outcome.DEGRADED


@pytest.mark.parametrize("value", ["\x00", "é", "(" * 5000, "a=" + "9" * 400, "blocked-destinations=((", "=", "\r\n"])
def test_no_header_breaks_the_judgement(value: str) -> None:
    """Whatever a server sends, there is a red verdict."""
    assert is_complete(sri_policy(_sent(value), promised=True))


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), page(status=502), page(is_html=False)])
def test_no_page_is_unmeasured(seen: Page) -> None:
    """An error page's headers say nothing of the page's."""
    assert sri_policy(seen, promised=True).outcome is Outcome.UNMEASURED
