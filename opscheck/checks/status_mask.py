"""An edge does not answer the summary in the place of a backend that is dead or frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from opscheck.checks._health import statements
from opscheck.checks._json import NotJson, read_object
from opscheck.checks._status import NoSummary, Summary, json_word, no_summary, part, read_summary
from opscheck.checks._timing import took
from opscheck.checks._words import failed, hangs, passed, seconds_text, shown, status_line, unclear, unseen
from opscheck.model import HttpExchange, Json, Kind, Unmeasured, Verdict
from opscheck.registry import check

Seen = HttpExchange | Unmeasured

_EXPECTED: Final = "the backend's own summary, or an error that says that there is none"
_BY_ITSELF: Final = "an error page of the edge is a canned 200, or a cache goes on without the backend"
_REMEDY: Final = (
    "let the edge answer 502 or 504 where the backend does not answer; "
    "if the backend does live, correct its url in the host file"
)


@check(
    "status-mask",
    promise="Where the backend is dead or frozen the summary is an error: no edge answers 200 in its place.",
    concern="status",
    faults={
        "edge-answers-for-backend": "the summary is a 200 while nothing answers behind the edge",
        "frozen-backend-hidden": "the backend takes connections and answers nothing, and the edge does not say so",
        "summary-canned": "the summary has none of the fields that only a backend can know",
        "edge-tells-another-story": "the summary through the edge is not what the backend itself tells",
    },
    remedy=_REMEDY,
    sees_unmeasured=True,
)
def status_mask(
    answer: HttpExchange | Unmeasured,
    witnesses: Mapping[str, HttpExchange | Unmeasured],
    *,
    direct: bool,
    seconds: float,
) -> Verdict:
    """Judge a summary against others who should know.

    Args:
        witnesses: what else was asked, by name: the backend itself where `direct`, else addresses of the same edge.
        seconds: the summary's budget.
    """
    late = hangs(answer, seconds) if isinstance(answer, Unmeasured) else took(answer) > seconds
    states = {name: _state(seen, direct=direct, late=late) for name, seen in witnesses.items()}
    observed = "; ".join([_line(answer), *(f"{name}: {_line(seen)}" for name, seen in witnesses.items())])
    told: dict[str, Any] = {"expected": _EXPECTED, "observed": observed}
    evidence = (answer.evidence(), *(seen.evidence() for seen in witnesses.values()))
    if isinstance(answer, Unmeasured):
        frozen = [name for name, state in states.items() if state == "frozen"]
        if not (late and frozen):
            return replace(unseen(answer), evidence=evidence)
        verdict = failed(
            f"the summary does not come, and {frozen[0]} does not either: a frozen backend is waited for",
            likely_cause="the edge waits for its backend for longer than anybody waits for a status",
            **told,
        )
    else:
        verdict = _judged(answer, witnesses, states, direct=direct, told=told)
    return replace(verdict, evidence=evidence)


def _judged(
    answer: HttpExchange,
    witnesses: Mapping[str, Seen],
    states: Mapping[str, str],
    *,
    direct: bool,
    told: dict[str, Any],
) -> Verdict:
    if answer.status >= 500:
        return passed(f"an outage shows as one: {answer.status}", **told)
    try:
        summary = read_summary(answer)
    except NoSummary as error:
        return no_summary(answer, error, expected=_EXPECTED)
    wrong = _answers_for(summary, states) or _canned(summary)
    if wrong:
        return failed(wrong, likely_cause=_BY_ITSELF, **told)
    other = next((text for seen in witnesses.values() if direct and (text := _other_story(summary, seen))), "")
    if other:
        cause = "the edge keeps answers, changes them, or has another backend behind it"
        return failed(other, likely_cause=cause, **told)
    unknown = [name for name, state in states.items() if state == "unknown"]
    if unknown:
        reason = f"could not look at {', '.join(unknown)}, so nothing is known of what stands behind the summary"
        return unclear(reason, remedy="run this where it can be reached", **told)
    return passed("the backend lives, and the summary is its own", **told)


def _answers_for(summary: Summary, states: Mapping[str, str]) -> str:
    said = f"the summary is a 200 that says path {shown(summary.path, 40)}"
    for name, state in states.items():
        if state == "dead":
            return f"{said} while {name} is dead"
        if state == "frozen":
            return f"{said} while {name} is frozen"
    return ""


def _canned(summary: Summary) -> str:
    known = summary.model or part(summary.document, "build") or part(summary.document, "primary")
    return "" if known else "the summary names neither model nor build nor primary: anybody could have written it"


def _other_story(summary: Summary, seen: Seen) -> str:
    if isinstance(seen, Unmeasured):
        return ""
    try:
        own = read_summary(seen)
    except NoSummary:
        return ""
    if summary.path != own.path:
        return f"through the edge the path is {shown(summary.path, 40)}, by itself {shown(own.path, 40)}"
    if summary.ready != own.ready:
        return f"through the edge ready is {json_word(summary.ready)}, by itself {json_word(own.ready)}"
    return ""


def _state(seen: Seen, *, direct: bool, late: bool) -> str:
    """`alive`, `dead`, `frozen` or `unknown`: what a witness tells of the backend."""
    if isinstance(seen, Unmeasured):
        return _silent(seen, direct=direct, late=late)
    if seen.status == 504:
        return "frozen"
    if direct:
        return "dead" if seen.status >= 500 else "alive"
    document = _document(seen)
    if seen.status == 502 or (seen.status == 503 and not _own_words(document)):
        return "dead"
    return "alive" if document else "unknown"  # an edge has pages of its own for what it does not know


def _silent(seen: Unmeasured, *, direct: bool, late: bool) -> str:
    if seen.cause.startswith("runner:"):
        return "unknown"
    if seen.kind is Kind.TIMEOUT and seen.connected:
        # Through the edge one late address may have reasons of its own; two of them have one in common.
        return "frozen" if direct or late else "unknown"
    return "dead" if direct and seen.kind in (Kind.REFUSED, Kind.RESET) else "unknown"


def _document(answer: HttpExchange) -> Json:
    try:
        return read_object(answer.body)
    except NotJson:
        return {}


def _own_words(document: Json) -> bool:
    """A 503 speaks of readiness, as a backend does that is there and not ready; an edge's own error does not."""
    within = part(document, "detail") or document
    words = any(one.word != "unknown" for one in statements(within))
    return words or bool(part(within, "checks"))


def _line(seen: Seen) -> str:
    if isinstance(seen, Unmeasured):
        return f"{seen.kind.value}: {seen.detail}"
    return f"{status_line(seen)} after {seconds_text(took(seen))}"
