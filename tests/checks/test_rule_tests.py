"""The rules' own tests have to hold."""

from __future__ import annotations

import pytest

from opscheck.checks.rule_tests import rule_tests
from opscheck.model import Outcome
from tests.checks.proofs import is_complete
from tests.checks.tool_runs import ABSENT, NO_FILE, ran

ID = "rule-tests"
GOOD = ran(
    0,
    """Unit Testing:  t.yml
  SUCCESS""",
)
BAD = ran(
    1,
    """Unit Testing:  t.yml
  FAILED:
    alertname: X, time: 2m,
        exp:[
        got:[]""",
)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_files_that_are_well_pass() -> None:
    """The program is content."""
    assert rule_tests(GOOD).outcome is Outcome.PASS


@pytest.mark.proof(check=ID, outcome="FAIL", fault="rule-test-fails")
def test_what_the_program_finds_is_told() -> None:
    """In its own words, without what says little."""
    verdict = rule_tests(BAD)

    assert verdict.outcome is Outcome.FAIL
    assert """alertname: X, time: 2m""" in verdict.reason
    assert "hecking" not in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_judged_is_unmeasured() -> None:
    """Neither a program that is not installed nor a name without a file is a broken file."""
    assert rule_tests(ABSENT).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert rule_tests(NO_FILE).outcome is Outcome.UNMEASURED
