"""A user's own suite in a folder of its own, and a server that it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.standins.web import StandInWeb

SUITE = '''
import pytest
from opscheck import Cost, Outcome, Verdict, check, observation

@check("answers", promise="the page answers 200", concern="smoke", faults={"not-found": "the page is not there"})
def answers(answer, *, status=200):
    """Judge."""
    good = answer.status == status
    return Verdict("", Outcome.PASS if good else Outcome.FAIL, f"answered {answer.status}",
                   expected=f"status {status}", observed=f"status {answer.status}")

@observation(needs=("readiness",))
async def page(host, probe):
    return await probe.http(host.request("readiness"))
'''


@pytest.fixture
def web() -> Iterator[StandInWeb]:
    """Answers every path with 200."""
    with StandInWeb() as server:
        yield server


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Write `conftest.py` with a check and an observation, and a test module with this text."""
    monkeypatch.delenv("OPSCHECK_HOST", raising=False)

    def write(tests: str, conftest: str = "", ini: str = "") -> None:
        pytester.makeconftest(SUITE + conftest)
        pytester.makepyfile(test_user="from conftest import *\nfrom conftest import answers\n" + tests)
        pytester.makeini("[pytest]\naddopts = -p no:cacheprovider --strict-markers\n" + ini)

    return write
