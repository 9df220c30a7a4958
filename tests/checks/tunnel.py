"""What is seen of a tunnel, made in one line."""

from __future__ import annotations

from typing import Any, Final

from opscheck.model import HttpExchange, Unmeasured
from opscheck.model.tunnel import ComposeToken, TunnelLog, TunnelPath
from tests.checks.answers import NOW

START: Final = "2026-01-02T12:00:00Z INF Starting tunnel tunnelID=4f1c2aa0-0000-4000-8000-000000000000"
RAY: Final = (("cf-ray", "8c1f-FRA"), ("server", "cloudflare"))


def registered(index: int, place: str = "fra03") -> str:
    """Cloudflared has a connection."""
    return (
        f"2026-01-02T12:00:01Z INF Registered tunnel connection connIndex={index} connection=c{index} event=0 "
        f"ip=198.41.200.13 location={place} protocol=quic"
    )


def lost(index: int) -> str:
    """Cloudflared has lost it, and tries again."""
    return f"2026-01-02T12:05:00Z INF Retrying connection in up to 2s connIndex={index} event=0 ip=198.41.200.13"


def log(*lines: str, whole: bool = True, running: bool | None = True) -> TunnelLog:
    """The end of a log."""
    return TunnelLog("unix:///var/run/docker.sock", "container cloudflared", lines, NOW, whole, running)


def ways(public: HttpExchange, origin: HttpExchange | Unmeasured) -> TunnelPath:
    """Both answers."""
    return TunnelPath(public, origin)


def rendered(**more: Any) -> ComposeToken:  # noqa: ANN401 - fields of any kind
    """A token that is well, but for this."""
    told: dict[str, Any] = {
        "files": ("compose.yaml",),
        "services": ("nginx", "tunnel"),
        "service": "tunnel",
        "place": "environment",
        "length": 184,
        "shaped": True,
        "at": NOW,
    }
    return ComposeToken(**(told | more))
