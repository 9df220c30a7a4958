"""What one result adds to its test case in JUnit XML: user properties, which survive pytest-xdist."""

from __future__ import annotations

from opscheck.report.latency import latency_ms
from opscheck.report.run import Result
from opscheck.report.visible import visible
from opscheck.report.waived import waiver_line

_LONGEST = 300


def properties(result: Result, *, run_id: str = "") -> list[tuple[str, str]]:
    """Names and values for `user_properties`, empty ones left out; every value is one visible line."""
    latency = latency_ms(result)
    values = {
        "ops_run": run_id,
        "ops_host": result.host,
        "ops_check": result.check,
        "ops_outcome": result.outcome.value,
        "ops_promise": result.promise,
        "ops_reason": result.reason,
        "ops_cause": result.cause,
        "ops_latency_ms": "" if latency is None else f"{latency:.1f}",
        "ops_waiver": "; ".join(waiver_line(waiver) for waiver in result.waivers),
        "ops_attempts": str(result.attempts),
        "ops_requests": str(result.cost.requests) if result.cost.requests else "",
        "ops_tokens": str(result.cost.tokens) if result.cost.tokens else "",
    }
    return [(name, visible(value, _LONGEST)) for name, value in values.items() if value]
