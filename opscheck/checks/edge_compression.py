"""Text is compressed for whoever asks for that, for nobody else, and is the same text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opscheck.checks._words import degraded, failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "compressed where asked for, with Vary: Accept-Encoding; as it is where not; the same bytes"
_SMALL: Final = 1400  # bytes that go into one packet anyway
_TEXT: Final = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/xhtml+xml",
        "application/xml",
        "image/svg+xml",
    }
)


@check(
    "edge-compression",
    promise="Text comes compressed for those who ask, plain for those who do not, and caches know that there are both.",
    concern="edge",
    faults={
        "compression-missing": "text of some length is sent as it is although compression was asked for",
        "compression-unasked": "a client that takes no compression gets it all the same",
        "compression-without-vary": "a cache may hand the compressed form to a client that cannot read it",
        "compression-changes-bytes": "once decoded, the compressed form is another text",
    },
    remedy="compress text at the edge for those who ask (gzip on; gzip_proxied any), with Vary (gzip_vary on)",
)
def edge_compression(first: HttpExchange, asked: HttpExchange, again: HttpExchange) -> Verdict:
    """Judge the same address `asked` with compression, and without it before and after.

    Where `first` and `again` differ, the text changes by itself.
    """
    plain = (first, again)
    observed = f"asked: {_told(asked)}; not asked: {_told(first)}"
    if any(answer.status != 200 for answer in (*plain, asked)):
        return unclear("there is no answer of 200 to look at", expected=_EXPECTED, observed=observed)
    wrong = _defect(plain, asked)
    if wrong:
        return failed(wrong, expected=_EXPECTED, observed=observed)
    if not _encoding(asked):
        return passed(f"there is nothing to compress: {_why_not(asked)}", expected=_EXPECTED, observed=observed)
    if not (_varies(first) or _is_private(first)):
        reason = "the plain form does not say that there is another: caches hand it to everyone"
        return degraded(reason, expected=_EXPECTED, observed=observed)
    share = 100 * asked.raw_length / max(1, len(asked.body))
    same = "the same text" if _same(plain, asked) else "a text that changes by itself"
    return passed(f"{same}, compressed to {share:.0f} percent", expected=_EXPECTED, observed=observed)


def _defect(plain: Sequence[HttpExchange], asked: HttpExchange) -> str:
    unasked = next((one for one in plain if _encoding(one)), None)
    if unasked is not None:
        return f"a client that takes no compression gets {shown(_encoding(unasked), 40)}"
    if not _encoding(asked):
        return "" if _why_not(asked) else f"{len(asked.body)} bytes of {asked.content_type} are not compressed"
    if not (_varies(asked) or _is_private(asked)):
        return "the compressed form has no Vary: Accept-Encoding"
    if not _same(plain, asked) and plain[0].body == plain[-1].body:
        return f"decoded, the compressed form is another text: {len(asked.body)} bytes, plain {len(plain[0].body)}"
    return ""


def _same(plain: Sequence[HttpExchange], asked: HttpExchange) -> bool:
    return any(asked.body == one.body for one in plain)


def _why_not(answer: HttpExchange) -> str:
    """Why it may well come as it is; empty where it should not."""
    kind = answer.content_type
    if len(answer.body) <= _SMALL:
        return f"{len(answer.body)} bytes go into one packet"
    if not (kind.startswith("text/") or kind.endswith(("+json", "+xml")) or kind in _TEXT):
        return f"{shown(kind, 60)} is no text"
    if kind == "text/event-stream":
        return "compression would hold events back"
    return "the answer says no-transform" if "no-transform" in _words(answer, "cache-control") else ""


def _encoding(answer: HttpExchange) -> str:
    found = [one for one in _words(answer, "content-encoding") if one != "identity"]
    return ", ".join(found)


def _varies(answer: HttpExchange) -> bool:
    return bool({"accept-encoding", "*"} & set(_words(answer, "vary")))


def _is_private(answer: HttpExchange) -> bool:
    """No cache that several clients share keeps it."""
    return bool({"no-store", "private"} & set(_words(answer, "cache-control")))


def _words(answer: HttpExchange, header: str) -> list[str]:
    """The words of a list, in lower case."""
    value = answer.header(header) or ""
    return [word for part in value.split(",") if (word := part.partition("=")[0].strip().lower())]


def _told(answer: HttpExchange) -> str:
    how = shown(_encoding(answer), 40) if _encoding(answer) else "plain"
    vary = answer.header("vary")
    return f"{status_line(answer)}, {how}, {answer.raw_length} sent, Vary: {shown(vary, 60) if vary else 'none'}"
