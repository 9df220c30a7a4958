"""What a stack is: its project, ports, profiles and files, from `.env` and the process's environment above it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from .dotenv import read_dotenv
from .outcome import Exit, StackError

FOLDER = Path(__file__).resolve().parents[1]
COMPOSE_FILE = FOLDER / "compose.yaml"
EDGE_TLS_FILE = FOLDER / "deploy" / "compose.edge-tls.yaml"
PATHS = ("EDGE_TLS_FOLDER", "AGENT_API_KEY_FILE", "AGENT_LLM_API_KEY_FILE", "AGENT_FALLBACK_API_KEY_FILE")
KEY_FILES = PATHS[1:]

PORTS: Mapping[str, int] = {
    "AGENT_PORT": 8000,
    "WEBFETCH_PORT": 8081,
    "EDGE_PORT": 8080,
    "EDGE_TLS_PORT": 8443,
    "PROMETHEUS_PORT": 9090,
    "OLLAMA_PORT": 11434,
}
PROFILES = ("core", "monitoring", "tunnel", "gpu")
OF_PROFILE: Mapping[str, str] = {"prometheus": "monitoring", "tunnel": "tunnel", "ollama": "gpu"}
DEFAULT_PROJECT = "opscheck-stack"
DEFAULT_IMAGE = "opscheck-service:local"
_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "[::]": "[::1]"}


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack, as the operator set it. `env` is all that Compose and its containers are told."""

    project: str
    profiles: tuple[str, ...]
    ports: Mapping[str, int]
    env: Mapping[str, str]

    @property
    def image(self) -> str:
        """The image of agent and page fetcher."""
        return self.env.get("AGENT_IMAGE") or DEFAULT_IMAGE

    @property
    def builds_image(self) -> bool:
        """Whether the image is this folder's own; one that the operator names is somebody else's."""
        return not self.env.get("AGENT_IMAGE")

    @property
    def files(self) -> tuple[Path, ...]:
        """The Compose files: the stack, what mounts the key files that are named, and TLS at the edge."""
        tls = (EDGE_TLS_FILE,) if self.tls else ()
        return (COMPOSE_FILE, *(overlay(name) for name in KEY_FILES if self.env.get(name)), *tls)

    @property
    def tls(self) -> bool:
        """Whether browsers reach the edge by TLS."""
        return self.env.get("EDGE_MODE") == "tls"

    @property
    def edge_url(self) -> str:
        """The base URL of the edge for requests to the service."""
        if not self.tls:
            return self.url("EDGE_PORT")
        return self.url("EDGE_TLS_PORT").replace("http://", "https://", 1)

    def url(self, port: str) -> str:
        """The base URL of the service that listens on the port of this name."""
        bind = self.env.get("STACK_BIND") or "127.0.0.1"
        return f"http://{_ANY_ADDRESS.get(bind, bind)}:{self.ports[port]}"


def load_stack(
    env_file: Path | None = None, profiles: Iterable[str] = (), environ: Mapping[str, str] | None = None
) -> Stack:
    """Read `env_file` (`.env` here when None, which may be missing) and lay the process's environment over it.

    Raises:
        StackError: a value cannot be used.
    """
    above = dict(os.environ if environ is None else environ)
    path = env_file if env_file is not None else Path(".env")
    below = read_dotenv(path, above) if env_file is not None or path.is_file() else {}
    env = {**below, **above}
    ports = _ports(env)
    asked = tuple(dict.fromkeys([*_listed(env.get("STACK_PROFILES", "")), *profiles]))
    for profile in asked:
        if profile not in PROFILES:
            raise StackError(f'unknown profile "{profile}"{near(profile, PROFILES)}', Exit.USAGE)
    project = env.get("STACK_PROJECT_NAME") or env.get("COMPOSE_PROJECT_NAME") or DEFAULT_PROJECT
    if not _PROJECT.fullmatch(project):
        raise StackError(f"STACK_PROJECT_NAME {project!r}: small letters, digits, - and _ only", Exit.USAGE)
    env.update({name: str(port) for name, port in ports.items()})
    # Compose reads a relative path from its own folder, the operator means the present one.
    env.update({name: str(Path(env[name]).absolute()) for name in PATHS if env.get(name)})
    env.setdefault("EDGE_ORIGINS", _pattern(env.get("AGENT_ALLOWED_ORIGINS") or env.get("ALLOWED_ORIGINS", "")))
    env.setdefault("EDGE_PUBLIC_PORT", env["EDGE_TLS_PORT"])
    _check(asked, env)
    return Stack(project, tuple(name for name in asked if name != "core"), ports, env)


def overlay(key_file: str) -> Path:
    """Give the Compose file that mounts the key file which this setting names."""
    name = key_file.removeprefix("AGENT_").removesuffix("_FILE").lower().replace("_", "-")
    return FOLDER / "deploy" / f"compose.{name}.yaml"


def near(word: str, known: Iterable[str]) -> str:
    """Say what was probably meant, and what there is."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    meant = f'; did you mean "{close[0]}"?' if close else ""
    return f"{meant} (known: {', '.join(names) or 'none'})"


def _ports(env: Mapping[str, str]) -> dict[str, int]:
    ports = {}
    for name, default in PORTS.items():
        raw = env.get(name) or str(default)
        if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 65535:
            raise StackError(f"{name}={raw!r} is not a port between 1 and 65535", Exit.USAGE)
        ports[name] = int(raw)
    for name, port in ports.items():
        twin = next(other for other in ports if ports[other] == port)
        if twin != name:
            raise StackError(f"{twin} and {name} are both {port}: set one of them to another port", Exit.USAGE)
    return ports


def _check(asked: Iterable[str], env: Mapping[str, str]) -> None:
    if "tunnel" in asked and not env.get("CLOUDFLARE_TUNNEL_TOKEN"):
        raise StackError("profile tunnel: CLOUDFLARE_TUNNEL_TOKEN is not set, in .env or the environment", Exit.USAGE)
    if env.get("EDGE_MODE", "plain") not in ("plain", "tls"):
        raise StackError(f"EDGE_MODE={env['EDGE_MODE']!r}: plain or tls", Exit.USAGE)
    if env.get("EDGE_MODE") == "tls":
        folder = Path(env.get("EDGE_TLS_FOLDER", ""))
        missing = [name for name in ("tls.crt", "tls.key") if not (folder / name).is_file()]
        if not env.get("EDGE_TLS_FOLDER") or missing:
            raise StackError("EDGE_MODE=tls: EDGE_TLS_FOLDER has to hold tls.crt and tls.key", Exit.USAGE)
    for name in KEY_FILES:
        if env.get(name) and not Path(env[name]).is_file():
            raise StackError(f"{name}: there is no file {env[name]}", Exit.USAGE)


def _pattern(origins: str) -> str:
    """Write the origins that the service allows in the form that the edge wants them in."""
    return "|".join(re.escape(origin) for origin in _listed(origins))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
