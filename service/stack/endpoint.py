"""Where the container engine is said to be: `DOCKER_HOST`, the chosen context, or the usual place."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

Scheme = Literal["unix", "tcp", "npipe", "ssh", "wrong"]

UNIX_SOCKET = "/var/run/docker.sock"
WINDOWS_PIPE = r"\\.\pipe\docker_engine"
_TLS_PORT = 2376
_PLAIN_PORT = 2375


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and who named it. `place` is a path for unix and npipe; host and port are set for tcp."""

    scheme: Scheme
    place: str
    told_by: str
    host: str = ""
    port: int = 0


def find_endpoint(env: Mapping[str, str], *, windows: bool | None = None) -> Endpoint:
    """Find the address as the docker command finds it, without asking it."""
    if env.get("DOCKER_HOST"):
        return parse_endpoint(env["DOCKER_HOST"], "DOCKER_HOST")
    folder = Path(env.get("DOCKER_CONFIG") or Path(env.get("HOME") or Path.home()) / ".docker")
    context = env.get("DOCKER_CONTEXT") or _current_context(folder)
    if context and context != "default":
        address = _address_of(folder, context)
        told = f"docker context {context}"
        return parse_endpoint(address, told) if address else Endpoint("wrong", "an unknown context", told)
    on_windows = os.name == "nt" if windows is None else windows
    return Endpoint("npipe", WINDOWS_PIPE, "") if on_windows else Endpoint("unix", UNIX_SOCKET, "")


def parse_endpoint(address: str, told_by: str) -> Endpoint:
    """Read an address such as `unix:///run/docker.sock` or `tcp://10.0.0.5:2376`."""
    scheme, separator, rest = address.partition("://")
    if separator and scheme == "unix" and rest.startswith("/"):
        return Endpoint("unix", rest, told_by)
    if separator and scheme == "npipe" and rest:
        return Endpoint("npipe", rest.replace("/", "\\"), told_by)
    if separator and scheme == "ssh" and rest:
        return Endpoint("ssh", address, told_by)
    if separator and scheme in ("tcp", "http", "https"):
        return _tcp(address, told_by, secure=scheme == "https")
    return Endpoint("wrong", address, told_by)


def _tcp(address: str, told_by: str, *, secure: bool) -> Endpoint:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return Endpoint("wrong", address, told_by)
    if not host:
        return Endpoint("wrong", address, told_by)
    usual = _TLS_PORT if secure else _PLAIN_PORT
    return Endpoint("tcp", f"{host}:{port or usual}", told_by, host, port or usual)


def _current_context(folder: Path) -> str:
    return str(_json(folder / "config.json").get("currentContext") or "")


def _address_of(folder: Path, context: str) -> str:
    name = hashlib.sha256(context.encode()).hexdigest()
    endpoints = _json(folder / "contexts" / "meta" / name / "meta.json").get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    return str(docker.get("Host") or "") if isinstance(docker, dict) else ""


def _json(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
