"""Grafana has the data sources that its dashboards live on, and reaches them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from opscheck.checks._grafana import by_uid, listed, no_list
from opscheck.checks._json import NotJson, read_object
from opscheck.checks._words import error_text, failed, passed, shown, unclear
from opscheck.model import HttpExchange, Samples, Unmeasured, Verdict
from opscheck.registry import check

_UNKNOWN: Final = (404, 501)  # a kind of source that has no health to ask for


@check(
    "grafana-sources",
    promise="Grafana has every data source that is expected, and reaches each of its sources.",
    concern="observability",
    faults={
        "grafana-token-refused": "the token is refused: nothing can be said of what Grafana shows",
        "grafana-source-missing": "an expected data source is not there",
        "grafana-source-unhealthy": "Grafana cannot reach one of its data sources: its panels are empty",
    },
    remedy="Connections > Data sources > Save & test tells why; compare url and credentials of the source",
)
def grafana_sources(sources: HttpExchange, healths: Samples, *, names: Sequence[str]) -> Verdict:
    """Judge `/api/datasources` and the health of each source."""
    expected = f"{', '.join(names) or 'data sources'}, each of them healthy"
    have = listed(sources)
    if have is None:
        return no_list(sources, expected)
    observed = f"{len(have)} sources: {shown(', '.join(str(one.get('name')) for one in have), 80)[1:-1]}"
    missing = [name for name in names if name not in (one.get("name") for one in have)]
    if missing:
        return failed(f"no data source {shown(missing[0], 60)}", expected=expected, observed=observed)
    sick = list(_sick(have, by_uid(healths, "uid")))
    if sick:
        return failed("; ".join(sick[:3]), expected=expected, observed=observed)
    blind = next((one for one in healths.taken if isinstance(one, Unmeasured)), None)
    if blind is not None:
        return unclear(f"not every source could be asked: {blind.detail}", expected=expected, observed=observed)
    return passed("every data source is there and healthy", expected=expected, observed=observed)


def _sick(have: list[dict[str, Any]], answers: dict[str, HttpExchange]) -> Iterator[str]:
    for one in have:
        answer = answers.get(str(one.get("uid")))
        if answer is None or answer.status in _UNKNOWN:
            continue
        try:
            said = str(read_object(answer.body).get("status", ""))
        except NotJson:
            said = ""
        if answer.status != 200 or said.casefold() != "ok":
            yield f"{shown(one.get('name'), 60)} is not healthy ({answer.status}): {error_text(answer)}"
