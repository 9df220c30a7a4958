"""Literal pages, assets and manifests, made in one line."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final

from opscheck.model import HttpExchange, Kind, Phases, Request, Unmeasured
from opscheck.model.files import FileDigest, FolderDigests, LocalFile
from opscheck.model.page import Assets, Delivery, Page, PageElement, Resource
from tests.checks.answers import NOW

SITE: Final = "https://www.example.org"
CDN: Final = "https://cdn.example.net"
BODY: Final = b"alert(1)"
STALE: Final = b"alert(0)"
KEPT: Final = (("cache-control", "public, no-transform"),)
ENCODINGS: Final = ("identity", "gzip", "br")


def digests(body: bytes) -> dict[str, bytes]:
    """By every algorithm."""
    return {name: hashlib.new(name, body).digest() for name in ("sha256", "sha384", "sha512")}


def sri(body: bytes = BODY, algorithm: str = "sha384") -> str:
    """Canonical metadata."""
    return f"{algorithm}-{b64encode(hashlib.new(algorithm, body).digest()).decode()}"


def answered(url: str, status: int = 200, headers: Sequence[tuple[str, str]] = KEPT) -> HttpExchange:
    """An answer without its body."""
    return HttpExchange(Request("GET", url), status, "", "1.1", tuple(headers), b"", 10, Phases(total=0.01), NOW)


def way(
    url: str,
    body: bytes = BODY,
    encoding: str = "identity",
    *,
    status: int = 200,
    headers: Sequence[tuple[str, str]] = KEPT,
) -> Delivery:
    """One way of being served."""
    return Delivery(encoding, answered(url, status, headers), (), len(body), digests(body))


def missed(url: str, encoding: str = "identity", kind: Kind = Kind.TIMEOUT, remedy: str = "") -> Delivery:
    """One way in which nothing came."""
    return Delivery(encoding, Unmeasured(kind, "no answer within 10.0 s", url, NOW, remedy=remedy))


def resource(
    url: str,
    body: bytes = BODY,
    *,
    cors: bool = False,
    status: int = 200,
    headers: Sequence[tuple[str, str]] = KEPT,
    ways: Sequence[Delivery] = (),
) -> Resource:
    """An asset, the same in every encoding unless told otherwise."""
    plain = tuple(way(url, body, encoding, status=status, headers=headers) for encoding in ENCODINGS)
    return Resource(url, cors, tuple(ways) or plain)


def element(url: str = f"{SITE}/a.js", integrity: str | None = None, **more: Any) -> PageElement:  # noqa: ANN401 - fields
    """A script, or whatever its fields say."""
    told = {"tag": "script", "destination": "script", "line": 3, **more}
    return PageElement(address=url.removeprefix(SITE), url=url, integrity=integrity, **told)


def page(
    *elements: PageElement,
    resources: Sequence[Resource] | None = None,
    headers: Sequence[tuple[str, str]] = (),
    url: str = f"{SITE}/",
    status: int = 200,
    is_html: bool = True,
    **more: Any,  # noqa: ANN401 - fields
) -> Page:
    """A page; each element's asset comes as it should, from another origin for everybody, unless told otherwise."""
    every = (("content-type", "text/html"), *headers)
    html = b"<!doctype html>"
    document = HttpExchange(Request("GET", url), status, "", "1.1", every, html, len(html), Phases(total=0.01), NOW)
    if resources is None:
        opened = (*KEPT, ("access-control-allow-origin", "*"))
        found = {(one.url, one.cors): resource(one.url, cors=one.cors, headers=opened) for one in elements if one.url}
        resources = tuple(found.values())
    return Page(document, is_html, elements, tuple(resources), **more)


def served(content: object, status: int = 200, content_type: str = "application/json") -> HttpExchange:
    """A manifest as a host serves it."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = (("content-type", content_type),)
    request = Request("GET", f"{SITE}/sri-manifest.json")
    return HttpExchange(request, status, "", "1.1", headers, raw, len(raw), Phases(total=0.01), NOW)


def local(content: object, problem: str = "") -> LocalFile:
    """A manifest as a file."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return LocalFile("/site/sri-manifest.json", b"" if problem else raw, NOW, problem)


def folder(*files: FileDigest) -> FolderDigests:
    """Files below a folder."""
    return FolderDigests("/site", files, NOW)


def file(name: str, body: bytes = BODY, problem: str = "") -> FileDigest:
    """One of them."""
    return FileDigest(name, {} if problem else digests(body), len(body), problem)


def assets(*resources: Resource, left_out: int = 0) -> Assets:
    """What came for the files of a manifest."""
    return Assets(f"{SITE}/sri-manifest.json", resources, left_out)
