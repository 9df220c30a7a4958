"""Defects of giving an old address up that the checks have to find."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.faults.answers import answering, editing
from tests.faults.asgi import Wrap, as_it_is
from tests.faults.edge_variants import legacy_gone_to_page, several
from tests.faults.fault import Fault, fault
from tests.faults.status_wraps import LEGACY, SUMMARY, Pairs, heading, rewriting
from tests.parts.edge import Change

_GATE: Final = "[hosts.HOST.expect.legacy]\ngate = true\n"
_LOGGED: Final = '[hosts.HOST.expect.legacy]\ngate = true\nlog_files = ["HOST-edge/access.{}*"]\nsince_hours = 24\n'
_OFF: Final[Mapping[str, Any]] = {"legacy_status": "off", "docs_enabled": True}
_PUBLISHED: Final[Mapping[str, Any]] = {"docs_enabled": True}
_PAGE: Final = b"<!doctype html><title>App</title><div id=root></div>"
_LOG: Final = re.compile(r"access_log (\S+) combined;")
_JSON_LOG: Final = re.compile(r"access_log (\S+) edge_json;")


def _legacy_fault(name: str, red: str, agent: Wrap = as_it_is, **more: Any) -> Fault:  # noqa: ANN401 - fields of a fault
    return fault(name, red, agent=agent, **{"settings": _PUBLISHED, **more})


def _sending(**values: str | None) -> Wrap:
    """Headers of the old address with other values, None for none; an underscore in a name stands for a hyphen."""
    changed = {name.replace("_", "-").encode(): value for name, value in values.items()}

    def change(_asked: Mapping[bytes, bytes], pairs: Pairs) -> Pairs:
        kept = [pair for pair in pairs if pair[0].lower() not in changed]
        return [*kept, *((name, value.encode()) for name, value in changed.items() if value is not None)]

    return heading(change, LEGACY)


def _body(new: object) -> Wrap:
    """The old address says something else, with the headers that it has."""
    return rewriting(LEGACY, lambda _: new if isinstance(new, bytes) else json.dumps(new).encode())


def _leading(status: int, place: str) -> Wrap:
    """The old address redirects."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] != LEGACY:
                await app(scope, receive, send)
                return
            headers = [(b"location", place.encode()), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b""})

        return broken

    return wrap


def _zeros(body: bytes) -> bytes:
    def zero(value: object) -> object:
        if isinstance(value, dict):
            return {name: zero(inner) for name, inner in value.items()}
        return type(value)() if value is not None else None

    return json.dumps(zero(json.loads(body))).encode()


def _listed(*, deprecated: bool) -> Wrap:
    operation = {"responses": {"200": {"description": "OK"}}, **({"deprecated": True} if deprecated else {})}
    return editing(
        "/openapi.json",
        lambda status, document: (
            status,
            {**document, "paths": {**document["paths"], "/status/{name}": {"get": operation}}},
        ),
    )


def _every_other(value: bytes) -> Wrap:
    """Every other answer of the current address has another X-Status-Path, or none."""
    turn = count()

    def change(_asked: Mapping[bytes, bytes], pairs: Pairs) -> Pairs:
        if next(turn) % 2:
            return pairs
        kept = [pair for pair in pairs if pair[0].lower() != b"x-status-path"]
        return [*kept, (b"X-Status-Path", value)] if value else kept

    return heading(change, SUMMARY)


def _capitals(app: ASGIApp) -> ASGIApp:
    """Header names as some servers write them."""
    change = heading(lambda _, pairs: [(name.upper(), value) for name, value in pairs], LEGACY)
    return heading(lambda _, pairs: [(name.upper(), value) for name, value in pairs], SUMMARY)(change(app))


def _came_before(target: str, agent: str) -> Change:
    """Logs that were written before: for a day and more by others, an hour ago for this target by this agent."""

    def write(text: str) -> str:
        log, json_log = (Path(_found(pattern, text)) for pattern in (_LOG, _JSON_LOG))
        log.parent.mkdir(parents=True, exist_ok=True)
        others = [(26 - number / 2, "/", "curl/8.5.0") for number in range(50)]
        for hours, asked, by in (*others, (1, target, agent), (0.5, "/", "curl/8.5.0")):
            at = datetime.now(UTC) - timedelta(hours=hours)
            with log.open("a") as file:
                stamp = at.strftime("%d/%b/%Y:%H:%M:%S +0000")
                file.write(f'127.0.0.1 - - [{stamp}] "GET {asked} HTTP/1.1" 200 5 "-" "{by}"\n')
            with json_log.open("a") as file:
                line = {"time": at.isoformat(timespec="seconds"), "uri": asked, "status": 200, "agent": by}
                file.write(json.dumps(line) + "\n")
        return text

    return write


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise ValueError(f"the edge's configuration no longer has {pattern.pattern}")
    return match[1]


def _sunset_by_protocol(text: str) -> str:
    """The edge says another Sunset over HTTP/2."""
    maps = 'map $server_protocol $edge_sunset { default ""; HTTP/2.0 "Thu, 01 Jan 2099 00:00:00 GMT"; }'
    location = f"location = {LEGACY} {{ add_header Sunset $edge_sunset; proxy_pass $edge_upstream; }}\n"
    marker = "location = /.edge_error {"
    if marker not in text:
        raise ValueError(f"the edge's configuration no longer has {marker}")
    return f"{maps}\n{text.replace(marker, location + marker)}"


