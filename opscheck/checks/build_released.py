"""What runs is what was released."""

from __future__ import annotations

from opscheck.checks._status import Summary, is_no_build, judged_summary, same_build
from opscheck.checks._words import failed, passed, shown
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "build-released",
    promise="The summary names the commit that was released, so what runs is what was meant to.",
    concern="status",
    faults={
        "other-build": "another commit runs than the one that was released",
        "build-unknown": "the build's commit is missing, or a word such as local, dev or unknown",
    },
    remedy="deploy again, and look at which image the backend really runs; hand the commit to the build as an argument",
)
def build_released(answer: HttpExchange, *, sha: str) -> Verdict:
    """Judge the commit of one summary; either may be cut off behind seven digits or more."""
    expected = f"build.sha {shown(sha, 64)}"

    def judge(summary: Summary) -> Verdict:
        observed = f"build.sha {shown(summary.sha, 64)}"
        if is_no_build(summary.sha):
            reason = f"the build does not know its commit: {shown(summary.sha, 64) if summary.sha else 'none is told'}"
            return failed(reason, expected=expected, observed=observed)
        if not same_build(summary.sha, sha):
            reason = f"commit {shown(summary.sha, 64)} runs, {shown(sha, 64)} was released"
            return failed(reason, expected=expected, observed=observed)
        return passed(f"commit {shown(summary.sha, 64)} runs", expected=expected, observed=observed)

    return judged_summary(answer, judge, expected=expected)
