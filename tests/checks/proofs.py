"""Rows of a table of faults: each says which fault of which check it shows."""

from __future__ import annotations

import pytest

from opscheck.model import Outcome, Verdict


def red(check: str, fault: str, *values: object, name: str = "") -> object:
    """A parameter set that shows a fault: the check has to FAIL on it."""
    mark = pytest.mark.proof(check=check, outcome="FAIL", fault=fault)
    return pytest.param(*values, id=name or fault, marks=mark)


def is_complete(verdict: Verdict) -> bool:
    """A verdict that is not green says what was expected, what was seen and what to do, each on one line."""
    lines = (verdict.reason, verdict.expected, verdict.observed, verdict.remedy)
    whole = all(line and "\n" not in line and line.isprintable() for line in lines)
    return whole and bool(verdict.check and verdict.evidence) and verdict.outcome is not Outcome.PASS
