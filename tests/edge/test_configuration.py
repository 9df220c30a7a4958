"""The templates as files: TLS and without, as the official image lays them out, and changed for faults."""

from __future__ import annotations

import os
import re
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from service.running import EmbeddedService
from tests.edge.conftest import ORIGIN, StartEdge, folder_of
from tests.faults import edge_variants
from tests.faults.edge_variants import doubles_allow_origin
from tests.parts.edge import EDGE, TEMPLATES, Edge, defaults
from tests.parts.find import require_tool
from tests.parts.nginx_process import around

_MAKERS = {"several", "hsts"}  # make changes, are none
CHANGES = sorted(
    name
    for name, thing in vars(edge_variants).items()
    if callable(thing) and name.islower() and not name.startswith("_") and name not in _MAKERS
)


def test_plain_http_leads_to_the_same_address(edge: Edge, http: httpx.Client) -> None:
    """For good, for every method, with path and query, and without HSTS, which plain HTTP must not carry."""
    for method in ("GET", "HEAD", "POST"):
        answer = http.request(method, f"{edge.plain_url}/a%20path/?b=c%2Fd&e")

        assert answer.status_code == 308
        assert answer.headers["location"] == f"{edge.url}/a%20path/?b=c%2Fd&e"
        assert "strict-transport-security" not in answer.headers


def test_the_usual_port_is_not_written(start_edge: StartEdge, service: EmbeddedService, http: httpx.Client) -> None:
    """Where browsers find TLS at 443, whichever port nginx itself listens at; the host is the one that was asked."""
    edge = start_edge(service.agent_url, variables={"EDGE_PUBLIC_PORT": "443"})

    answer = http.get(f"{edge.plain_url}/x", headers={"host": "ops.example.org"})

    assert answer.headers["location"] == "https://ops.example.org/x"


def test_plain_http_sent_to_the_tls_port_is_led_on(edge: Edge, http: httpx.Client) -> None:
    """Instead of a page that says that something was sent to the wrong port."""
    answer = http.get(f"http://127.0.0.1:{edge.https_port}/x?y")

    assert (answer.status_code, answer.headers["location"]) == (308, f"{edge.url}/x?y")
    assert "strict-transport-security" not in answer.headers


def test_without_tls_it_is_the_same_but_for_hsts(
    start_edge: StartEdge, service: EmbeddedService, http: httpx.Client
) -> None:
    """Behind a tunnel that does TLS, or on loopback."""
    edge = start_edge(service.agent_url, certificate=None)

    summary = http.get(f"{edge.url}/api/status/summary", headers={"origin": ORIGIN})
    large = http.post(f"{edge.url}/v1/agent", content=b"x" * 2_000_000, headers={"origin": ORIGIN})

    assert edge.url == edge.plain_url
    assert (summary.status_code, summary.headers["x-status-path"]) == (200, "api")
    assert (large.status_code, large.json()["code"]) == (413, "edge_413")
    assert large.headers.get_list("access-control-allow-origin") == [ORIGIN]
    assert "strict-transport-security" not in summary.headers


def test_a_service_without_edge_origins_lets_nobody_read_errors(start_edge: StartEdge, http: httpx.Client) -> None:
    """An empty list is nobody, not everybody."""
    edge = start_edge("http://127.0.0.1:9", variables={"EDGE_ORIGINS": ""})

    for origin in (ORIGIN, "null"):
        answer = http.get(f"{edge.url}/x", headers={"origin": origin})

        assert answer.status_code == 502
        assert "access-control-allow-origin" not in answer.headers


def test_a_name_is_looked_up_while_it_runs(start_edge: StartEdge, service: EmbeddedService, http: httpx.Client) -> None:
    """The edge starts without knowing the service's address, and asks the resolver that it is given."""
    port = service.agent_url.rpartition(":")[2]
    with name_server() as resolver:
        edge = start_edge(
            "", variables={"EDGE_UPSTREAM": f"agent.test:{port}", "EDGE_RESOLVER": f"127.0.0.1:{resolver}"}
        )

        assert http.get(f"{edge.url}/healthz").status_code == 200


def test_it_starts_as_the_official_image_lays_it_out(
    tmp_path: Path, edge: Edge, service: EmbeddedService, http: httpx.Client
) -> None:
    """Each template by envsubst into conf.d, beside an nginx.conf that includes conf.d/*.conf: nginx takes it."""
    place = tmp_path / "conf.d"
    own = {**defaults(), **edge.variables, "EDGE_FOLDER": str(place)}
    names = " ".join(f"${{{name}}}" for name in own)
    for template in sorted(TEMPLATES.rglob("*.template")):
        rendered = subprocess.run(
            [require_tool("envsubst"), names],
            input=template.read_text(),
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        target = place / template.relative_to(TEMPLATES).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rendered)
    (tmp_path / "nginx.conf").write_text(around(f"include {place}/*.conf;", tmp_path))

    told = subprocess.run(
        [require_tool("nginx"), "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", "stderr"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stderr
    assert "[warn]" not in told.stderr


def test_every_variable_has_a_value_and_a_word() -> None:
    """None is used without a value to start from, none is left over, and the README says what each is."""
    used = {name for file in TEMPLATES.rglob("*.template") for name in re.findall(r"\$\{(\w+)\}", file.read_text())}
    told = set(re.findall(r"`(EDGE_[A-Z_]+)`", (EDGE / "README.md").read_text()))

    assert used == set(defaults()) == told


@pytest.mark.parametrize("name", CHANGES)
def test_every_variant_is_a_configuration(start_edge: StartEdge, name: str) -> None:
    """It differs from what is shipped, and nginx starts with it."""
    edge = start_edge("http://127.0.0.1:9", change=getattr(edge_variants, name))

    shipped = Edge(folder_of(edge), "http://127.0.0.1:9", variables=edge.variables)
    assert (edge.config() != shipped.config()) is (name != "as_shipped")


def test_a_variant_of_nothing_is_an_error() -> None:
    """When the configuration changes, a variant must not become the unbroken edge."""
    with pytest.raises(ValueError, match="no longer has"):
        doubles_allow_origin("server { }")


@contextmanager
def name_server() -> Iterator[int]:
    """A resolver that gives 127.0.0.1 for every name; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_answer, args=(asked,))
        thread.start()
        try:
            yield asked.getsockname()[1]
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as farewell:
                farewell.sendto(b"", asked.getsockname())
            thread.join()


def _answer(asked: socket.socket) -> None:
    while True:
        question, peer = asked.recvfrom(512)
        if not question:
            return
        header = question[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0)
        answer = struct.pack(">HHHIH", 0xC00C, 1, 1, 5, 4) + bytes((127, 0, 0, 1))
        asked.sendto(header + question[12:] + answer, peer)
