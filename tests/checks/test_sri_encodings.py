"""One stale copy beside its original has to be found."""

from __future__ import annotations

import pytest

from opscheck.checks.sri_encodings import sri_encodings
from opscheck.model import Kind, Outcome
from opscheck.model.page import Page
from tests.checks.answers import refused
from tests.checks.pages import CDN, SITE, STALE, element, missed, page, resource, way
from tests.checks.proofs import is_complete, red

ID = "sri-encodings"
URL = f"{SITE}/a.js"
OWN = element(URL)


def _with(*ways: object) -> Page:
    return page(OWN, resources=[resource(URL, ways=(way(URL), *ways))])  # type: ignore[arg-type] # deliveries


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("seen", [page(OWN), page(), page(element(f"{CDN}/a.js"))], ids=["own", "none", "foreign"])
def test_the_same_everywhere_passes(seen: Page) -> None:
    """Only assets of the page's own origin are asked for in every encoding."""
    assert sri_encodings(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        red(ID, "encoding-differs", _with(way(URL, STALE + b"0", "gzip")), "8 bytes as identity, 9 bytes as gzip"),
        red(ID, "encoding-differs", _with(way(URL, encoding="gzip"), way(URL, STALE, "br")), "as br", name="br"),
        red(ID, "encoding-broken", _with(missed(URL, "gzip", Kind.PROTOCOL)), "gzip: no answer"),
        red(ID, "encoding-refused", _with(way(URL, encoding="br", status=500)), "br: answered 500"),
    ],
)
def test_a_fault_is_found(seen: Page, told: str) -> None:
    """The asset is named, and the encodings that do not agree."""
    verdict = sri_encodings(seen)

    assert verdict.outcome is Outcome.FAIL
    assert told in verdict.observed
    assert is_complete(verdict)


def test_a_capped_page_is_degraded() -> None:
    """What was not asked for is not green."""
    assert sri_encodings(page(OWN, left_out=1)).outcome is Outcome.DEGRADED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "seen",
    [
        refused(),
        page(status=404),
        _with(missed(URL, "gzip")),
        page(OWN, resources=[resource(URL, ways=[missed(URL), missed(URL, "gzip")])]),
        page(OWN, resources=[resource(URL, status=404)]),
    ],
    ids=["refused", "no-page", "one-timed-out", "all-timed-out", "not-served"],
)
def test_what_did_not_come_is_unmeasured(seen: Page) -> None:
    """An answer that could not be had says nothing of the encoding."""
    assert sri_encodings(seen).outcome is Outcome.UNMEASURED


def test_a_missing_library_is_named() -> None:
    """Without the library for br the verdict says which command brings it."""
    install = "pip install 'opscheck[web]'"
    verdict = sri_encodings(_with(missed(URL, "br", Kind.TOOL_MISSING, install)))

    assert (verdict.outcome, verdict.remedy) == (Outcome.UNMEASURED, install)
