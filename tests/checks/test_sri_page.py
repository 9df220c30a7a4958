"""What a browser refuses, and what it takes unchecked from elsewhere, has to be found."""

from __future__ import annotations

import pytest

from opscheck.checks.sri_page import sri_page
from opscheck.model import Kind, Outcome
from opscheck.model.page import Page, PageElement
from tests.checks.answers import refused
from tests.checks.pages import CDN, SITE, STALE, element, missed, page, resource, sri, way
from tests.checks.proofs import is_complete, red

ID = "sri-page"
OWN = element(integrity=sri())
FAR = element(f"{CDN}/lib@1.2.3/a.js", sri(), crossorigin="anonymous")
LOOPBACK, PLAIN = "http://127.0.0.1:8000", "http://www.example.org"


def _far(integrity: str | None = None, **more: object) -> PageElement:
    return element(f"{CDN}/a.js", integrity, **more)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        page(OWN, FAR),
        page(),
        page(element()),
        page(element(f"{CDN}/a.js", rel=("preload",), tag="link")),
        page(element(f"{LOOPBACK}/a.js", sri()), url=f"{LOOPBACK}/"),
    ],
    ids=["protected", "nothing-named", "own-unchecked", "preload-only", "loopback"],
)
def test_what_loads_as_it_should_passes(seen: Page) -> None:
    """Own assets may be unchecked; what comes from elsewhere is checked."""
    assert sri_page(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "integrity-mismatch", page(OWN, resources=[resource(OWN.url, STALE)]), "does not match"),
        red(
            ID,
            "integrity-mismatch",
            page(OWN, resources=[resource(OWN.url, ways=[way(OWN.url), way(OWN.url, STALE, "gzip")])]),
            "does not match",
            name="in-one-encoding",
        ),
        red(ID, "integrity-malformed", page(element(integrity="sha384-%%%")), "nothing matches"),
        red(ID, "integrity-ineffective", page(element(integrity="sha1-abc")), "without a known algorithm"),
        red(ID, "crossorigin-missing", page(_far(sri())), "no crossorigin attribute"),
        red(
            ID,
            "asset-cors-refused",
            page(FAR, resources=[resource(FAR.url, cors=True)]),
            "kept from the page by CORS",
        ),
        red(ID, "cross-origin-unprotected", page(_far()), "without integrity"),
        red(ID, "cross-origin-unprotected", page(_far("")), "without integrity", name="empty-attribute"),
        red(
            ID,
            "cross-origin-unprotected",
            page(element(), resources=[resource(f"{SITE}/a.js", ways=[way(f"{CDN}/a.js")])]),
            "without integrity",
            name="redirected-away",
        ),
        red(
            ID,
            "cross-origin-unprotected",
            page(_far(tag="link", destination="style", rel=("stylesheet",))),
            "a link comes from another origin",
            name="stylesheet",
        ),
        red(ID, "asset-not-served", page(OWN, resources=[resource(OWN.url, status=404)]), "is not served"),
        red(
            ID,
            "asset-not-served",
            page(OWN, resources=[resource(OWN.url, ways=[way(OWN.url), missed(OWN.url, "gzip", Kind.PROTOCOL)])]),
            "is not served",
            name="undecodable",
        ),
        red(ID, "asset-not-served", page(element("", sri())), "no browser can read", name="unreadable-address"),
    ],
)
def test_a_fault_is_found(seen: Page, reason: str) -> None:
    """Each of them is one element of the page."""
    verdict = sri_page(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_several_defects_are_counted() -> None:
    """The first kind is the reason; the others are told of."""
    stale = [element(f"{SITE}/{number}.js", sri(STALE)) for number in range(5)]
    verdict = sri_page(page(*stale, _far()))

    assert verdict.reason == "5 elements: each does not match its integrity metadata; 1 more have other defects"
    assert "and 3 more (1 unprotected (no metadata), 5 mismatch)" in verdict.observed


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (page(element(f"{PLAIN}/a.js", sri()), url=f"{PLAIN}/"), "over http"),
        (page(element(integrity=sri().replace("sha384", "SHA384"))), "capitals"),
        (page(element(integrity=sri(algorithm="sha256").rstrip("="))), "not canonical base64"),
        (page(OWN, resources=[resource(OWN.url, headers=())]), "no-transform"),
        (page(OWN, left_out=3, unread=4), "7 further elements or assets were not looked at"),
    ],
    ids=["http", "capitals", "unpadded", "transformable", "capped"],
)
def test_what_need_not_stay_so_is_degraded(seen: Page, reason: str) -> None:
    """Today a browser loads all of it, and checks it."""
    verdict = sri_page(seen)

    assert (verdict.outcome, reason in verdict.reason) == (Outcome.DEGRADED, True), verdict.reason


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "seen",
    [
        refused(),
        page(status=503),
        page(is_html=False),
        page(OWN, resources=[resource(OWN.url, ways=[missed(OWN.url)])]),
        page(FAR, resources=[resource(FAR.url, cors=True, status=403)]),
    ],
    ids=["refused", "error", "no-page", "asset-timed-out", "third-party-refuses"],
)
def test_what_could_not_be_looked_at_is_unmeasured(seen: Page) -> None:
    """Neither a page that is down nor a third party that does not answer says anything of the page."""
    verdict = sri_page(seen)

    assert verdict.outcome is Outcome.UNMEASURED
    assert verdict.reason.isprintable()


def test_foreign_text_does_no_harm() -> None:
    """An address with whatever in it stays on its line."""
    verdict = sri_page(page(element(f"{CDN}/\r\n\x1b[31m\u202e.js", "md5-\u2028")))

    assert is_complete(verdict)
