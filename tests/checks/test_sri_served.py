"""A host that serves something else than its manifest says has to be found."""

from __future__ import annotations

import pytest

from opscheck.checks._manifest import addresses
from opscheck.checks.sri_served import sri_served
from opscheck.model import HttpExchange, Kind, Outcome
from opscheck.model.page import Assets, Resource
from tests.checks.answers import HOSTILE, refused
from tests.checks.pages import SITE, STALE, assets, local, missed, resource, served, sri, way
from tests.checks.proofs import is_complete, red

ID = "sri-served"
URL = f"{SITE}/assets/a b.js".replace(" ", "%20")
MANIFEST = {"assets/a b.js": {"sha384": sri()}}


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("manifest", [served(MANIFEST), local(MANIFEST), served({"/assets/a b.js": {"algo": sri()}})])
def test_what_is_served_as_promised_passes(manifest: HttpExchange) -> None:
    """By the host's own manifest or by one of this machine."""
    assert sri_served(manifest, assets(resource(URL))).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("a.js", f"{SITE}/a.js"),
        ("//evil.test/a.js", f"{SITE}/evil.test/a.js"),
        ("javascript:alert(1)", f"{SITE}/javascript:alert(1)"),
        ("a?b#c.js", f"{SITE}/a%3Fb%23c.js"),
    ],
)
def test_no_path_leads_elsewhere(path: str, url: str) -> None:
    """What stands in a manifest is asked for below its own address."""
    assert addresses(served({path: {"sha384": sri()}}), f"{SITE}/sri-manifest.json") == [url]


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        red(ID, "served-drift", resource(URL, STALE), "current sha384-"),
        red(
            ID,
            "served-encoding-drift",
            resource(URL, ways=[way(URL), way(URL, encoding="gzip"), way(URL, STALE, "br")]),
            "as br, not as identity and gzip",
        ),
        red(
            ID,
            "served-encoding-drift",
            resource(URL, ways=[way(URL), missed(URL, "gzip", Kind.PROTOCOL)]),
            "as gzip, not as identity",
            name="undecodable",
        ),
        red(ID, "served-missing", resource(URL, status=404), "answered 404"),
    ],
)
def test_a_fault_is_found(seen: Resource, told: str) -> None:
    """The file is named, with what was expected and what came."""
    verdict = sri_served(served(MANIFEST), assets(seen))

    assert verdict.outcome is Outcome.FAIL
    assert told in verdict.observed
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        red(ID, "served-manifest-unusable", served({}), "names no file"),
        red(ID, "served-manifest-unusable", served([1]), "is a JSON array", name="array"),
        red(ID, "served-manifest-unusable", served({"a.js": sri()}), "1 of 1 records", name="record"),
        red(ID, "served-manifest-unusable", served(MANIFEST, 500), "answered with 500", name="error"),
    ],
)
def test_a_manifest_that_tells_nothing_fails(manifest: HttpExchange, reason: str) -> None:
    """There is nothing that could be green."""
    verdict = sri_served(manifest, assets())

    assert (verdict.outcome, reason in verdict.reason) == (Outcome.FAIL, True), verdict.reason
    assert is_complete(verdict)


def test_a_capped_manifest_is_degraded() -> None:
    """What was not asked for is not green."""
    more = {**MANIFEST, "assets/b.js": {"sha384": sri()}}

    assert sri_served(served(more), assets(resource(URL), left_out=1)).outcome is Outcome.DEGRADED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("manifest", "seen"),
    [
        (refused(), assets()),
        (served(MANIFEST), assets(resource(URL, ways=[way(URL), missed(URL, "gzip")]))),
        (served(MANIFEST), assets()),
        (served(b"<!doctype html>", content_type="text/html"), assets()),
        (served(b"", 404), assets()),
    ],
    ids=["refused", "timed-out", "not-asked", "page-instead", "not-there"],
)
def test_what_did_not_come_is_unmeasured(manifest: HttpExchange, seen: Assets) -> None:
    """Also where there is no manifest: whether there should be one is not known."""
    verdict = sri_served(manifest, seen)

    assert verdict.outcome is Outcome.UNMEASURED
    assert verdict.remedy or isinstance(manifest, type(refused()))


@pytest.mark.parametrize("body", HOSTILE)
def test_no_manifest_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    assert sri_served(served(body), assets()).outcome is Outcome.FAIL
