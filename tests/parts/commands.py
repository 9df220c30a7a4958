"""Runs the commands of a build: output to a log, nothing left running, an error that shows the log's end."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.parts.process import tail


class BuildError(Exception):
    """A part could not be built; the message says which step and where its log is."""


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    deadline: float = 3600.0,
) -> None:
    """Run `command` to its end with its output appended to `log`; raise BuildError unless it exits with 0."""
    words = [str(word) for word in command]
    with log.open("ab") as sink:
        sink.write(f"$ {' '.join(words)}\n".encode())
        sink.flush()
        code = _wait(words, sink.fileno(), cwd, {**os.environ, **(env or {})}, deadline)
    if code != 0:
        ending = tail(log, 5)
        raise BuildError(f"{words[0]} {words[1]} exited with {code}; {log} ends with:\n{ending}")


def _wait(words: list[str], sink: int, cwd: Path | None, env: dict[str, str], deadline: float) -> int:
    with subprocess.Popen(
        words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
    ) as child:
        try:
            return child.wait(timeout=deadline)
        except BaseException as stopped:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            if isinstance(stopped, subprocess.TimeoutExpired):
                raise BuildError(f"{words[0]} {words[1]} took longer than {deadline:.0f} s") from None
            raise


def fetch_go_module(module: str, *, checksum: str, log: Path, work: Path) -> Path:
    """Download a Go module as `path@version` and return its read-only folder; refuse any other `checksum`."""
    answer = work / "module.json"
    with answer.open("wb") as out, log.open("ab") as sink:
        sink.write(f"$ go mod download -json {module}\n".encode())
        sink.flush()
        done = subprocess.run(
            ["go", "mod", "download", "-json", module],
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=sink,
            check=False,
            timeout=900,
        )
    if done.returncode != 0:
        reason = json.loads(answer.read_text() or "{}").get("Error", "no answer")
        raise BuildError(f"could not fetch {module}: {reason}")
    facts = json.loads(answer.read_text())
    if facts["Sum"] != checksum:
        raise BuildError(f"{module} has checksum {facts['Sum']}, expected {checksum}")
    return Path(facts["Dir"])


def copy_writable(source: Path, target: Path) -> Path:
    """Copy a read-only source tree so that it can be built in; return the copy."""
    shutil.copytree(source, target, symlinks=True)
    for folder, _, files in os.walk(target):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o200)
    return target
