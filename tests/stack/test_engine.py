"""Why there is no engine: each usual cause is told apart, in one line, within two seconds."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.stack.endpoint import Endpoint, find_endpoint, parse_endpoint
from service.stack.engine import find_problem, look_at, require_engine
from service.stack.outcome import Exit, StackError
from tests.parts.find import absent
from tests.stack.command import StackCommand
from tests.stack.daemons import BROKEN, GOOD, abandoned, fake_docker, listening

ROOT = Path(__file__).parents[2]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Give an environment with a docker command and no configuration."""
    return fake_docker(tmp_path / "bin")


def test_a_good_engine_is_no_problem(tmp_path: Path, env: dict[str, str]) -> None:
    """By socket and by address."""
    for place in (tmp_path / "docker.sock", None):
        with listening(place, GOOD) as address:
            assert find_problem({**env, "DOCKER_HOST": address}) == ""


def test_no_docker_command(tmp_path: Path) -> None:
    """It is not on PATH."""
    problem = find_problem({"PATH": str(tmp_path)})

    assert problem == "the docker command is not on PATH: install Docker Engine or Docker Desktop"


def test_the_socket_is_missing(tmp_path: Path, env: dict[str, str]) -> None:
    """The daemon does not run; where a setting named the place, the setting may be wrong as well."""
    problem = find_problem({**env, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"})

    assert f"{tmp_path}/none.sock does not exist" in problem
    assert "systemctl start docker" in problem
    assert "unset DOCKER_HOST" in problem


def test_nobody_listens_on_the_socket(tmp_path: Path, env: dict[str, str]) -> None:
    """The file is left from a daemon that was killed."""
    abandoned(tmp_path / "docker.sock")

    assert "nobody listens" in find_problem({**env, "DOCKER_HOST": f"unix://{tmp_path}/docker.sock"})


def test_the_daemon_hangs(tmp_path: Path, env: dict[str, str]) -> None:
    """It takes the connection and says nothing: told in time, not waited for."""
    with listening(tmp_path / "docker.sock", None) as address:
        began = time.monotonic()
        problem = find_problem({**env, "DOCKER_HOST": address})
        took = time.monotonic() - began

    assert "did not answer within" in problem
    assert "restart it" in problem
    assert took < 2.0


@pytest.mark.parametrize("answer", [BROKEN, b"SSH-2.0-OpenSSH\r\n", b""], ids=["500", "no HTTP", "closes"])
def test_something_else_listens(tmp_path: Path, env: dict[str, str], answer: bytes) -> None:
    """What answers is not an engine that works."""
    with listening(tmp_path / "docker.sock", answer) as address:
        assert "is no engine that works" in find_problem({**env, "DOCKER_HOST": address})


def test_permission_is_denied(tmp_path: Path, env: dict[str, str]) -> None:
    """The socket is another user's, as for somebody outside the group docker."""
    if os.geteuid() != 0:
        absent("only root can become somebody who has no permission")
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder != Path("/tmp"):  # noqa: S108 - pytest's own folders below it
            folder.chmod(0o755)
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from service.stack.endpoint import parse_endpoint\nfrom service.stack.engine import look_at\n"
        "os.setuid(65534); print(look_at(parse_endpoint(sys.argv[2], 'DOCKER_HOST')))"
    )
    with listening(tmp_path / "docker.sock", GOOD) as address:
        (tmp_path / "docker.sock").chmod(0o600)
        done = subprocess.run(
            [sys.executable, "-c", code, ROOT, address], env=env, capture_output=True, text=True, check=True
        )

    assert "permission denied on" in done.stdout
    assert "group docker" in done.stdout


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("127.0.0.1:2375", "DOCKER_HOST is wrong (127.0.0.1:2375)"),
        ("unix:/var/run/docker.sock", "DOCKER_HOST is wrong"),
        ("tcp://", "DOCKER_HOST is wrong"),
        ("tcp://host:port", "DOCKER_HOST is wrong"),
        ("tcp://127.0.0.1:9", "DOCKER_HOST names 127.0.0.1:9: connection refused"),
        ("tcp://no-such-host.invalid:2375", "unset DOCKER_HOST"),
    ],
)
def test_docker_host_is_wrong(env: dict[str, str], address: str, told: str) -> None:
    """It is no address, or nothing is there: the setting is named, for it is what has to be mended."""
    began = time.monotonic()

    assert told in find_problem({**env, "DOCKER_HOST": address})
    assert time.monotonic() - began < 2.0


def test_the_pipe_of_docker_desktop_is_missing() -> None:
    """On Windows there is a pipe instead of a socket."""
    endpoint = find_endpoint({}, windows=True)

    problem = look_at(endpoint)

    assert endpoint.scheme == "npipe"
    assert r"\\.\pipe\docker_engine does not exist" in problem
    assert "start Docker Desktop" in problem


def test_the_context_names_the_place(tmp_path: Path) -> None:
    """As the docker command chooses: DOCKER_HOST, then DOCKER_CONTEXT, then the configuration, then the usual place."""
    name = hashlib.sha256(b"lab").hexdigest()
    meta = tmp_path / "contexts" / "meta" / name
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(
        json.dumps({"Name": "lab", "Endpoints": {"docker": {"Host": "tcp://10.0.0.5:2376"}}})
    )
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": "lab"}))
    configured = {"DOCKER_CONFIG": str(tmp_path)}

    assert find_endpoint(configured) == Endpoint("tcp", "10.0.0.5:2376", "docker context lab", "10.0.0.5", 2376)
    assert find_endpoint({**configured, "DOCKER_HOST": "unix:///x"}) == Endpoint("unix", "/x", "DOCKER_HOST")
    assert find_endpoint({**configured, "DOCKER_CONTEXT": "gone"}).scheme == "wrong"
    assert find_endpoint({**configured, "DOCKER_CONTEXT": "default"}).told_by == ""
    assert find_endpoint({"HOME": str(tmp_path)}, windows=False).place == "/var/run/docker.sock"


def test_ssh_is_left_to_the_docker_command() -> None:
    """Only it can say whether such an engine answers."""
    assert look_at(parse_endpoint("ssh://ops@10.0.0.5", "DOCKER_HOST")) == ""


def test_every_command_says_it_in_one_line_within_two_seconds(stack: StackCommand, tmp_path: Path) -> None:
    """Whatever is asked, also with a daemon that hangs: one line on standard error, exit code 3."""
    folder = tmp_path / "backup"
    with listening(tmp_path / "docker.sock", None) as address:
        env = {**fake_docker(tmp_path / "bin"), "DOCKER_HOST": address}
        for words in (["up"], ["up", "--wait"], ["down"], ["status"], ["logs"], ["build"], ["prune-review"]):
            began = time.monotonic()
            done = stack(*words, **env)
            took = time.monotonic() - began

            assert (done.returncode, done.stdout) == (Exit.NO_ENGINE, ""), words
            assert done.stderr.startswith("no engine: the daemon on ")
            assert done.stderr.count("\n") == 1
            assert took < 3.0, words  # two seconds, and the start of Python on a machine that does other things as well
        assert stack("backup", "--output", str(folder), **env).returncode == Exit.NO_ENGINE
    assert not folder.exists()


def test_require_engine_raises_with_the_code(env: dict[str, str]) -> None:
    """The code is part of the error."""
    with pytest.raises(StackError, match="no engine: ") as caught:
        require_engine({**env, "DOCKER_HOST": "nonsense"})

    assert caught.value.code is Exit.NO_ENGINE
