"""A service's own metrics and log lines: the reference service, well, and services that tell less than they promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.infra.row import Row, row

_SERVICE: Final = {"agent": "{service}"}
_APP: Final = {"agent": "{app}"}
_FILES: Final = {"logs": {"log_files": ["{service_log}"]}}
_NO_MOVES: Final[Mapping[str, Any]] = {"metrics": {"series": []}}
_TASKS: Final = '{app="agent"}'

# Metrics of which a scraper would read nothing, or what is not so.
BROKEN_METRICS: Final[Mapping[str, str]] = {
    "metrics-unreadable": '{"requests": 3}',
    "family-scattered": '# TYPE a gauge\na 1\nb 2\na{x="y"} 3\n',
    "sample-misnamed": "# TYPE jobs summary\njobs_bucket 1\n",
    "counter-negative": "# TYPE jobs_total counter\njobs_total -1\n",
    "histogram-broken": '# TYPE s histogram\ns_bucket{le="1"} 4\ns_bucket{le="+Inf"} 2\ns_sum 1\ns_count 2\n',
}
_BECAUSE: Final[Mapping[str, str]] = {
    "metrics-unreadable": "Content-Type",
    "family-scattered": "more than one place",
    "sample-misnamed": "a summary has no sample",
    "counter-negative": "a counter is -1",
    "histogram-broken": "do not add up",
}


def _own(name: str, urls: Mapping[str, str], red: str = "", **more: Any) -> Row:  # noqa: ANN401 - fields
    return row(name, urls, red, system="reference", **more)


OWN_WELL: Final[tuple[Row, ...]] = (
    _own("service", _SERVICE, expect=_FILES),
    _own("service-shipped", _SERVICE | {"loki": "{loki}"}, expect={"logs": {"selector": _TASKS}}),
)
OWN: Final[tuple[Row, ...]] = (
    *(
        _own(name, {"agent": f"{{{name}}}"}, "metrics-format", expect=_NO_MOVES, because=_BECAUSE[name])
        for name in BROKEN_METRICS
    ),
    _own("series-missing", _SERVICE, "metrics-move", expect={"metrics": {"series": ["queue_depth"]}}, because="queue"),
    _own(
        "series-frozen",
        _APP,
        "metrics-move",
        expect={"metrics": {"series": ["http_requests_total"], "moves": ["http_requests_total"]}},
        because="did not move",
    ),
    _own(
        "request-unlogged",
        _SERVICE,
        "request-logged",
        expect={"logs": {"log_files": ["{empty_log}"]}},
        because="no line has the id",
    ),
    _own(
        "request-unshipped",
        _SERVICE | {"loki": "{loki}"},
        "request-logged",
        shows="request-unlogged",
        expect={"logs": {"selector": '{app="another"}'}},
        because="no line has the id",
    ),
    _own(
        "trace-lost",
        _APP,
        "request-logged",
        expect={**_NO_MOVES, "logs": {"log_files": ["{app_log}"]}},
        because="does not tell the trace",
    ),
)
