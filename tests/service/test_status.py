"""The status addresses: the current ones, the old ones for as long as they live, and what each answer carries."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from service.running import EmbeddedService
from service.settings import Settings

from .conftest import HandClock, Run

_ORIGIN = "https://app.example.org"
_NAMES = ("summary", "cors", "uptime")
_PREFLIGHT = {"access-control-request-method": "GET"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize(("folder", "path"), [("/api/status", "api"), ("/status", "legacy")])
def test_each_address_answers_and_says_which_it_is(  # noqa: PLR0917 - a table's columns and fixtures
    service: EmbeddedService, http: httpx.Client, method: str, name: str, folder: str, path: str
) -> None:
    """200, never stored, marked; a HEAD has no body."""
    answer = http.request(method, f"{service.agent_url}{folder}/{name}")

    assert answer.status_code == 200
    assert answer.headers["x-status-path"] == path
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert bool(answer.content) == (method == "GET")


@pytest.mark.parametrize("name", _NAMES)
def test_old_and_new_say_the_same(service: EmbeddedService, http: httpx.Client, name: str) -> None:
    """An alias has no opinion of its own."""
    old, new = (http.get(f"{service.agent_url}{folder}/{name}").json() for folder in ("/status", "/api/status"))
    for moving in ("timestamp", "uptime_seconds"):
        old.pop(moving, None), new.pop(moving, None)

    assert old == new


def test_the_summary_has_every_field(service: EmbeddedService, http: httpx.Client) -> None:
    """What clients read is there, with its type."""
    body = http.get(f"{service.agent_url}/api/status/summary").json()

    assert set(body) == {
        "ok",
        "ready",
        "reasons",
        "llm",
        "openai_configured",
        "rag",
        "primary",
        "last_served_by",
        "build",
        "tooltip",
    }
    assert (body["ok"], body["ready"], body["reasons"]) == (True, True, [])
    assert body["llm"]["provider"] == "embedded"
    assert datetime.fromisoformat(body["llm"]["since"]).tzinfo is not None


def test_cors_and_uptime_tell_what_is(service: EmbeddedService, http: httpx.Client) -> None:
    """The origins are those of the middleware, the uptime grows from the start."""
    cors = http.get(f"{service.agent_url}/api/status/cors").json()
    first = http.get(f"{service.agent_url}/api/status/uptime").json()
    time.sleep(0.05)
    second = http.get(f"{service.agent_url}/api/status/uptime").json()

    assert (cors["allow_all"], cors["allowed_origins"]) == (False, [_ORIGIN])
    assert abs(datetime.fromisoformat(cors["timestamp"]) - datetime.now(UTC)) < timedelta(seconds=30)
    assert second["uptime_seconds"] - first["uptime_seconds"] >= 0.05
    assert first["start_time"] == second["start_time"]
    assert first["build"] == http.get(f"{service.agent_url}/api/status/summary").json()["build"]


@pytest.mark.parametrize("path", ["/live", "/api/ping"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_live_says_only_that(service: EmbeddedService, http: httpx.Client, path: str, method: str) -> None:
    """The process answers, and nothing more is told."""
    answer = http.request(method, service.agent_url + path)

    assert answer.status_code == 200
    assert answer.content == (b'{"ok":true}' if method == "GET" else b"")


@pytest.mark.parametrize("origin", [None, _ORIGIN, "https://evil.example"])
@pytest.mark.parametrize(
    ("method", "path", "status", "mark"),
    [
        ("GET", "/api/status/summary", 200, "api"),
        ("GET", "/api/status/nothing", 404, "api"),
        ("POST", "/api/status/summary", 405, "api"),
        ("GET", "/status/summary", 200, "legacy"),
        ("GET", "/status/nothing", 404, "legacy"),
        ("POST", "/status/summary", 405, "legacy"),
        ("GET", "/ready", 200, None),
        ("GET", "/statuses", 404, None),
    ],
)
def test_the_mark_is_on_every_answer(  # noqa: PLR0917 - a table's columns and fixtures
    service: EmbeddedService,
    http: httpx.Client,
    origin: str | None,
    method: str,
    path: str,
    status: int,
    mark: str | None,
) -> None:
    """With or without an origin, on errors too; a page of an allowed origin may read it."""
    answer = http.request(method, service.agent_url + path, headers={"origin": origin} if origin else {})

    assert answer.status_code == status
    assert answer.headers.get("x-status-path") == mark
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Origin"
    exposed = answer.headers.get("access-control-expose-headers", "")
    assert ("X-Status-Path" in exposed.split(", ")) == (origin == _ORIGIN)


@pytest.mark.parametrize(("path", "mark"), [("/api/status/summary", "api"), ("/status/summary", "legacy")])
@pytest.mark.parametrize(("origin", "status"), [(_ORIGIN, 204), ("https://evil.example", 403)])
def test_a_preflight_is_marked_too(  # noqa: PLR0917 - a table's columns and fixtures
    service: EmbeddedService, http: httpx.Client, path: str, mark: str, origin: str, status: int
) -> None:
    """Whatever the layer that answers, the mark is there once."""
    answer = http.options(service.agent_url + path, headers={"origin": origin, **_PREFLIGHT})

    assert answer.status_code == status
    assert answer.headers.get_list("x-status-path") == [mark]


def test_a_failing_status_is_marked_and_readable(run: Run, http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in the summary is a 500 that carries the mark, and that an allowed page may read."""

    async def broken(self: object) -> None:
        raise ZeroDivisionError(self)

    monkeypatch.setattr("service.status.readiness.Readiness.snapshot", broken)
    answer = http.get(f"{run(allowed_origins=_ORIGIN).agent_url}/status/summary", headers={"origin": _ORIGIN})

    assert (answer.status_code, answer.headers["x-status-path"]) == (500, "legacy")
    assert answer.headers["access-control-allow-origin"] == _ORIGIN


