"""Logs are kept by a real Loki: a line that is pushed is found, and it tells how long it keeps them."""

import time
from pathlib import Path

import httpx

from tests.parts.loki import Loki
from tests.parts.process import accepts


def found(server: Loki, query: str, deadline: float = 20) -> list[str]:
    """Return what a query finds, once it finds anything."""
    ends = time.monotonic() + deadline
    while not (lines := server.find(query)) and time.monotonic() < ends:
        time.sleep(0.2)
    return lines


def test_finds_a_pushed_line(loki_server: Loki) -> None:
    """By its labels and by its text, and nothing else."""
    loki_server.push("level=error run=7f3a the disk is full", app="agent")
    loki_server.push("level=info all is well", app="agent")

    assert found(loki_server, '{app="agent"} |= "run=7f3a"') == ["level=error run=7f3a the disk is full"]
    assert loki_server.find('{app="other"}') == []


def test_tells_its_retention(loki_server: Loki) -> None:
    """The configuration in force names the retention and says that it is applied."""
    told = httpx.get(f"{loki_server.url}/config", trust_env=False, timeout=30).text

    assert "retention_enabled: true" in told
    assert "retention_period: 31d" in told or "retention_period: 744h" in told


def test_without_retention_beside_the_other(loki_server: Loki, tmp_path: Path) -> None:
    """A second server keeps lines for ever, shares nothing with the first, and leaves no listener."""
    loki_server.push("only here", app="first")
    with Loki(tmp_path, retention="") as server:
        port = int(server.url.rpartition(":")[2])
        told = httpx.get(f"{server.url}/config", trust_env=False, timeout=30).text
        elsewhere = server.find('{app="first"}')

    assert "retention_enabled: false" in told
    assert elsewhere == []
    assert not accepts(port)
    assert not server.process.running
