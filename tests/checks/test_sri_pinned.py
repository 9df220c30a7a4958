"""An address whose content may become another has to be found."""

from __future__ import annotations

import pytest

from opscheck.checks.sri_pinned import sri_pinned, third_party
from opscheck.model import Outcome
from opscheck.model.page import Page
from tests.checks.answers import refused
from tests.checks.pages import CDN, SITE, element, page
from tests.checks.proofs import is_complete, red

ID = "sri-pinned"
PINNED = (
    "/npm/vue@3.4.1/dist/vue.global.js",
    "/npm/@scope/name@1.2.3-beta.4/x.js",
    "/combine/npm/a@1.0.0,npm/b@2.0.0",
    "/gh/user/repo@4f2a9c1bd0/lib.js",
    "/ajax/libs/jquery/3.7.1/jquery.min.js",
    "/jquery-3.7.1.min.js",
    "/assets/app-4f2a9c1b.js",
    "/assets/index.BxY8a9cQ.css",
    "/lib.js?v=2.10.0",
    "/4f2a9c1bd04f2a9c1bd04f2a9c1bd04f2a9c1bd0/lib.js",
)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("path", PINNED)
def test_a_version_or_a_hash_passes(path: str) -> None:
    """What is behind such an address does not change."""
    assert sri_pinned(page(element(CDN + path))).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "seen",
    [page(), page(element(f"{SITE}/app.js")), page(element("https://static.example.org/app.js"))],
    ids=["nothing", "own", "own-subdomain"],
)
def test_what_is_no_third_partys_needs_no_version(seen: Page) -> None:
    """Its content changes with the page."""
    assert sri_pinned(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        red(ID, "version-latest", "/npm/vue@latest/vue.js", "moving tag latest"),
        red(ID, "version-latest", "/npm/@scope/name@next/x.js", "moving tag next", name="next-tag"),
        red(ID, "version-latest", "/libs/latest/x.js", "moving tag latest", name="folder"),
        red(ID, "version-latest", "/gh/user/repo@main/x.js", "moving tag main", name="branch"),
        red(ID, "version-range", "/npm/vue@3/vue.js", "the range 3"),
        red(ID, "version-range", "/npm/vue@3.4/vue.js", "the range 3.4", name="minor"),
        red(ID, "version-range", "/npm/vue@^3.4.1/vue.js", "the range ^3.4.1", name="caret"),
        red(ID, "version-range", "/npm/vue@3.x/vue.js", "the range 3.x", name="x"),
        red(ID, "version-range", "/libs/angular/1.8/angular.js", "the range 1.8", name="folder-range"),
        red(ID, "version-range", "/v3/", "the range v3", name="api-version"),
        red(ID, "version-range", "/combine/npm/a@1.0.0,npm/b@2", "the range 2", name="combined"),
        red(ID, "version-absent", "/npm/vue/dist/vue.js", "names no version"),
        red(ID, "version-absent", "/gtag/js?id=G-ABC", "names no version", name="query"),
        red(ID, "version-absent", "/%40scope/x.js", "names no version", name="scope-alone"),
    ],
)
def test_a_fault_is_found(path: str, reason: str) -> None:
    """The address is named, and what moves in it."""
    verdict = sri_pinned(page(element(CDN + path)))

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("url", "page_of", "foreign"),
    [
        ("https://evil-example.org/x.js", SITE, True),
        ("https://example.org/x.js", SITE, False),
        ("http://127.0.0.1:9/x.js", "http://127.0.0.1:8", True),
        ("https://a.localhost/x.js", "https://localhost", True),
        ("data:text/javascript,1", SITE, False),
    ],
)
def test_a_third_party_is_told_from_the_site_itself(url: str, page_of: str, *, foreign: bool) -> None:
    """Names below the page's own are its own; addresses and ports have no such names."""
    assert third_party(url, page_of) is foreign


def test_a_capped_page_is_degraded() -> None:
    """Elements that were not read could be from anywhere."""
    assert sri_pinned(page(unread=1)).outcome is Outcome.DEGRADED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), page(status=500), page(is_html=False)])
def test_no_page_is_unmeasured(seen: Page) -> None:
    """An error page names nothing."""
    assert sri_pinned(seen).outcome is Outcome.UNMEASURED
