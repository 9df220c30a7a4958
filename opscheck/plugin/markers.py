"""The markers, each with one line of help."""

from __future__ import annotations

import re
from typing import Final

import pytest

from opscheck.errors import did_you_mean

MARKERS: Final = {
    "smoke": "the main path works: agent, chat, stream, tools, memory",
    "readiness": "the host is alive, ready, and tells the truth about it",
    "status": "the status summary and its state machine",
    "cors": "what browsers of other origins may do",
    "sri": "subresource integrity of pages and their assets",
    "edge": "the reverse proxy in front: TLS, limits, errors in the service's own format",
    "legacy": "deprecated endpoints: announced, unused, gone",
    "infra": "the stores, queues and gateways that the system stands on",
    "docker": "engine, containers, volumes and images",
    "tunnel": "the tunnel between edge and origin",
    "kb": "the knowledge base: ingest, recommend, promote",
    "chat": "document chat: ask, stream, upload, sign in",
    "resilience": "retries, circuit breakers, limits",
    "security": "what an attacker would try first",
    "observability": "metrics, logs and alerts that can be relied on",
    "release": "the checklist before a release",
    "maintenance": "what has to hold before, during and after a maintenance window",
}


def unknown_marker(config: pytest.Config) -> str:
    """A hint where the marker expression names a marker that nobody registered; pytest itself says nothing."""
    expression = config.getoption("markexpr", "") or ""
    known = {line.split(":")[0].split("(")[0].strip() for line in config.getini("markers")} | set(MARKERS)
    words = set(re.findall(r"[A-Za-z_]\w*", expression)) - {"and", "or", "not", "True", "False"}
    unknown = sorted(words - known)
    return f'no test has the marker "{unknown[0]}"{did_you_mean(unknown[0], MARKERS)}' if unknown else ""


def no_suites(config: pytest.Config, exitstatus: int) -> str:
    """A hint where a host was named and no test of this folder asks for one: the shipped suites lie elsewhere."""
    expression = config.getoption("markexpr", "") or ""
    if exitstatus != pytest.ExitCode.NO_TESTS_COLLECTED or not set(re.findall(r"\w+", expression)) & set(MARKERS):
        return ""
    if config.inipath is not None and config.inipath.parent.name == "suites":
        return ""
    return f'no suite here has such a test; the shipped ones: opscheck run -m "{expression}" and the same options'
