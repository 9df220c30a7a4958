"""The alerting rules do what their own tests say."""

from __future__ import annotations

from opscheck.checks._tools import judged_tool
from opscheck.model import Verdict
from opscheck.model.tools import ToolRun
from opscheck.registry import check


@check(
    "rule-tests",
    promise="The alerting rules fire, and stay silent, where their own tests say so.",
    concern="observability",
    faults={"rule-test-fails": "a rule does not fire where its test says that it has to, or fires where it must not"},
    remedy="promtool test rules FILE shows expected and got; correct the rule, or its test",
)
def rule_tests(run: ToolRun) -> Verdict:
    """Judge what `promtool test rules` says."""
    expected = "promtool test rules is content"
    return judged_tool(run, good="every test of the rules holds", bad="a test of the rules fails", expected=expected)
