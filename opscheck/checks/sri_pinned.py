"""What comes from third parties is of one version."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from opscheck.checks._manifest import told
from opscheck.checks._page_load import capped, no_page
from opscheck.checks._words import degraded, failed, passed, shown, status_line, unclear
from opscheck.model import Verdict
from opscheck.model.page import Page, origin_of
from opscheck.registry import check

_EXPECTED: Final = "a full version such as 3.4.1, or a hash of the content, in the address of every third party's asset"
_EXACT: Final = re.compile(r"v?\d+\.\d+\.\d+(?:[-+.][0-9A-Za-z.+-]+)?|[0-9a-f]{7,40}")
_TAGGED: Final = re.compile(r"(?<=[^/,@])@([^/@,]+)(?=[/,]|$)")
_VERSION: Final = re.compile(r"(?<![0-9.])v?\d+\.\d+\.\d+(?![0-9])")
_HASH: Final = re.compile(r"(?<![0-9A-Za-z])(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])(?:[0-9a-f]{8,64})(?![0-9A-Za-z])")
_MIXED: Final = re.compile(r"(?<=[.-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{8,}(?=\.)")
_LATEST: Final = re.compile(r"(?:^|[/@._-])(latest|current|stable|master|main|next|nightly)(?=[/._-]|$)", re.IGNORECASE)
_RANGE: Final = re.compile(r"(?:^|/)v?\d+(?:\.(?:\d+|x))?(?=/)")


@check(
    "sri-pinned",
    promise="Every script and stylesheet of a third party is asked for in one version that does not move.",
    concern="sri",
    faults={
        "version-latest": "the address asks for whatever is the latest version",
        "version-range": "the address asks for the newest of a range of versions",
        "version-absent": "the address names no version at all",
    },
    remedy="name the full version in the address, and give the element the integrity of that file",
)
def sri_pinned(page: Page) -> Verdict:
    """Judge the addresses of what a page takes from third parties."""
    why = no_page(page)
    if why:
        return unclear(why, expected=_EXPECTED, observed=status_line(page.document))
    named = dict.fromkeys(one.url for one in page.elements if third_party(one.url, page.origin))
    loose = {url: floating(url) for url in named}
    wrong = [f"{shown(url, 90)} {text}" for url, text in loose.items() if text]
    if wrong:
        first = next(text for text in loose.values() if text)
        reason = f"{len(wrong)} of {len(named)} addresses of third parties move: the first {first}"
        return failed(reason, expected=_EXPECTED, observed=told(wrong))
    observed = told(shown(url, 90) for url in named) or "nothing comes from a third party"
    if page.unread:
        return degraded(capped(page), expected=_EXPECTED, observed=observed)
    reason = "every third party's asset is of one version" if named else "nothing comes from a third party"
    return passed(reason, expected=_EXPECTED, observed=observed)


def third_party(url: str, origin: str) -> bool:
    """It is served by another origin, which is no name below the page's own site.

    >>> third_party("https://a.example.org/a.js", "https://www.example.org"), third_party("https://x.test/", "https://y.test")
    (False, True)
    """
    if origin_of(url) in (origin, ""):
        return False
    site = (urlsplit(origin).hostname or "").removeprefix("www.")
    host = urlsplit(url).hostname or ""
    named = "." in site and not site.replace(".", "").isdigit()
    return not (named and (host == site or host.endswith(f".{site}")))


def floating(url: str) -> str:
    """Why the content behind an address may become another; empty where it names one version.

    >>> floating("https://cdn.test/npm/vue@3/vue.js"), floating("https://cdn.test/npm/vue@3.4.1/vue.js")
    ('asks for the range 3', '')
    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    tags = _TAGGED.findall(path)
    loose = [tag for tag in tags if not _EXACT.fullmatch(tag)]
    if loose:
        is_range = re.match(r"[\^~v<>=]*\d", loose[0])
        return f"asks for the {'range' if is_range else 'moving tag'} {shown(loose[0], 30)[1:-1]}"
    whole = f"{path}?{unquote(parts.query)}"
    if tags or _VERSION.search(whole) or _HASH.search(whole) or _MIXED.search(path):
        return ""
    moving = _LATEST.search(path)
    if moving:
        return f"asks for the moving tag {moving[1]}"
    loose_range = _RANGE.search(path)
    return f"asks for the range {loose_range[0].strip('/')}" if loose_range else "names no version"
