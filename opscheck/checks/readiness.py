"""Readiness: code and body together say whether work should be sent here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from opscheck.checks._health import WARMING, Said, failing, malformed, model_path, statements
from opscheck.checks._timing import took
from opscheck.checks._warming import judged_warming
from opscheck.checks._words import (
    degraded,
    error_text,
    failed,
    hangs,
    judged_json,
    passed,
    seconds_text,
    status_line,
    unseen,
)
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.registry import check

_EXPECTED: Final = "2xx with a body that says pass"


@check(
    "readiness",
    promise="Readiness answers 2xx with a body that says pass; while a model is loading it says so, and for how long.",
    concern="readiness",
    faults={
        "ready-200-while-down": "the answer is 200 and its body says down or ready: false",
        "ready-503-while-pass": "the answer is 503 and its body says pass",
        "warming-over-budget": "the model has been loading for longer than its budget",
        "ready-hangs": "readiness waits for a dependency instead of answering within its budget",
        "not-ready": "a dependency is down and readiness says so",
    },
    remedy="look at the dependencies that the body names, then at the service's log",
    sees_unmeasured=True,
)
def readiness(
    answer: HttpExchange | Unmeasured, *, seconds: float, warming_minutes: float, now: datetime | None = None
) -> Verdict:
    """Judge one answer of the readiness address."""
    if isinstance(answer, Unmeasured):
        if not hangs(answer, seconds):
            return unseen(answer)
        return _late(answer.detail, seconds)
    if took(answer) > seconds:
        return _late(f"{status_line(answer)} after {seconds_text(took(answer))}", seconds)
    if not 200 <= answer.status < 300 and answer.status != 503:
        reason = f"readiness answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=_EXPECTED, observed=status_line(answer))

    def judge(document: dict[str, Any]) -> Verdict:
        wrong = malformed(document) or _contradiction(document)
        if wrong:
            reason = f"readiness answers {answer.status} with a body that cannot be right: {wrong}"
            return failed(reason, expected=_EXPECTED, observed=status_line(answer))
        if answer.status == 503:
            return _unready(answer, document, warming_minutes, now or answer.at)
        return _ready(answer, document)

    return judged_json(answer, judge, expected=_EXPECTED)


def _late(observed: str, seconds: float) -> Verdict:
    return failed(
        "readiness does not answer within its budget",
        expected=f"an answer within {seconds_text(seconds)}, whatever the dependencies do",
        observed=observed,
        likely_cause="a dependency that hangs is waited for without a limit",
    )


def _contradiction(document: dict[str, Any]) -> str:
    said = statements(document)
    good = [one for one in said if one.word == "pass"]
    bad = [one for one in said if one.word == "fail"]
    if good and bad:
        return f"{good[0]} against {bad[0]}"
    whole = next((one for one in said if one.field == "status" and one.word == "pass"), None)
    if whole is None:
        return ""
    down = failing(document)
    if down:
        return f"{whole} while {down[0]} is down"
    return f"{whole} while llm.path is down" if model_path(document).name == "down" else ""


def _ready(answer: HttpExchange, document: dict[str, Any]) -> Verdict:
    said = statements(document)
    observed = _observed(answer, said)
    bad = [one for one in said if one.word == "fail"]
    if bad:
        reason = f"readiness answers {answer.status} while its body says {bad[0]}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    if not said:
        return degraded("the body says neither ready nor not", expected=_EXPECTED, observed=observed)
    doubtful = [one for one in said if one.word in ("warn", "unknown")]
    if doubtful:
        down = failing(document)
        reason = f"ready with a restriction: {doubtful[0]}" + (f"; down: {', '.join(down)}" if down else "")
        return degraded(reason, expected=_EXPECTED, observed=observed)
    path = model_path(document).name
    if path in WARMING or path == "fallback":
        return degraded(f"ready, with the language model on its {path} path", expected=_EXPECTED, observed=observed)
    return passed("ready", expected=_EXPECTED, observed=observed)


def _unready(answer: HttpExchange, document: dict[str, Any], warming_minutes: float, now: datetime) -> Verdict:
    said = statements(document)
    observed = _observed(answer, said)
    good = [one for one in said if one.word == "pass"]
    if good:
        reason = f"readiness answers {answer.status} while its body says {good[0]}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    down = [name for name in failing(document) if name.partition(" ")[0].partition(":")[0] != "llm"]
    if not down and _is_warming(document):
        since = model_path(document).since
        return judged_warming(since, budget=warming_minutes, now=now, observed=observed)
    named = failing(document)
    reason = f"not ready: {', '.join(named)}" if named else f"not ready: {error_text(answer)}"
    return failed(reason, expected=_EXPECTED, observed=observed)


def _is_warming(document: dict[str, Any]) -> bool:
    status = document.get("status")
    return model_path(document).name in WARMING or (isinstance(status, str) and status.strip().casefold() in WARMING)


def _observed(answer: HttpExchange, said: list[Said]) -> str:
    return f"{answer.status}, " + (", ".join(str(one) for one in said) or "no status word")
