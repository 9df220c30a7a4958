"""Every broken variant of an agent service, and the unbroken one under each pack."""

from __future__ import annotations

from typing import Final

from tests.faults.fault import Fault
from tests.faults.readiness_faults import READINESS
from tests.faults.smoke_faults import SMOKE

FAULTS: Final[tuple[Fault, ...]] = (*READINESS, *SMOKE)
UNBROKEN: Final[tuple[Fault, ...]] = (
    Fault("unbroken-reference", frozenset()),
    Fault("unbroken-agent-stack", frozenset(), system="agent-stack"),
)
