"""Errors as a service promises them: one format, whoever of the service and what stands before it answers."""

from __future__ import annotations

from typing import Final

from opscheck.checks._json import NotJson, is_number, read_object
from opscheck.checks._words import shown
from opscheck.model import HttpExchange

PROBLEM: Final = "problem"  # application/problem+json (RFC 9457) or another JSON object
ANY: Final = "any"  # pages for people as well
_PROBLEM_JSON: Final = "application/problem+json"


def format_defect(answer: HttpExchange, *, errors: str) -> str:
    """What is wrong with the format of an error answer; empty where it is as promised.

    A problem document is held to its standard wherever it comes, also where any format will do.
    """
    kind = answer.content_type
    is_json = kind in ("application/json", _PROBLEM_JSON) or kind.endswith("+json")
    if not is_json:
        return "" if errors == ANY else f"it is {shown(kind, 60) if kind else 'of no content type'}, not JSON"
    if errors == ANY and kind != _PROBLEM_JSON:
        return ""
    try:
        document = read_object(answer.body)
    except NotJson as error:
        return str(error)
    told = document.get("status")
    if kind == _PROBLEM_JSON and told is not None and (not is_number(told) or told != answer.status):
        return f"its status is {shown(told, 40)}, the answer's is {answer.status}"
    return ""


def promised(errors: str) -> str:
    """The format in words."""
    return "an error in any format" if errors == ANY else "a JSON error, application/problem+json"
