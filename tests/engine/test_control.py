"""A machine without network is told apart from a host that is down; in a network namespace of the test's own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from opscheck.engine.control import is_loopback, nameservers, resolver_answers, why_offline
from tests.parts.find import absent, require_tool

INSIDE = """
import socket, subprocess, sys, threading
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
if sys.argv[1] == "black hole":
    # A network that swallows everything: packets leave and nobody answers.
    neighbour = "neigh add 10.99.0.2 lladdr 02:00:00:00:00:02 dev hole0"
    for words in ("link add hole0 type veth peer name hole1", "addr add 10.99.0.1/24 dev hole0",
                  "link set hole0 up", "link set hole1 up", neighbour):
        subprocess.run(["ip", *words.split()], check=True)
listener = socket.create_server(("127.0.0.1", 9999))
report = sys.argv[2]
control = ["--ops-control=127.0.0.1:9999"] if sys.argv[1] == "black hole" else []
run = [sys.executable, "-m", "opscheck", "run", "-q", "-m", sys.argv[4], *control]
done = subprocess.run([*run, "--host", sys.argv[3], f"--ops-report={report}"], capture_output=True,
                      text=True, timeout=60)
print(done.stdout, done.stderr)
"""


def run_inside(kind: str, hosts: str, folder: Path, marker: str = "readiness or smoke") -> dict[str, object]:
    """Run the suites in a namespace without any network but what the script makes."""
    require_tool("ip")
    if os.geteuid() != 0:
        absent("only root can make a network namespace")
    command = [str(require_tool("unshare")), "--net", sys.executable, "-c", INSIDE]
    command += [kind, str(folder / "r.json"), hosts, marker]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90, check=False)
    assert (folder / "r.json").is_file(), done.stdout + done.stderr
    report: dict[str, object] = json.loads((folder / "r.json").read_text())
    return report


def test_without_any_network_there_is_one_root_cause(tmp_path: Path) -> None:
    """Two live hosts, no network: one UNMEASURED that names this machine, everything else BLOCKED behind it."""
    report = run_inside("nothing", "http://10.99.0.2:80,http://ops.example.org", tmp_path)

    results = report["results"]
    assert isinstance(results, list)
    assert {one["evidence"]["cause"] for one in results} == {"runner:network"}
    assert [one["outcome"] for one in results].count("UNMEASURED") == 1
    assert "this machine has no route" in next(one["reason"] for one in results if one["outcome"] == "UNMEASURED")


def test_a_host_that_swallows_packets_is_the_hosts_own_cause(tmp_path: Path) -> None:
    """The control is up, the host is not: its own root cause, found within the preflight's bound."""
    report = run_inside("black hole", "http://10.99.0.2:80", tmp_path)

    results = report["results"]
    assert isinstance(results, list)
    assert {one["evidence"]["cause"] for one in results} == {"10.99.0.2-80:agent:timeout"}
    waited = results[0]["evidence"]["exchanges"][0]["phases_ms"]["total"]
    assert 1400 <= waited <= 1900


STORES = """
[hosts.shop]
system = "shared-infra"
urls = { redis = "redis://10.99.0.2:6379", mongo = "mongodb://10.99.0.2:27017/shop" }
"""


@pytest.mark.parametrize(
    ("kind", "causes"),
    [("nothing", {"runner:network"}), ("black hole", {"shop:redis:timeout", "shop:mongo:timeout"})],
)
def test_stores_are_told_apart_from_the_network_as_well(kind: str, causes: set[str], tmp_path: Path) -> None:
    """A store that cannot be reached from a machine without network is this machine's affair, else its own."""
    (tmp_path / "opscheck.toml").write_text(STORES)

    report = run_inside(kind, "shop", tmp_path, "infra")

    results = report["results"]
    assert isinstance(results, list)
    assert {one["evidence"]["cause"] for one in results} == causes
    assert [one["outcome"] for one in results].count("UNMEASURED") == len(causes)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost", True),
        ("http://a.localhost", True),
        ("http://10.0.0.5", False),
        ("http://localhost.example.org", False),
    ],
)
def test_loopback_needs_no_network(url: str, here: bool) -> None:
    """Whether an address is on this machine."""
    assert is_loopback(url) is here


def test_name_servers_are_read_from_the_system(tmp_path: Path) -> None:
    """Comments and other words are passed over; no file is no name server."""
    path = tmp_path / "resolv.conf"
    path.write_text("# nameserver 1.1.1.1\nsearch example.org\nnameserver 127.0.0.53\nnameserver\nnameserver ::1 # x\n")

    assert nameservers(path) == ["127.0.0.53", "::1"]
    assert nameservers(tmp_path / "none") == []


def test_a_name_server_counts_only_when_it_answers_the_question() -> None:
    """An answer with another id is somebody else's; silence is bounded."""

    async def ask(reply: bool) -> bool:
        loop = asyncio.get_running_loop()

        class Server(asyncio.DatagramProtocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                self.transport = transport

            def datagram_received(self, data: bytes, addr: object) -> None:
                answer = data if reply else b"\x00\x00" + data[2:]
                self.transport.sendto(answer, addr)  # type: ignore[attr-defined]

        transport, _ = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
        try:
            return await resolver_answers("127.0.0.1", 0.3, transport.get_extra_info("sockname")[1])
        finally:
            transport.close()

    assert asyncio.run(ask(reply=True)) is True
    assert asyncio.run(ask(reply=False)) is False


def test_a_control_that_refuses_means_offline() -> None:
    """The configured control decides alone."""
    assert "127.0.0.1:9" in asyncio.run(why_offline("127.0.0.1:9", 0.5))
