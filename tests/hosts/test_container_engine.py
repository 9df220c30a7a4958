"""No container engine: one line within two seconds that tells which of the usual causes, and what to do."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from opscheck.hosts import bring_up
from opscheck.hosts.container_engine import engine_address, why_no_engine
from opscheck.inventory import Inventory, select
from opscheck.model import Kind
from tests.stack.daemons import BROKEN, GOOD, abandoned, fake_docker, listening

Prepare = Callable[[str], None]
PROMISED = 2.0  # seconds
SLACK = 3.0  # of a machine that does other work meanwhile


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a machine with a docker command, without any configuration, whose usual socket is in `tmp_path`."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in fake_docker(tmp_path / "bin").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("service.stack.endpoint.UNIX_SOCKET", str(tmp_path / "usual.sock"))
    return tmp_path


def context(machine: Path, address: str) -> None:
    """Choose a context that leads to an address."""
    folder = machine / "config" / "contexts" / "meta" / hashlib.sha256(b"away").hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Name": "away", "Endpoints": {"docker": {"Host": address}}}))
    (machine / "config" / "config.json").write_text(json.dumps({"currentContext": "away"}))


@pytest.fixture
def prepare(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Prepare]:
    """Give what brings a cause about, for as long as the test takes."""
    with ExitStack() as stack:
        yield lambda case: bring_about(case, machine, monkeypatch, stack)


@pytest.mark.parametrize(
    ("case", "cause", "remedy", "kind"),
    [
        ("not installed", "docker is not installed", "install Docker Engine", Kind.TOOL_MISSING),
        ("not running", "does not exist, so the daemon is not running", "systemctl start docker", Kind.REFUSED),
        ("ended", "nobody listens, so the daemon has ended", "systemctl start docker", Kind.REFUSED),
        ("hangs", "did not answer within", "restart it", Kind.REFUSED),
        ("broken", "is no engine that works (500 Internal Server Error)", "systemctl start docker", Kind.REFUSED),
        ("wrong setting", "DOCKER_HOST is wrong (127.0.0.1:2375)", "unset it", Kind.REFUSED),
        ("nobody there", "DOCKER_HOST names 127.0.0.1:9: connection refused", "unset DOCKER_HOST", Kind.REFUSED),
        ("another machine", "DOCKER_HOST leads to 10.0.0.5:2375", "run the suites there", Kind.REFUSED),
        ("by ssh", "DOCKER_HOST leads to ssh://ops@example.org", "run the suites there", Kind.REFUSED),
        ("context elsewhere", "docker context away leads to 10.0.0.5:2375", "docker context use default", Kind.REFUSED),
        ("context of a dead engine", "docker context away names", "docker context away", Kind.REFUSED),
        ("unknown context", "docker context nowhere is wrong", "unset it", Kind.REFUSED),
    ],
)
def test_each_cause_is_told_apart(prepare: Prepare, case: str, cause: str, remedy: str, kind: Kind) -> None:
    """One cause for the host, before anything is imported or started."""
    prepare(case)
    began = time.monotonic()

    up = bring_up(select(["containers"], Inventory()))

    told = up.failed["containers"]
    assert time.monotonic() - began < PROMISED + SLACK
    assert cause in told.detail
    assert remedy in told.remedy
    assert (told.kind, told.cause) == (kind, f"containers:engine:{kind}")
    assert "\n" not in told.detail + told.remedy


def bring_about(case: str, machine: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> None:
    """Make the machine one where this is so."""
    settings = {
        "wrong setting": "127.0.0.1:2375",
        "nobody there": "tcp://127.0.0.1:9",
        "another machine": "tcp://10.0.0.5:2375",
        "by ssh": "ssh://ops@example.org",
    }
    if case in settings:
        monkeypatch.setenv("DOCKER_HOST", settings[case])
    elif case == "not installed":
        monkeypatch.setenv("PATH", str(machine))
    elif case == "ended":
        abandoned(machine / "usual.sock")
    elif case in ("hangs", "broken"):
        stack.enter_context(listening(machine / "usual.sock", BROKEN if case == "broken" else None))
    elif case == "unknown context":
        monkeypatch.setenv("DOCKER_CONTEXT", "nowhere")
    elif case.startswith("context"):
        monkeypatch.setenv("DOCKER_CONFIG", str(machine / "config"))
        context(machine, "tcp://10.0.0.5:2375" if case == "context elsewhere" else f"unix://{machine}/dead.sock")


def test_an_engine_without_a_docker_command_is_good_enough(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers are started through its socket; the command is wanted only to build."""
    monkeypatch.setenv("PATH", str(machine))
    with listening(machine / "usual.sock", GOOD):
        assert why_no_engine() == ("", "")
        assert engine_address() == ""


def test_a_context_of_this_machine_is_followed(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the docker command does, also for those who know DOCKER_HOST only; which itself comes first."""
    monkeypatch.setenv("DOCKER_CONFIG", str(machine / "config"))
    context(machine, f"unix://{machine}/desktop.sock")
    with listening(machine / "desktop.sock", GOOD) as address:
        assert why_no_engine() == ("", "")
        assert engine_address() == address
    monkeypatch.setenv("DOCKER_HOST", "unix:///elsewhere.sock")
    assert engine_address() == "unix:///elsewhere.sock"