@pytest.mark.parametrize("name", _NAMES)
def test_an_old_address_says_until_when_and_where_to(service: EmbeddedService, http: httpx.Client, name: str) -> None:
    """Deprecation as a structured date, Sunset as an HTTP date not before it, and the successor by its address."""
    headers = http.get(f"{service.agent_url}/status/{name}").headers
    new = http.get(f"{service.agent_url}/api/status/{name}").headers
    defaults = Settings()

    assert headers["deprecation"] == f"@{int(defaults.legacy_deprecated_at.timestamp())}"
    assert headers["sunset"] == "Tue, 01 Jan 2036 00:00:00 GMT"
    assert parsedate_to_datetime(headers["sunset"]) == defaults.legacy_sunset_at
    assert headers["link"] == f'</api/status/{name}>; rel="successor-version"'
    assert not {"deprecation", "sunset", "link"} & set(new)


@pytest.mark.parametrize("origin", [None, _ORIGIN])
@pytest.mark.parametrize("how", ["off", "past sunset"])
def test_an_old_address_that_is_given_up_is_gone(run: Run, http: httpx.Client, how: str, origin: str | None) -> None:
    """410 as a problem with the successor's address; the current addresses are as ever."""
    past = {"legacy_deprecated_at": "2026-01-01T00:00:00Z", "legacy_sunset_at": "2026-02-01T00:00:00Z"}
    service = run(allowed_origins=_ORIGIN, **({"legacy_status": "off"} if how == "off" else past))
    sent = {"origin": origin} if origin else {}
    answer = http.get(f"{service.agent_url}/status/summary", headers=sent)

    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["code"]) == (410, "gone")
    assert answer.headers["x-status-path"] == "legacy"
    assert answer.headers["link"] == '</api/status/summary>; rel="successor-version"'
    assert answer.headers.get("access-control-allow-origin") == origin
    assert http.head(f"{service.agent_url}/status/uptime").status_code == 410
    assert http.get(f"{service.agent_url}/status/anything").status_code == 410
    assert http.get(f"{service.agent_url}/api/status/summary", headers=sent).status_code == 200


def test_the_last_day_comes_without_a_restart(run: Run, http: httpx.Client) -> None:
    """Until the sunset the old address answers, from that moment on it is gone."""
    clock = HandClock()
    service = run(
        clock=clock, legacy_deprecated_at="2026-11-01T00:00:00Z", legacy_sunset_at=clock.now() + timedelta(seconds=10)
    )
    clock.seconds += 9
    before = http.get(f"{service.agent_url}/status/cors")
    clock.seconds += 1
    after = http.get(f"{service.agent_url}/status/cors")

    assert (before.status_code, after.status_code) == (200, 410)
    assert before.headers["sunset"] == after.headers["sunset"] == "Sat, 21 Nov 2026 12:00:10 GMT"


def test_old_addresses_are_in_no_document(run: Run, http: httpx.Client) -> None:
    """OpenAPI offers the current addresses only."""
    paths = http.get(f"{run(docs_enabled=True).agent_url}/openapi.json").json()["paths"]

    assert [path for path in paths if path.startswith("/status")] == []
    assert {f"/api/status/{name}" for name in _NAMES} | {"/live", "/api/ping", "/chat"} <= set(paths)
