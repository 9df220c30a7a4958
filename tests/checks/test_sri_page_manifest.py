"""A page that carries other hashes than the manifest gives has to be found, also where every file is right."""

from __future__ import annotations

import pytest

from opscheck.checks.sri_page_manifest import sri_page_manifest
from opscheck.model import HttpExchange, Outcome
from opscheck.model.page import Page
from tests.checks.answers import HOSTILE, refused
from tests.checks.pages import CDN, SITE, STALE, element, local, page, resource, served, sri
from tests.checks.proofs import is_complete, red

ID = "sri-page-manifest"
BASE = f"{SITE}/sri-manifest.json"
MANIFEST = {f"{name}.js": {"sha384": sri()} for name in "abcdefghijkl"}
GOOD = element(integrity=sri())


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        page(GOOD),
        page(GOOD, element(f"{SITE}/other.js"), element(f"{CDN}/a.js")),
        page(element(f"{SITE}/%61.js?v=2", sri())),
        page(element(integrity=f"{sri(STALE)} {sri()}")),
        page(GOOD, element(tag="link", rel=("preload",))),
        page(element(integrity=sri(algorithm="sha256")), resources=[resource(f"{SITE}/a.js")]),
    ],
    ids=["one", "others-unlisted", "escaped", "one-of-two", "preload", "other-algorithm"],
)
def test_the_same_hashes_pass(seen: Page) -> None:
    """What the manifest does not know, and what has no hash, is not its affair."""
    assert sri_page_manifest(seen, served(MANIFEST), base=BASE).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        red(ID, "attribute-differs", page(element(integrity=sri(STALE))), "the manifest says 'sha384-"),
        red(
            ID,
            "attribute-differs",
            page(element(integrity=sri(STALE, "sha256")), resources=[resource(f"{SITE}/a.js")]),
            "the manifest says",
            name="other-algorithm",
        ),
        red(ID, "attribute-absent", page(element()), "no integrity that counts"),
        red(ID, "attribute-absent", page(element(integrity="sha1-x")), "no integrity that counts", name="sha1"),
        red(ID, "asset-unlisted", page(element(f"{SITE}/new.js", sri())), "is not in the manifest"),
    ],
)
def test_a_fault_is_found(seen: Page, told: str) -> None:
    """The element is named, with both hashes."""
    verdict = sri_page_manifest(seen, local(MANIFEST), base=f"{SITE}/")

    assert verdict.outcome is Outcome.FAIL
    assert told in verdict.observed
    assert is_complete(verdict)


def test_half_of_the_attributes_may_be_wrong_while_every_file_is_right() -> None:
    """Twelve elements, six of them with hashes of an older build; the files are all as the manifest says."""
    hashes = [sri(), sri(STALE)] * 6
    elements = [element(f"{SITE}/{name}", integrity) for name, integrity in zip(MANIFEST, hashes, strict=True)]
    verdict = sri_page_manifest(page(*elements), served(MANIFEST), base=BASE)

    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "6 of 12 elements do not carry what the manifest says"


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        red(ID, "page-manifest-unusable", served({}), "names no file"),
        red(ID, "page-manifest-unusable", served({"a.js": None}), "1 of 1 records", name="record"),
        red(ID, "page-manifest-unusable", served("x"), "is a JSON string", name="string"),
    ],
)
def test_a_manifest_that_tells_nothing_fails(manifest: HttpExchange, reason: str) -> None:
    """There is nothing that could be green."""
    verdict = sri_page_manifest(page(GOOD), manifest, base=BASE)

    assert (verdict.outcome, reason in verdict.reason) == (Outcome.FAIL, True), verdict.reason


def test_a_capped_page_is_degraded() -> None:
    """Elements that were not read may carry anything."""
    assert sri_page_manifest(page(GOOD, unread=1), served(MANIFEST), base=BASE).outcome is Outcome.DEGRADED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("seen", "manifest"),
    [
        (refused(), served(MANIFEST)),
        (page(GOOD), refused()),
        (page(status=500), served(MANIFEST)),
        (page(element(f"{SITE}/other.js")), served(MANIFEST)),
        (page(GOOD), served(b"", 404)),
    ],
    ids=["no-page", "no-manifest", "error-page", "nothing-in-common", "not-there"],
)
def test_nothing_to_compare_is_unmeasured(seen: Page, manifest: HttpExchange) -> None:
    """A page that uses nothing of the manifest is not green by that."""
    assert sri_page_manifest(seen, manifest, base=BASE).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_manifest_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    assert sri_page_manifest(page(GOOD), served(body), base=BASE).outcome is Outcome.FAIL
