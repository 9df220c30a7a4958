"""What runs has to be what was released."""

from typing import Any

import pytest

from opscheck.checks.build_released import build_released
from opscheck.model import Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import GONE, SHA, summary

ID = "build-released"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("told", "released"),
    [(SHA, SHA), (SHA[:7], SHA), (SHA, SHA[:12]), (SHA.upper(), SHA), ("v1.2.3", "v1.2.3"), (f" {SHA}\n", SHA)],
)
def test_the_same_commit_passes(told: str, released: str) -> None:
    """Either may be cut off behind seven digits; a tag is compared whole."""
    assert build_released(summary({"build.sha": told}), sha=released).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("changes", "released", "reason"),
    [
        red(ID, "other-build", {"build.sha": "0" * 40}, SHA, "was released"),
        red(ID, "other-build", {"build.sha": SHA[:6]}, SHA, "was released", name="too-short"),
        red(ID, "other-build", {"build.sha": f"{SHA[:7]}-dirty"}, SHA, "was released", name="dirty"),
        red(ID, "other-build", {"build.sha": "v1.2.34"}, "v1.2.3", "was released", name="tag"),
        red(ID, "build-unknown", {"build.sha": "local"}, SHA, "does not know its commit: 'local'"),
        red(ID, "build-unknown", {"build.sha": "Unknown"}, SHA, "does not know its commit", name="unknown"),
        red(ID, "build-unknown", {"build": GONE}, SHA, "none is told", name="missing"),
        red(ID, "build-unknown", {"build.sha": 7}, SHA, "none is told", name="number"),
    ],
)
def test_a_fault_is_found(changes: dict[str, Any], released: str, reason: str) -> None:
    """Another commit, one that is not plainly the same, or none."""
    verdict = build_released(summary(changes), sha=released)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert build_released(refused(), sha=SHA).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """What is no summary cannot be judged, and the verdict says so."""
    verdict = build_released(http(body), sha=SHA)

    assert verdict.outcome is Outcome.UNMEASURED
    assert is_complete(verdict)
