"""Where the results of the table come from: recorded runs of broken services, shipped checks, results made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from opscheck.model import Json, Outcome, Verdict
from opscheck.report import Result
from tests.checks.answers import http

RECORDED: Final = Path(__file__).with_name("recorded.json")
HOST: Final = "prod"


@cache
def recorded() -> Mapping[str, list[Json]]:
    """The results of each recorded service, by `catalog/host`."""
    found: dict[str, list[Json]] = json.loads(RECORDED.read_text())
    return found


@dataclass(frozen=True, slots=True)
class Live:
    """What a run over a broken service found."""

    catalog: str
    host: str

    @property
    def name(self) -> str:
        """Under which it is recorded."""
        return f"{self.catalog}/{self.host}"

    def __call__(self) -> list[Result]:
        """Its results that are not green."""
        return [Result.from_dict(result) for result in recorded()[self.name]]


def judged(judge: Callable[[], Verdict]) -> Callable[[], list[Result]]:
    """What a shipped check says of a literal observation."""
    return lambda: [from_verdict(judge())]


def answered(check: str, outcome: str, body: Json, *, reason: str = "") -> Callable[[], list[Result]]:
    """A result that looked at this JSON; for what no shipped check judges."""
    evidence = [http(body).evidence().as_dict()]
    return lambda: [_result(check, Outcome(outcome), reason=reason or outcome.lower(), evidence=evidence)]


def from_verdict(verdict: Verdict) -> Result:
    """The verdict as a result of a run."""
    return _result(
        verdict.check,
        verdict.outcome,
        reason=verdict.reason,
        observed=verdict.observed,
        remedy=verdict.remedy,
        cause=verdict.cause,
        evidence=[part.as_dict() for part in verdict.evidence],
    )


def _result(check: str, outcome: Outcome, **more: Any) -> Result:  # noqa: ANN401 - fields
    return Result(f"suites/test_x.py::test_{check}[{HOST}]", check, (), HOST, outcome, **more)
