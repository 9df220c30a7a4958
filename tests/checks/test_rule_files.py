"""Rule files have to be ones that a server loads."""

from __future__ import annotations

import pytest

from opscheck.checks.rule_files import rule_files
from opscheck.model import Outcome
from tests.checks.proofs import is_complete
from tests.checks.tool_runs import ABSENT, NO_FILE, ran

ID = "rule-files"
GOOD = ran(
    0,
    """Checking rules.yml
  SUCCESS: 5 rules found""",
)
BAD = ran(
    1,
    """Checking r.yml
  FAILED:
r.yml: 1:45: group "a", rule 1, "X": could not parse expression: parse error""",
)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_files_that_are_well_pass() -> None:
    """The program is content."""
    assert rule_files(GOOD).outcome is Outcome.PASS


@pytest.mark.proof(check=ID, outcome="FAIL", fault="rule-file-broken")
def test_what_the_program_finds_is_told() -> None:
    """In its own words, without what says little."""
    verdict = rule_files(BAD)

    assert verdict.outcome is Outcome.FAIL
    assert """could not parse expression""" in verdict.reason
    assert "hecking" not in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_judged_is_unmeasured() -> None:
    """Neither a program that is not installed nor a name without a file is a broken file."""
    assert rule_files(ABSENT).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert rule_files(NO_FILE).outcome is Outcome.UNMEASURED
