"""What a verdict becomes in pytest: the exception types that tell failure, blindness and a broken suite apart."""

from __future__ import annotations

import pytest

from opscheck.model import Verdict

VERDICTS: pytest.StashKey[list[Verdict]] = pytest.StashKey()


class CheckFailed(AssertionError):
    """What was promised is not so."""

    __module__ = "opscheck"


class CouldNotMeasure(Exception):
    """The probe could not see; nothing is said about what was promised."""

    __module__ = "opscheck"


class SuiteBroken(Exception):
    """The suite's own code raised; nothing was judged."""

    __module__ = "opscheck"
