"""The status summary has the fields that its clients read, and comes in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from opscheck.checks._json import kind_of
from opscheck.checks._status import PATHS, UNTOLD
from opscheck.checks._timing import took
from opscheck.checks._words import (
    error_text,
    failed,
    hangs,
    judged_json,
    passed,
    seconds_text,
    shown,
    status_line,
    unseen,
)
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.registry import check

_BOOLEAN: Final = "true or false"
_TEXT: Final = "a text"
_PRESENCE: Final = "true, false or null"
_FIELDS: Final = (
    ("ok", _BOOLEAN),
    ("ready", _BOOLEAN),
    ("llm.path", _TEXT),
    ("llm.model", _TEXT),
    ("llm.primary_model_present", _PRESENCE),
    ("rag.ok", _BOOLEAN),
    ("build.sha", _TEXT),
    ("build.time", _TEXT),
)


@check(
    "status-summary",
    promise="The status summary answers 200 in time, with every field that pages and scripts read, each of its type.",
    concern="status",
    faults={
        "summary-error": "the summary answers an error instead of telling what is wrong",
        "summary-not-json": "the body is no strict JSON object",
        "summary-field-missing": "a field that clients read is missing",
        "summary-field-type": "a field that clients read is of another type",
        "summary-path-unknown": "llm.path is a word that no client knows",
        "summary-late": "the summary takes longer than its budget, or never comes",
    },
    remedy="compare the body with the fields that clients read; a summary that fails hides what it should tell",
    sees_unmeasured=True,
)
def status_summary(answer: HttpExchange | Unmeasured, *, seconds: float) -> Verdict:
    """Judge code, time and fields of one answer; what they say to each other is for other checks."""
    expected = f"200 within {seconds_text(seconds)}, a JSON object with {', '.join(name for name, _ in _FIELDS)}"
    if isinstance(answer, Unmeasured):
        if not hangs(answer, seconds):
            return unseen(answer)
        return _late("the summary does not come within its budget", expected, answer.detail)
    observed = f"{status_line(answer)} after {seconds_text(took(answer))}"
    if answer.status != 200:
        behind = "the edge has no backend behind it" if answer.status in (502, 503, 504) else ""
        reason = f"the summary answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=expected, observed=observed, likely_cause=behind)

    def judge(document: dict[str, Any]) -> Verdict:
        wrong = next(_wrong_fields(document), "")
        if wrong:
            return failed(wrong, expected=expected, observed=observed)
        path = document["llm"]["path"]
        if path not in PATHS:
            reason = f"llm.path is {shown(path, 40)}, which is none of {', '.join(PATHS)}"
            return failed(reason, expected=expected, observed=observed)
        if took(answer) > seconds:
            return _late(f"the summary took {seconds_text(took(answer))}", expected, observed)
        return passed("every field is there", expected=expected, observed=f"{observed}, path {path}")

    return judged_json(answer, judge, expected=expected)


def _late(reason: str, expected: str, observed: str) -> Verdict:
    cause = "a dependency that hangs is waited for without a limit, or the backend is frozen"
    return failed(reason, expected=expected, observed=observed, likely_cause=cause)


def _wrong_fields(document: dict[str, Any]) -> Iterator[str]:
    for name, kind in _FIELDS:
        value = _value(document, name)
        if value is UNTOLD:
            yield f"{name} is missing"
        elif not _is(kind, value):
            yield f"{name} is {shown(value, 40)} (a JSON {kind_of(value)}), not {kind}"


def _value(document: dict[str, Any], name: str) -> object:
    value: object = document
    for step in name.split("."):
        value = value.get(step, UNTOLD) if isinstance(value, dict) else UNTOLD
    return value


def _is(kind: str, value: object) -> bool:
    if kind == _TEXT:
        return isinstance(value, str) and bool(value.strip())
    return isinstance(value, bool) or (kind == _PRESENCE and value is None)
