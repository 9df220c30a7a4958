"""Every host of the run over the infrastructure, and the faults that they show; importing it starts nothing."""

from __future__ import annotations

from typing import Final

from tests.infra.file_rows import FILES, FILES_WELL
from tests.infra.model_rows import COLD, MODELS, MODELS_WELL
from tests.infra.own_rows import OWN, OWN_WELL
from tests.infra.row import Row, row
from tests.infra.signal_rows import SIGNALS
from tests.infra.store_rows import MONGO, POSTGRES, REDIS, STORES, UNREACHABLE
from tests.infra.vector_rows import VECTORS, VECTORS_WELL

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
    expect=FILES_WELL,
)
STANDINS: Final = row("standins", {"grafana": "{grafana}", **VECTORS_WELL})
BROKEN: Final[tuple[Row, ...]] = (*STORES, *MODELS, *VECTORS, *SIGNALS, *FILES, *OWN)
WELL: Final[tuple[Row, ...]] = (LAB, STANDINS, COLD, *MODELS_WELL, *OWN_WELL)
ROWS: Final[tuple[Row, ...]] = (*WELL, *BROKEN, *UNREACHABLE)
SHOWN: Final[frozenset[str]] = frozenset(name for one in BROKEN for name in one.shows)
