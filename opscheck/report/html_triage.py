"""The section of the HTML report that names likely causes, and what none of them explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from opscheck.report.html_parts import badge, esc, facts, fold, linked
from opscheck.report.run import Result, RunReport
from opscheck.report.triage import LikelyCause
from opscheck.report.visible import counted

_MOST_CAUSES: Final = 30
_MOST_RESULTS: Final = 60
_LONGEST_COMMAND: Final = 4000  # a command that was cut could not be pasted: a longer one is left out


def likely(report: RunReport) -> str:
    """A card for each likely cause, then what is unexplained; empty where nobody looked or nothing was found."""
    triage = report.triage
    if not triage:
        return ""
    results = {result.id: result for result in report.results}
    cards = [_card(cause, results) for cause in triage.causes[:_MOST_CAUSES]]
    if len(triage.causes) > _MOST_CAUSES:
        cards.append(f"<p>{counted(len(triage.causes) - _MOST_CAUSES, 'more cause')} in the JSON report.</p>")
    left = _listed(triage.unexplained, results)
    if left:
        title = f"{counted(len(triage.unexplained), 'result')} that no known signature explains"
        cards.append(fold(title, left, opened=len(triage.unexplained) <= 6))
    return "".join(cards)


def _card(cause: LikelyCause, results: Mapping[str, Result]) -> str:
    command = cause.confirm if len(cause.confirm) <= _LONGEST_COMMAND else ""
    pairs = (
        ("Confirm", f'<pre tabindex="0"><code>{esc(command, 0)}</code></pre>' if command else ""),
        ("Next step", linked(cause.remedy, 400)),
        ("Runbook", linked(cause.runbook, 240)),
        ("Escalate", esc(cause.escalate, 240)),
        ("Also fits", esc(", ".join(cause.also), 240)),
    )
    on = ", ".join(cause.hosts[:4]) + (f" and {len(cause.hosts) - 4} more" if len(cause.hosts) > 4 else "")
    told = counted(cause.explained, "result")
    listed = _listed((*cause.results, *cause.behind), results)
    return (
        f'<article class="card likely"><header><h3>{esc(cause.title, 120)}</h3>'
        f'<p class="meta"><span>explains <b>{told}</b> on <b>{esc(on, 160)}</b></span>'
        f'<code>{esc(cause.signature, 80)}</code></p></header><p class="reason">{esc(cause.cause, 400)}</p>'
        f"{facts(pairs)}{fold(told + ' with this cause', listed)}</article>"
    )


def _listed(names: Sequence[str], results: Mapping[str, Result]) -> str:
    if not names:
        return ""
    items = [_item(name, results.get(name)) for name in names[:_MOST_RESULTS]]
    if len(names) > _MOST_RESULTS:
        items.append(f"<li>{len(names) - _MOST_RESULTS:,} more in the JSON report</li>")
    return f'<ul class="behind">{"".join(items)}</ul>'


def _item(name: str, result: Result | None) -> str:
    if result is None:
        return f"<li><code>{esc(name, 160)}</code></li>"
    return (
        f"<li>{badge(result.outcome)} {esc(result.promise or result.check, 160)} <code>{esc(result.check, 80)}</code> "
        f'<span class="on">on {esc(result.host, 60)}</span></li>'
    )
