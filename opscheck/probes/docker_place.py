"""Where a container engine is: an address of the host file, or wherever the docker command of this machine looks."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from opscheck.model import Kind
from opscheck.model.docker import EngineAccess
from opscheck.probes.failure import Failure, one_line

Scheme = Literal["unix", "tcp", "tls", "npipe"]
SOCKET: Final = "/var/run/docker.sock"
PIPE: Final = "npipe:////./pipe/docker_engine"
_PORTS: Final = {"tcp": 2375, "tls": 2376}
_PEM: Final = ("ca.pem", "cert.pem", "key.pem")


class NoEngine(Failure):
    """There is no way to an engine; `problem` is one of the usual causes, `remedy` what to do about it."""

    def __init__(self, kind: Kind, problem: str, detail: str, remedy: str) -> None:
        super().__init__(kind, detail)
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Place:
    """An engine's address.

    Attributes:
        shown: as it is told, without user and password.
        path: of the socket or pipe.
        told_by: `DOCKER_HOST` or `docker context NAME` where one of them named it; empty for the host file.
        certs: where its certificates lie; None for those of the system and none of our own.
    """

    scheme: Scheme
    shown: str
    told_by: str = ""
    path: str = ""
    host: str = ""
    port: int = 0
    certs: Path | None = None

    @property
    def named(self) -> str:
        """The address with who named it."""
        return f"{self.shown} (from {self.told_by})" if self.told_by else self.shown


def place_of(access: EngineAccess, env: Mapping[str, str] | None = None) -> Place:
    """The place that an access leads to.

    Raises:
        NoEngine: it leads nowhere, or somewhere that cannot be spoken to.
    """
    environment = os.environ if env is None else env
    certs = Path(access.cert_folder) if access.cert_folder else None
    if not access.url.startswith("docker:"):
        return _parse(access.url, "", certs)
    context = urlsplit(access.url).path.strip("/")
    return _by_context(environment, context, certs) if context else _as_docker_does(environment, certs)


def _as_docker_does(env: Mapping[str, str], certs: Path | None) -> Place:
    if env.get("DOCKER_HOST"):
        given = certs or (Path(env["DOCKER_CERT_PATH"]) if env.get("DOCKER_CERT_PATH") else None)
        verify = bool(env.get("DOCKER_TLS_VERIFY"))
        return _parse(env["DOCKER_HOST"], "DOCKER_HOST", given or (_config(env) if verify else None))
    context = env.get("DOCKER_CONTEXT") or str(_json(_config(env) / "config.json").get("currentContext") or "")
    if context and context != "default":
        return _by_context(env, context, certs)
    return _parse(PIPE if os.name == "nt" else f"unix://{SOCKET}", "", certs)


def _by_context(env: Mapping[str, str], context: str, certs: Path | None) -> Place:
    if context == "default":
        return _as_docker_does({**env, "DOCKER_CONTEXT": "default"}, certs)
    told = f"docker context {one_line(context)[:60]}"
    name = hashlib.sha256(context.encode("utf-8", "surrogatepass")).hexdigest()
    folder = _config(env) / "contexts"
    endpoints = _json(folder / "meta" / name / "meta.json").get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    address = docker.get("Host") if isinstance(docker, dict) else None
    if not isinstance(address, str) or not address:
        detail = f"{told} is not known on this machine"
        remedy = (
            "docker context ls lists those that are known; choose one by docker context use, or unset DOCKER_CONTEXT"
        )
        raise NoEngine(Kind.UNREACHABLE, "wrong-context", detail, remedy)
    material = folder / "tls" / name / "docker"
    return _parse(address, told, certs or (material if material.is_dir() else None))


def _parse(address: str, told_by: str, certs: Path | None) -> Place:
    scheme, separator, rest = address.partition("://")
    if not address.isprintable():
        raise _wrong(address, told_by)
    if separator and scheme == "unix" and rest.startswith("/"):
        return Place("unix", one_line(address), told_by, path=rest)
    if separator and scheme == "npipe" and rest:
        return Place("npipe", one_line(address), told_by, path=rest.replace("/", "\\"))
    if separator and scheme in ("tcp", "http", "https"):
        return _network(address, told_by, certs, secure=scheme == "https" or certs is not None)
    if separator and scheme == "ssh":
        detail = f"{told_by or 'the url'} names an engine over ssh, which is not spoken here"
        remedy = (
            "forward its socket (ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST), name unix:///tmp/docker.sock"
        )
        raise NoEngine(Kind.UNREACHABLE, "wrong-host", detail, remedy)
    raise _wrong(address, told_by)


def _network(address: str, told_by: str, certs: Path | None, *, secure: bool) -> Place:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong(address, told_by) from None
    if not re.fullmatch(r"[A-Za-z0-9_.:%-]{1,253}", host) or port == 0:
        raise _wrong(address, told_by)
    scheme: Scheme = "tls" if secure else "tcp"
    number = port or _PORTS[scheme]
    bracketed = f"[{host}]" if ":" in host else host
    return Place(
        scheme, f"{'tcp' if scheme == 'tcp' else 'https'}://{bracketed}:{number}", told_by, "", host, number, certs
    )


def _wrong(address: str, told_by: str) -> NoEngine:
    who = told_by or "the url of docker"
    scheme = one_line(address.partition("://")[0])[:20] if "://" in address else "no scheme"
    detail = f"{who} names no address of an engine ({scheme})"
    remedy = f"unset {who}, or give it the form unix:///var/run/docker.sock or tcp://HOST:2376" if told_by else ""
    return NoEngine(
        Kind.UNREACHABLE, "wrong-host", detail, remedy or "write unix:///var/run/docker.sock or tcp://HOST:2376"
    )


def pem_files(folder: Path) -> tuple[Path, Path, Path]:
    """The authority, the certificate and its key, as docker names them."""
    authority, certificate, key = (folder / name for name in _PEM)
    return authority, certificate, key


def _config(env: Mapping[str, str]) -> Path:
    return Path(env.get("DOCKER_CONFIG") or Path(env.get("HOME") or Path.home()) / ".docker")


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
