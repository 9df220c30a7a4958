"""Defects that pages of other origins find."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from tests.faults.answers import with_headers
from tests.faults.asgi import Wrap, both
from tests.faults.cors_wraps import (
    ACAC,
    ACAO,
    ALLOWED,
    Pairs,
    answered_as,
    changing,
    everywhere,
    instead,
    mistaking,
    origin_of,
    preflights,
    without,
)
from tests.faults.edge_variants import EDGE_ONLY, answers_preflights_for_anyone, doubles_allow_origin, edge_only_origin
from tests.faults.fault import Fault, fault

_HOST: Final = "app.example.org"
_VARY: Final = b"vary"
_EXPOSE: Final = b"access-control-expose-headers"
_NAMES: Final = b"access-control-allow-headers"
_METHODS: Final = b"access-control-allow-methods"
_AGE: Final = b"access-control-max-age"
_SIGN_IN, _FAILS = "/opscheck-sign-in", "/opscheck-fails"
_OTHER_ANSWERS: Final = both(answered_as(_SIGN_IN, 401), answered_as(_FAILS, 500))
_TRUE: Final = everywhere(ACAC, b"true")
_PATIENT: Final = "cors-max-age"


def _toml(more: str = "") -> str:
    """A policy, and endpoints for the answers that the pack has none for."""
    return "\n".join(
        (
            "[hosts.HOST.endpoints]",
            f'cors_unauthorized = {{ component = "agent", path = "{_SIGN_IN}" }}',
            f'cors_failing = {{ component = "agent", path = "{_FAILS}" }}',
            "[hosts.HOST.expect.cors]",
            f'allowed = ["{ALLOWED}"]',
            more,
        )
    )


def _fault(name: str, red: str, *wraps: Wrap, policy: str = "", **more: Any) -> Fault:  # noqa: ANN401 - fields
    """A defect of a service that lets one origin in."""
    settings = {"allowed_origins": ALLOWED}
    return fault(name, red, agent=both(_OTHER_ANSWERS, *wraps), settings=settings, toml=_toml(policy), **more)


def _behind_edge(name: str, red: str, *, listed: str = "", policy: str = "", **more: Any) -> Fault:  # noqa: ANN401 - fields
    """A defect of what stands between pages and a service that is well; `listed` is one more allowed origin."""
    allowed = ", ".join(f'"{origin}"' for origin in (ALLOWED, listed) if origin)
    toml = f"[hosts.HOST.expect.cors]\nallowed = [{allowed}]\n{policy}"
    return fault(name, red, system="assistant", settings={"allowed_origins": ALLOWED}, toml=toml, **more)


def _lets_in(name: str, lets_in: Callable[[str], bool], **more: Any) -> Fault:  # noqa: ANN401 - fields
    return _fault(name, "cors-refused", mistaking(lets_in), **more)


_ANY_CHARACTER: Final = re.compile("https://app.example.org")
_REFLECTS: Final = with_headers(
    lambda asked: {ACAO: asked.get(b"origin", b"*"), ACAC: b"true"},
)
_WILDCARD: Final = with_headers(lambda _: {ACAO: b"*", ACAC: b"true"})


def _no_vary_where(lacks: Callable[[str, bool], bool]) -> Wrap:
    """Vary is missing on answers to some origins; the second word tells whether the origin was let in."""
    return changing(
        lambda scope, _, pairs: [
            pair for pair in pairs if pair[0] != _VARY or not lacks(origin_of(scope), ACAO in dict(pairs))
        ],
        preflights=False,
    )


def _for_everybody(pairs: Pairs) -> Pairs:
    return [*(pair for pair in pairs if pair[0] not in (_VARY, ACAO)), (ACAO, b"*")]


_PUBLIC: Final = both(
    mistaking(bool), *(changing(lambda _, __, pairs: _for_everybody(pairs), preflights=part) for part in (True, False))
)


_ALLOWED_FAULTS: Final = (
    _fault("cors-not-shared", "cors-allowed", without(ACAO, statuses=range(200, 300))),
    _fault("cors-other-origin", "cors-allowed", instead(ACAO, b"https://www.example.org")),
    _fault("cors-allow-origin-doubled", "cors-allowed", instead(ACAO, ALLOWED.encode(), ALLOWED.encode())),
    _fault("cors-allow-origin-list", "cors-allowed", instead(ACAO, b"https://www.example.org, " + ALLOWED.encode())),
    _fault("cors-allow-origin-misspelt", "cors-allowed", instead(ACAO, ALLOWED.encode() + b"/")),
    *(
        _fault(f"cors-lost-on-{told}", "cors-allowed", without(ACAO, statuses=statuses))
        for told, statuses in ((401, (401,)), (404, (404,)), (422, (400, 422)), (500, (500,)))
    ),
)

_REFUSED_FAULTS: Final = (
    _lets_in("cors-allows-foreign", bool),
    _lets_in("cors-allows-null", lambda origin: origin == "null"),
    _lets_in(
        "cors-allows-refused",
        lambda origin: origin == "https://old.example.org",
        policy='refused = ["https://old.example.org"]',
    ),
    _lets_in("cors-allows-suffix", lambda origin: origin.startswith(ALLOWED)),
    _lets_in("cors-allows-prefix", lambda origin: origin.startswith("https://") and origin.endswith(_HOST)),
    _lets_in("cors-allows-subdomain", lambda origin: origin.endswith(f".{_HOST}")),
    _lets_in("cors-allows-scheme", lambda origin: urlsplit(origin).netloc == _HOST),
    _lets_in("cors-allows-port", lambda origin: origin.startswith("https://") and urlsplit(origin).hostname == _HOST),
    _lets_in("cors-allows-case", lambda origin: origin.lower() == ALLOWED),
    _lets_in("cors-allows-dot", lambda origin: _ANY_CHARACTER.fullmatch(origin) is not None),
    _lets_in("cors-allows-trailing-dot", lambda origin: origin.rstrip(".") == ALLOWED),
    _fault("cors-allows-preflight", "cors-refused", mistaking(bool, preflights_only=True)),
    _fault(
        "cors-wildcard-for-a-list",
        "cors-refused",
        with_headers(lambda _: {ACAO: b"*"}),
        shows="cors-allows-foreign",
    ),
)

_VARY_FAULTS: Final = (
    _fault("vary-missing", "cors-vary", without(_VARY)),
    _fault(
        "vary-not-on-refusals",
        "cors-vary",
        _no_vary_where(lambda origin, let_in: bool(origin) and not let_in),
    ),
    _fault("vary-not-without-origin", "cors-vary", _no_vary_where(lambda origin, _: not origin)),
    _fault("vary-not-on-errors", "cors-vary", without(_VARY, statuses=range(400, 600))),
)

_CREDENTIALS: Final = "credentials = true"
_CREDENTIALS_FAULTS: Final = (
    _fault("cors-credentials-missing", "cors-credentials", policy=_CREDENTIALS),
    _fault("cors-credentials-misspelt", "cors-credentials", *everywhere(ACAC, b"True"), policy=_CREDENTIALS),
    _fault("cors-credentials-wildcard", "cors-credentials", *_TRUE, instead(ACAO, b"*"), policy=_CREDENTIALS),
    _fault("cors-credentials-offered", "cors-credentials", *_TRUE),
    fault("cors-reflects-credentials", "cors-foreign-origin", system="agent-stack", agent=_REFLECTS),
    fault("cors-wildcard-credentials", "cors-foreign-origin", system="agent-stack", agent=_WILDCARD),
    _fault(
        "cors-reflects-credentials-for-a-list",
        "cors-foreign-origin cors-refused cors-credentials",
        _REFLECTS,
        shows="cors-reflects-credentials cors-allows-foreign cors-credentials-offered",
    ),
)

_GRANTS: Final = ((_METHODS, b"GET, POST"), (_NAMES, b"authorization, content-type"))
_PREFLIGHT_FAULTS: Final = (
    _fault("preflight-behind-auth", "cors-preflight", preflights(401), blind=_PATIENT),
    _fault("preflight-redirected", "cors-preflight", preflights(307, (b"location", b"/login")), blind=_PATIENT),
    _fault("preflight-refused", "cors-preflight", preflights(400, *_GRANTS), blind=_PATIENT),
    _fault(
        "preflight-crashes",
        "cors-preflight",
        preflights(500, *_GRANTS),
        blind="cors-max-age cors-credentials cors-refused cors-foreign-origin",
    ),
    _fault("preflight-not-shared", "cors-preflight", preflights(204, *_GRANTS, shared=False)),
    _fault(
        "preflight-method-missing",
        "cors-preflight",
        preflights(204, (_METHODS, b"get, post, delete"), _GRANTS[1]),
        policy='methods = ["GET", "POST", "DELETE"]',
    ),
    _fault("preflight-header-missing", "cors-preflight", preflights(204, _GRANTS[0], (_NAMES, b"content-type"))),
    _fault("preflight-authorization-wildcard", "cors-preflight", preflights(204, _GRANTS[0], (_NAMES, b"*"))),
    _fault(
        "preflight-list-unreadable",
        "cors-preflight",
        preflights(204, _GRANTS[0], (_NAMES, b"authorization, content-type, bad name")),
    ),
)

_READING_FAULTS: Final = (
    _fault("exposed-missing", "cors-exposed", without(_EXPOSE)),
    _fault("exposed-wildcard-credentials", "cors-exposed", *_TRUE, instead(_EXPOSE, b"*"), policy=_CREDENTIALS),
    _fault("exposed-unreadable", "cors-exposed", instead(_EXPOSE, b"X-Status-Path, (all)")),
    _fault("max-age-unreadable", "cors-max-age", instead(_AGE, b"600s", preflights=True)),
    _fault("max-age-doubled", "cors-max-age", instead(_AGE, b"600", b"600", preflights=True)),
    _fault("max-age-too-long", "cors-max-age", policy="max_age = 300"),
)

_EDGE_FAULTS: Final = (
    _behind_edge(
        "edge-doubles-allow-origin",
        "cors-allowed cors-preflight",
        shows="cors-allow-origin-doubled preflight-not-shared",
        edge=doubles_allow_origin,
    ),
    _behind_edge(
        "edge-only-origin",
        "cors-preflight",
        shows="preflight-refused",
        listed=EDGE_ONLY,
        policy="exposed = []",
        edge=edge_only_origin,
    ),
    _behind_edge(
        "edge-answers-preflights-for-anyone",
        "cors-refused",
        shows="cors-allows-preflight",
        edge=answers_preflights_for_anyone,
    ),
)

CORS: Final[tuple[Fault, ...]] = (
    *_ALLOWED_FAULTS,
    *_REFUSED_FAULTS,
    *_VARY_FAULTS,
    *_CREDENTIALS_FAULTS,
    *_PREFLIGHT_FAULTS,
    *_READING_FAULTS,
    *_EDGE_FAULTS,
)

UNBROKEN: Final[tuple[Fault, ...]] = (
    Fault("unbroken-without-a-policy", frozenset()),
    _fault("unbroken-with-a-policy", ""),
    _behind_edge("unbroken-behind-an-edge", ""),
    _fault("unbroken-with-credentials", "", *_TRUE, policy=_CREDENTIALS),
    Fault(
        "unbroken-for-everybody",
        frozenset(),
        agent=both(_OTHER_ANSWERS, _PUBLIC),
        settings={"allowed_origins": ALLOWED},
        toml=_toml().replace(ALLOWED, "*"),
    ),
)
