"""The same stack in other circumstances: with Compose of before the plugin, with TLS at the edge, with monitoring."""

from __future__ import annotations

import json
import ssl
import urllib.request
from pathlib import Path

from service.stack.outcome import Exit
from tests.containers.images import PROMETHEUS, prometheus_image
from tests.parts.ca import CertificateAuthority
from tests.parts.process import free_port
from tests.stack.asking import ask, eventually
from tests.stack.engine import Engine, ids_of, legacy_compose, project


def without_plugin(engine: Engine, folder: Path) -> str:
    """Give a PATH whose docker command knows no `compose`, as before there was a plugin."""
    program = folder / "docker"
    program.write_text(
        f"""#!/bin/sh
if [ "$1" = compose ]; then echo "docker: 'compose' is not a docker command." >&2; exit 1; fi
exec {engine.docker} "$@"
"""
    )
    program.chmod(0o755)
    return f"{folder}:{legacy_compose().parent}:/usr/bin:/bin"


def test_compose_of_version_one(images: Engine, tmp_path: Path) -> None:
    """Up, up again, status, logs and down, with the program of before the plugin."""
    path = without_plugin(images, tmp_path)
    with project(images, tmp_path, PATH=path) as command:
        first = command("up", "--wait")
        before = ids_of(images, command, ["agent", "edge", "webfetch"])
        second, status, logs = command("up", "--wait"), command("status", "--json"), command("logs", "agent")
        after = ids_of(images, command, ["agent", "edge", "webfetch"])
        down, again = command("down", "--remove-volumes"), command("down")

    assert [one.returncode for one in (first, second, status, logs, down, again)] == [0] * 6, first.stderr + down.stderr
    assert before == after
    assert json.loads(status.stdout)["compose"].startswith("1.")
    assert "nothing had to change" in second.stderr


def test_no_compose_at_all(engine: Engine, tmp_path: Path) -> None:
    """Told in one line."""
    (tmp_path / "docker").write_text(f'#!/bin/sh\n[ "$1" = compose ] && exit 1\nexec {engine.docker} "$@"\n')
    (tmp_path / "docker").chmod(0o755)
    with project(engine, tmp_path, PATH=str(tmp_path)) as command:
        done = command("up", PATH=f"{tmp_path}")

    assert done.returncode == Exit.COMPOSE_FAILED
    assert done.stderr.startswith("Docker Compose is missing: install the plugin")


def test_tls_at_the_edge(images: Engine, tmp_path: Path, test_ca: CertificateAuthority) -> None:
    """Browsers come by TLS with the operator's certificate; the stack still knows when it is ready."""
    folder = tmp_path / "tls"
    folder.mkdir()
    (folder / "tls.crt").write_bytes(test_ca.good.chain.read_bytes())
    (folder / "tls.key").write_bytes(test_ca.good.key.read_bytes())
    for path in (folder, *folder.iterdir(), *list(tmp_path.parents)[:3]):
        if path != Path("/tmp"):  # noqa: S108 - pytest's own folders below it
            path.chmod(0o755 if path.is_dir() else 0o644)
    port = free_port()
    settings = {"EDGE_MODE": "tls", "EDGE_TLS_FOLDER": str(folder), "EDGE_TLS_PORT": str(port)}
    with project(images, tmp_path, **settings) as command:
        done = command("up", "--wait")
        trusted = ssl.create_default_context(cafile=str(test_ca.root))
        with urllib.request.urlopen(f"https://localhost:{port}/healthz", context=trusted, timeout=10) as answer:
            status, policy = answer.status, answer.headers["strict-transport-security"]
        plain = ask(command, "EDGE_PORT", "GET", "/healthz")[0]

    assert done.returncode == 0, done.stderr
    assert (status, plain) == (200, 308)
    assert "max-age" in policy
    assert "llm.path primary" in done.stdout


def test_prometheus_sees_agent_and_page_fetcher(images: Engine, tmp_path: Path) -> None:
    """Profile monitoring: both targets are up, and the rules are loaded."""
    prometheus_image(images.real, tmp_path / "image")
    with project(images, tmp_path, PROMETHEUS_IMAGE=PROMETHEUS) as command:
        done = command("up", "--wait", "--profile", "monitoring")
        assert done.returncode == 0, done.stderr

        def targets() -> dict[str, str]:
            told = ask(command, "PROMETHEUS_PORT", "GET", "/api/v1/targets")[1]
            return {one["labels"]["job"]: one["health"] for one in told["data"]["activeTargets"]}

        assert eventually(lambda: targets() == {"agent": "up", "webfetch": "up"}, 60), targets()
        rules = ask(command, "PROMETHEUS_PORT", "GET", "/api/v1/rules")[1]["data"]["groups"][0]["rules"]
        status = command("status", "--profile", "monitoring")
        without = command("up")

        assert {rule["name"]: rule["state"] for rule in rules} == dict.fromkeys(
            ("ServiceDown", "NotReady", "Errors"), "inactive"
        )
        assert "prometheus" in status.stdout
        assert without.returncode == 0
