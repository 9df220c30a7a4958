"""`opscheck sri check --host`: what a host serves, and its page, held against a manifest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import opscheck
from opscheck.checks._manifest import Entry, address, url_of
from opscheck.checks._page_load import Load, loadings
from opscheck.checks.sri_encodings import sri_encodings
from opscheck.checks.sri_page import sri_page
from opscheck.checks.sri_page_manifest import sri_page_manifest
from opscheck.checks.sri_policy import sri_policy
from opscheck.checks.sri_served import difference
from opscheck.cli.host_file import host_file
from opscheck.cli.sri_check import Line
from opscheck.cli.sri_words import Unusable, shown_path
from opscheck.inventory import select
from opscheck.local_files import read_file
from opscheck.model import Host, HostKind, HttpExchange, Outcome, Request, Unmeasured, Verdict
from opscheck.model.page import Assets, Page
from opscheck.probes.assets import AT_ONCE, Allowance
from opscheck.probes.http import HttpClient
from opscheck.probes.limits import Caps
from opscheck.probes.page import MOST_HTML, assets, page

_CAPS: Final = Caps(timeout=15.0, connect_timeout=5.0)
_ENDPOINT: Final = "page"


def live_host(name: str) -> Host:
    """A host by its name or URL.

    Raises:
        Unusable: it is not known, has no page, or is none that is running.
    """
    host = select([name], host_file())[0]
    if host.kind is not HostKind.LIVE:
        raise Unusable(f"{host.name} is not running: name a live host, or its URL")
    if not host.has(_ENDPOINT):
        raise Unusable(host.why_not(_ENDPOINT))
    return host


def look(host: Host, entries: Sequence[Entry], manifest: Path) -> Iterator[Line]:
    """A line for each file that the host should serve, each element of its page, and each further check."""
    seen, files = asyncio.run(_take(host, entries))
    if isinstance(seen, Unmeasured):
        raise Unusable(f"{host.name}: could not measure: {seen.detail}")
    yield from served(entries, files)
    yield from _page_lines(seen)
    base = host.url(_ENDPOINT)
    for verdict in (
        sri_page(seen),
        sri_encodings(seen),
        sri_policy(seen, promised=bool(host.settings.get("sri", {}).get("policy"))),
        sri_page_manifest(seen, read_file(manifest), base=base),
    ):
        yield _told(verdict)


async def _take(host: Host, entries: Sequence[Entry]) -> tuple[Page | Unmeasured, Assets]:
    client = HttpClient(caps=_CAPS, user_agent=f"opscheck/{opscheck.__version__} sri")
    fetch = partial(_fetch, client, host)
    base = host.url(_ENDPOINT)
    urls = [url_of(entry, base) for entry in entries if not entry.problem]
    at_once = min(AT_ONCE, host.limits.concurrency)
    everything = Allowance(resources=len(urls), whole=2**40, seconds=3600, at_once=at_once)
    try:
        caps = Caps(timeout=_CAPS.timeout, connect_timeout=_CAPS.connect_timeout, body=MOST_HTML)
        document = await client.http(host.request(_ENDPOINT), caps=caps, follow_redirects=True, ca=host.ca)
        if isinstance(document, Unmeasured):
            return document, Assets(base, ())
        seen = await page(document, fetch, Allowance(at_once=at_once))
        return seen, await assets(base, urls, fetch, everything)
    finally:
        await client.aclose()


async def _fetch(
    client: HttpClient, host: Host, request: Request, *, accept_encoding: str, body_cap: int
) -> HttpExchange | Unmeasured:
    caps = Caps(timeout=_CAPS.timeout, connect_timeout=_CAPS.connect_timeout, body=body_cap)
    return await client.http(request, caps=caps, accept_encoding=accept_encoding, ca=host.ca)


def served(entries: Sequence[Entry], files: Assets) -> Iterator[Line]:
    """A line for each file, in every encoding in which it is served."""
    seen = {address(one.url): one for one in files.resources}
    for entry in entries:
        one = None if entry.problem else seen.get(address(url_of(entry, files.base)))
        if one is None:
            continue  # told among the files
        wrong = difference(entry, one)
        missed = [way.answer for way in one.deliveries if isinstance(way.answer, Unmeasured)]
        if wrong:
            yield Line(f"ERR served {wrong}", good=False)
        elif missed:
            yield Line(f"??? served {shown_path(entry.path)}: {missed[0].detail}", good=None)
        else:
            ways = " ".join(way.encoding for way in one.deliveries)
            yield Line(f"OK  served {shown_path(entry.path)} ({ways})")


def _page_lines(seen: Page) -> Iterator[Line]:
    for one in loadings(seen):
        if one.load.loads:
            yield Line(f"OK  page {one}")
        else:
            unseen = one.load is Load.UNREACHABLE and not one.answered
            yield Line(f"{'???' if unseen else 'ERR'} page {one}", good=None if unseen else False)


def _told(verdict: Verdict) -> Line:
    good = {Outcome.FAIL: False, Outcome.UNMEASURED: None}.get(verdict.outcome, True)
    word = {False: "ERR", None: "???", True: "OK "}[good]
    more = f": {verdict.observed}" if not good and verdict.observed else ""
    weak = " (but this need not stay so)" if verdict.outcome is Outcome.DEGRADED else ""
    return Line(f"{word} {verdict.check}: {verdict.reason}{more}{weak}", good=good)
