"""The probe of pages, on real servers: what it reads, what it asks for, and where it stops."""

from __future__ import annotations

import importlib.util
import pickle
import time
from collections.abc import Iterator
from typing import Any

import pytest

from opscheck.checks.sri_encodings import sri_encodings
from opscheck.checks.sri_page import sri_page
from opscheck.model import Kind, Outcome, Request, Unmeasured
from opscheck.model.page import Page
from opscheck.probes.assets import Allowance
from opscheck.redact import Secret
from tests.sri.cases import CSS384, S384, has, link, script
from tests.sri.looking import look_at, page_at
from tests.sri.origins import SCRIPT, Origin


@pytest.fixture
def own() -> Iterator[Origin]:
    """The page's origin."""
    with Origin() as origin:
        yield origin


@pytest.fixture
def other() -> Iterator[Origin]:
    """Another origin."""
    with Origin() as origin:
        yield origin


def _page(own: Origin, html: str, headers: dict[str, str] | None = None) -> Page:
    own.pages["/"] = (headers or {}, html)
    return page_at(f"{own.url}/")


def test_a_page_is_read_with_all_that_it_names(own: Origin, other: Origin) -> None:
    """Elements in order with their lines; own assets in three encodings, others once."""
    far = f"{other.url}/a.js?acao=*"
    lines = ("<html>", script(has(S384), "/a.js?gz=1"), "", link(has(CSS384)), "<!-- <script src=no.js> -->")
    seen = _page(own, "\n".join(lines) + script("", far))

    assert [(one.tag, one.line) for one in seen.elements] == [("script", 2), ("link", 4), ("script", 5)]
    assert [[way.encoding for way in one.deliveries] for one in seen.resources] == [
        ["identity", "gzip", "br"],
        ["identity", "gzip", "br"],
        ["gzip, br"],
    ]
    plain, packed, _ = seen.resources[0].deliveries
    assert packed.arrived is not None
    assert packed.arrived.header("content-encoding") == "gzip"
    assert plain.digests == packed.digests
    assert plain.length == len(SCRIPT)


def test_an_observation_can_be_handed_to_another_process(own: Origin) -> None:
    """Workers of one run share it, and a report shows it bounded."""
    seen = _page(own, script("") * 200)
    evidence = seen.evidence().as_dict()

    assert pickle.loads(pickle.dumps(seen)) == seen  # noqa: S301 - our own
    assert (evidence["kind"], len(evidence["resources"])) == ("page", 1)
    assert "200 elements, 1 resources" in evidence["summary"]


def test_nobody_gets_the_pages_credentials(own: Origin, other: Origin) -> None:
    """The secret goes to the page; its assets are asked for without it, here and elsewhere."""
    own.pages["/"] = ({}, script("") + script("crossorigin=use-credentials", f"{other.url}/a.js?acao=echo&acac=true"))
    secret = Secret("api_key", "Bearer of-something-secret")
    page_at(Request("GET", f"{own.url}/", (("authorization", secret), ("cookie", "a=1"))))

    told = [(path, asked.get("authorization"), asked.get("cookie")) for path, asked in [*own.heads, *other.heads]]
    assert ("/", "Bearer of-something-secret", "a=1") in told
    assert [entry for entry in told if entry[0] != "/" and (entry[1] or entry[2])] == []
    assert [asked["origin"] for _, asked in other.heads] == [own.url]


def test_headers_name_assets_too(own: Origin) -> None:
    """A Link header loads like an element, and stands before the page's own base."""
    value = (
        f'</a.css>; rel=stylesheet; integrity="{CSS384}", <a.js>; rel="preload"; as=script; crossorigin, </x>; rel=next'
    )
    seen = _page(own, '<base href="/sub/">', {"link": value})

    assert [(one.tag, one.url.removeprefix(own.url), one.integrity, one.crossorigin) for one in seen.elements] == [
        ("Link", "/a.css", CSS384, None),
        ("Link", "/a.js", None, ""),
    ]
    assert sri_page(seen).outcome is Outcome.PASS


def test_ten_thousand_scripts_are_told_as_capped(own: Origin) -> None:
    """It takes seconds, asks for a bounded number, and is not green."""
    own.pages["/"] = ({}, "".join(script(has(S384), f"/{number}/a.js") for number in range(10_000)))
    begun = time.perf_counter()
    seen = page_at(f"{own.url}/", Allowance(resources=20))

    assert time.perf_counter() - begun < 10
    assert (len(seen.elements), seen.unread, len(seen.resources), seen.left_out) == (5000, 5000, 20, 4980)
    assert len(own.heads) == 1 + 20 * 3
    verdict = sri_page(seen)
    assert verdict.outcome is Outcome.DEGRADED
    assert "9980 further" in verdict.reason


