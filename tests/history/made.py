"""Reports and records to fill a history with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from opscheck.history import ResultRecord
from opscheck.model import Json, Outcome
from opscheck.report import HostInfo, Result, RunInfo, RunReport

START = datetime(2026, 3, 4, 22, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def seen(at: datetime, *, total: float = 20.0, **more: object) -> Json:
    """An HTTP exchange as evidence tells it; `total` in milliseconds."""
    return {
        "kind": "http",
        "where": "https://ops.example.org/ready",
        "at": at.isoformat(timespec="milliseconds"),
        "summary": "HTTP/1.1 200 OK, 2 bytes",
        "phases_ms": {"total": total},
        "attempts": 1,
        **more,
    }


def result(
    outcome: Outcome = Outcome.PASS,
    *,
    check: str = "liveness",
    host: str = "prod",
    at: datetime = START,
    total: float = 20.0,
    markers: Sequence[str] = ("smoke",),
    **more: Any,  # noqa: ANN401 - fields of a dataclass
) -> Result:
    """One result, observed at an instant."""
    fields: dict[str, Any] = {
        "id": f"suites/smoke/test_{check}.py::test_it[{host}]",
        "reason": "it is well" if outcome is Outcome.PASS else f"{check} is not well",
        "evidence": (seen(at, total=total),),
        **more,
    }
    return Result(check=check, markers=markers, host=host, outcome=outcome, **fields)


def report(
    name: str = "run-1",
    results: Sequence[Result] | None = None,
    *,
    at: datetime = START,
    **more: Any,  # noqa: ANN401 - fields of a dataclass
) -> RunReport:
    """A run of ten seconds."""
    found = [result(at=at)] if results is None else list(results)
    hosts = sorted({one.host for one in found}) or ["prod"]
    run = RunInfo(name, at, at + timedelta(seconds=10), "0.1.0", ("opscheck", "run"))
    return RunReport(run, [HostInfo(host, "live", "reference") for host in hosts], found, **more)


def record(
    outcome: Outcome = Outcome.PASS,
    minute: float = 0,
    *,
    check: str = "liveness",
    host: str = "prod",
    seconds: float | None = 0.02,
    **more: Any,  # noqa: ANN401 - fields of a dataclass
) -> ResultRecord:
    """A result as history gives it back, so many minutes after the start."""
    test = f"suites/smoke/test_{check}.py::test_it[{host}]"
    return ResultRecord("run", START + minute * MINUTE, host, check, test, outcome, "", seconds, **more)
