"""In every state that the reference service can be in, its summary is true, and the suite says what it means."""

# ruff: noqa: ARG002 - the arguments are those of the provider that each of these stands in for

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from service.chat import Completion, Message, Models
from service.errors import ModelMissing, UpstreamUnreachable
from service.providers.embedded import EmbeddedProvider
from tests.faults.fault import Fault
from tests.faults.parts import NoMemory
from tests.faults.running import Broken
from tests.faults.status_faults import TOML, status_fault

ROOT: Final = Path(__file__).resolve().parents[2]
CHAT: Final = '\n[hosts.HOST.endpoints]\nchat = { path = "/chat" }\n'  # the address that tells who served


class Absent(EmbeddedProvider):
    """A host that has other models, one of which only begins like the one that is wanted."""

    async def models(self) -> Models:
        """List them."""
        return Models((f"{self.model}-tiny", "another:latest"), present=False)

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Fail."""
        raise ModelMissing("the model is not there")


class Away(EmbeddedProvider):
    """A host that cannot be reached."""

    async def models(self) -> Models:
        """Fail."""
        raise UpstreamUnreachable("the upstream cannot be connected to")

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Fail."""
        raise UpstreamUnreachable("the upstream cannot be connected to")


def _fallback(request: httpx.Request) -> httpx.Response:
    if request.url.host != "fallback.invalid":
        return httpx.Response(200, json={"status": "ok"})
    if request.url.path.endswith("/models"):
        return httpx.Response(200, json={"object": "list", "data": [{"id": "small"}]})
    choice = {"index": 0, "message": {"role": "assistant", "content": "amber"}, "finish_reason": "stop"}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "small", "choices": [choice]}
    return httpx.Response(200, json=body)


def _dead(request: httpx.Request) -> httpx.Response:
    return httpx.Response(503 if request.url.host == "fallback.invalid" else 200, json={})


def state(name: str, *, answers: Any = None, provider: Any = None, **more: Any) -> Fault:  # noqa: ANN401 - parts
    """A service in one state; `answers` is what its fallback does."""
    made = {"provider": provider, **more.pop("made", {})} if provider else more.pop("made", {})
    settings = more.pop("settings", {})
    if answers is not None:
        made["transport"] = httpx.MockTransport(answers)
        settings = {"fallback_base_url": "http://fallback.invalid/v1", "fallback_model": "small", **settings}
    return status_fault(name, "", made=made, settings=settings, toml=TOML + CHAT, **more)


# What the check status-ready has to say, and whether a completion is answered.
STATES: Final = (
    (state("primary"), "PASS", True),
    (state("primary-with-fallback", answers=_fallback), "PASS", True),
    (state("warming", provider=Absent()), "DEGRADED", False),
    (state("warming-with-fallback", provider=Absent(), answers=_fallback), "DEGRADED", True),
    (state("warming-with-dead-fallback", provider=Absent(), answers=_dead), "DEGRADED", False),
    (state("fallback", provider=Away(), answers=_fallback), "DEGRADED", True),
    (state("disabled", answers=_fallback, settings={"primary_enabled": False}), "DEGRADED", True),
    (state("disabled-alone", settings={"primary_enabled": False}), "FAIL", False),
    (state("dead-fallback", provider=Away(), answers=_dead), "FAIL", False),
    (state("down", provider=Away()), "FAIL", False),
    (state("no-retrieval", made={"vectors": NoMemory()}), "FAIL", True),
)
Outcomes = Mapping[str, Mapping[str, dict[str, str]]]  # host -> outcome -> check -> reason


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What the suite says of each state, from one run."""
    folder = tmp_path_factory.mktemp("states")
    hosts, report = folder / "opscheck.toml", folder / "report.json"
    services = [service for service, *_ in STATES]
    with Broken(services, folder) as running:
        hosts.write_text(running.toml)
        names = ",".join(service.name for service in services)
        options = [f"--ops-inventory={hosts}", f"--ops-host={names}", f"--ops-report={report}"]
        quiet = ["-q", "--tb=no", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", str(ROOT / "suites"), "-m", "status", *options, *quiet]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 1, run.stdout[-2000:] + run.stderr[-2000:]
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for one in json.loads(report.read_text())["results"]:
        found[one["host"]][one["outcome"]][one["check"]] = one["reason"]
    return found


@pytest.mark.parametrize(("service", "outcome", "serves"), STATES, ids=[service.name for service, *_ in STATES])
def test_a_true_summary_is_called_true(service: Fault, outcome: str, serves: bool, outcomes: Outcomes) -> None:
    """What the state means is told by one check; no other calls a true summary wrong."""
    seen = outcomes[service.name]

    assert "status-ready" in seen[outcome], seen
    assert set(seen.get("FAIL", ())) <= {"status-ready"}, seen["FAIL"]
    assert set(seen.get("DEGRADED", ())) <= {"status-ready"}, seen["DEGRADED"]
    # Where nothing answers there is nothing to count.
    assert set(seen.get("UNMEASURED", ())) == (set() if serves else {"metrics-count"}), seen["UNMEASURED"]
