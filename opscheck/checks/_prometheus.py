"""What the query API of Prometheus answers."""

from __future__ import annotations

from typing import Any

from opscheck.checks._json import NotJson, objects, read_object
from opscheck.model import HttpExchange


def vector(document: dict[str, Any]) -> list[tuple[dict[str, Any], float]]:
    """Labels and value of each series of an instant query."""
    data = document.get("data")
    rows = []
    for one in objects(data.get("result") if isinstance(data, dict) else None):
        labels, value = one.get("metric"), one.get("value")
        if isinstance(labels, dict) and isinstance(value, list) and len(value) == 2:
            try:
                rows.append((labels, float(str(value[1]))))
            except ValueError:
                continue
    return rows


def answered(answer: HttpExchange) -> bool:
    """The API took the query and gave a result, perhaps an empty one."""
    return answer.status == 200 and _document(answer).get("status") == "success"


def found_nothing(answer: HttpExchange) -> bool:
    """A query was answered well, and by no series."""
    document = _document(answer)
    return document.get("status") == "success" and not vector(document)


def _document(answer: HttpExchange) -> dict[str, Any]:
    try:
        return read_object(answer.body)
    except NotJson:
        return {}
