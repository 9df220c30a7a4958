"""Alertmanager has to start with its file."""

from __future__ import annotations

import pytest

from opscheck.checks.alertmanager_config import alertmanager_config
from opscheck.model import Outcome
from tests.checks.proofs import is_complete
from tests.checks.tool_runs import ABSENT, NO_FILE, ran

ID = "alertmanager-config"
GOOD = ran(
    0,
    """Checking 'a.yml'  SUCCESS
Found:
 - global config""",
)
BAD = ran(
    1,
    """Checking 'a.yml'  FAILED: undefined receiver "a" used in route

amtool: error: failed to validate 1 file(s)""",
)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_files_that_are_well_pass() -> None:
    """The program is content."""
    assert alertmanager_config(GOOD).outcome is Outcome.PASS


@pytest.mark.proof(check=ID, outcome="FAIL", fault="alertmanager-config-broken")
def test_what_the_program_finds_is_told() -> None:
    """In its own words, without what says little."""
    verdict = alertmanager_config(BAD)

    assert verdict.outcome is Outcome.FAIL
    assert """undefined receiver""" in verdict.reason
    assert "hecking" not in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_judged_is_unmeasured() -> None:
    """Neither a program that is not installed nor a name without a file is a broken file."""
    assert alertmanager_config(ABSENT).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert alertmanager_config(NO_FILE).outcome is Outcome.UNMEASURED
