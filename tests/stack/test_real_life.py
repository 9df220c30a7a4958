"""A stack on a real engine: up, up again, looked at, hurt, and down."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from service.stack.outcome import Exit
from tests.parts.process import free_port
from tests.stack.asking import ask, eventually
from tests.stack.command import StackCommand
from tests.stack.engine import Engine, ids_of, project

CORE = ("agent", "edge", "webfetch")


def test_a_second_up_changes_nothing(images: Engine, running: StackCommand) -> None:
    """The same containers, and it says so."""
    before = ids_of(images, running, CORE)

    plain, waited = running("up"), running("up", "--wait")

    assert (plain.returncode, waited.returncode) == (0, 0), waited.stderr
    assert ids_of(images, running, CORE) == before
    assert all(before.values())
    assert "nothing had to change: 3 containers" in plain.stderr
    assert "llm.path primary" in waited.stdout
    assert "\x1b" not in waited.stderr  # no control characters where there is no terminal


def test_status_tells_what_runs(running: StackCommand) -> None:
    """As a document, and as a table for people."""
    told, table = running("status", "--json"), running("status")

    document = json.loads(told.stdout)
    services = {one["service"]: one for one in document["services"]}
    assert (told.returncode, table.returncode, document["exit"]) == (0, 0, 0)
    assert set(services) == set(CORE)
    assert {one["state"] for one in services.values()} == {"running"}
    assert {one["restarts"] for one in services.values()} == {0}
    assert services["agent"]["ports"] == [f"127.0.0.1:{running.env['AGENT_PORT']}->{running.env['AGENT_PORT']}/tcp"]
    assert document["missing"] == []
    assert document["summary"]["ready"] is True
    assert document["llm"]["path"] == "primary"
    assert document["llm"]["primary_model_present"] is True
    assert len(table.stdout.splitlines()) == 1 + len(CORE) + 1


def test_every_health_check_finds_its_service_healthy(images: Engine, running: StackCommand) -> None:
    """What it calls is in the image, and what it asks for exists."""

    def health() -> set[str]:
        ids = ids_of(images, running, CORE).values()
        return {images("inspect", "-f", "{{.State.Health.Status}}", one) for one in ids}

    assert eventually(lambda: health() == {"healthy"}, 60), health()


def test_the_ports_are_the_ones_that_were_set(running: StackCommand) -> None:
    """Edge, agent and page fetcher each answer on their own, and the agent reaches the page fetcher."""
    assert ask(running, "EDGE_PORT", "GET", "/_up")[0] == 200
    assert ask(running, "AGENT_PORT", "GET", "/healthz")[0] == 200
    assert ask(running, "WEBFETCH_PORT", "GET", "/healthz")[0] == 200
    status, ready = ask(running, "EDGE_PORT", "GET", "/ready")
    assert (status, ready["checks"]["webfetch"][0]["status"]) == (200, "pass")


def test_the_agent_runs_as_nobody_and_writes_only_its_state(images: Engine, running: StackCommand) -> None:
    """A numeric user, a file system that is read-only, no rights, and the commit of the build."""
    agent = ids_of(images, running, ["agent"])["agent"]
    inside = "import os; print(os.getuid(), os.access('/app', os.W_OK), os.access('/state', os.W_OK))"

    assert images("exec", agent, "python", "-c", inside) == "10001 False True"
    assert images("inspect", "-f", "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}", agent) == "true [ALL]"
    assert ask(running, "AGENT_PORT", "GET", "/healthz")[1]["build"]["sha"] not in ("", None)


def test_a_killed_agent_comes_back(images: Engine, running: StackCommand) -> None:
    """By the restart policy, in the same container, with what was said."""
    agent = ids_of(images, running, ["agent"])["agent"]
    others = "[int(p) for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid())]"
    kill = f"import os, signal; [os.kill(one, signal.SIGKILL) for one in {others}]"

    images("exec", agent, "python", "-c", kill)

    restarted = "{{.RestartCount}} {{.State.Running}}"
    assert eventually(lambda: images("inspect", "-f", restarted, agent) == "1 true")
    assert eventually(lambda: ask(running, "EDGE_PORT", "GET", "/ready")[0] == 200)
    assert json.loads(running("status", "--json").stdout)["services"][0]["restarts"] == 1


def test_logs_are_shown(running: StackCommand) -> None:
    """Of one service, the last lines, and of none that is not there."""
    one, unknown = running("logs", "agent", "--tail", "5"), running("logs", "agnet")

    assert one.returncode == 0
    assert 1 <= len(one.stdout.splitlines()) <= 6
    assert '"event"' in one.stdout
    assert unknown.returncode == Exit.USAGE
    assert 'did you mean "agent"?' in unknown.stderr


def test_a_paused_container_goes_on(images: Engine, running: StackCommand) -> None:
    """Somebody has paused it and forgotten it."""
    agent = ids_of(images, running, ["agent"])["agent"]
    images("pause", agent)

    done = running("up", "--wait")

    assert done.returncode == 0, done.stderr
    assert "agent was paused and goes on" in done.stderr


def test_down_and_down_again(images: Engine, tmp_path: Path) -> None:
    """Containers and network go, the state stays, and doing it twice is no error."""
    with project(images, tmp_path) as command:
        label = f"com.docker.compose.project={command.env['STACK_PROJECT_NAME']}"
        assert command("up").returncode == 0

        first, second = command("down"), command("down")
        kept = images.labelled("volume", label)
        nothing = command("status")
        last = command("down", "--remove-volumes")

        assert (first.returncode, second.returncode, last.returncode) == (0, 0, 0)
        assert "3 containers removed, volumes kept" in first.stdout
        assert "0 containers removed" in second.stdout
        assert kept
        assert nothing.returncode == Exit.LLM_DOWN
        assert "without a container: agent, edge, webfetch" in nothing.stdout
        assert [images.labelled(kind, label) for kind in ("container", "volume", "network")] == [[], [], []]


def test_a_port_that_is_taken_is_named_with_its_setting(images: Engine, tmp_path: Path) -> None:
    """What to set is in the line."""
    with project(images, tmp_path) as command, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = command("up", WEBFETCH_PORT=str(port))

    assert done.returncode == Exit.COMPOSE_FAILED
    assert f"port {port} is taken: set WEBFETCH_PORT to a free one" in done.stderr


def test_an_image_that_is_nowhere(images: Engine, tmp_path: Path) -> None:
    """The operator's own, mistyped: told by its name, and nothing is built under it or started."""
    with project(images, tmp_path, AGENT_IMAGE="127.0.0.1:9/no-such:1") as command:
        done = command("up", "--wait")

        assert done.returncode == Exit.COMPOSE_FAILED
        assert "AGENT_IMAGE 127.0.0.1:9/no-such:1 is not here" in done.stderr
        assert not images.labelled("container", f"com.docker.compose.project={command.env['STACK_PROJECT_NAME']}")


