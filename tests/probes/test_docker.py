"""The probe of a container engine: where it looks, what it makes of answers that no engine gives."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opscheck.model import Kind, Unmeasured
from opscheck.model.docker import DockerContainers, DockerEngine, EngineAccess
from opscheck.probes import docker_looks
from opscheck.probes.docker import ask_engine
from opscheck.probes.docker_frames import lines_of
from opscheck.probes.docker_place import NoEngine, place_of
from opscheck.probes.limits import Caps

_CAPS = Caps(timeout=3.0, connect_timeout=1.0)


def _context(folder: Path, name: str, host: str) -> None:
    """As the docker command writes it."""
    meta = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest() / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))


@pytest.mark.parametrize(
    ("url", "env", "shown", "told_by"),
    [
        ("unix:///run/docker.sock", {}, "unix:///run/docker.sock", ""),
        ("tcp://10.0.0.5", {}, "tcp://10.0.0.5:2375", ""),
        ("https://10.0.0.5", {}, "https://10.0.0.5:2376", ""),
        ("docker://context", {}, "unix:///var/run/docker.sock", ""),
        ("docker://context", {"DOCKER_HOST": "tcp://[::1]:9"}, "tcp://[::1]:9", "DOCKER_HOST"),
        ("docker://context", {"DOCKER_CONTEXT": "prod"}, "unix:///prod.sock", "docker context prod"),
        ("docker://context/prod", {"DOCKER_HOST": "tcp://h:1"}, "unix:///prod.sock", "docker context prod"),
        ("docker://context/default", {"DOCKER_CONTEXT": "prod"}, "unix:///var/run/docker.sock", ""),
        ("docker://context", {"DOCKER_HOST": "tcp://h:1", "DOCKER_TLS_VERIFY": "1"}, "https://h:1", "DOCKER_HOST"),
    ],
)
def test_the_place_is_the_one_that_docker_would_ask(
    url: str, env: dict[str, str], shown: str, told_by: str, tmp_path: Path
) -> None:
    """By the host file, the environment, the chosen context, or the usual socket."""
    _context(tmp_path, "prod", "unix:///prod.sock")

    place = place_of(EngineAccess(url), {"DOCKER_CONFIG": str(tmp_path), **env})

    assert (place.shown, place.told_by) == (shown, told_by)


def test_the_context_in_use_is_read_from_the_configuration(tmp_path: Path) -> None:
    """What `docker context use` leaves."""
    _context(tmp_path, "prod", "tcp://far.example:2375")
    (tmp_path / "config.json").write_text('{"currentContext": "prod"}')

    place = place_of(EngineAccess("docker://context"), {"DOCKER_CONFIG": str(tmp_path)})

    assert place.named == "tcp://far.example:2375 (from docker context prod)"


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("ssh://ops:hunter22@far.example", "wrong-host"),
        ("localhost:2375", "wrong-host"),
        ("unix://", "wrong-host"),
        ("tcp://", "wrong-host"),
        ("tcp://h:99999", "wrong-host"),
        ("tcp://h\nx:1", "wrong-host"),
        ("gopher://h:1", "wrong-host"),
    ],
)
def test_a_wrong_docker_host_is_told_without_repeating_it(host: str, problem: str) -> None:
    """It may hold a password, or a line break."""
    with pytest.raises(NoEngine) as raised:
        place_of(EngineAccess("docker://context"), {"DOCKER_HOST": host})

    told = raised.value
    assert told.problem == problem
    assert told.remedy
    assert "DOCKER_HOST" in told.detail
    assert "hunter22" not in told.detail + told.remedy
    assert (told.detail + told.remedy).isprintable()


def _look(url: str, *, caps: Caps = _CAPS) -> DockerEngine | Unmeasured:
    return asyncio.run(ask_engine(EngineAccess(url), caps, docker_looks.engine))


def test_a_machine_without_docker_is_told_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No socket and no command: there is nothing to start."""
    monkeypatch.setenv("PATH", str(tmp_path))

    seen = _look(f"unix://{tmp_path}/docker.sock")

    assert isinstance(seen, Unmeasured)
    assert (seen.kind, seen.cause) == (Kind.REFUSED, "client-missing")
    assert "install" in seen.remedy


def test_a_path_that_no_socket_can_have_is_told(tmp_path: Path) -> None:
    """The system has its own words for it."""
    seen = _look(f"unix://{tmp_path}/{'x' * 200}")

    assert isinstance(seen, Unmeasured)
    assert "too long" in seen.detail


