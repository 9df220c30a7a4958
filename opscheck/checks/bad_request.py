"""A request that cannot be right is refused, in the service's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from opscheck.checks._json import NotJson, read_json
from opscheck.checks._words import error_text, failed, passed, shown, status_line, unclear, unseen
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.registry import check

_EXPECTED: Final = "each is refused with a 4xx and a JSON body in the service's own words"
_NOT_ABOUT_THE_BODY: Final = frozenset({401, 403, 404, 405, 429})
_INSIDES: Final = re.compile(
    r"Traceback \(most recent call last\)|codec can't (?:de|en)code|site-packages|\.py\", line \d|"
    r"\b(?:Unicode\w*|Type|Value|Attribute|Key|Index|Runtime|Assertion|JSONDecode|Validation|Operational|Integrity)Error\b|"
    r"\b(?:pydantic|starlette|fastapi|uvicorn|werkzeug|sqlalchemy|sqlite3|litellm\.\w+)\b|"
    r"\bat [\w.$]+\(\w+\.(?:java|js|ts):\d+|goroutine \d+ \[|panic: ",
)


@check(
    "bad-request",
    promise="A request that cannot be right is answered by a 4xx with a JSON body that shows no insides.",
    concern="smoke",
    faults={
        "bad-request-crashes": "the service answers 5xx to a request that cannot be right",
        "bad-request-accepted": "the service takes a request that cannot be right",
        "bad-request-leaks": "the refusal repeats a library's text or a traceback, or is no JSON",
    },
    remedy="validate bodies at the border, and answer what is not valid with a sentence of the service's own",
)
def bad_request(answers: Sequence[HttpExchange | Unmeasured], *, labels: Sequence[str]) -> Verdict:
    """Judge the answers to several bad requests; each label says what was wrong with the request."""
    told = list(zip(labels, answers, strict=False))
    observed = "; ".join(f"{label}: {_seen(answer)}" for label, answer in told)
    defects = [f"{label} {text}" for label, answer in told if (text := _defect(answer))]
    if defects:
        return failed("; ".join(defects), expected=_EXPECTED, observed=observed)
    blind = [answer for _, answer in told if isinstance(answer, Unmeasured)]
    if blind:
        return unseen(next((answer for answer in blind if answer.cause), blind[0]))
    elsewhere = [label for label, answer in told if _about_something_else(answer)]
    if elsewhere or not told:
        reason = f"{', '.join(elsewhere)}: refused for another reason than the body" if told else "nothing was asked"
        return unclear(reason, expected=_EXPECTED, observed=observed)
    return passed(
        f"{len(told)} of {len(told)} bad requests are refused properly", expected=_EXPECTED, observed=observed
    )


def _seen(answer: HttpExchange | Unmeasured) -> str:
    return answer.detail if isinstance(answer, Unmeasured) else status_line(answer)


def _about_something_else(answer: HttpExchange | Unmeasured) -> bool:
    return isinstance(answer, HttpExchange) and answer.status in _NOT_ABOUT_THE_BODY


def _defect(answer: HttpExchange | Unmeasured) -> str:
    if isinstance(answer, Unmeasured) or _about_something_else(answer):
        return ""
    if answer.status >= 500:
        return f"crashes the service: {answer.status} {error_text(answer)}"
    if not 400 <= answer.status < 500:
        return f"is accepted with {answer.status}"
    inside = _INSIDES.search(answer.text())
    if inside:
        return f"is refused with {answer.status} in a library's words: {shown(inside.group(), 60)}"
    try:
        read_json(answer.body)
    except NotJson as error:
        return f"is refused with {answer.status}, but {error}"
    return ""