def test_an_orphan_is_removed(images: Engine, tmp_path: Path) -> None:
    """A service that the stack no longer has."""
    with project(images, tmp_path) as command:
        name = command.env["STACK_PROJECT_NAME"]
        told = {"project": name, "service": "gone", "oneoff": "False", "config-hash": "x", "container-number": "1"}
        labels = [word for key, value in told.items() for word in ("--label", f"com.docker.compose.{key}={value}")]
        images("run", "-d", "--init", *labels, "opscheck-service:tests", "sleep", "600")

        done = command("up")

        assert done.returncode == 0, done.stderr
        assert "removed: 1" in done.stderr
        assert not ids_of(images, command, ["gone"])["gone"]


def test_an_edge_that_does_not_come_up(images: Engine, tmp_path: Path) -> None:
    """Code 5, soon, and where to look: a container that ends after every start is not waited for."""
    with project(images, tmp_path, EDGE_RATE="nonsense") as command:
        done = command("up", "--wait", "--deadline", "120")

    assert done.returncode == Exit.EDGE_DOWN
    assert "whenever it starts: see logs edge" in done.stderr


def test_a_model_that_is_not_there_and_one_that_comes(images: Engine, tmp_path: Path) -> None:
    """Down is 7, warming is 6, and when the model has come it is 0: through the same command."""
    port = free_port()
    settings = {
        "AGENT_PROVIDER": "openai",
        "AGENT_LLM_BASE_URL": f"http://models:{port}/v1",
        "AGENT_LLM_MODEL": "big",
        "AGENT_PRIMARY_POLL_INTERVAL_S": "0.5",
    }
    with project(images, tmp_path, **settings) as command:
        down = command("up", "--wait", "--deadline", "4")
        name = command.env["STACK_PROJECT_NAME"]
        models = images(
            *("run", "-d", "--network", f"{name}_default", "--network-alias", "models"),
            *("--label", f"opscheck.stack.helper={name}", "opscheck-service:tests", "python", "-c", MODELS, str(port)),
        )
        warming = command("up", "--wait", "--deadline", "4")
        waiting = command.start("up", "--wait", "--deadline", "60")
        images("exec", models, "touch", "/tmp/pulled")  # noqa: S108 - in the container
        out, errors = waiting.communicate(timeout=90)

    assert (down.returncode, warming.returncode, waiting.returncode) == (Exit.LLM_DOWN, Exit.NOT_READY, 0), out + errors
    assert "llm.path down" in down.stdout
    assert "llm.path warming (model big, missing), not ready" in warming.stdout
    assert "llm.path primary (model big, present), ready" in out


MODELS = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Models(BaseHTTPRequestHandler):
    def do_GET(self):
        names = ["small"] + (["big"] if os.path.exists("/tmp/pulled") else [])
        raw = json.dumps({"object": "list", "data": [{"id": n, "object": "model"} for n in names]}).encode()
        self.send_response(200); self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw))); self.end_headers(); self.wfile.write(raw)
    def log_message(self, *a): pass
HTTPServer(("0.0.0.0", int(sys.argv[1])), Models).serve_forever()
"""
