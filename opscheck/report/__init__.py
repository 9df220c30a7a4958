"""Reports of a run: the policy that decides, the contract that lasts, and one renderer per form.

Renderers return text and decide nothing; only `summary` turns outcomes into a decision and an exit code, and
only `write` touches files.
"""

from opscheck.report.contract import report_schema
from opscheck.report.curl import curl_line
from opscheck.report.run import SCHEMA, Gap, HostInfo, Result, RunInfo, RunReport, Spent
from opscheck.report.summary import Decision, counts, decide, exit_code, headline
from opscheck.report.terminal import failure_text, summary_lines

__all__ = [
    "SCHEMA",
    "Decision",
    "Gap",
    "HostInfo",
    "Result",
    "RunInfo",
    "RunReport",
    "Spent",
    "counts",
    "curl_line",
    "decide",
    "exit_code",
    "failure_text",
    "headline",
    "report_schema",
    "summary_lines",
]
