"""GO or NO-GO by a checklist: what is asked is data, what it comes to is decided in one place.

Pure: `words`, `policy`, `documents`, `junit`, `ci`, `freshness`, `changelog`, `coverage`, `quiet`, `agents`, `scraped`,
`playbook`. Everything that touches clock, network, files or processes hands what it saw to one of them.
"""

from opscheck.release.asked import Asked
from opscheck.release.checklist import Checklist, Item, load_checklist, plans
from opscheck.release.policy import decide, headline
from opscheck.release.run import run_checklist
from opscheck.release.words import SCHEMA, Finding, Go, ReleaseReport, State

__all__ = [
    "SCHEMA",
    "Asked",
    "Checklist",
    "Finding",
    "Go",
    "Item",
    "ReleaseReport",
    "State",
    "decide",
    "headline",
    "load_checklist",
    "plans",
    "run_checklist",
]
