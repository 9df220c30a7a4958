"""The rule files are ones that a Prometheus server loads."""

from __future__ import annotations

from opscheck.checks._tools import judged_tool
from opscheck.model import Verdict
from opscheck.model.tools import ToolRun
from opscheck.registry import check


@check(
    "rule-files",
    promise="A Prometheus server loads every rule file.",
    concern="observability",
    faults={"rule-file-broken": "a rule file cannot be loaded: at its next start the server has none of its rules"},
    remedy="promtool check rules FILE tells the line",
)
def rule_files(run: ToolRun) -> Verdict:
    """Judge what `promtool check rules` says."""
    expected = "promtool check rules is content"
    return judged_tool(run, good="every rule file can be loaded", bad="a rule file is refused", expected=expected)
