"""Columns and extras for pytest-html, as HTML strings in which nothing of a probed server is alive.

pytest-html puts these strings into its page as they are, so everything is escaped here. A result is the
dictionary of the JSON contract (`Result.as_dict`), which crosses the border of a pytest-xdist worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from opscheck.report.html_parts import esc
from opscheck.report.latency import latency_of
from opscheck.report.terminal import phases_line
from opscheck.report.waived import waiver_line

_FACTS: Final = (
    ("reason", "Reason"),
    ("expected", "Expected"),
    ("observed", "Got"),
    ("remedy", "Next step"),
)
_MOST_EXCHANGES: Final = 5
_LONGEST: Final = 1000


def header_cells() -> list[str]:
    """The header cells Host, Outcome and Latency, which pytest-html sorts by their `data-column-type`."""
    columns = (("ops-host", "Host"), ("ops-outcome", "Outcome"), ("ops-latency", "Latency"))
    return [f'<th class="sortable" data-column-type="{kind}">{title}</th>' for kind, title in columns]


def row_cells(result: Mapping[str, object]) -> list[str]:
    """The cells of one result; empty cells for a test that is no check."""
    if not result:
        return ["<td></td>"] * 3
    latency = latency_of(_exchanges(result))
    shown = "" if latency is None else f"{latency:.0f} ms"
    texts = ((result.get("host", ""), "ops-host"), (result.get("outcome", ""), "ops-outcome"))
    cells = [f'<td class="col-{name}">{esc(text, 80)}</td>' for text, name in texts]
    return [*cells, f'<td class="col-ops-latency">{shown}</td>']


def exchange_extra(result: Mapping[str, object]) -> str:
    """The verdict and the masked exchanges behind it, for `report.extras`."""
    facts = [(title, result.get(key)) for key, title in _FACTS]
    waivers = result.get("waivers")
    facts += [("Waiver", waiver_line(waiver)) for waiver in waivers] if isinstance(waivers, list) else []
    evidence = result.get("evidence")
    if isinstance(evidence, Mapping):
        curl = str(evidence.get("curl") or "")
        facts += [("Likely cause", evidence.get("likely_cause")), ("Again", curl if len(curl) <= _LONGEST else "")]
    lines = [f"<dt>{title}</dt><dd>{esc(text, _LONGEST)}</dd>" for title, text in facts if text]
    for exchange in _exchanges(result)[:_MOST_EXCHANGES]:
        where, summary = (esc(exchange.get(key, ""), _LONGEST) for key in ("where", "summary"))
        timed = esc(phases_line(exchange), _LONGEST)
        lines.append(f"<dt>{where}</dt><dd>{summary}<br>{timed}</dd>")
    return f'<dl class="opscheck">{"".join(lines)}</dl>'


def _exchanges(result: Mapping[str, object]) -> list[Mapping[str, object]]:
    evidence = result.get("evidence")
    found = evidence.get("exchanges") if isinstance(evidence, Mapping) else None
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
