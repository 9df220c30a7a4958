"""Defects of the edge: a real nginx with the shipped configuration, changed in one place."""

from __future__ import annotations

import gzip
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.providers.embedded import EmbeddedProvider
from tests.faults import edge_variants as edge
from tests.faults.asgi import Wrap, drain, send_whole
from tests.faults.fault import Fault, fault
from tests.parts.edge import Change

_TEXT: Final = "/openapi.json"  # long enough to be worth compressing, and kept by caches
_BODY_BYTES: Final = 1_048_576
_BURST: Final = 20
# Room beyond the promise for what the run asks before, and slow to forget: a busy machine sends a crowd, too.
_LIMIT: Final = {"EDGE_RATE": "5r/s", "EDGE_BURST": str(_BURST + 10)}
_TLS: Final = "edge-errors edge-hsts edge-redirect edge-compression edge-stream edge-body-limit edge-rate-limit"


def _fault(name: str, red: str, change: Change = edge.as_shipped, **more: Any) -> Fault:  # noqa: ANN401 - fields
    return fault(name, red, edge=change, **more)


def _over(name: str, change: Change, **more: Any) -> Fault:  # noqa: ANN401 - fields
    """A body over the limit."""
    toml = f"[hosts.HOST.expect.edge]\nbody_bytes = {_BODY_BYTES}"
    return _fault(name, "edge-body-limit", change, toml=toml, **more)


def _crowd(name: str, change: Change, **more: Any) -> Fault:  # noqa: ANN401 - fields
    """A burst of requests."""
    toml = f"[hosts.HOST.expect.edge]\nburst = {_BURST}"
    return _fault(name, "edge-rate-limit", change, toml=toml, edge_variables=_LIMIT, **more)


def _text(name: str, change: Change = edge.as_shipped, **more: Any) -> Fault:  # noqa: ANN401 - fields
    """A long text, read with and without compression."""
    toml = f'[hosts.HOST.endpoints]\nedge_root = {{ path = "{_TEXT}" }}'
    return _fault(name, "edge-compression", change, toml=toml, settings={"docs_enabled": True}, **more)


def _packed(stale: bytes, *, for_everyone: bool = False) -> Wrap:
    """The text lies there compressed: as it was once, or for those as well who cannot read it."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            asked = b"gzip" in dict(scope.get("headers", ())).get(b"accept-encoding", b"")
            if scope["type"] != "http" or scope["path"] != _TEXT or not (asked or for_everyone):
                await app(scope, receive, send)
                return

            async def encoded(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
                await send(message)

            await drain(receive)
            await send_whole(encoded, 200, gzip.compress(stale), "application/json")

        return broken

    return wrap


EDGE: Final[tuple[Fault, ...]] = (
    _fault("plain-serves-content", "edge-redirect", edge.no_redirect),
    _fault("redirect-elsewhere", "edge-redirect", edge.redirects_elsewhere),
    _fault("redirect-path-lost", "edge-redirect", edge.redirects_to_the_front),
    _fault("redirect-to-plain", "edge-redirect", edge.redirects_to_plain),
    _fault("hsts-missing", "edge-hsts", edge.no_hsts),
    _fault("hsts-short", "edge-hsts", edge.hsts("max-age=86400")),
    _fault("hsts-unreadable", "edge-hsts", edge.hsts("includeSubDomains; preload")),
    _fault("hsts-twice", "edge-hsts", edge.hsts_twice),
    _fault("certificate-expired", "edge-certificate", certificate="expired", blind=_TLS),
    _fault("certificate-wrong-name", "edge-certificate", certificate="wrong_name", blind=_TLS),
    _fault("certificate-untrusted", "edge-certificate", certificate="self_signed", blind=_TLS),
    _fault("certificate-expires-soon", "edge-certificate", certificate="expiring"),
    _text("compression-missing", edge.not_compressed),
    _text("compression-without-vary", edge.compresses_without_vary),
    _text("compression-unasked", agent=_packed(b'{"openapi":"3.1.0"}' * 200, for_everyone=True)),
    _text("compression-changes-bytes", agent=_packed(b'{"openapi":"2.0"}' * 200)),
    _over("body-limit-reset", edge.resets_large_bodies),
    _over("body-limit-missing", edge.accepts_large_bodies, settings={"max_body_bytes": 8 * _BODY_BYTES}),
    _over("body-limit-crashes", edge.crashes_on_large_bodies),
    _over("body-limit-page", edge.html_errors_of_its_own),
    _crowd("rate-limit-missing", edge.no_limit),
    _crowd("rate-limit-503", edge.limit_503),
    _crowd("rate-limit-no-retry-after", edge.limit_without_retry_after),
    _crowd("rate-limit-resets", edge.limit_resets),
    _crowd("rate-limit-page", edge.html_errors_of_its_own),
    _fault(
        "edge-stream-buffered", "edge-stream", edge.buffering, made={"provider": EmbeddedProvider(word_pause_s=0.05)}
    ),
    _fault("edge-stream-refused", "edge-stream", edge.refuses_streams),
    _fault(
        "edge-stream-broken-off",
        "edge-stream",
        edge_variables={"EDGE_ANSWER_TIMEOUT": "200ms"},
        made={"provider": EmbeddedProvider(word_pause_s=0.5)},
    ),
    _fault("unknown-answers-200", "edge-errors", edge.page_for_anything),
    _fault("unknown-is-a-page", "edge-errors", edge.html_errors),
    _fault("unknown-crashes", "edge-errors", edge.crashes_on_unknown),
    _fault("error-status-disagrees", "edge-errors", edge.error_status_disagrees),
)

_ALL: Final = f"[hosts.HOST.expect.edge]\nburst = {_BURST}\nbody_bytes = {_BODY_BYTES}"
UNBROKEN: Final[tuple[Fault, ...]] = (
    Fault("unbroken-reference-edge", frozenset(), edge=edge.as_shipped, edge_variables=_LIMIT, toml=_ALL),
    Fault("unbroken-assistant", frozenset(), system="assistant", edge_variables=_LIMIT, toml=_ALL),
    Fault("unbroken-web", frozenset(), system="web", edge_variables=_LIMIT, toml=_ALL),
)
