"""Plain HTTP has to lead to the same address over TLS."""

from dataclasses import replace

import pytest

from opscheck.checks.edge_redirect import edge_redirect
from opscheck.model import HttpExchange, Kind, Outcome, Request, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "edge-redirect"
FRONT = "http://ops.example.org/"
DEEP = "http://ops.example.org/a%20path?asked=1"
TLS = "https://ops.example.org"


def plain(location: str | None, status: int = 308, *, asked: str = DEEP, body: bytes = b"") -> HttpExchange:
    """An answer over plain HTTP."""
    headers = () if location is None else (("location", location),)
    return replace(http(body, status, content_type="text/html", headers=headers), request=Request("GET", asked))


GOOD_FRONT = plain(f"{TLS}/", asked=FRONT)
GOOD = plain(f"{TLS}/a%20path?asked=1")


def judge(*answers: HttpExchange | Unmeasured, secure: str = f"{TLS}/") -> Verdict:
    """As the suite does."""
    return edge_redirect(answers, secure=secure)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "answers",
    [
        (GOOD_FRONT, GOOD),
        (plain(TLS, 301, asked=FRONT), plain("HTTPS://OPS.example.org:443/a%20path?asked=1", 301)),
    ],
)
def test_a_lasting_redirect_passes(answers: tuple[HttpExchange, ...]) -> None:
    """By 301 or 308, in whichever spelling of the same address."""
    assert judge(*answers).outcome is Outcome.PASS


def test_ports_of_a_host_file_are_heeded() -> None:
    """Where TLS is on another port than usual, the redirect has to lead there."""
    to_other = plain(f"{TLS}:8443/a%20path?asked=1")

    assert judge(to_other, secure=f"{TLS}:8443").outcome is Outcome.PASS
    assert judge(to_other).outcome is Outcome.FAIL
    assert judge(GOOD, secure=f"{TLS}:8443").outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "plain-serves-content", plain(None, 200, body=b"<h1>"), "serves content: 200"),
        red(ID, "plain-serves-content", plain(None, 304), "serves content: 304", name="not-modified"),
        red(ID, "redirect-elsewhere", plain("https://evil.example/a%20path?asked=1"), "another host: 'evil.example'"),
        red(ID, "redirect-elsewhere", plain(f"{TLS}.evil.example/a%20path?asked=1"), "another host", name="suffix"),
        red(ID, "redirect-elsewhere", plain("https://ops.example.org@evil.example/"), "another host", name="user"),
        red(ID, "redirect-path-lost", plain(f"{TLS}/"), "drops path or query"),
        red(ID, "redirect-path-lost", plain(f"{TLS}/a%20path"), "drops path or query", name="query"),
        red(ID, "redirect-to-plain", plain("http://ops.example.org/a%20path?asked=1"), "plain HTTP again"),
        red(ID, "redirect-to-plain", plain("/a%20path?asked=1"), "plain HTTP again", name="relative"),
        red(ID, "redirect-to-plain", plain("https://[::1"), "leads nowhere", name="unreadable"),
        red(ID, "redirect-to-plain", plain("https://ops.example.org:99999/"), "leads nowhere", name="no-port"),
        red(ID, "redirect-to-plain", plain("javascript:alert(1)"), "leads to 'javascript'", name="script"),
        red(ID, "redirect-to-plain", plain(None), "names 0 places", name="no-location"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """Content, another place, or no place."""
    verdict = judge(GOOD_FRONT, answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (plain(f"{TLS}/a%20path?asked=1", 302), "for now only (302)"),
        (plain("https://www.ops.example.org/a%20path?asked=1"), "HSTS is never set"),
        (plain(f"{TLS}/en/", asked=FRONT), "drops path"),
        (plain(None, 403), "leads nobody to TLS"),
        (refused(), "nobody listens for plain HTTP"),
    ],
)
def test_half_kept_is_degraded(answer: HttpExchange | Unmeasured, reason: str) -> None:
    """What other websites do on purpose, and what serves nothing in the clear, is told and not called broken."""
    verdict = judge(answer)

    assert verdict.outcome is Outcome.DEGRADED
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("blind", [hung(), refused(cause="prod:edge_plain:refused")])
def test_what_was_not_seen_is_unmeasured(blind: Unmeasured) -> None:
    """A silent port, and one whose preflight had failed, say nothing."""
    verdict = judge(GOOD_FRONT, blind)

    assert verdict.outcome is Outcome.UNMEASURED
    assert verdict.cause == blind.cause
    assert blind.kind in (Kind.TIMEOUT, Kind.REFUSED)


@pytest.mark.parametrize("body", HOSTILE)
def test_no_location_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends as its Location, there is a red verdict."""
    verdict = judge(plain(body[:3000].decode("latin-1")))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
