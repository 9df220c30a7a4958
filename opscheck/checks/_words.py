"""The words of a verdict: outcomes made in one line, and foreign text made harmless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from opscheck.checks._json import NotJson, kind_of, read_json
from opscheck.model import HttpExchange, Kind, Outcome, Unmeasured, Verdict

_LONGEST: Final = 120


def passed(reason: str, *, expected: str = "", observed: str = "") -> Verdict:
    """The promise is kept."""
    return Verdict("", Outcome.PASS, reason, expected, observed)


def degraded(
    reason: str, *, expected: str = "", observed: str = "", likely_cause: str = "", remedy: str = ""
) -> Verdict:
    """The promise is kept in part, or for how long cannot be told."""
    return Verdict("", Outcome.DEGRADED, reason, expected, observed, likely_cause, remedy)


def failed(reason: str, *, expected: str = "", observed: str = "", likely_cause: str = "", remedy: str = "") -> Verdict:
    """The promise is broken."""
    return Verdict("", Outcome.FAIL, reason, expected, observed, likely_cause, remedy)


def unseen(seen: Unmeasured) -> Verdict:
    """It could not be measured, which is no verdict on what was asked."""
    observed = f"{seen.kind.value}: {seen.detail}"
    reason = f"could not measure: {seen.detail}"
    cause = seen.cause or seen.silence
    return Verdict("", Outcome.UNMEASURED, reason, observed=observed, remedy=seen.remedy, cause=cause)


def unclear(reason: str, *, expected: str = "", observed: str = "", remedy: str = "") -> Verdict:
    """There was an answer, but none that tells."""
    return Verdict("", Outcome.UNMEASURED, reason, expected, observed, remedy=remedy)


def hangs(seen: Unmeasured, seconds: float) -> bool:
    """The peer took the connection and was waited for at least so long in vain."""
    waited = seen.phases.total
    return (
        seen.kind is Kind.TIMEOUT and not seen.cause and seen.connected and (waited is None or waited >= seconds * 0.95)
    )


def shown(value: object, most: int = _LONGEST) -> str:
    r"""A foreign value as one short line without control characters.

    >>> shown("a\nb"), shown([1, "x" * 200], 12)
    ("'a\\nb'", "[1, 'xxxxxx…")
    """
    text = repr(value[: most * 2] if isinstance(value, str) else value)
    return text if len(text) <= most else text[: most - 1] + "…"


def status_line(answer: HttpExchange) -> str:
    """`200 application/json, 212 bytes`."""
    kind = answer.content_type
    return f"{answer.status} {shown(kind, 60)[1:-1] or 'no content type'}, {len(answer.body)} bytes"


def error_text(answer: HttpExchange) -> str:
    """What an error answer says of itself: its own sentence where it has one, else the start of its body."""
    try:
        said = _sentence(read_json(answer.body))
    except NotJson:
        said = ""
    return shown(said) if said else shown(answer.text()[:_LONGEST])


def own_sentence(answer: HttpExchange) -> str:
    """The sentence of a JSON error; empty where there is none.

    Raises:
        NotJson: the body is not strict JSON.
    """
    return _sentence(read_json(answer.body))


def seconds_text(seconds: float) -> str:
    """`340 ms` or `2.5 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.3g} s"


def _sentence(value: object) -> str:
    for _ in range(4):
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, list):
            value = value[0] if value else None
            continue
        if not isinstance(value, dict):
            return ""
        names = ("detail", "message", "error", "msg", "reason", "title", "item")
        value = next((value[name] for name in names if value.get(name)), None)
    return ""


def judged_json(answer: HttpExchange, judge: Callable[[dict[str, object]], Verdict], *, expected: str) -> Verdict:
    """The verdict on the JSON object of an answer; a body that is none is a failure, told in one sentence."""
    try:
        value = read_json(answer.body)
    except NotJson as error:
        return failed(f"{error}", expected=expected, observed=f"{status_line(answer)}: {shown(answer.text()[:80])}")
    if not isinstance(value, dict):
        reason = f"the body is a JSON {kind_of(value)}, not an object"
        return failed(reason, expected=expected, observed=f"{status_line(answer)}: {shown(value)}")
    return judge(value)
