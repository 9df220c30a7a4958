"""Redirects are answers unless they are to be followed; then every hop is told and secrets stay at home."""

from __future__ import annotations

from opscheck.model import HttpExchange, Kind, Request, Unmeasured
from opscheck.probes import HttpClient
from opscheck.redact import Secret
from tests.probes.asking import seen, visit
from tests.probes.hostile import Hostile


def follow(name: str, *, method: str = "GET", body: bytes = b"") -> HttpExchange | Unmeasured:
    """Ask with a secret and follow."""

    async def act(client: HttpClient, hostile: Hostile) -> HttpExchange | Unmeasured:
        headers = (("authorization", Secret("token", "hunter22")), ("x-open", "1"))
        request = Request(method, hostile.url(name), headers, body)
        return await client.http(request, follow_redirects=True)

    return visit(act)


def test_not_followed() -> None:
    """A redirect is the answer where nobody asked to follow it."""
    assert seen("loop").status == 302


def test_chain() -> None:
    """Every hop is recorded, and the request told is the last one."""
    answer = follow("chain/3", method="POST", body=b"kept")

    assert isinstance(answer, HttpExchange)
    assert [hop.status for hop in answer.redirects] == [307, 307, 307]
    assert answer.redirects[0].location == "/chain/2"
    assert answer.request.url.endswith("/echo")
    assert answer.body.startswith(b"POST /echo")
    assert b"hunter22" in answer.body
    assert answer.reused


def test_see_other() -> None:
    """After a 303 it is a GET without a body."""
    answer = follow("see_other", method="POST", body=b"gone")

    assert isinstance(answer, HttpExchange)
    assert answer.body.startswith(b"GET /echo")
    assert b"content-length" not in answer.body


def test_loop() -> None:
    """A loop ends after five redirects."""
    answer = follow("loop")

    assert isinstance(answer, Unmeasured)
    assert (answer.kind, answer.detail) == (Kind.PROTOCOL, "redirected more than 5 times")


def test_to_nowhere() -> None:
    """A redirect to what is neither http nor https is told."""
    answer = follow("to_nowhere")

    assert isinstance(answer, Unmeasured)
    assert answer.detail == "redirected, but the URL cannot be used: it is neither http nor https"


def test_secrets_stay_at_home() -> None:
    """Another origin gets no secret, and a password in the Location is not shown."""
    answer = follow("other_origin")

    assert isinstance(answer, HttpExchange)
    assert b"hunter22" not in answer.body
    assert b"x-open: 1" in answer.body
    assert "hunter2" not in repr(answer.redirects)
    assert "hunter2" not in answer.request.url
