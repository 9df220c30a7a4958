"""A service that is stopped in the middle: it takes connections and says nothing, and all that shows is one cause."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.parts.process import RunningProcess, free_port

ROOT = Path(__file__).resolve().parents[2]


def test_a_hang_is_told_once(tmp_path: Path) -> None:
    """Also by checks of what an edge would do: there is none, and it waits for nobody."""
    where = f"http://127.0.0.1:{free_port()}"
    ports = ("--port", where.rpartition(":")[2], "--webfetch-port", str(free_port()))
    serve = [sys.executable, "-m", "opscheck", "serve", *ports, "--state-dir", str(tmp_path / "state")]
    words = ["-m", "readiness or status", "--host", where, "--ops-system", "reference", "--ops-report", "r.json"]
    log = tmp_path / "service.log"
    with RunningProcess(serve, log=log, ready=f"{where}/healthz", cwd=tmp_path, deadline=60) as service:
        os.kill(service.pid, signal.SIGSTOP)
        try:
            command = [sys.executable, "-m", "opscheck", "run", *words]
            subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
        finally:
            os.kill(service.pid, signal.SIGCONT)

    report = json.loads((tmp_path / "r.json").read_text())
    assert [cause["signature"] for cause in report["triage"]["causes"]] == ["hangs"]
    assert report["triage"]["unexplained"] == []
    assert any(one["check"] == "status-mask" and one["outcome"] == "FAIL" for one in report["results"])
