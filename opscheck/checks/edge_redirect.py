"""Plain HTTP leads to the same address over TLS and serves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from opscheck.checks._words import degraded, failed, passed, shown, status_line, unseen
from opscheck.model import HttpExchange, Kind, Outcome, Unmeasured, Verdict
from opscheck.registry import check

_EXPECTED: Final = "301 or 308 to the same host and path over https"
_FOR_GOOD: Final = frozenset({301, 308})
_FOR_NOW: Final = frozenset({302, 303, 307})
_HTTPS: Final = 443


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be said of one answer."""

    outcome: Outcome = Outcome.PASS
    reason: str = ""
    cause: str = ""


@check(
    "edge-redirect",
    promise="Plain HTTP answers with a lasting redirect to the same host and path over TLS, and serves nothing itself.",
    concern="edge",
    faults={
        "plain-serves-content": "content is served in the clear",
        "redirect-elsewhere": "the redirect leads to another host or port",
        "redirect-path-lost": "the redirect drops path or query, so that every old link ends at the front page",
        "redirect-to-plain": "the redirect leads to plain HTTP again, or nowhere",
    },
    remedy="answer everything on the plain port by 308 https://HOST + the request's own path and query",
    sees_unmeasured=True,
)
def edge_redirect(answers: Sequence[HttpExchange | Unmeasured], *, secure: str) -> Verdict:
    """Judge what plain HTTP answers for the front page and for an address with path and query.

    `secure` is where the same is over TLS. Who listens on TLS alone serves nothing in the clear, but leaves those who
    type the name alone before a closed door.
    """
    observed = "; ".join(_seen(answer) for answer in answers)
    blind = [answer for answer in answers if isinstance(answer, Unmeasured)]
    if blind:
        refused = not any(one.cause for one in blind) and all(one.kind is Kind.REFUSED for one in blind)
        if not refused:
            return unseen(next((one for one in blind if one.cause), blind[0]))
        reason = "nobody listens for plain HTTP: nothing is served in the clear, and nobody is led to TLS"
        return degraded(reason, expected=_EXPECTED, observed=observed)
    found = [_judged(answer, urlsplit(secure)) for answer in answers if isinstance(answer, HttpExchange)]
    worst = min(found, key=lambda one: one.outcome.gravity, default=_Found())
    if worst.outcome is Outcome.FAIL:
        return failed(worst.reason, expected=_EXPECTED, observed=observed, likely_cause=worst.cause)
    if worst.outcome is Outcome.DEGRADED:
        return degraded(worst.reason, expected=_EXPECTED, observed=observed, likely_cause=worst.cause)
    return passed("plain HTTP leads to the same address over TLS", expected=_EXPECTED, observed=observed)


def _seen(answer: HttpExchange | Unmeasured) -> str:
    if isinstance(answer, Unmeasured):
        return answer.detail
    leads = answer.header("location")
    return f"{status_line(answer)} to {shown(leads, 100)}" if leads else status_line(answer)


def _judged(answer: HttpExchange, secure: SplitResult) -> _Found:
    if answer.status not in _FOR_GOOD | _FOR_NOW:
        if answer.status < 400:
            return _Found(Outcome.FAIL, f"plain HTTP serves content: {answer.status}", "the plain port serves the site")
        return _Found(Outcome.DEGRADED, f"plain HTTP answers {answer.status} and leads nobody to TLS")
    places = answer.header_values("location")
    if len(places) != 1:
        return _Found(Outcome.FAIL, f"the redirect names {len(places)} places to go to")
    wrong = _wrong_place(urlsplit(answer.request.url), places[0], secure)
    if wrong is not None:
        return wrong
    if answer.status in _FOR_NOW:
        reason = f"the redirect is for now only ({answer.status}): browsers begin in the clear every time"
        return _Found(Outcome.DEGRADED, reason)
    return _Found()


def _wrong_place(asked: SplitResult, place: str, secure: SplitResult) -> _Found | None:
    try:
        to = urlsplit(place.strip(" \t"))
        port = to.port or _HTTPS
    except ValueError:
        return _Found(Outcome.FAIL, f"the redirect leads nowhere: {shown(place, 100)}")
    if to.scheme.lower() != "https":
        where = "plain HTTP again" if to.scheme in ("", "http") else shown(to.scheme, 40)
        return _Found(Outcome.FAIL, f"the redirect leads to {where}: {shown(place, 100)}")
    if port != (secure.port or _HTTPS):
        return _Found(Outcome.FAIL, f"the redirect leads to another port: {port}")
    return _wrong_host(asked, to.hostname or "", secure) or _wrong_path(asked, to, place)


def _wrong_host(asked: SplitResult, host: str, secure: SplitResult) -> _Found | None:
    if host in (asked.hostname, secure.hostname):
        return None
    if _bare(host) == _bare(asked.hostname or ""):
        reason = f"the redirect leads to {shown(host, 80)} at once: HSTS is never set for the host that was asked"
        return _Found(Outcome.DEGRADED, reason)
    cause = "a name is written out in the configuration, or taken from a header that callers choose"
    return _Found(Outcome.FAIL, f"the redirect leads to another host: {shown(host, 80)}", cause)


def _wrong_path(asked: SplitResult, to: SplitResult, place: str) -> _Found | None:
    if (to.path or "/", to.query) == (asked.path or "/", asked.query):
        return None
    front = asked.path in ("", "/") and not asked.query  # a site may have its front page elsewhere
    return _Found(Outcome.DEGRADED if front else Outcome.FAIL, f"the redirect drops path or query: {shown(place, 100)}")


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")
