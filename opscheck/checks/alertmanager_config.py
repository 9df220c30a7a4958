"""The configuration file of Alertmanager is one that it starts with."""

from __future__ import annotations

from opscheck.checks._tools import judged_tool
from opscheck.model import Verdict
from opscheck.model.tools import ToolRun
from opscheck.registry import check


@check(
    "alertmanager-config",
    promise="Alertmanager starts with its configuration file.",
    concern="observability",
    faults={"alertmanager-config-broken": "the file is refused: at its next start Alertmanager does not come up"},
    remedy="amtool check-config FILE tells why",
)
def alertmanager_config(run: ToolRun) -> Verdict:
    """Judge what `amtool check-config` says."""
    expected = "amtool check-config is content"
    return judged_tool(run, good="Alertmanager takes the file", bad="the file is refused", expected=expected)
