"""opscheck: operations runbooks of LLM and RAG systems as checks that run.

A suite needs no more than `from opscheck import observation, check, Cost`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opscheck.engine.eventually import eventually
    from opscheck.model import Cost, Host, HttpExchange, Outcome, Request, Unmeasured, Verdict
    from opscheck.plugin.observations import observation
    from opscheck.registry import check

__version__ = "0.1.0"

# Imported where used: the plugin is loaded by every pytest run, also by those that never ask for a host.
_HOMES = {
    "Cost": "opscheck.model",
    "Host": "opscheck.model",
    "HttpExchange": "opscheck.model",
    "Outcome": "opscheck.model",
    "Request": "opscheck.model",
    "Unmeasured": "opscheck.model",
    "Verdict": "opscheck.model",
    "check": "opscheck.registry",
    "eventually": "opscheck.engine.eventually",
    "observation": "opscheck.plugin.observations",
}

__all__ = [
    "Cost",
    "Host",
    "HttpExchange",
    "Outcome",
    "Request",
    "Unmeasured",
    "Verdict",
    "__version__",
    "check",
    "eventually",
    "observation",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
