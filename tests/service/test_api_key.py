"""The key of the agent's callers: needed where one is set, and nothing is told about what was wrong."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from service.running import EmbeddedService

from .conftest import Run

_KEY = "sk-callers-key-\u00e4"
_GUARDED = [
    ("POST", "/v1/agent"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
    ("POST", "/chat"),
]
_BODY = {"prompt": "hi", "messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture(params=["environment", "file"])
def guarded(
    request: pytest.FixtureRequest, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> EmbeddedService:
    """Give a service that wants a key, told by variable or by file."""
    file = tmp_path / "key"
    file.write_text(f"{_KEY}\n", encoding="utf-8")
    name, value = {"environment": ("AGENT_API_KEY", _KEY), "file": ("AGENT_API_KEY_FILE", str(file))}[request.param]
    monkeypatch.setenv(name, value)
    return run(allowed_origins="https://app.example.org")


def send(http: httpx.Client, service: EmbeddedService, method: str, path: str, *keys: bytes) -> httpx.Response:
    """Send with these Authorization headers."""
    headers = [(b"authorization", key) for key in keys]
    return http.request(method, service.agent_url + path, headers=headers, json=_BODY if method == "POST" else None)


def test_the_key_opens(guarded: EmbeddedService, http: httpx.Client) -> None:
    """With the key each route answers; the scheme is read in any case."""
    for method, path in _GUARDED:
        for scheme in (b"Bearer ", b"bearer ", b"BEARER  "):
            assert send(http, guarded, method, path, scheme + _KEY.encode()).status_code == 200


def test_anything_else_is_refused_alike(guarded: EmbeddedService, http: httpx.Client) -> None:
    """No key, another key, a part of it, more than it, another scheme, two keys: one answer for all."""
    right = b"Bearer " + _KEY.encode()
    wrong: list[tuple[bytes, ...]] = [
        (),
        (b"",),
        (b"Bearer",),
        (b"Bearer wrong",),
        (right[:-1],),
        (right + b"x",),
        (right[7:],),
        (b"Basic " + right[7:],),
        (right, right),
        (b"Bearer \xff\xfe",),
    ]
    for method, path in _GUARDED:
        answers = [send(http, guarded, method, path, *keys) for keys in wrong]

        assert {answer.status_code for answer in answers} == {401}
        assert {answer.headers["www-authenticate"] for answer in answers} == {'Bearer realm="agent"'}
        assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
        assert len({answer.content for answer in answers}) == 1
        assert _KEY not in answers[0].text


def test_a_wrong_key_says_nothing_of_the_body(guarded: EmbeddedService, http: httpx.Client) -> None:
    """Who has no key does not learn whether a request would have been understood."""
    answer = http.post(f"{guarded.agent_url}/chat", content=b"{", headers={"content-type": "application/json"})

    assert answer.status_code == 401


def test_all_the_rest_is_open(guarded: EmbeddedService, http: httpx.Client) -> None:
    """Probes, status, metrics and the page need no key, and neither does a preflight."""
    for path in ("/", "/healthz", "/live", "/ready", "/metrics", "/api/status/summary", "/status/cors"):
        assert http.get(guarded.agent_url + path).status_code == 200
    asked = {
        "origin": "https://app.example.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    assert http.options(f"{guarded.agent_url}/chat", headers=asked).status_code == 204


def test_a_refusal_can_be_read_by_an_allowed_page(guarded: EmbeddedService, http: httpx.Client) -> None:
    """401 is a cross-origin answer like any other."""
    origin = "https://app.example.org"
    answer = http.get(f"{guarded.agent_url}/v1/models", headers={"origin": origin})

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, origin)


def test_without_a_key_all_is_open(service: EmbeddedService, http: httpx.Client) -> None:
    """Where none is set none is asked for, and one that is sent does no harm."""
    assert send(http, service, "POST", "/chat").status_code == 200
    assert send(http, service, "POST", "/chat", b"Bearer anything").status_code == 200
