"""The probe of a rendered token: which Compose it asks, what it keeps, and that it ends."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path

import pytest

from opscheck.model import Kind, Unmeasured
from opscheck.model.tunnel import ComposeToken
from opscheck.probes import command
from opscheck.probes.compose import compose_token, is_token

TOKEN = base64.b64encode(json.dumps({"a": "account", "t": "tunnel", "s": "c2VjcmV0LW9mLWxhbnRlcm4="}).encode()).decode()
RENDERED = json.dumps({"services": {"tunnel": {"environment": {"TUNNEL_TOKEN": TOKEN}}}})
V1 = "echo 'Define and run multi-container applications with Docker.' >&2; exit 1"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that stands alone on PATH, with a shell to write them in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    return folder


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    path.chmod(0o755)


def _seen(folder: Path, **more: object) -> ComposeToken | Unmeasured:
    return compose_token([str(folder.parent / "compose.yaml")], "tunnel", **more)  # type: ignore[arg-type] # options by name


def test_the_plugin_is_asked_first(programs: Path) -> None:
    """And its answer is measured, not kept."""
    _program(programs, "docker", f"echo '{RENDERED}'")

    seen = _seen(programs)

    assert isinstance(seen, ComposeToken)
    assert (seen.place, seen.length, seen.shaped) == ("environment", len(TOKEN), True)
    assert TOKEN not in repr(seen)
    assert TOKEN not in json.dumps(seen.evidence().as_dict())


def test_the_program_is_asked_where_the_plugin_is_missing(programs: Path) -> None:
    """A docker without Compose says that it knows no such command."""
    _program(programs, "docker", "echo \"docker: 'compose' is not a docker command.\" >&2; exit 1")
    _program(programs, "docker-compose", f"echo '{RENDERED}'")

    assert isinstance(_seen(programs), ComposeToken)


@pytest.mark.parametrize("old", [None, V1])
def test_without_compose_there_is_nothing_to_see(programs: Path, old: str | None) -> None:
    """Version 1 renders no JSON."""
    if old:
        _program(programs, "docker-compose", old)

    seen = _seen(programs)

    assert isinstance(seen, Unmeasured)
    assert seen.kind is Kind.TOOL_MISSING
    assert "v2" in seen.remedy


def test_a_command_that_hangs_is_ended_with_all_it_started(programs: Path, tmp_path: Path) -> None:
    """The sleep that it began does not outlive it."""
    _program(programs, "docker", f"sleep 60 & echo $! > {tmp_path}/pid; wait")

    began = time.monotonic()
    seen = _seen(programs, seconds=1.0)

    assert time.monotonic() - began < 20
    assert isinstance(seen, Unmeasured)
    assert seen.kind is Kind.TIMEOUT
    assert _gone(int((tmp_path / "pid").read_text()))


def _gone(pid: int) -> bool:
    """It has ended, or waits for nothing but to be collected."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.1)
    return False


def test_a_command_that_tells_too_much_is_ended(programs: Path) -> None:
    """No output fills the memory."""
    _program(programs, "docker", "while :; do echo 0123456789012345678901234567890123456789; done")

    done = command.run(["docker"], seconds=30, env=dict(os.environ))

    assert done.code is None
    assert len(done.out) < 8 * 1024 * 1024
    assert "0123" not in repr(done)


def test_what_compose_complains_of_quotes_no_secret(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one of the environment nor one of the file beside it."""
    monkeypatch.setenv("TUNNEL_TOKEN_OF_MINE", TOKEN)
    (programs.parent / ".env").write_text("DB_PASSWORD='lantern-42-harbour'\n")
    _program(programs, "docker", f"echo 'invalid containerPort: {TOKEN} lantern-42-harbour' >&2; exit 15")

    seen = _seen(programs)

    assert isinstance(seen, Unmeasured)
    assert "invalid containerPort" in seen.detail
    assert TOKEN not in repr(seen)
    assert "lantern" not in repr(seen)


def test_variables_that_are_unset_are_named(programs: Path) -> None:
    """Compose warns of them, and takes them as empty."""
    warning = 'level=warning msg="The \\"MY_TOKEN\\" variable is not set. Defaulting to a blank string."'
    _program(programs, "docker", f"cat >&2 <<'EOF'\n{warning}\nEOF\necho '{{\"services\": {{\"tunnel\": {{}}}}}}'")

    seen = _seen(programs)

    assert isinstance(seen, ComposeToken)
    assert seen.unset == ("MY_TOKEN",)


@pytest.mark.parametrize(
    ("service", "place"),
    [
        ({"command": ["tunnel", "run", "--token", TOKEN]}, "command"),
        ({"command": f"tunnel run --token={TOKEN}"}, "command"),
        ({"environment": {"TUNNEL_TOKEN_FILE": "/run/secrets/token"}}, "file"),
        ({"command": ["tunnel", "--config", "/etc/c.yml", "run"]}, "file"),
        ({"command": ["tunnel", "--cred-file=/etc/c.json", "run"]}, "file"),
        ({"environment": {"TUNNEL_TOKEN": None}}, "environment"),
        ({"environment": ["TUNNEL_TOKEN"], "command": None}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_place_of_the_token_is_told(programs: Path, service: object, place: str) -> None:
    """Wherever cloudflared would take it from."""
    _program(programs, "docker", f"cat <<'EOF'\n{json.dumps({'services': {'tunnel': service}})}\nEOF")

    seen = _seen(programs)

    assert isinstance(seen, ComposeToken)
    assert seen.place == place


@pytest.mark.parametrize("output", ["", "[]", "{", '{"services": 3}', "[" * 5000])
def test_no_output_breaks_the_probe(programs: Path, output: str) -> None:
    """It is unmeasured then."""
    _program(programs, "docker", f"echo '{output}'")

    assert isinstance(_seen(programs), Unmeasured)


@pytest.mark.parametrize(
    "text",
    ["", "x", "eyJ", TOKEN[:-8], f'"{TOKEN}"', TOKEN * 100, base64.b64encode(b'{"a": 1, "s": 2, "t": 3}').decode()],
)
def test_what_is_no_token_is_told_from_one(text: str) -> None:
    """Cut, quoted, or of another kind."""
    assert is_token(TOKEN)
    assert not is_token(text)
