"""What the host `containers` is made of: the service, what it depends on, and how each part is started. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from opscheck.bundled import folder
from opscheck.inventory import EMBEDDED_ORIGIN

SERVICE_IMAGE: Final = "opscheck-service:local"
PAGE: Final = "/news.html"
_NOBODY: Final = "10001:10001"
_BUILT_IN_MODEL: Final = "embedded-extractive"  # of the service that stands in for a model's host


@dataclass(frozen=True, slots=True)
class Part:
    """One container.

    Attributes:
        name: also its name in the network.
        port: where it listens, in the network; published on 127.0.0.1 where it is `public`.
        ready: the path that answers 200 once it works.
        files: what is copied in, by its place there.
        state: it has a volume at /state, which outlives the process.
        user: as which it runs; empty: as its image says.
        checked: its image's own health check fits what runs.
        writable: its own file system, which is read-only otherwise; what is copied in needs it.
    """

    name: str
    image: str
    port: int
    ready: str
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    public: bool = True
    state: bool = False
    user: str = ""
    checked: bool = True
    writable: bool = False


def parts_of(images: Mapping[str, str], model: str = "") -> tuple[Part, ...]:
    """Every container of the host.

    Without images of its own there are the agent, its page fetcher, a page for that, and a second service, whose
    built-in model the agent reaches over the network as it reaches any model's host. With an image of Ollama that is
    the primary, and the second service the fallback.

    Args:
        images: by part: service, edge, ollama.
        model: what Ollama serves.
    """
    service = images.get("service", SERVICE_IMAGE)
    parts = [_agent(service, model if "ollama" in images else ""), _webfetch(service), _llm(service), _page(service)]
    if "edge" in images:
        parts.append(_edge(images["edge"]))
    if "ollama" in images:
        listens = {"OLLAMA_HOST": "0.0.0.0:11434"}
        parts.append(Part("ollama", images["ollama"], 11434, "/api/version", env=listens, writable=True))
    return tuple(parts)


def fingerprint(parts: tuple[Part, ...], ids: Mapping[str, str]) -> str:
    """What tells running containers from those that would be started now: images by their ids, settings, files."""
    digest = hashlib.sha256()
    for part in parts:
        facts = [part.name, ids[part.image], part.port, part.command, part.entrypoint, sorted(part.env.items())]
        digest.update(json.dumps([*facts, part.state, part.user]).encode())
        for place, file in sorted(part.files.items()):
            digest.update(place.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _agent(image: str, model: str) -> Part:
    stand_in = "http://llm:8000/v1"
    if model:
        models = {
            "AGENT_PROVIDER": "ollama",
            "AGENT_LLM_BASE_URL": "http://ollama:11434",
            "AGENT_LLM_MODEL": model,
            "AGENT_FALLBACK_BASE_URL": stand_in,
            "AGENT_FALLBACK_MODEL": _BUILT_IN_MODEL,
        }
    else:
        models = {"AGENT_PROVIDER": "openai", "AGENT_LLM_BASE_URL": stand_in, "AGENT_LLM_MODEL": _BUILT_IN_MODEL}
    env = {
        "AGENT_ALLOWED_ORIGINS": EMBEDDED_ORIGIN,
        "AGENT_DOCS_ENABLED": "true",
        "AGENT_LEGACY_STATUS": "on",
        # What has come back is noticed soon: whoever starts this waits for it.
        "AGENT_PRIMARY_POLL_INTERVAL_S": "1",
        "AGENT_WEBFETCH_URL": "http://webfetch:8000",
        **models,
    }
    return Part("agent", image, 8000, "/ready", env=env, state=True)


def _webfetch(image: str) -> Part:
    env = {"AGENT_WEBFETCH_ALLOW": "page:8000", "AGENT_ALLOWED_ORIGINS": EMBEDDED_ORIGIN}
    return Part("webfetch", image, 8000, "/healthz", ("python", "-m", "service.deploy.webfetch"), env=env)


def _llm(image: str) -> Part:
    # It remembers what it is asked like any other, in memory.
    return Part("llm", image, 8000, "/v1/models", env={"AGENT_STATE_DIR": "/tmp/data"})  # noqa: S108 - in the container


def _page(image: str) -> Part:
    command = ("python", "-m", "http.server", "8000", "--directory", "/srv/pages")
    files = {f"/srv/pages{PAGE}": folder("fixtures") / "sites" / "news.html"}
    return Part("page", image, 8000, PAGE, command, files=files, public=False, checked=False, writable=True)


def _edge(image: str) -> Part:
    deploy, fixtures = folder("service") / "deploy" / "edge", folder("fixtures") / "edge"
    files = {f"/etc/edge/{name}": deploy / name for name in ("start.sh", "nginx.conf")}
    files["/etc/edge/edge.env"] = fixtures / "edge.env"
    for template in sorted((fixtures / "templates").rglob("*.template")):
        files[f"/etc/edge/templates/{template.relative_to(fixtures / 'templates').as_posix()}"] = template
    env = {
        "EDGE_FOLDER": "/tmp/edge",  # noqa: S108 - in the container
        "EDGE_MODE": "plain",
        "EDGE_HTTP_LISTEN": "8080",
        "EDGE_UPSTREAM": "agent:8000",
        "EDGE_LOG": "/dev/stdout",
        "EDGE_ORIGINS": re.escape(EMBEDDED_ORIGIN),
        "EDGE_PUBLIC_PORT": "8080",
    }
    start = ("/bin/sh", "/etc/edge/start.sh")
    return Part("edge", image, 8080, "/_up", (), start, env, files, user=_NOBODY, writable=True)
