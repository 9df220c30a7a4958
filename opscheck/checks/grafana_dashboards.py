"""Grafana has the dashboards that the runbook sends people to, and their panels ask sources that exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opscheck.checks._grafana import by_uid, listed, no_list, sources_asked
from opscheck.checks._json import NotJson, read_object
from opscheck.checks._words import failed, passed, shown, unclear
from opscheck.model import HttpExchange, Samples, Verdict
from opscheck.registry import check


@check(
    "grafana-dashboards",
    promise="Every dashboard of the runbook is there, and each of its panels asks a data source that exists.",
    concern="observability",
    faults={
        "dashboard-missing": "a dashboard that the runbook names is not there",
        "dashboard-without-source": "a panel asks a data source that does not exist: it stays empty",
    },
    remedy="provision the dashboard again; give its panels the uid of a source that exists",
)
def grafana_dashboards(
    found: HttpExchange, boards: Samples, sources: HttpExchange, *, titles: Sequence[str]
) -> Verdict:
    """Judge what a search finds, and the panels of the dashboards that are named."""
    expected = f"{', '.join(titles)}, their panels with sources that exist"
    have, known = listed(found), listed(sources)
    if have is None or known is None:
        return no_list(found if have is None else sources, expected)
    by_title = {str(one.get("title")): str(one.get("uid")) for one in have}
    observed = f"{len(have)} dashboards: {shown(', '.join(by_title), 80)[1:-1]}"
    missing = [title for title in titles if title not in by_title]
    if missing:
        return failed(f"no dashboard {shown(missing[0], 60)}", expected=expected, observed=observed)
    there = {str(one.get(key)) for one in known for key in ("uid", "name")}
    answers = by_uid(boards, "uid")
    orphans = []
    for title in titles:
        board = _board(answers.get(by_title[title]))
        if board is None:
            return unclear(f"{shown(title, 60)} could not be read", expected=expected, observed=observed)
        orphans += [
            f"{shown(title, 60)}: {shown(panel, 60)} asks {shown(source, 60)}, which is no data source"
            for panel, source in dict.fromkeys(sources_asked(board))
            if source not in there
        ]
    if orphans:
        return failed("; ".join(orphans[:3]), expected=expected, observed=observed)
    return passed("every dashboard is there, with its sources", expected=expected, observed=observed)


def _board(answer: HttpExchange | None) -> dict[str, Any] | None:
    if answer is None or answer.status != 200:
        return None
    try:
        board = read_object(answer.body).get("dashboard")
    except NotJson:
        return None
    return board if isinstance(board, dict) else None