@contextmanager
def _answering(*answers: bytes, drip: float = 0.0) -> Iterator[str]:
    """A socket that gives these answers, one for each connection, the last again and again."""
    folder = Path(os.environ.get("TMPDIR") or "/tmp")  # noqa: S108 - a socket's name has to be short
    path = folder / f"opscheck-{os.getpid()}-{time.monotonic_ns()}.sock"
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(16)

    def serve() -> None:
        number = 0
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            with caller:
                caller.recv(4096)
                body = answers[min(number, len(answers) - 1)]
                number += 1
                try:
                    for place in range(0, len(body), 1 if drip else len(body) or 1):
                        caller.sendall(body[place : place + 1] if drip else body)
                        time.sleep(drip)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"unix://{path}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)
        path.unlink()


def _http(body: bytes, status: int = 200, *, api: str = "1.41") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nApi-Version: {api}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


OK = _http(b"OK")


@pytest.mark.parametrize(
    ("info", "kind"),
    [
        (_http(b"{"), Kind.PROTOCOL),
        (_http(b"[" * 100_000), Kind.PROTOCOL),
        (b"HTTP/1.1 200 X\r\nContent-Length: 999999999999\r\n\r\n", Kind.TOO_LARGE),
        (b"", Kind.RESET),
        (b"\x00\x01\x02\r\n\r\n", Kind.PROTOCOL),
    ],
)
def test_no_answer_breaks_the_probe(info: bytes, kind: Kind) -> None:
    """Whatever listens on the socket."""
    with _answering(OK, OK, info) as url:
        seen = _look(url)

    assert isinstance(seen, Unmeasured)
    assert seen.kind is kind
    assert seen.detail.isprintable()


@pytest.mark.parametrize("body", [b"[]", b"null", b"{}", b'{"Warnings": {"a": 1}, "ServerVersion": [], "Driver": 7}'])
def test_an_engine_of_few_words_is_taken_as_it_is(body: bytes) -> None:
    """What it does not tell stays empty."""
    with _answering(OK, OK, _http(body)) as url:
        seen = _look(url)

    assert isinstance(seen, DockerEngine)
    assert (seen.version, seen.warnings) == ("", ())


def test_an_answer_that_drips_ends_with_its_time() -> None:
    """A byte now and then keeps no probe alive."""
    began = time.monotonic()
    with _answering(OK, drip=0.2) as url:
        seen = _look(url, caps=Caps(timeout=1.0, connect_timeout=1.0))
        took = time.monotonic() - began

    assert isinstance(seen, Unmeasured)
    assert (seen.kind, seen.cause) == (Kind.TIMEOUT, "silent")
    assert took < 10


def test_containers_of_strange_shapes_are_taken_as_they_are() -> None:
    """Fields that are missing, null or of another kind."""
    state = {"Status": 3, "Health": None}
    strange: dict[str, object] = {"Id": "a", "Name": None, "State": state, "Mounts": [None, {}], "RestartCount": "x"}
    with _answering(OK, _http(b'[{"Id": "a"}, 3]'), _http(json.dumps(strange).encode())) as url:
        seen = asyncio.run(ask_engine(EngineAccess(url), _CAPS, docker_looks.containers))

    assert isinstance(seen, DockerContainers)
    (one,) = seen.every
    assert (one.name, one.state, one.health, one.restarts) == ("", "unknown", "", 0)
    assert seen.evidence().as_dict()


def test_a_container_that_went_meanwhile_is_left_out() -> None:
    """Between the list and the look."""
    with _answering(OK, _http(b'[{"Id": "a"}]'), _http(b'{"message": "No such container"}', 404)) as url:
        seen = asyncio.run(ask_engine(EngineAccess(url), _CAPS, docker_looks.containers))

    assert isinstance(seen, DockerContainers)
    assert seen.every == ()


@pytest.mark.parametrize(
    ("body", "framed", "lines"),
    [
        (b"a\nb\n", False, ("a", "b")),
        (b"plain text\n", True, ("plain text",)),
        (b"\x01\x00\x00\x00\x00\x00\x00\xffab", True, ("ab",)),  # cut in the middle
        (b"\x1b[31mred\x1b[0m\n\n", False, ("red",)),
        (b"", True, ()),
    ],
)
def test_a_log_becomes_lines(body: bytes, framed: bool, lines: tuple[str, ...]) -> None:
    """With frames, without, with colours."""
    assert lines_of(body, framed=framed) == lines
