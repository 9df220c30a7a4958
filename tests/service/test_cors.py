"""Cross-origin access: only for listed origins, and on every answer."""

from __future__ import annotations

import httpx
import pytest
from pydantic import ValidationError

from service.running import EmbeddedService
from service.settings import Settings

_ORIGIN = "https://app.example.org"
_ANSWERS = [
    ("GET", "/healthz", b"", 200),
    ("GET", "/nowhere", b"", 404),
    ("GET", "/v1/agent", b"", 405),
    ("POST", "/v1/agent", b"{", 400),
    ("POST", "/v1/agent", b"{}", 422),
    ("POST", "/v1/agent", b'"' + b"a" * (1024 * 1024 + 10), 413),
]


@pytest.mark.parametrize(("method", "path", "content", "status"), _ANSWERS)
@pytest.mark.parametrize("origin", [_ORIGIN, "https://evil.example", "null", _ORIGIN + "/", None])
def test_only_the_listed_origin_may_read_and_every_answer_varies(  # noqa: PLR0917 - a table's columns and fixtures
    service: EmbeddedService,
    http: httpx.Client,
    method: str,
    path: str,
    content: bytes,
    status: int,
    origin: str | None,
) -> None:
    """Errors are readable by a listed origin like successes; nobody else is let in, and never with credentials."""
    headers = {"content-type": "application/json"} | ({"origin": origin} if origin else {})
    answer = http.request(method, service.agent_url + path, content=content, headers=headers)

    assert answer.status_code == status
    assert answer.headers.get("access-control-allow-origin") == (_ORIGIN if origin == _ORIGIN else None)
    assert "access-control-allow-credentials" not in answer.headers
    assert "Origin" in answer.headers["vary"]


def preflight(http: httpx.Client, service: EmbeddedService, origin: str, method: str, headers: str) -> httpx.Response:
    """Ask as a browser does before it sends."""
    asked = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": headers,
    }
    return http.options(f"{service.agent_url}/v1/agent", headers=asked)


def test_preflight_of_a_listed_origin_passes(service: EmbeddedService, http: httpx.Client) -> None:
    """A listed origin may post JSON with its headers."""
    answer = preflight(http, service, _ORIGIN, "POST", "authorization,content-type")

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == _ORIGIN
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("origin", "method", "headers"),
    [
        ("https://evil.example", "POST", "content-type"),
        (_ORIGIN, "DELETE", "content-type"),
        (_ORIGIN, "post", "content-type"),
        (_ORIGIN, "POST", "x-evil"),
        (_ORIGIN, "POST", "bad name"),
    ],
)
def test_preflight_of_anything_else_fails(
    service: EmbeddedService, http: httpx.Client, origin: str, method: str, headers: str
) -> None:
    """Another origin, method or header is refused by status."""
    assert preflight(http, service, origin, method, headers).status_code == 403


@pytest.mark.parametrize("origin", ["*", "null", "https://a.example/", "https://*.example.org", "HTTPS://A.example"])
def test_settings_take_only_serialised_origins(origin: str) -> None:
    """What could never match, or would match everybody, is refused at start."""
    with pytest.raises(ValidationError, match="is not an origin"):
        Settings(allowed_origins=(origin,))
