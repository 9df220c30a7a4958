"""Literal answers of an old address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from opscheck.model import HttpExchange, Request
from opscheck.model.access_log import AccessLogCount, Hit, LogFile, Tally
from tests.checks.answers import NOW, http

SUCCESSOR = "/api/status/summary"
OLD_URL = "http://service.example/status/summary"
LINK = f'<{SUCCESSOR}>; rel="successor-version"'
ANNOUNCED = (
    ("deprecation", "@1688169599"),
    ("sunset", "Thu, 01 Jan 2099 00:00:00 GMT"),
    ("link", LINK),
)
DOCUMENT = {"ok": True, "ready": True, "llm": {"path": "primary", "model": "m"}, "rag": {"ok": True}, "reasons": []}


def old(
    body: object = DOCUMENT,
    status: int = 200,
    *,
    headers: Sequence[tuple[str, str]] = ANNOUNCED,
    content_type: str = "application/json",
    http_version: str = "1.1",
) -> HttpExchange:
    """An answer of the old address."""
    seen = http(body, status, headers=headers, content_type=content_type)
    return replace(seen, request=Request("GET", OLD_URL), http_version=http_version)


def current(body: object = DOCUMENT, status: int = 200) -> HttpExchange:
    """An answer of the address in its place."""
    return replace(http(body, status), request=Request("GET", f"http://service.example{SUCCESSOR}"))


def counted(hits: int = 0, **more: object) -> AccessLogCount:
    """A count over one log that covers the last 24 hours."""
    log = LogFile("access.log", NOW - timedelta(hours=25), NOW - timedelta(minutes=1), 1000, 0, hits)
    rows = (("/status/summary", hits),) if hits else ()
    count = AccessLogCount(
        path="/status/",
        files=(log,),
        hits=hits,
        own=2,
        by_path=Tally(rows),
        by_day=Tally(tuple(("2026-01-02", number) for _, number in rows)),
        by_agent=Tally(tuple(("curl/8.5.0", number) for _, number in rows)),
        by_status=Tally(tuple(("200", number) for _, number in rows)),
        latest=Hit(datetime(2026, 1, 2, 11, tzinfo=UTC), "/status/summary", "curl/8.5.0", "200") if hits else None,
        since=NOW - timedelta(hours=24),
        until=None,
        at=NOW,
    )
    return replace(count, **more)  # type: ignore[arg-type] # the fields of a count
