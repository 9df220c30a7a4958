"""What Grafana's API lists: data sources, dashboards, and what each panel asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from opscheck.checks._json import NotJson, objects, read_json
from opscheck.checks._words import error_text, failed, status_line
from opscheck.model import HttpExchange, Samples, Verdict

_DEEPEST: Final = 20  # rows in rows
_OWN: Final = frozenset({"grafana", "-- Grafana --", "-- Mixed --", "-- Dashboard --", "__expr__", "datasource"})


def listed(answer: HttpExchange) -> list[dict[str, Any]] | None:
    """The objects of an answer that is a list; None where it is none."""
    try:
        value = read_json(answer.body)
    except NotJson:
        return None
    return objects(value) if answer.status == 200 and isinstance(value, list) else None


def no_list(answer: HttpExchange, expected: str) -> Verdict:
    """The verdict on an answer that should have been a list."""
    if answer.status in (401, 403):
        reason = f"the token is refused ({answer.status}): {error_text(answer)}"
        remedy = "set secrets.grafana_token to the token of a service account that may read"
        return failed(reason, expected=expected, observed=status_line(answer), remedy=remedy)
    reason = f"Grafana answers {answer.status} and no list: {error_text(answer)}"
    return failed(reason, expected=expected, observed=status_line(answer))


def by_uid(taken: Samples, marker: str) -> dict[str, HttpExchange]:
    """Answers by the uid that stands behind `marker` in their address."""
    found = {}
    for answer in taken.taken:
        if isinstance(answer, HttpExchange):
            rest = urlsplit(answer.request.url).path.partition(f"/{marker}/")[2]
            found[unquote(rest.partition("/")[0])] = answer
    return found


def sources_asked(board: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Panel and data source, by uid or name, of a dashboard; those of Grafana itself and variables are left out."""
    for panel in _panels(board.get("panels"), 0):
        title = str(panel.get("title") or panel.get("id") or "a panel")
        for of in (panel, *objects(panel.get("targets"))):
            source = of.get("datasource")
            name = source.get("uid") if isinstance(source, dict) else source
            if isinstance(name, str) and name and not name.startswith("$") and name not in _OWN:
                yield title, name


def _panels(value: object, depth: int) -> Iterator[dict[str, Any]]:
    for panel in objects(value) if depth < _DEEPEST else []:
        yield panel
        yield from _panels(panel.get("panels"), depth + 1)
