"""`expect`, and the guard for tests without it: from what was seen to pass, failure or skip."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, NoReturn

import pytest

from opscheck.model import Outcome, Unmeasured, Verdict
from opscheck.plugin.redaction import redactor_of
from opscheck.plugin.results import result_of
from opscheck.plugin.session import OpsSession
from opscheck.plugin.verdicts import VERDICTS, CheckFailed, CouldNotMeasure
from opscheck.plugin.waiving import settled, told
from opscheck.registry import could_not_see
from opscheck.report.terminal import failure_text as shown

_WIDTH: Final = 160  # characters of a failure's line; a terminal wraps what is longer than itself


class Expect:
    """Hands a verdict to the run: `expect(liveness(answer, seconds=1))`."""

    def __init__(self, item: pytest.Item, session: OpsSession) -> None:
        self._item = item
        self._session = session

    def __call__(self, verdict: Verdict) -> None:
        """Pass, or raise what pytest shows as failure or skip. May be called several times; the gravest counts.

        What a waiver takes raises nothing: the rest of the test is judged all the same.
        """
        __tracebackhide__ = True
        verdict = settled(self._item, self._session, verdict)
        self._item.stash.setdefault(VERDICTS, []).append(verdict)
        strict = verdict.outcome is Outcome.DEGRADED and self._session.settings.strict
        if strict or verdict.outcome in (Outcome.FAIL, Outcome.UNMEASURED, Outcome.BLOCKED):
            self._stop(verdict)

    def _stop(self, verdict: Verdict) -> NoReturn:
        __tracebackhide__ = True
        if verdict.outcome is Outcome.BLOCKED:
            pytest.skip(f"blocked by {verdict.cause}: {verdict.reason}")
        text = failure_text(self._item, self._session, verdict)
        raise (CouldNotMeasure if verdict.outcome is Outcome.UNMEASURED else CheckFailed)(text)


def guard(item: pytest.Item, session: OpsSession, seen: Any) -> Any:  # noqa: ANN401 - whatever was observed
    """What was seen; where that is nothing and the test has no `expect` to tell it, the test ends here.

    Raises:
        CouldNotMeasure: nothing was seen.
    """
    __tracebackhide__ = True
    if not isinstance(seen, Unmeasured) or "expect" in getattr(item, "fixturenames", ()):
        return seen
    verdict = settled(item, session, replace(could_not_see("", seen), evidence=(seen.evidence(),)))
    item.stash.setdefault(VERDICTS, []).append(verdict)
    if verdict.outcome is Outcome.WAIVED:
        pytest.xfail(told(item, verdict))
    if verdict.outcome is Outcome.BLOCKED:
        pytest.skip(f"blocked by {verdict.cause}")
    raise CouldNotMeasure(failure_text(item, session, verdict))


def failure_text(item: pytest.Item, session: OpsSession, verdict: Verdict) -> str:
    """At most twelve lines: what, where, expected, got, phases, cause, next step, a curl line."""
    return redactor_of(item.config).text(shown(result_of(item, session, [verdict], 0.0), width=_WIDTH))
