"""Whether a container engine answers, within two seconds; and when none does, which of the usual causes it is."""

from __future__ import annotations

import importlib
import ipaddress
import os
from typing import Any, Final

from opscheck.bundled import service_package

_NOT_INSTALLED: Final = "no docker command, and no engine at {}: docker is not installed"
_INSTALL: Final = "install Docker Engine or Docker Desktop, or name an engine in DOCKER_HOST"


def why_no_engine() -> tuple[str, str]:
    """What is wrong, and what to do; both empty where an engine answers whose ports this machine reaches."""
    package = service_package()
    engine = importlib.import_module(f"{package}.stack.engine")
    endpoint = importlib.import_module(f"{package}.stack.endpoint").find_endpoint(os.environ)
    if endpoint.scheme != "wrong" and not _here(endpoint):
        unset = "unset DOCKER_HOST" if endpoint.told_by == "DOCKER_HOST" else "docker context use default"
        where = f"{endpoint.told_by} leads to {endpoint.place}, whose 127.0.0.1 is not this machine's"
        return f"no container engine on this machine: {where}", f"{unset}, or run the suites there"
    problem = engine.problem_of(endpoint)
    if problem and not endpoint.told_by and not engine.has_command(os.environ):
        return _NOT_INSTALLED.format(endpoint.place), _INSTALL
    if problem:
        what, _, mend = str(problem).rpartition(": ")
        return f"no container engine: {what}", mend
    return "", ""


def engine_address() -> str:
    """The address of the engine as DOCKER_HOST has it; empty where it is at the usual place.

    What speaks to the engine from here on knows of DOCKER_HOST, and not of every context.
    """
    endpoint = importlib.import_module(f"{service_package()}.stack.endpoint").find_endpoint(os.environ)
    if os.environ.get("DOCKER_HOST") or not endpoint.told_by or endpoint.scheme != "unix":
        return os.environ.get("DOCKER_HOST", "")
    return f"unix://{endpoint.place}"


def _here(endpoint: Any) -> bool:  # noqa: ANN401 - a type of the service, which is known by name only
    if endpoint.scheme in ("unix", "npipe"):
        return True
    if endpoint.scheme != "tcp":
        return False
    try:
        return ipaddress.ip_address(endpoint.host).is_loopback
    except ValueError:
        return str(endpoint.host) == "localhost"
