"""What goes wrong between a service that treats origins well and the pages that ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.faults.asgi import Wrap, drain

Pairs: TypeAlias = list[tuple[bytes, bytes]]
ALLOWED: Final = "https://app.example.org"
ACAO: Final = b"access-control-allow-origin"
ACAC: Final = b"access-control-allow-credentials"


def origin_of(scope: Scope) -> str:
    """The origin that asks; empty where there is none."""
    named: dict[bytes, bytes] = dict(scope["headers"])
    return named.get(b"origin", b"").decode("latin-1")


def is_preflight(scope: Scope) -> bool:
    """The question of a browser before it sends."""
    return scope["method"] == "OPTIONS" and b"access-control-request-method" in dict(scope["headers"])


def mistaking(lets_in: Callable[[str], bool], *, preflights_only: bool = False) -> Wrap:
    """Other origins are taken for the allowed one: the application sees that one, and the answer names the other."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            asks = origin_of(scope) if scope["type"] == "http" else ""
            if not asks or not lets_in(asks) or (preflights_only and not is_preflight(scope)):
                await app(scope, receive, send)
                return

            async def named(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [
                        (name, asks.encode("latin-1") if name == ACAO else value) for name, value in message["headers"]
                    ]
                await send(message)

            headers = [pair for pair in scope["headers"] if pair[0] != b"origin"]
            await app({**scope, "headers": [*headers, (b"origin", ALLOWED.encode())]}, receive, named)

        return broken

    return wrap


def changing(change: Callable[[Scope, int, Pairs], Pairs], *, preflights: bool) -> Wrap:
    """The headers of every answer are changed: of preflights, or of everything else."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            async def changed(message: Message) -> None:
                if message["type"] == "http.response.start" and is_preflight(scope) is preflights:
                    message["headers"] = change(scope, message["status"], list(message["headers"]))
                await send(message)

            await app(scope, receive, changed if scope["type"] == "http" else send)

        return broken

    return wrap


def without(name: bytes, *, statuses: Iterable[int] = range(600), preflights: bool = False) -> Wrap:
    """A header is missing where the status is one of these."""
    chosen = frozenset(statuses)
    return changing(
        lambda _, status, pairs: [pair for pair in pairs if pair[0] != name or status not in chosen],
        preflights=preflights,
    )


def instead(name: bytes, *values: bytes, preflights: bool = False) -> Wrap:
    """Where an answer is shared, a header has these values instead of its own, each in a line of its own."""

    def change(_: Scope, __: int, pairs: Pairs) -> Pairs:
        if ACAO not in dict(pairs):
            return pairs
        return [*(pair for pair in pairs if pair[0] != name), *((name, value) for value in values)]

    return changing(change, preflights=preflights)


def everywhere(name: bytes, *values: bytes) -> tuple[Wrap, Wrap]:
    """The same for preflights and for everything else."""
    return instead(name, *values), instead(name, *values, preflights=True)


def preflights(status: int, *pairs: tuple[bytes, bytes], shared: bool = True) -> Wrap:
    """Every preflight is answered like this, for the allowed origin alone."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not is_preflight(scope):
                await app(scope, receive, send)
                return
            await drain(receive)
            known = origin_of(scope) == ALLOWED and shared
            headers = [*([(ACAO, ALLOWED.encode())] if known else []), (b"access-control-max-age", b"600"), *pairs]
            if status != 204:
                headers.append((b"content-length", b"0"))
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b""})

        return broken

    return wrap


def answered_as(path: str, status: int) -> Wrap:
    """An address that is not there answers with this status instead of 404, with whatever else comes with it."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def other(scope: Scope, receive: Receive, send: Send) -> None:
            async def changed(message: Message) -> None:
                if message["type"] == "http.response.start" and message["status"] == 404:
                    message["status"] = status
                await send(message)

            here = scope["type"] == "http" and scope["path"] == path
            await app(scope, receive, changed if here else send)

        return other

    return wrap
