"""Who takes connections and answers nothing is one root cause; one slow endpoint is none."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opscheck.engine.silence import Silence
from opscheck.model import Component, Host, HostKind, HttpExchange, Kind, Phases, Request, Unmeasured

NOW = datetime(2026, 1, 2, tzinfo=UTC)
URL = "http://agent.example/a"
HOST = Host("prod", HostKind.LIVE, "reference", {"agent": Component("agent", "http://agent.example")}, {})


def in_vain(
    kind: Kind = Kind.TIMEOUT, phases: Phases = Phases(connect=0.001, total=2.0), cause: str = ""
) -> Unmeasured:
    """A request that came to nothing."""
    return Unmeasured(kind, "no answer within 2 s", URL, NOW, phases, cause=cause)


def answer() -> HttpExchange:
    """Any answer."""
    return HttpExchange(Request("GET", URL), 500, "", "1.1", (), b"", 0, Phases(), NOW)


def test_the_first_wait_in_vain_is_a_silence() -> None:
    """It has a root cause of its own, and says what to do."""
    seen = Silence().told(HOST, URL, in_vain())

    assert (seen.silence, seen.cause) == ("prod:agent:silent", "")
    assert "start it again" in seen.remedy
    assert seen.evidence().details["cause"] == "prod:agent:silent"


def test_who_was_heard_before_is_only_slow() -> None:
    """Whatever it answered."""
    silence = Silence()
    silence.told(HOST, URL, answer())

    assert silence.told(HOST, URL, in_vain()).silence == ""


@pytest.mark.parametrize(
    "seen",
    [
        in_vain(Kind.REFUSED),
        in_vain(phases=Phases(total=2.0)),
        in_vain(phases=Phases(connect=0.001, first_byte=0.2, total=2.0)),
        in_vain(cause="prod:agent:timeout"),
    ],
    ids=["refused", "never-connected", "begun", "has-a-cause"],
)
def test_anything_else_is_no_silence(seen: Unmeasured) -> None:
    """Who was not reached, who began to answer, and who has a root cause."""
    assert Silence().told(HOST, URL, seen) is seen


def test_an_address_beyond_the_host_is_no_component() -> None:
    """A page that a check looks at elsewhere says nothing of the host."""
    seen = in_vain()

    assert Silence().told(HOST, "http://elsewhere.example/", seen) is seen


def test_a_mute_host_is_one_root_cause(tmp_path: Path) -> None:
    """One check tells of the silence, the others are blocked behind it; those that judge waiting still judge it."""
    report = tmp_path / "report.json"
    with socket.create_server(("127.0.0.1", 0), backlog=128) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        command = [sys.executable, "-m", "opscheck", "run", "-q", "-m", "status or readiness", f"--host={url}"]
        done = subprocess.run(
            [*command, "--ops-timeout=2", f"--ops-report={report}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    results = json.loads(report.read_text())["results"]
    silent = [one for one in results if (one["evidence"].get("cause") or "").endswith(":agent:silent")]
    assert done.returncode != 0
    assert {one["outcome"] for one in silent} == {"UNMEASURED", "BLOCKED"}
    assert [one["outcome"] for one in silent].count("UNMEASURED") == 1
    assert len(silent) > 8
    others = {one["check"]: one["outcome"] for one in results if one not in silent}
    assert others["liveness"] == "FAIL"
