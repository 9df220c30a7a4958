"""Compression is judged by both forms of one text."""

from dataclasses import replace

import pytest

from opscheck.checks.edge_compression import edge_compression
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "edge-compression"
TEXT = b"<p>the same line again</p>" * 200
VARY = ("vary", "Origin, Accept-Encoding")


def plain(body: bytes = TEXT, *headers: tuple[str, str], kind: str = "text/html; charset=utf-8") -> HttpExchange:
    """The form without compression."""
    return http(body, content_type=kind, headers=headers or (VARY,))


def packed(body: bytes = TEXT, *headers: tuple[str, str], encoding: str = "gzip") -> HttpExchange:
    """The compressed form: the body is decoded, as probes give it."""
    answer = http(body, content_type="text/html", headers=(("content-encoding", encoding), *(headers or (VARY,))))
    return replace(answer, raw_length=len(body) // 5)


def judge(asked: HttpExchange, *unasked: HttpExchange) -> Verdict:
    """With the same plain text before and after, where nothing else is said."""
    first, again = unasked or (plain(), plain())
    return edge_compression(first, asked, again)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("asked", "unasked"),
    [
        (packed(), (plain(), plain())),
        (packed(encoding="br"), (plain(), plain())),
        (packed(TEXT, ("vary", "*")), (plain(TEXT, ("vary", "*")),) * 2),
        (packed(TEXT, ("cache-control", "no-store")), (plain(TEXT, ("cache-control", "Private, max-age=1")),) * 2),
        (packed(TEXT + b"2"), (plain(TEXT + b"1"), plain(TEXT + b"3"))),  # a page that changes by itself
        (plain(b"{}"), (plain(b"{}"),) * 2),  # small
        (plain(TEXT, kind="image/png"), (plain(TEXT, kind="image/png"),) * 2),
        (plain(TEXT, ("cache-control", "public, no-transform")), (plain(),) * 2),
    ],
)
def test_both_forms_pass(asked: HttpExchange, unasked: tuple[HttpExchange, ...]) -> None:
    """Compressed where that helps, whatever the page does by itself."""
    assert judge(asked, *unasked).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("asked", "unasked", "reason"),
    [
        red(ID, "compression-missing", plain(), (plain(),) * 2, "5200 bytes of text/html are not compressed"),
        red(ID, "compression-unasked", packed(), (packed(), packed()), "takes no compression gets 'gzip'"),
        red(ID, "compression-without-vary", packed(TEXT, ("vary", "Origin")), (plain(),) * 2, "no Vary"),
        red(ID, "compression-changes-bytes", packed(b"old" * 999), (plain(),) * 2, "is another text"),
    ],
)
def test_a_fault_is_found(asked: HttpExchange, unasked: tuple[HttpExchange, ...], reason: str) -> None:
    """Each of the four promises, broken alone."""
    verdict = judge(asked, *unasked)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_a_plain_form_without_vary_is_degraded() -> None:
    """Nobody gets what he cannot read; caches merely give everybody the longer form."""
    verdict = judge(packed(), *(plain(TEXT, ("vary", "Origin")),) * 2)

    assert verdict.outcome is Outcome.DEGRADED
    assert is_complete(verdict)


def test_an_error_page_tells_nothing() -> None:
    """Whether a site compresses is not told by its errors."""
    assert judge(replace(packed(), status=502)).outcome is Outcome.UNMEASURED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict, for whichever of the forms."""
    for place in range(3):
        forms = [plain(), packed(), plain()]
        forms[place] = refused()  # type: ignore[call-overload] # the registry answers for it

        assert edge_compression(*forms).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_header_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends as Vary, Content-Encoding and text, there is a red verdict."""
    told = body[:3000].decode("latin-1")
    asked = packed(body, ("vary", told), encoding=f"gzip, {told}")
    verdict = judge(asked)

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
