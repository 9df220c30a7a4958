"""SIGKILL under load: nothing that was acknowledged is lost."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_KILLS = 50
_WRITERS = 4


class Fleet:
    """Services on one state folder, one after the other, each killed without warning."""

    def __init__(self, prefork: subprocess.Popen[str], state: Path) -> None:
        self._prefork = prefork
        self._state = state

    def start(self) -> tuple[int, int]:
        """Start a service and give its process id and port."""
        assert self._prefork.stdin is not None
        assert self._prefork.stdout is not None
        self._prefork.stdin.write(f"{self._state}\n")
        self._prefork.stdin.flush()
        pid = int(self._prefork.stdout.readline())
        return pid, int(self._prefork.stdout.readline().rsplit(":", 1)[1])


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Give a way to start services fast."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.service.prefork"],
        cwd=_ROOT,
        env={**os.environ, "AGENT_LOG_LEVEL": "CRITICAL"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as prefork:
        yield Fleet(prefork, tmp_path / "state")


def post(connection: http.client.HTTPConnection, path: str, body: dict[str, object]) -> bytes:
    """Post JSON and give the answer's body; anything but a whole 200 raises."""
    connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
    answer = connection.getresponse()
    raw = answer.read()
    if answer.status != 200:
        raise http.client.HTTPException(answer.status)
    return raw


def write(port: int, round_number: int, writer: int, acknowledged: list[tuple[str, str]]) -> None:
    """Post one exchange after the other until the service is gone, noting each that was acknowledged."""
    conversation = f"writer-{writer}"
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        for number in range(10_000):
            prompt = f"fact {round_number}.{number} of {writer}"
            try:
                if writer == 0:
                    messages = [{"role": "user", "content": prompt}]
                    body = {"messages": messages, "stream": True, "conversation_id": conversation}
                    if not post(connection, "/v1/chat/completions", body).endswith(b"data: [DONE]\n\n"):
                        return
                else:
                    post(connection, "/v1/agent", {"prompt": prompt, "conversation_id": conversation})
            except (OSError, http.client.HTTPException):
                return
            acknowledged.append((conversation, prompt))


def stored(state: Path) -> list[tuple[str, str, str]]:
    """Read all that is kept."""
    with closing(sqlite3.connect(state / "agent_state.sqlite")) as database:
        return database.execute("SELECT conversation_id, role, content FROM interactions ORDER BY id").fetchall()


def test_nothing_acknowledged_is_lost_over_fifty_kills(fleet: Fleet, tmp_path: Path) -> None:
    """After each SIGKILL at a random moment every acknowledged exchange is there, whole, once, and served."""
    chance = random.Random(17)  # noqa: S311 - moments to kill at, no secret
    acknowledged: list[tuple[str, str]] = []
    for round_number in range(_KILLS):
        pid, port = fleet.start()
        writers = [
            threading.Thread(target=write, args=(port, round_number, writer, acknowledged))
            for writer in range(_WRITERS)
        ]
        for thread in writers:
            thread.start()
        time.sleep(chance.uniform(0.05, 0.35))
        os.kill(pid, signal.SIGKILL)
        for thread in writers:
            thread.join()
    pid, port = fleet.start()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        last = next(prompt for conversation, prompt in reversed(acknowledged) if conversation == "writer-1")
        follow_up = json.loads(post(connection, "/v1/agent", {"prompt": "and?", "conversation_id": "writer-1"}))
        connection.request("GET", "/ready")
        ready = connection.getresponse()
        ready.read()
    rows = stored(tmp_path / "state")
    os.kill(pid, signal.SIGKILL)

    kept = [(conversation, content) for conversation, role, content in rows if role == "user"]
    assert len(acknowledged) > _KILLS * _WRITERS
    assert set(acknowledged) <= set(kept)
    assert len(kept) == len(set(kept))
    assert all(
        (first[1], second[1], first[0]) == ("user", "assistant", second[0])
        for first, second in zip(rows[::2], rows[1::2], strict=True)
    )
    assert last in [message["content"] for message in follow_up["messages"]]
    assert ready.status == 200
