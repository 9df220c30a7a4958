"""The time of the build is that of the build."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from opscheck.checks._status import NoSummary, is_no_build, no_summary, part, read_summary
from opscheck.checks._timing import CLOCK_MINUTES, instant, minutes_off
from opscheck.checks._words import degraded, failed, passed, shown
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "build.time is an instant of the past that stays as it is"
_NEAR: Final = timedelta(seconds=2)


@check(
    "build-time",
    promise="build.time is when the build was made: an instant of the past, the same whenever it is asked for.",
    concern="status",
    faults={
        "build-time-unreadable": "the time is missing, or no instant with a zone",
        "build-time-of-request": "the time is that of the request, so it says nothing of the build",
        "build-time-moves": "the time differs from one request to the next",
        "build-time-future": "the time lies in the future",
    },
    remedy="write the time into the build when it is made, instead of asking the clock when somebody asks",
)
def build_time(first: HttpExchange, later: HttpExchange) -> Verdict:
    """Judge two summaries, the later one taken more than a second behind the first."""
    try:
        told = [part(read_summary(one).document, "build").get("time") for one in (first, later)]
    except NoSummary as error:
        return no_summary(first if first.status != 200 else later, error, expected=_EXPECTED)
    observed = f"build.time {shown(told[0], 64)}, later {shown(told[1], 64)}"
    if all(isinstance(one, str) and is_no_build(one) and one for one in told):
        reason = f"the service does not know when it was built: {shown(told[0], 64)}"
        return degraded(reason, expected=_EXPECTED, observed=observed)
    times = [instant(one) for one in told]
    if times[0] is None or times[1] is None:
        reason = f"build.time is {shown(told[0 if times[0] is None else 1], 64)}, no instant with a zone"
        return failed(reason, expected=_EXPECTED, observed=observed)
    wrong = _wrong((times[0], first.at), (times[1], later.at))
    if wrong:
        return failed(wrong, expected=_EXPECTED, observed=observed)
    return passed("the time of the build stays as it is", expected=_EXPECTED, observed=observed)


def _wrong(*told: tuple[datetime, datetime]) -> str:
    """What is wrong with a time, given twice together with when it was asked for."""
    if all(abs(asked - time) <= _NEAR for time, asked in told):
        return "build.time is the time of the request"
    (first, _), (later, asked) = told
    if first != later:
        return "build.time moves: several builds answer in turn, or it is made up for each request"
    if minutes_off(later, asked) < -CLOCK_MINUTES:
        return f"build.time lies {-minutes_off(later, asked):.0f} minutes in the future"
    return ""
