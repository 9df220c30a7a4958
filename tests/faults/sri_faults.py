"""Defects that a page's integrity has: of its elements, its assets, its policy and its manifest."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from service.page import FOLDER
from tests.faults.answers import editing
from tests.faults.asgi import Wrap, both
from tests.faults.fault import Fault, fault
from tests.faults.sri_wraps import SCRIPT, STALE, answered, in_encoding, library, page, stale_copy

_HERE: Final = Path(__file__).parent / "manifests"
_HTML: Final = (FOLDER / "index.html").read_text("utf-8")
_TAG: Final = next(tag for tag in re.findall(r"<script[^>]*>", _HTML) if SCRIPT in tag)
_HASH: Final = re.findall(r'integrity="([^"]*)"', _TAG)[0]
_OTHER_HASH: Final = "sha384-" + "A" * 64
_BARE: Final = f'<script src="{SCRIPT}" defer>'
_FAR: Final = f'<script src="OTHER{SCRIPT}?v=1.2.3"'
_CHECKED: Final = f'integrity="{_HASH}"'
_OLD_BUILD: Final = answered(SCRIPT, lambda seen: replace(seen, body=seen.body + STALE))
_PROMISED: Final = "[hosts.HOST.expect.sri]\npolicy = true"


def _local(manifest: Path, root: Path) -> str:
    return f'[hosts.HOST.expect.sri]\nmanifest_file = "{manifest}"\nroot_folder = "{root}"'


def _script(tag: str, **more: Any) -> Wrap:  # noqa: ANN401 - the policy
    """The page's script by another tag."""
    return page((_TAG, tag), **more)


def _manifest(name: str, record: object) -> Wrap:
    """The served manifest with another record, or without it."""

    def edit(status: int, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return status, {key: value for key, value in {**document, name: record}.items() if value}

    return editing("/sri-manifest.json", edit)


def _floating(path: str) -> Wrap:
    """The page takes its script from a third party, by an address that moves."""
    tag = f'<script src="OTHER{path}" {_CHECKED} crossorigin="anonymous">'
    return both(library(path), _script(tag))


_ELEMENTS: Final[tuple[Fault, ...]] = (
    fault(
        "integrity-mismatch",
        "sri-page sri-served",
        shows="integrity-mismatch served-drift",
        agent=_OLD_BUILD,
    ),
    fault("integrity-malformed", "sri-page sri-page-manifest", agent=page((_HASH, "sha384-%%%"))),
    fault("integrity-ineffective", "sri-page sri-page-manifest sri-policy", agent=page((_HASH, "sha1-AAAA"))),
    fault("crossorigin-missing", "sri-page", agent=_script(f"{_FAR} {_CHECKED}>", policy=None)),
    fault("asset-cors-refused", "sri-page", agent=_script(f'{_FAR} {_CHECKED} crossorigin="anonymous">')),
    fault("cross-origin-unprotected", "sri-page", agent=_script(f"{_FAR}>", policy=None)),
    fault("asset-not-served", "sri-page", agent=_script('<script src="/assets/gone.js">', policy=None)),
    fault("version-latest", "sri-pinned", agent=_floating("/lib@latest/badge.js")),
    fault("version-range", "sri-pinned", agent=_floating("/lib@3/badge.js")),
    fault("version-absent", "sri-pinned", agent=_floating("/lib/badge.js")),
)
_ENCODINGS: Final[tuple[Fault, ...]] = (
    fault(
        "encoding-differs",
        "sri-encodings sri-page sri-served",
        shows="encoding-differs served-encoding-drift",
        agent=in_encoding("gzip", stale_copy),
    ),
    fault(
        "encoding-broken",
        "sri-encodings sri-page sri-served",
        agent=in_encoding("gzip", lambda seen: seen.having(b"content-encoding", b"gzip")),
    ),
    fault(
        "encoding-refused",
        "sri-encodings sri-page sri-served",
        agent=in_encoding("br", lambda seen: replace(seen, status=406)),
    ),
)
_POLICIES: Final[tuple[Fault, ...]] = (
    fault("policy-missing", "sri-policy", agent=page(policy=None), toml=_PROMISED),
    fault("policy-incomplete", "sri-policy", agent=page(policy=b"blocked-destinations=(script)"), toml=_PROMISED),
    fault("policy-unreadable", "sri-policy", agent=page(policy=b"blocked-destinations=script")),
    fault("policy-empty", "sri-policy", agent=page(policy=b"endpoints=(ep)")),
    fault("policy-blocks-page", "sri-policy", agent=_script(f'<script src="{SCRIPT}" {_CHECKED}>')),
)
_MANIFESTS: Final[tuple[Fault, ...]] = (
    fault("attribute-differs", "sri-page sri-page-manifest", agent=page((_HASH, _OTHER_HASH))),
    fault("attribute-absent", "sri-page-manifest", agent=_script(_BARE, policy=None)),
    fault("asset-unlisted", "sri-page-manifest", agent=_manifest("assets/badge.js", None)),
    fault("served-missing", "sri-served", agent=_manifest("assets/gone.js", {"sha384": _HASH})),
    fault(
        "served-manifest-unusable",
        "sri-served sri-page-manifest",
        shows="served-manifest-unusable page-manifest-unusable",
        agent=editing("/sri-manifest.json", lambda status, _: (status, {})),
    ),
    fault("manifest-drift", "sri-manifest", toml=_local(FOLDER / "sri-manifest.json", _HERE / "stale")),
    fault("manifest-file-missing", "sri-manifest", toml=_local(FOLDER / "sri-manifest.json", _HERE)),
    fault(
        "manifest-record-unusable",
        "sri-manifest sri-served sri-page-manifest",
        toml=_local(_HERE / "null.json", FOLDER),
    ),
    fault("manifest-unusable", "sri-manifest sri-served sri-page-manifest", toml=_local(_HERE / "empty.json", FOLDER)),
)

SRI: Final[tuple[Fault, ...]] = (*_ELEMENTS, *_ENCODINGS, *_POLICIES, *_MANIFESTS)
SRI_UNBROKEN: Final[tuple[Fault, ...]] = (
    Fault("unbroken-integrity", frozenset(), toml=_PROMISED),
    Fault("unbroken-manifest", frozenset(), toml=_local(FOLDER / "sri-manifest.json", FOLDER) + "\npolicy = true"),
)

# Any web site, behind a real nginx with TLS: a catalog of its own, because it needs that nginx.
SRI_EDGE: Final[tuple[Fault, ...]] = (
    fault("web-asset-stale", "sri-page", shows="integrity-mismatch", system="web", agent=_OLD_BUILD),
    fault(
        "web-copy-stale",
        "sri-page sri-encodings",
        shows="encoding-differs integrity-mismatch",
        system="web",
        agent=in_encoding("gzip", stale_copy),
    ),
)
SRI_EDGE_UNBROKEN: Final[tuple[Fault, ...]] = (Fault("unbroken-web", frozenset(), system="web"),)
