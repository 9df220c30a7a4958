"""What the service reports of its cross-origin policy is what it does."""

from __future__ import annotations

from typing import Any, Final

from opscheck.checks._words import degraded, failed, judged_json, passed, shown, status_line, unclear, unseen
from opscheck.model import HttpExchange, Samples, Unmeasured, Verdict
from opscheck.model.origin import why_no_origin
from opscheck.registry import check

_EXPECTED: Final = "the origins of the report are let in, and no other"


@check(
    "status-cors-report",
    promise="The report of allowed origins is true: each of them is let in, and no other, unless it says all are.",
    concern="status",
    faults={
        "report-unreadable": "the report has no list of origins",
        "listed-origin-refused": "the report lists an origin that is not let in",
        "unlisted-origin-allowed": "an origin is let in that the report does not list",
        "allow-all-untrue": "the report says that all are let in, and a foreign origin is not",
    },
    remedy="make the report from the list that the middleware uses, and let the edge add no origins of its own",
)
def status_cors_report(report: HttpExchange, taken: Samples) -> Verdict:
    """Judge the report by requests that each came with an Origin."""
    if report.status != 200:
        reason, observed = f"the report answers {report.status}", status_line(report)
        if report.status in (502, 503, 504):
            remedy = "look for what stands behind the edge; the check status-summary says more"
            return unclear(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
        return failed(reason, expected=_EXPECTED, observed=observed)

    def judge(document: dict[str, Any]) -> Verdict:
        listed, everyone = document.get("allowed_origins"), document.get("allow_all", False)
        observed = f"{status_line(report)}: allow_all {shown(everyone, 20)}, allowed_origins {shown(listed, 100)}"
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            reason = "allowed_origins is no list of texts"
            return failed(reason, expected=_EXPECTED, observed=observed)
        if not isinstance(everyone, bool):
            return failed("allow_all is neither true nor false", expected=_EXPECTED, observed=observed)
        return _against(set(listed), taken, everyone=everyone or "*" in listed, observed=observed)

    return judged_json(report, judge, expected=_EXPECTED)


def _against(listed: set[str], taken: Samples, *, everyone: bool, observed: str) -> Verdict:
    told = {"expected": _EXPECTED, "observed": observed}
    seen = [one for one in taken.taken if isinstance(one, HttpExchange)]
    wrong = next((text for one in seen if (text := _untrue(one, listed, everyone=everyone))), "")
    if wrong:
        return failed(wrong, **told)
    blind = next((one for one in taken.taken if isinstance(one, Unmeasured)), None)
    if blind is not None:
        return unseen(blind)
    if not seen:
        return unclear("no origin was tried", remedy="look at why no request could be made", **told)
    never = next((one for one in sorted(listed - {"*"}) if why_no_origin(one)), "")
    if never:
        reason = f"the report lists {shown(never, 80)}, which no browser sends: {why_no_origin(never)}"
        return degraded(reason, **told)
    return passed(f"the report is true for {len(seen)} origins", **told)


def _untrue(answer: HttpExchange, listed: set[str], *, everyone: bool) -> str:
    origin, let_in = _origin(answer), _lets_in(answer)
    if let_in and not everyone and origin not in listed:
        return f"{shown(origin, 80)} is let in and not listed"
    if not let_in and origin in listed:
        return f"{shown(origin, 80)} is listed and not let in"
    if not let_in and everyone:
        return f"the report lets all in, and {shown(origin, 80)} is not"
    return ""


def _origin(answer: HttpExchange) -> str:
    return next((str(value) for name, value in answer.request.headers if name.lower() == "origin"), "")


def _lets_in(answer: HttpExchange) -> bool:
    """As a browser reads it: all values joined have to be the origin, or a star."""
    return (answer.header("access-control-allow-origin") or "").strip(" \t") in (_origin(answer), "*")
