"""What stand-ins answer: the documented REST of servers that cannot be had here, and of real ones in bad states."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from tests.infra.own_rows import BROKEN_METRICS

Answers = dict[str, tuple[int, bytes]]
_V2: Final = "/v2/vectordb/collections"
_LONG_AGO: Final = "2020-01-01T00:00:00Z"


def said(body: object, status: int = 200) -> tuple[int, bytes]:
    """One answer; text as it is, anything else as JSON."""
    return status, body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _milvus(*, rows: int = 12, **differing: Any) -> Answers:  # noqa: ANN401 - JSON
    """What its documentation shows for a collection of vectors of this size."""
    fields = [
        {"autoId": False, "id": 100, "name": "id", "primaryKey": True, "type": "Int64"},
        {"id": 101, "name": "vector", "params": [{"key": "dim", "value": "64"}], "type": "FloatVector"},
    ]
    data = {
        "aliases": [],
        "collectionName": "docs",
        "fields": fields,
        "indexes": [{"fieldName": "vector", "indexName": "vector", "metricType": "COSINE"}],
        "load": "LoadStateLoaded",
    }
    return {
        f"{_V2}/describe": said({"code": 0, "data": data | differing}),
        f"{_V2}/get_stats": said({"code": 0, "data": {"rowCount": rows}}),
    }


def _milvus_says(code: int, message: str) -> Answers:
    return dict.fromkeys((f"{_V2}/describe", f"{_V2}/get_stats"), said({"code": code, "message": message}))


def _embeds(*vector: float) -> Answers:
    listed = [{"object": "embedding", "index": 0, "embedding": list(vector)}]
    return {"/v1/embeddings": said({"object": "list", "data": listed, "model": "tiny"})}


def _grafana(*, health: tuple[int, bytes], refuses: bool = False) -> Answers:
    ready = {"/api/health": said({"database": "ok"})}
    if refuses:
        refused = said({"message": "Invalid API key"}, 401)
        return ready | dict.fromkeys(("/api/datasources", "/api/search"), refused)
    return ready | {
        "/api/datasources": said([{"uid": "prom", "name": "Prometheus", "type": "prometheus"}]),
        "/api/datasources/uid/prom/health": health,
        "/api/search": said([{"uid": "ov", "title": "Overview"}, {"uid": "orphan", "title": "Orphan"}]),
        "/api/dashboards/uid/ov": _board("prom"),
        "/api/dashboards/uid/orphan": _board("gone"),
    }


def _board(source: str) -> tuple[int, bytes]:
    panel = {"title": "Requests", "datasource": {"type": "prometheus", "uid": source}, "targets": [{"refId": "A"}]}
    return said({"dashboard": {"panels": [{"type": "row", "title": "All", "panels": [panel]}]}, "meta": {}})


_WORKER: Final = {"job": "worker", "instance": "worker:9100", "service": "agent"}


def _prometheus(*queries: str, scraped: str = "2999-01-01T00:00:00Z") -> Answers:
    rules = [{"type": "alerting", "name": f"Rule{n}", "query": query} for n, query in enumerate(queries, 1)]
    target = {
        "labels": {"job": "worker", "instance": "worker:9100"},
        "health": "up",
        "lastError": "",
        "lastScrape": scraped,
        "scrapeInterval": "15s",
    }
    return {
        "/-/ready": said("Prometheus Server is Ready.\n"),
        "/api/v1/targets": _data({"activeTargets": [target]}),
        "/api/v1/rules": _data({"groups": [{"name": "ops", "rules": rules}]}),
        "/api/v1/query": _data({"resultType": "vector", "result": [{"metric": _WORKER, "value": [0, "1"]}]}),
        "/api/v1/series": _data([{"__name__": "up", "job": "worker", "instance": "worker:9100"}]),
    }


def _data(data: object) -> tuple[int, bytes]:
    return said({"status": "success", "data": data})


def _loki(push: tuple[int, bytes], query: tuple[int, bytes]) -> Answers:
    return {"/ready": said("ready\n"), "/loki/api/v1/push": push, "/loki/api/v1/query_range": query}


_LOST_ROUTE: Final = "route: {receiver: pager}\nreceivers: [{name: mail, email_configs: [{to: ops@example.org}]}]\n"
_THOUGHT: Final = {
    "id": "c1",
    "object": "chat.completion",
    "created": int(time.time()),
    "model": "thinker",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "", "reasoning_content": "The user wants me to say"},
            "finish_reason": "length",
        }
    ],
}
_NO_LINES: Final = _data({"resultType": "streams", "result": []})
_DOWN: Final = said({"status": "ERROR", "message": "dial tcp: connection refused"}, 400)

WEBS: Final[Mapping[str, Answers]] = {
    "qdrant_starting": {"/readyz": said("some shards are not ready", 503)},
    "milvus": {"/healthz": said("OK")},
    "milvus_api": _milvus(),
    "milvus-login-refused": _milvus_says(1800, "user hasn't authenticated"),
    "milvus-collection-missing": _milvus_says(100, "can't find collection[database=default][collection=docs]"),
    "milvus-wrong-dimension": _milvus(
        fields=[{"name": "vector", "params": [{"key": "dim", "value": "768"}], "type": "FloatVector"}]
    ),
    "milvus-wrong-metric": _milvus(indexes=[{"fieldName": "vector", "indexName": "v", "metricType": "L2"}]),
    "milvus-not-indexed": _milvus(indexes=[]),
    "milvus-not-loaded": _milvus(load="LoadStateNotLoad"),
    "milvus-empty": _milvus(rows=0),
    "embeds_nothing": {"/v1/embeddings": said({"object": "list", "data": [], "model": "tiny"})},
    "embeds_long": _embeds(*([3.0] * 64)),
    "alertmanager_refusing": {
        "/-/ready": said("OK"),
        "/api/v2/alerts": said("bad startsAt in body", 400),
        "/api/v2/status": said({"config": {"original": "route: {receiver: a}\nreceivers: [{name: a}]"}}),
    },
    "litellm_connected": {
        "/health/liveliness": said("I'm alive!"),
        "/health/readiness": said({"status": "connected", "db": "connected"}),
        "/v1/models": said({"error": {"message": "Authentication Error, No api key passed in."}}, 401),
    },
    **{name: {"/metrics": said(text)} for name, text in BROKEN_METRICS.items()},
    "grafana": _grafana(health=said({"status": "OK", "message": "Successfully queried the Prometheus API."})),
    "grafana_sick": _grafana(health=_DOWN),
    "grafana_closed": _grafana(health=_DOWN, refuses=True),
    "prometheus_stale": _prometheus("up == 0", scraped=_LONG_AGO),
    "prometheus_unreadable": _prometheus("up == 0", "rate(up[5m) > 1"),
    "alertmanager_lost": {"/-/ready": said("OK"), "/api/v2/status": said({"config": {"original": _LOST_ROUTE}})},
    "loki_refusing": _loki(said("ingestion rate limit exceeded", 429), _NO_LINES),
    "loki_losing": _loki((204, b""), _NO_LINES),
    "loki_unsearchable": _loki((204, b""), said("too many unhealthy instances in the ring", 500)),
    "litellm_failing": {
        "/health/liveliness": said("I'm alive!"),
        "/health/readiness": said({"status": "healthy", "db": "connected"}),
        "/v1/models": said({"error": {"message": "No module named 'prisma'"}}, 500),
    },
    "chatterbox": {
        "/v1/models": said({"object": "list", "data": [{"id": "chatterbox", "object": "model"}]}),
        "/v1/chat/completions": said(
            {
                **_THOUGHT,
                "model": "chatterbox",
                "choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 900, "total_tokens": 903},
            }
        ),
    },
    "thinker": {
        "/v1/models": said({"object": "list", "data": [{"id": "thinker", "object": "model"}]}),
        "/v1/chat/completions": said(_THOUGHT),
    },
}
