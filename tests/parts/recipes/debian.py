"""Parts that are Debian packages, looked for where Debian and others put their programs."""

from collections.abc import Callable
from pathlib import Path

from tests.parts.part import Need, Part, which
from tests.parts.recipes.needs import program

POSTGRES = Path("/usr/lib/postgresql")


def _first_of(*names: str) -> Callable[[], Path | None]:
    return lambda: next((found for found in map(which, names) if found is not None), None)


def _postgres() -> Path | None:
    """Find the newest initdb; what it needs lies beside it, in a folder that no PATH has."""
    by_version = sorted(POSTGRES.glob("[0-9]*/bin/initdb"), key=lambda path: int(path.parts[-3].partition(".")[0]))
    if by_version:
        return by_version[-1]
    on_path = which("initdb")
    return on_path.resolve() if on_path is not None else None


_alertmanager = _first_of("prometheus-alertmanager", "alertmanager")  # Debian's name, and its makers'


def _package(name: str, program_name: str, package: str, *, installed: Callable[[], Path | None] | None = None) -> Part:
    """A part that `package` brings as `program_name`."""
    if installed is None:
        return Part(name, "any", program_name, (program(program_name, package),))
    return Part(
        name, "any", program_name, (Need(name, lambda: installed() is not None, (package,)),), installed=installed
    )


PARTS = (
    _package("nginx", "nginx", "nginx-light"),
    _package("redis", "redis-server", "redis-server"),
    _package("postgres", "initdb", "postgresql", installed=_postgres),
    _package("prometheus", "prometheus", "prometheus"),
    _package("promtool", "promtool", "prometheus"),
    _package("alertmanager", "prometheus-alertmanager", "prometheus-alertmanager", installed=_alertmanager),
    _package("amtool", "amtool", "prometheus-alertmanager"),
    _package("docker", "docker", "docker.io"),
    _package("dockerd", "dockerd", "docker.io"),
)
