"""Literal answers to pages of several origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from opscheck.model import HttpExchange, Unmeasured
from opscheck.model.cross_origin import CorsPolicy, Crossing, Crossings, Visitor
from tests.checks.answers import http

ALLOWED: Final = "https://app.example.org"
FOREIGN: Final = "https://opscheck.invalid"
POLICY: Final = CorsPolicy((ALLOWED,), methods=("GET", "POST"), headers=("authorization", "content-type"))
NO_POLICY: Final = CorsPolicy()
Headers = Mapping[str, str | Sequence[str]]


def answer(headers: Headers | None = None, status: int = 200, *, origin: str = "", body: bytes = b"") -> HttpExchange:
    """An answer with these headers; a value that is a list is a header for each of its members."""
    named = [
        (name, value)
        for name, values in (headers or {}).items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return http(body, status, headers=named, origin=origin)


def shares(origin: str = ALLOWED, **more: str) -> dict[str, str]:
    """The headers of an answer that this origin may read; an underscore in a name stands for a hyphen."""
    return {
        "access-control-allow-origin": origin,
        "vary": "Origin",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def crossing(
    role: str,
    seen: HttpExchange | Unmeasured,
    origin: str = "",
    *,
    cookie: bool = False,
    method: str = "",
    headers: tuple[str, ...] = (),
) -> Crossing:
    """One request in the name of a page; the origin is the usual one of its role unless said otherwise."""
    usual = {"allowed": ALLOWED, "foreign": FOREIGN, "null": "null", "none": ""}
    like = "" if role in usual or role == "refused" else ALLOWED
    return Crossing(Visitor(role, origin or usual.get(role, ""), like), seen, cookie, method, headers)


def crossings(*taken: Crossing, kind: str = "ok", policy: CorsPolicy = POLICY, left_out: int = 0) -> Crossings:
    """Several of them, for one address of the host `prod`."""
    return Crossings(kind, policy, taken, left_out, "prod")


def preflight(
    role: str, seen: HttpExchange | Unmeasured, origin: str = "", method: str = "POST", names: str = "content-type"
) -> Crossing:
    """A question for leave."""
    return crossing(role, seen, origin, method=method, headers=tuple(names.split()))


GRANTED: Final = answer(
    {
        **shares(),
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization, content-type",
        "access-control-max-age": "600",
    },
    204,
)
NO_PREFLIGHTS: Final = crossings(kind="preflight")