@pytest.mark.parametrize("limit", [{"whole": 40}, {"seconds": -1.0}], ids=["bytes", "time"])
def test_what_a_page_may_cost_is_bounded(own: Origin, limit: dict[str, Any]) -> None:
    """Bytes and time as well as number; what was left out is counted."""
    own.pages["/"] = ({}, "".join(script("", f"/{number}/a.js") for number in range(30)))
    seen = page_at(f"{own.url}/", Allowance(at_once=1, **limit))

    assert seen.left_out > 25
    assert len(own.heads) < 10


def test_a_page_that_takes_a_parser_hours_is_told(own: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser runs apart and is ended."""
    monkeypatch.setattr("opscheck.probes.page._PATIENCE", 1.0)
    own.pages["/"] = ({}, "<div>" * 300_000)
    begun = time.perf_counter()
    seen = look_at(f"{own.url}/")

    assert time.perf_counter() - begun < 8
    assert isinstance(seen, Unmeasured)
    assert "nested too deeply" in seen.detail


@pytest.mark.parametrize(
    "body",
    [bytes(range(256)) * 64, b"\x00<script src=a.js>", b"", b"plain words", b"\xff\xd8\xff\xe0 JFIF"],
    ids=["binary", "nul", "empty", "words", "picture"],
)
def test_what_is_no_page_is_not_judged(own: Origin, body: bytes) -> None:
    """Whatever is sent as text/html, nothing breaks and nothing is green."""
    own.pages["/"] = ({}, body.decode("latin-1"))
    own.raw["/"] = body
    seen = look_at(f"{own.url}/")

    assert sri_page(seen).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # a page or nothing


@pytest.mark.parametrize(
    ("headers", "encoding"),
    [({}, "utf-16"), ({"content-type": "text/html; charset=utf-16le"}, "utf-16-le"), ({}, "utf-8-sig")],
)
def test_a_page_is_read_in_its_own_encoding(own: Origin, headers: dict[str, str], encoding: str) -> None:
    """As its header says, or the mark that it begins with."""
    own.pages["/"] = (headers, "")
    own.raw["/"] = f"<!doctype html><p>ü</p>{script(has(S384))}".encode(encoding)
    seen = page_at(f"{own.url}/")

    assert [one.integrity for one in seen.elements] == [S384]


@pytest.mark.parametrize("charset", ["rot13", "base64", "no-such", "undefined", "utf-7", "idna", "punycode", "\xe9"])
def test_no_charset_breaks_the_reading(own: Origin, charset: str) -> None:
    """A made-up one counts for nothing."""
    seen = _page(own, script(""), {"content-type": f"text/html; charset={charset}"})

    assert len(seen.elements) <= 1


def test_a_page_elsewhere_is_judged_from_there(own: Origin, other: Origin) -> None:
    """Behind a redirect the page has another origin: what stands beside it there is its own."""
    other.pages["/there/"] = ({}, script("", "a.js"))
    seen = page_at(f"{own.url}/r.js?to={other.url}/there/")

    assert seen.origin == other.url
    assert seen.elements[0].url == f"{other.url}/there/a.js"
    assert sri_page(seen).outcome is Outcome.PASS


def test_redirects_without_end_are_told(own: Origin) -> None:
    """Neither the probe nor the verdict waits for their end."""
    own.pages["/"] = ({}, script("", "/r.js?to=/r.js?to=x"))
    own.loops = True
    seen = page_at(f"{own.url}/")

    assert {way.told for way in seen.resources[0].deliveries} == {"redirected too often"}
    assert sri_encodings(seen).outcome is Outcome.UNMEASURED


def test_without_the_parser_the_command_is_named(own: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is judged, and the remedy brings it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "selectolax" else object())
    own.pages["/"] = ({}, script(""))
    seen = look_at(f"{own.url}/")

    assert isinstance(seen, Unmeasured)
    assert (seen.kind, seen.remedy) == (Kind.TOOL_MISSING, "pip install 'opscheck[web]'")


def test_without_brotli_the_rest_is_judged(own: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is judged by what came; the encodings are not green."""
    real = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "brotli" else real(name))
    seen = _page(own, script(has(S384)))
    verdict = sri_encodings(seen)

    assert sri_page(seen).outcome is Outcome.PASS
    assert (verdict.outcome, verdict.remedy) == (Outcome.UNMEASURED, "pip install 'opscheck[web]'")


def test_every_kind_of_white_space_is_read_as_a_browser_reads_it(own: Origin) -> None:
    """In attributes, around and between hashes, and around the address."""
    spaces = "\t\n\f\r "
    html = "".join(script(has(f"{one}sha1-x{one}{S384}{one}"), f"{one}/a.js{one}") for one in spaces)
    seen = _page(own, html + script(has("".join(spaces))))

    assert [one.url for one in seen.elements] == [f"{own.url}/a.js"] * 6
    assert sri_page(seen).outcome is Outcome.PASS
    assert "5 protected, 1 unprotected" in sri_page(seen).observed
