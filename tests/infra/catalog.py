"""Every host of the run over the infrastructure, and the faults that they show; importing it starts nothing."""

from __future__ import annotations

from typing import Final

from tests.infra.model_rows import COLD, MODELS
from tests.infra.row import Row, row
from tests.infra.signal_rows import SIGNALS
from tests.infra.store_rows import MONGO, POSTGRES, REDIS, STORES, UNREACHABLE

SUITES: Final = "infra or observability"
LAB: Final = row(
    "lab",
    {
        **(REDIS | MONGO | POSTGRES),
        "prometheus": "{prometheus}",
        "alertmanager": "{alertmanager}",
        "loki": "{loki}",
        "ollama": "{ollama}",
        "litellm": "{litellm}",
        "llm": "{litellm}",
    },
)
STANDINS: Final = row("standins", {"grafana": "{grafana}", "qdrant": "{qdrant}", "milvus": "{milvus}"})
BROKEN: Final[tuple[Row, ...]] = (*STORES, *MODELS, *SIGNALS)
WELL: Final[tuple[Row, ...]] = (LAB, STANDINS, COLD)
ROWS: Final[tuple[Row, ...]] = (*WELL, *BROKEN, *UNREACHABLE)
SHOWN: Final[frozenset[str]] = frozenset(name for one in BROKEN for name in one.shows)
