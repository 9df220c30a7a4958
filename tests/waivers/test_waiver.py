"""One waiver: until when it holds, and what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from opscheck.model import Outcome
from opscheck.waivers import Waiver

EAST = timezone(timedelta(hours=9))
WEST = timezone(timedelta(hours=-8))


def made(**more: Any) -> Waiver:  # noqa: ANN401 - fields
    """A waiver that lacks nothing."""
    given: dict[str, Any] = {"check": "cors-vary", "host": "prod", "reason": "known", "owner": "ops"}
    return Waiver(**{**given, "expires": date(2026, 12, 31), **more})


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (datetime(2026, 12, 31, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), True),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), False),
        (datetime(2027, 1, 1, 8, 59, tzinfo=EAST), True),  # in Tokyo it is January already, in UTC it is not
        (datetime(2026, 12, 31, 16, 0, tzinfo=WEST), False),  # in Los Angeles it is December still, in UTC it is not
    ],
)
def test_a_date_means_the_end_of_that_day_in_utc(now: datetime, holds: bool) -> None:
    """Wherever the run takes place."""
    assert made().holds(now) is holds


def test_an_instant_means_itself() -> None:
    """Its offset counts, not the clock of the machine that runs."""
    waiver = made(expires=datetime(2026, 12, 31, 18, 0, tzinfo=EAST))

    assert waiver.until == datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    assert waiver.holds(datetime(2026, 12, 31, 8, 59, tzinfo=UTC))
    assert not waiver.holds(datetime(2026, 12, 31, 9, 0, tzinfo=UTC))
    assert waiver.expiry == "2026-12-31 09:00 UTC"


@pytest.mark.parametrize("expires", [None, datetime(2026, 12, 31), "2026-12-31", 5])
def test_without_an_instant_it_never_holds(expires: object) -> None:
    """No expiry, one without a time zone, and one that is no date accept nothing."""
    assert made(expires=expires).until is None
    assert not made(expires=expires).holds(datetime(2000, 1, 1, tzinfo=UTC))


def test_the_last_day_there_is_can_be_named() -> None:
    """The end of the year 9999 is no error."""
    assert made(expires=date(9999, 12, 31)).holds(datetime(9999, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize("lacking", ["reason", "owner"])
def test_without_reason_or_owner_it_does_not_hold(lacking: str) -> None:
    """Blanks are none."""
    assert not made(**{lacking: "  "}).holds(datetime(2026, 1, 1, tzinfo=UTC))


TEST = "suites/cors/test_vary.py::test_vary[prod-https://app.example.org]"


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({}, True),
        ({"host": "*"}, True),
        ({"host": "staging"}, False),
        ({"host": "pro"}, False),
        ({"check": "cors"}, False),
        ({"test": TEST}, True),
        ({"test": "test_vary.py::*"}, True),
        ({"test": "cors/test_vary.py::test_vary[prod-*]"}, True),
        ({"test": "test_vary.py::test_vary[staging-*]"}, False),
        ({"test": "vary.py::*"}, False),  # the end of a path, not of a word
        ({"test": "test_vary.py::test_var?[[]prod*"}, False),  # brackets are brackets
        ({"test": "suites/*::test_v?ry*"}, True),
    ],
)
def test_what_it_is_about(fields: dict[str, str], covers: bool) -> None:
    """Check and host by name, the test by a pattern in which the brackets of a node id mean themselves."""
    assert made(**fields).covers("cors-vary", "prod", TEST) is covers


@pytest.mark.parametrize(
    ("named", "outcome", "strict", "accepts"),
    [
        ([], Outcome.FAIL, False, True),
        ([], Outcome.UNMEASURED, False, False),
        ([], Outcome.BLOCKED, False, False),
        ([], Outcome.DEGRADED, False, False),
        ([], Outcome.DEGRADED, True, True),
        (["UNMEASURED"], Outcome.UNMEASURED, False, True),
        (["UNMEASURED"], Outcome.FAIL, False, False),
        (["UNMEASURED"], Outcome.DEGRADED, True, False),
        (["DEGRADED"], Outcome.DEGRADED, False, True),
    ],
)
def test_which_outcomes_it_accepts(named: list[str], outcome: Outcome, strict: bool, accepts: bool) -> None:
    """FAIL where nothing is said, and DEGRADED with it only where DEGRADED is a failure."""
    more = {"outcomes": frozenset(map(Outcome, named))} if named else {}

    assert made(**more).accepts(outcome, strict=strict) is accepts
