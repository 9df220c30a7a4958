"""Root causes."""

from __future__ import annotations

from opscheck.model import Outcome
from opscheck.report.causes import root_causes, unmeasured_alone
from tests.report.sample import realistic, result


def test_one_root_cause_stands_for_what_it_blocks() -> None:
    """Many blocked checks are one cause; what has a reason of its own stays out of it."""
    results = realistic().results
    (cause,) = root_causes(results)

    assert (cause.id, len(cause.roots), len(cause.blocked)) == ("prod:qdrant", 1, 7)
    assert cause.reason == "connection refused by 10.0.0.5:6333"
    assert cause.remedy.startswith("docker compose")
    assert [item.check for item in unmeasured_alone(results)] == ["edge.certificate"]


def test_the_cause_that_blocks_most_comes_first() -> None:
    """Causes are ordered by what stands behind them, and a blocked check without a cause is still told."""
    blocked = [result(Outcome.BLOCKED, cause=cause, reason=f"blocked by {cause}") for cause in ("a", "b", "b", "")]

    assert [(cause.id, cause.reason) for cause in root_causes(blocked)] == [
        ("b", "blocked by b"),
        ("a", "blocked by a"),
        ("unknown cause", "blocked by "),
    ]
