"""The old address does not stand in the description of the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from opscheck.checks._json import NotJson, objects, read_object
from opscheck.checks._words import degraded, failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.model.access_log import is_below
from opscheck.registry import check

_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
_NOT_PUBLISHED: Final = frozenset({401, 403, 404, 405, 410})


@check(
    "legacy-openapi",
    promise="The old address does not stand in OpenAPI, so that no new client is generated for it.",
    concern="legacy",
    faults={"legacy-in-openapi": "the old address stands in OpenAPI, or still does once the gate is on"},
    remedy="leave the old address out of the schema (include_in_schema=False in FastAPI)",
)
def legacy_openapi(document: HttpExchange, *, path: str, gate: bool) -> Verdict:
    """Judge the description of the API. Marked as deprecated it may stay until the gate is on.

    Args:
        path: the old address; what lies below it counts as well.
        gate: the old address has to be given up by now.
    """
    expected = f"no path at or below {path}"
    if document.status in _NOT_PUBLISHED:
        return passed(f"no OpenAPI is published: {document.status}", expected=expected, observed=status_line(document))
    if 200 <= document.status < 300 and document.content_type == "text/html":
        return passed("a page stands there, and no OpenAPI", expected=expected, observed=status_line(document))
    try:
        paths = read_object(document.body).get("paths") if document.status == 200 else None
    except NotJson:
        paths = None
    if not isinstance(paths, dict):
        remedy = "serve OpenAPI as JSON, or answer 404"
        reason = "there is an answer, and no OpenAPI in it"
        return unclear(reason, expected=expected, observed=status_line(document), remedy=remedy)
    prefixes = _prefixes(read_object(document.body))
    listed = {name: item for name, item in paths.items() if any(is_below(each + name, path) for each in prefixes)}
    if not listed:
        return passed(
            f"none of {len(paths)} paths is the old address", expected=expected, observed=f"{len(paths)} paths"
        )
    observed = ", ".join(shown(name, 60) for name in sorted(listed)[:3])
    if gate or not all(_deprecated(item) for item in listed.values()):
        return failed("the old address stands in OpenAPI", expected=expected, observed=observed)
    reason = "the old address stands in OpenAPI, marked as deprecated"
    return degraded(reason, expected=expected, observed=observed)


def _prefixes(document: dict[str, Any]) -> set[str]:
    """What servers put before every path."""
    urls = [server.get("url") for server in objects(document.get("servers"))]
    return {"", *(_path(url).rstrip("/") for url in urls if isinstance(url, str))}


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _deprecated(item: object) -> bool:
    operations = list(_operations(item))
    return bool(operations) and all(one.get("deprecated") is True for one in operations)


def _operations(item: object) -> Iterator[dict[str, Any]]:
    if isinstance(item, dict):
        yield from (value for name, value in item.items() if name in _METHODS and isinstance(value, dict))
