"""The cache is a real Redis: it keeps values, asks for its password, refuses what does not fit, ends."""

from pathlib import Path

from tests.parts.process import accepts
from tests.parts.redis import Redis


def test_keeps_a_value(redis_server: Redis) -> None:
    """A value that is set is read back."""
    told = redis_server.ask("SET", "colour", "green")

    assert told == "OK"
    assert redis_server.ask("GET", "colour") == '"green"'


def test_asks_for_its_password(redis_server: Redis) -> None:
    """No password and a wrong one are refused, each with its own word."""
    assert "NOAUTH" in redis_server.ask("GET", "colour", password="")
    assert "WRONGPASS" in redis_server.ask("GET", "colour", password="wrong")


def test_refuses_what_does_not_fit(tmp_path: Path) -> None:
    """With its memory used up it still reads, and refuses to write."""
    with Redis(tmp_path, maxmemory="1mb", settings={"maxmemory-policy": "noeviction"}) as server:
        told = {server.ask("SET", f"key-{number}", "x" * 100_000) for number in range(20)}
        ping = server.ask("PING")

    assert any(answer.startswith("(error) OOM") for answer in told)
    assert ping == "PONG"


def test_several_at_once_and_none_afterwards(tmp_path: Path) -> None:
    """Two servers share nothing, come back after an outage on the same port, and leave nothing that listens."""
    with Redis(tmp_path / "one") as one, Redis(tmp_path / "two", password="with a space") as two:
        one.ask("SET", "colour", "red")
        elsewhere = two.ask("GET", "colour")
        one.stop()
        gone = accepts(one.port)
        one.start()
        back = one.ask("PING")

    assert elsewhere == "(nil)"
    assert not gone
    assert back == "PONG"
    assert not accepts(one.port)
    assert not accepts(two.port)
    assert not one.process.running