_ON_THE_EDGE: Final[Mapping[str, Any]] = {"system": "assistant", "settings": _OFF}

_GATES: Final = (
    _legacy_fault("legacy-answers", "legacy-gate", toml=_GATE),
    _legacy_fault("legacy-redirects", "legacy-gate", _leading(302, SUMMARY), toml=_GATE),
    _legacy_fault(
        "legacy-redirects-elsewhere", "legacy-gate", _leading(301, "/"), toml=_GATE, shows="legacy-redirects"
    ),
    _legacy_fault("legacy-half-gone", "legacy-gate", answering(LEGACY, {"title": "no"}, 405), toml=_GATE),
)
_STUBS: Final = (
    _legacy_fault("legacy-page", "legacy-stub", _body(_PAGE)),
    _legacy_fault("legacy-empty", "legacy-stub", _body(b"")),
    _legacy_fault("legacy-zero-stub", "legacy-stub", rewriting(LEGACY, _zeros)),
    _legacy_fault("legacy-keys-missing", "legacy-stub", _body({"ok": False, "llm": {"path": "warming"}})),
    _legacy_fault(
        "legacy-gone-to-page",
        "legacy-gate legacy-stub legacy-signals",
        shows="legacy-page legacy-answers legacy-unannounced",
        edge=legacy_gone_to_page,
        toml=_GATE,
        **_ON_THE_EDGE,
    ),
)
_SIGNALS: Final = (
    _legacy_fault("legacy-unannounced", "legacy-signals", _sending(deprecation=None, sunset=None, link=None)),
    _legacy_fault(
        "legacy-link-alone", "legacy-signals", _sending(deprecation=None, sunset=None), shows="legacy-unannounced"
    ),
    _legacy_fault("legacy-deprecation-malformed", "legacy-signals", _sending(deprecation="true")),
    _legacy_fault("legacy-sunset-malformed", "legacy-signals", _sending(sunset="Thu, 01 Jan 2099 00:00:00 UTC")),
    _legacy_fault(
        "legacy-sunset-first",
        "legacy-signals",
        _sending(deprecation="@4102444800", sunset="Thu, 01 Jan 2099 00:00:00 GMT"),
    ),
    _legacy_fault(
        "legacy-past-sunset",
        "legacy-signals",
        _sending(deprecation="@1688169599", sunset="Sat, 01 Jun 2024 00:00:00 GMT"),
    ),
    _legacy_fault("legacy-link-malformed", "legacy-signals", _sending(link=f"{SUMMARY}; rel=successor-version")),
    _legacy_fault(
        "legacy-successor-elsewhere", "legacy-signals", _sending(link='</status/summary>; rel="successor-version"')
    ),
    _legacy_fault(
        "legacy-protocols-disagree",
        "legacy-signals",
        edge=_sunset_by_protocol,
        system="assistant",
    ),
)
_USE: Final = (
    _legacy_fault("legacy-in-openapi", "legacy-openapi", _listed(deprecated=False)),
    _legacy_fault(
        "legacy-in-openapi-gated",
        "legacy-openapi",
        _listed(deprecated=True),
        settings=_OFF,
        toml=_GATE,
        shows="legacy-in-openapi",
    ),
    _legacy_fault("answered-by-legacy", "legacy-answered-by", _every_other(b"legacy")),
    _legacy_fault("answered-by-nobody", "legacy-answered-by", _every_other(b"")),
    _legacy_fault(
        "legacy-hits",
        "legacy-hits",
        edge=_came_before("/%73tatus/summary?a=1", "Mozilla/5.0"),
        toml=_LOGGED.format("log"),
        **_ON_THE_EDGE,
    ),
    _legacy_fault(
        "legacy-hits-in-json",
        "legacy-hits",
        edge=_came_before(LEGACY, "Mozilla/5.0"),
        toml=_LOGGED.format("json"),
        shows="legacy-hits",
        **_ON_THE_EDGE,
    ),
)
LEGACY_FAULTS: Final[tuple[Fault, ...]] = (*_GATES, *_STUBS, *_SIGNALS, *_USE)
LEGACY_UNBROKEN: Final[tuple[Fault, ...]] = (
    _legacy_fault("unbroken-announced", ""),
    _legacy_fault("unbroken-unpublished", "", settings={}),
    _legacy_fault("unbroken-capitals", "", _capitals),
    _legacy_fault("unbroken-moved", "", _leading(308, SUMMARY), toml=_GATE),
    _legacy_fault("unbroken-off", "", settings=_OFF, toml=_GATE),
    _legacy_fault(
        "unbroken-past-sunset",
        "",
        settings={
            **_PUBLISHED,
            "legacy_deprecated_at": datetime(2024, 1, 1, tzinfo=UTC),
            "legacy_sunset_at": datetime(2024, 6, 1, tzinfo=UTC),
        },
        toml=_GATE,
    ),
    # Only others' addresses and opscheck's own requests stand in the logs of these.
    *(
        _legacy_fault(
            f"unbroken-unused-{kind}",
            "",
            edge=_came_before("/api/status/summary?old=/status/", "Mozilla/5.0 (https://x.example/status/)"),
            toml=_LOGGED.format(kind),
            **_ON_THE_EDGE,
        )
        for kind in ("log", "json")
    ),
    _legacy_fault("unbroken-on-the-edge", "", edge=several(), system="assistant"),
)
