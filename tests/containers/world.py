"""A host of containers as a test sees it: asked by its ports, hurt through the engine."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from opscheck.hosts.ownership import PART, SET
from tests.parts.docker_engine import DockerEngine

PATIENCE = 120.0  # seconds for something to be so, on a machine that does other work
_ANSWER = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back, and how long that took."""

    status: int
    headers: Mapping[str, str]
    body: Any
    seconds: float


@dataclass(frozen=True)
class World:
    """The containers of one set."""

    engine: DockerEngine
    set_id: str
    _ids: dict[str, str] = field(default_factory=dict)
    _ports: dict[str, int] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, *, part: str = "agent") -> Answer:
        """Send a request to a part; OSError or HTTPException where nothing answers."""
        port = self.port(part)
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER)
        try:
            raw = json.dumps(body) if body is not None else None
            connection.request(method, path, raw, {"content-type": "application/json"} if raw else {})
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self._ports.pop(part, None)  # it may be another one by now
            raise
        finally:
            connection.close()
        try:
            document = json.loads(text)
        except ValueError:
            document = text.decode("utf-8", "replace")
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, document, time.monotonic() - began)

    def say(self, prompt: str, conversation: str = "", *, tools: Sequence[Mapping[str, object]] = ()) -> Answer:
        """A turn with the agent."""
        body: dict[str, object] = {"prompt": prompt, "metadata": {"tool_calls": [*tools]}, "max_tokens": 8}
        return self.ask("POST", "/v1/agent", body | ({"conversation_id": conversation} if conversation else {}))

    def container(self, part: str) -> str:
        """The id of a part's container."""
        if part not in self._ids:
            filters = ("--filter", f"label={SET}={self.set_id}", "--filter", f"label={PART}={part}")
            self._ids[part] = self.engine.docker("ps", "-aq", "--no-trunc", *filters)
        return self._ids[part]

    def port(self, part: str) -> int:
        """The port of 127.0.0.1 that leads to a part; another one after the container was started again."""
        if part not in self._ports:
            published = self.engine.docker("port", self.container(part)).splitlines()
            if not published:
                raise ConnectionRefusedError(f"{part} publishes no port now")
            self._ports[part] = int(published[0].rpartition(":")[2])
        return self._ports[part]

    def network(self) -> str:
        """The network that all parts are on."""
        return self.engine.docker("network", "ls", "-q", "--filter", f"label={SET}={self.set_id}")

    def started(self, part: str) -> str:
        """Since when a part has been running."""
        return self.engine.docker("inspect", "-f", "{{.State.StartedAt}} {{.RestartCount}}", self.container(part))

    def inside(self, code: str) -> str:
        """Run Python in the agent's container."""
        return self.engine.docker("exec", self.container("agent"), "python", "-c", code)

    @contextmanager
    def without(self, fault: str, *parts: str) -> Iterator[None]:
        """Stop, pause or cut off parts; afterwards they are as they were."""
        for part in parts:
            self._hurt(fault, part)
        try:
            yield
        finally:
            for part in parts:
                self._heal(fault, part)

    def _hurt(self, fault: str, part: str) -> None:
        if fault == "cut off":
            self.engine.docker("network", "disconnect", self.network(), self.container(part))
        else:
            self.engine.docker(*{"stopped": ("stop", "-t", "1"), "paused": ("pause",)}[fault], self.container(part))

    def _heal(self, fault: str, part: str) -> None:
        if fault == "cut off":
            self.engine.docker("network", "connect", "--alias", part, self.network(), self.container(part))
        else:
            self.engine.docker({"stopped": "start", "paused": "unpause"}[fault], self.container(part))


def eventually(what: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait until something is so; tell whether it came to be."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if what():
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    return False
