"""Where suites, fixtures and the service lie: in the wheel under opscheck, in a checkout beside it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `suites`, `fixtures` or `service`, wherever this copy of opscheck keeps it."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def service_package() -> str:
    """The import name of the reference service: `opscheck.service` in a wheel, `service` in a checkout."""
    return "opscheck.service" if importlib.util.find_spec("opscheck.service") else "service"
