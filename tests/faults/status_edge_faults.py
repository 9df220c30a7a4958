"""Defects of an edge, and of what stands behind it, that the checks of the status summary have to find."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.faults import edge_variants
from tests.faults.asgi import Wrap, both
from tests.faults.fault import Fault
from tests.faults.status_faults import PAGE, READ, TOML, status_fault
from tests.faults.status_wraps import SUMMARY, gauge, readiness, rewriting, told

_CANNED: Final = {"ok": False, "ready": False, "llm": {"path": "warming"}, "rag": {"ok": True}}
_QUICK: Final = {"completion_seconds": 2}
_SILENT: Final = f"{READ} status-cors-report metrics-count"  # nobody tells a summary
_ALONE: Final = "status-agreement status-gauge status-served-path status-cors-report metrics-count"  # nobody else does


def _behind(name: str, red: str, **more: Any) -> Fault:  # noqa: ANN401 - fields of a fault
    """A fault of a website's assistant."""
    return status_fault(name, red, system="assistant", **more)


def _through_edge(change: Wrap) -> Wrap:
    """What is asked through the edge is answered otherwise than what is asked directly."""

    def wrap(app: ASGIApp) -> ASGIApp:
        other = change(app)

        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            through = scope["type"] == "http" and b"x-forwarded-for" in dict(scope["headers"])
            await (other if through else app)(scope, receive, send)

        return broken

    return wrap


STATUS_EDGE: Final[tuple[Fault, ...]] = (
    # The edge tells the truth of a backend that is away: status-mask has nothing to say.
    _behind(
        "backend-stopped",
        "status-summary status-ready",
        shows="summary-error status-unavailable",
        blind=_SILENT,
        backend_stopped=True,
    ),
    _behind(
        "backend-frozen",
        "status-summary status-ready",
        shows="summary-error status-unavailable",
        blind=_SILENT,
        backend_frozen=True,
        slo=_QUICK,
    ),
    _behind(
        "edge-answers-for-backend",
        "status-mask status-summary status-coherent status-alias build-released build-time",
        blind=f"{_ALONE} status-serves",
        edge=edge_variants.backend_down_says_warming,
        backend_stopped=True,
    ),
    _behind(
        "frozen-backend-hidden",
        "status-mask status-summary status-coherent status-alias build-released build-time",
        blind=f"{_ALONE} status-serves",
        edge=edge_variants.backend_down_says_warming,
        backend_frozen=True,
        slo=_QUICK,
    ),
    _behind(
        "frozen-backend-waited-for",
        "status-mask status-summary",
        shows="frozen-backend-hidden summary-late",
        blind=f"{_SILENT} status-ready",
        backend_frozen=True,
        edge_variables={"EDGE_STATUS_TIMEOUT": "60s"},
        slo=_QUICK,
    ),
    _behind(
        "summary-canned",
        "status-mask status-summary status-coherent status-agreement status-gauge status-alias status-serves "
        "build-released build-time",
        agent=rewriting(SUMMARY, lambda _: json.dumps(_CANNED).encode()),
        blind="status-agreement",
    ),
    _behind(
        "edge-tells-another-story",
        "status-mask status-ready",
        agent=both(
            _through_edge(
                both(
                    told({"ok": False, "ready": False, "reasons": ["vectors: as it was yesterday"]}),
                    readiness({"ready": False, "status": "fail"}),
                )
            ),
            gauge(0),
        ),
    ),
    _behind(
        "edge-headers-in-if",
        "status-served-path status-no-store",
        shows="served-path-lost no-store-lost",
        edge=edge_variants.add_header_in_if,
    ),
    _behind(
        "edge-two-content-types",
        "status-no-store",
        shows="summary-two-types",
        edge=edge_variants.two_content_types,
    ),
    _behind("edge-drops-no-store", "status-no-store", shows="no-store-missing", edge=edge_variants.summary_cached),
    _behind(
        "edge-drops-status-path",
        "status-served-path",
        shows="served-path-missing",
        edge=edge_variants.status_path_stripped,
    ),
    _behind(
        "edge-legacy-is-a-page",
        "status-alias status-served-path",
        shows="summary-alias-broken served-path-missing",
        edge=edge_variants.legacy_gone_to_page,
    ),
    _behind(
        "edge-doubles-allow-origin",
        "status-cors-report",
        shows="listed-origin-refused",
        edge=edge_variants.doubles_allow_origin,
    ),
    _behind(
        "edge-only-origin",
        "status-cors-report",
        shows="unlisted-origin-allowed",
        edge=edge_variants.edge_only_origin,
        toml=TOML.replace(f'"{PAGE}"', f'"{PAGE}", "{edge_variants.EDGE_ONLY}"'),
    ),
)
STATUS_EDGE_UNBROKEN: Final[tuple[Fault, ...]] = (_behind("unbroken-status-assistant", ""),)
