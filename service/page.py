"""The page that shows the status, and what it is made of; read once at start, sent from memory."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

FOLDER = Path(__file__).parent / "web"
PAGE = "index.html"
MANIFEST = "sri-manifest.json"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_POLICY = {
    "content-security-policy": "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    ),
    "integrity-policy": "blocked-destinations=(script style)",
}
# An asset's address does not change with its content, and a page whose hashes are newer refuses an older copy: so it
# is kept, but asked about before each use. A proxy that transforms it would break its hash.
_ASSET_CACHING = {"cache-control": "public, max-age=0, must-revalidate, no-transform"}
_PAGE_CACHING = {"cache-control": "no-cache"}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    etag: str
    headers: dict[str, str]

    def answer(self, request: Request) -> Response:
        """Give the file, or 304 to whoever has it already."""
        headers = {**self.headers, "etag": self.etag}
        known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
        if self.etag in known or "*" in known:
            return Response(status_code=304, headers=headers)
        return Response(self.content, headers=headers)


def page_routes(folder: Path = FOLDER) -> APIRouter:
    """Make `/`, `/assets/...` and `/sri-manifest.json`."""
    router = APIRouter(include_in_schema=False)
    _serve(router, "/", _read(folder / PAGE, {**_PAGE_CACHING, **_POLICY}))
    _serve(router, f"/{MANIFEST}", _read(folder / MANIFEST, _PAGE_CACHING))
    for asset in sorted((folder / "assets").iterdir()):
        if asset.suffix in _TYPES:
            _serve(router, f"/assets/{asset.name}", _read(asset, _ASSET_CACHING))
    return router


def _read(path: Path, headers: dict[str, str]) -> _File:
    content = path.read_bytes()
    etag = f'"{base64.b64encode(hashlib.sha384(content).digest()[:18]).decode("ascii")}"'
    return _File(content, etag, {"content-type": _TYPES[path.suffix], **headers})


def _serve(router: APIRouter, path: str, file: _File) -> None:
    async def send(request: Request) -> Response:
        return file.answer(request)

    router.add_api_route(path, send, methods=["GET", "HEAD"], name=path)
