"""Which results show each signature, and which come close and do not; `recorded.json` holds those of live runs.

A source is a run of a broken service that was recorded (`Live`; `python -m tests.triage.record` records anew), what a
shipped check says of a literal observation (`judged`), or, where no check looks yet, a result that has seen this JSON
(`answered`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from opscheck.checks.docker_disk import docker_disk
from opscheck.checks.docker_engine import docker_engine
from opscheck.checks.docker_restarts import docker_restarts
from opscheck.checks.docker_running import docker_running
from opscheck.checks.docker_volumes import docker_volumes
from opscheck.checks.liveness import liveness
from opscheck.checks.llm_completion import llm_completion
from opscheck.checks.tunnel_origin import tunnel_origin
from opscheck.checks.vector_alias import vector_alias
from opscheck.model import Kind, Unmeasured, Verdict
from opscheck.report import Result
from tests.checks.answers import NOW, http, refused
from tests.checks.docker import container, containers, disk, engine, volumes
from tests.checks.tunnel import ways
from tests.triage.sources import Live, answered, judged

Source = Callable[[], list[Result]]
_OPEN: Final = "[DEPRECATION NOTICE]: API is accessible on http://127.0.0.1:2375 without encryption."
_PIPE: Final = "the pipe \\\\.\\pipe\\docker_engine does not exist, so Docker Desktop is not running"
_PORT: Final = (
    "driver failed programming external connectivity: Bind for 0.0.0.0:8000 failed: port is already allocated"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A signature, results that show it, and results close to it that do not."""

    signature: str
    named: Source
    silent: Source


def _unseen(kind: Kind, detail: str, cause: str) -> Unmeasured:
    return Unmeasured(kind, detail, "127.0.0.1:9", NOW, cause=cause)


def _blind(kind: Kind, detail: str, cause: str) -> Callable[[], Verdict]:
    return lambda: liveness(_unseen(kind, detail, cause), seconds=1)


def _disk(percent: float) -> Callable[[], Verdict]:
    return lambda: docker_disk(disk(percent=percent), percent=90, gigabytes=5, build_cache_gigabytes=0)


def _running(error: str) -> Callable[[], Verdict]:
    seen = containers(container(state="created", exit_code=128, error=error))
    return lambda: docker_running(seen, expected=["web"])


def _restarts(restarts: int) -> Callable[[], Verdict]:
    return lambda: docker_restarts(containers(container(restarts=restarts, minutes=1)), most=3, calm_hours=1)


def _engine(**more: object) -> Callable[[], Verdict]:
    return lambda: docker_engine(engine(**more))


def _completion(status: int, message: str) -> Callable[[], Verdict]:
    body = {"error": {"message": message}}
    return lambda: llm_completion(http(body, status), model="m")


def _tunnel(status: int, origin: int | None) -> Callable[[], Verdict]:
    return lambda: tunnel_origin(ways(http(b"", status), http(b"") if origin else refused()))


def _alias(name: str) -> Callable[[], Verdict]:
    listed = http({"result": {"aliases": [{"alias_name": "docs", "collection_name": "docs-v2"}]}, "status": "ok"})
    return lambda: vector_alias(
        listed, http({"result": {"collections": [{"name": "docs-v2"}]}}), alias=name, collection="docs-v2"
    )


ROWS: Final[tuple[Row, ...]] = (
    Row(
        "runner-offline",
        judged(_blind(Kind.UNREACHABLE, "this machine has no network", "runner:network")),
        judged(_blind(Kind.DNS, "unknown name", "prod:agent:dns")),
    ),
    Row(
        "tool-missing",
        judged(_blind(Kind.TOOL_MISSING, "promql-parser is not installed", "")),
        judged(_blind(Kind.TIMEOUT, "no answer within 1 s", "")),
    ),
    Row(
        "name-unknown",
        judged(_blind(Kind.DNS, "the name ops.invalid is not known", "prod:agent:dns")),
        Live("infra", "redis-refused"),
    ),
    Row("service-down", Live("infra", "redis-refused"), Live("infra", "redis-paused")),
    Row("service-silent", Live("infra", "postgres-paused"), Live("infra", "postgres-refused")),
    Row("hangs", Live("agent", "agent-hangs"), Live("agent", "liveness-slow")),
    Row("another-service", Live("infra", "component-is-another"), Live("infra", "component-not-ready")),
    Row(
        "engine-pipe-missing",
        judged(lambda: docker_engine(_unseen(Kind.REFUSED, _PIPE, "prod:docker:pipe-missing"))),  # type: ignore[arg-type] # the registry answers
        judged(_engine(status=500, info_status=0, api="")),
    ),
    Row("engine-down", judged(_engine(status=500, info_status=0, api="")), judged(_engine(warnings=(_OPEN,)))),
    Row("engine-open", judged(_engine(warnings=(_OPEN,))), judged(_engine(status=500, info_status=0, api=""))),
    Row("disk-full", judged(_disk(96)), judged(_disk(50))),
    Row("port-conflict", judged(_running(_PORT)), judged(_running("OOM"))),
    Row("container-restarting", judged(_restarts(9)), judged(_restarts(1))),
    Row("container-stopped", judged(_running("OOM")), judged(_restarts(9))),
    Row(
        "volume-lost",
        judged(lambda: docker_volumes(volumes(other=()), expected=["state"])),
        judged(lambda: docker_volumes(volumes(state=("web",)), expected=["state"])),
    ),
    Row("service-unhealthy", Live("infra", "component-not-ready"), Live("infra", "component-is-another")),
    Row("tunnel-dead", judged(_tunnel(530, 200)), judged(_tunnel(502, None))),
    Row("certificate-expired", Live("edge", "certificate-expired"), Live("edge", "certificate-untrusted")),
    Row("certificate-expiring", Live("edge", "certificate-expires-soon"), Live("edge", "certificate-expired")),
    Row("certificate-refused", Live("edge", "certificate-wrong-name"), Live("edge", "certificate-expires-soon")),
    Row("origin-unreachable", Live("status-edge", "backend-stopped"), Live("edge", "edge-stream-broken-off")),
    Row("edge-masks-outage", Live("status-edge", "frozen-backend-hidden"), Live("status-edge", "backend-frozen")),
    Row("stream-buffered", Live("edge", "edge-stream-buffered"), Live("edge", "edge-stream-refused")),
    Row("edge-refuses-long-answers", Live("edge", "edge-stream-refused"), Live("edge", "edge-stream-buffered")),
    Row("missing-cors", Live("cors", "cors-not-shared"), Live("cors", "cors-allow-origin-doubled")),
    Row("cors-twice", Live("cors", "cors-allow-origin-doubled"), Live("cors", "cors-not-shared")),
    Row("cors-open", Live("cors", "cors-reflects-credentials-for-a-list"), Live("cors", "cors-credentials-offered")),
    Row("preflight-refused", Live("cors", "preflight-behind-auth"), Live("cors", "preflight-method-missing")),
    Row("integrity-drift", Live("sri", "integrity-mismatch"), Live("sri", "policy-missing")),
    Row("legacy-in-use", Live("legacy", "legacy-hits"), Live("legacy", "legacy-unannounced")),
    Row("warming-persists", Live("status", "status-warming-over-budget"), Live("status", "ready-without-model")),
    Row("model-missing", Live("infra", "ollama-model-missing"), Live("infra", "ollama-cold")),
    Row("model-host-down", Live("status", "model-host-gone"), Live("status", "path-not-primary")),
    Row("fallback-active", Live("status", "path-not-primary"), Live("status", "model-host-gone")),
    Row("fallback-ignored", Live("status", "path-ignores-fallback"), Live("status", "model-host-gone")),
    Row("server-errors", Live("agent", "every-completion-500"), Live("agent", "bad-request-crashes")),
    Row(
        "provider-outage",
        answered("agent-reply", "FAIL", {"llm": {"path": "fallback"}}, reason="the agent answers 502: 'bad gateway'"),
        answered("agent-reply", "FAIL", {"llm": {"path": "primary"}}, reason="the agent answers 502: 'bad gateway'"),
    ),
    Row("llm-key-refused", Live("infra", "llm-unauthorised"), judged(_completion(401, "Incorrect API key provided"))),
    Row(
        "llm-unauthorised",
        judged(_completion(401, "Incorrect API key provided")),
        judged(_completion(429, "Rate limit reached")),
    ),
    Row("llm-rate-limited", Live("infra", "llm-rate-limited"), Live("infra", "llm-error")),
    Row("llm-retired", Live("infra", "llm-retired"), Live("infra", "llm-model-missing")),
    Row("llm-errors", Live("infra", "llm-error"), Live("infra", "llm-bad-request")),
    Row("llm-no-answer", Live("infra", "llm-reasoning-only"), Live("infra", "llm-rate-limited")),
    Row("llm-proxy-database", Live("infra", "litellm-no-database"), Live("infra", "litellm-open")),
    Row("llm-proxy-open", Live("infra", "litellm-open"), Live("infra", "litellm-refuses-wrongly")),
    Row("model-cold", Live("infra", "ollama-cold"), Live("infra", "ollama-other-tag")),
    Row(
        "kb-none",
        answered("kb-recommend", "PASS", {"status": "none", "reasons": ["no_matches_after_strict_filters"]}),
        answered("kb-recommend", "PASS", {"status": "none", "reasons": []}),
    ),
    Row(
        "kb-degraded",
        answered("kb-recommend", "PASS", {"status": "degraded", "warnings": ["metadata_only=true"]}),
        answered("liveness", "PASS", {"status": "degraded"}),
    ),
    Row(
        "breaker-open",
        answered("liveness", "PASS", {"circuit_breakers": {"db": {"failures": 5, "is_open": True}}}),
        answered("liveness", "PASS", {"circuit_breakers": {"db": {"failures": 4, "is_open": False}}}),
    ),
    Row("retrieval-down", Live("status", "status-rag-down"), Live("status", "unready-unexplained")),
    Row("dimension-mismatch", Live("infra", "wrong-dimension"), Live("infra", "wrong-distance")),
    Row("wrong-distance", Live("infra", "wrong-distance"), Live("infra", "wrong-dimension")),
    Row("collection-empty", Live("infra", "collection-empty"), Live("infra", "collection-missing")),
    Row("collection-missing", Live("infra", "collection-missing"), Live("infra", "collection-empty")),
    Row("alias-misled", judged(_alias("news")), judged(_alias("docs"))),
    Row("collection-broken", Live("infra", "collection-red"), Live("infra", "collection-empty")),
    Row("payload-index-missing", Live("infra", "payload-index-missing"), Live("infra", "collection-red")),
    Row("mongo-auth", Live("infra", "mongo-password"), Live("infra", "redis-password")),
    Row("store-login", Live("infra", "postgres-no-password"), Live("infra", "mongo-no-password")),
    Row("store-wrong-database", Live("infra", "redis-number"), Live("infra", "redis-no-password")),
    Row("mongo-not-primary", Live("infra", "mongo-unacknowledged"), Live("infra", "mongo-index-missing")),
    Row("mongo-index-missing", Live("infra", "mongo-index-missing"), Live("infra", "payload-index-missing")),
    Row("redis-memory", Live("infra", "redis-full"), Live("infra", "redis-cannot-save")),
    Row("redis-loading", Live("infra", "redis-loading"), Live("infra", "redis-replica-cut-off")),
    Row("redis-unsaved", Live("infra", "redis-cannot-save"), Live("infra", "redis-full")),
    Row("redis-replica-alone", Live("infra", "redis-replica-cut-off"), Live("infra", "redis-loading")),
    Row("redis-forgets", Live("infra", "redis-forgets"), Live("infra", "redis-full")),
    Row("postgres-read-only", Live("infra", "postgres-read-only"), Live("infra", "postgres-password")),
    Row("migration-behind", Live("infra", "migration-behind"), Live("infra", "postgres-password")),
    Row("prometheus-target-down", Live("infra", "target-down"), Live("infra", "job-missing")),
    Row("prometheus-no-targets", Live("infra", "job-missing"), Live("infra", "target-down")),
    Row("rule-never-fires", Live("infra", "ratio-never-matches"), Live("infra", "receiver-tells-nobody")),
    Row("receiver-missing", Live("infra", "route-without-receiver"), Live("infra", "rule-unreadable")),
    Row("loki-retention-off", Live("infra", "retention-off"), Live("infra", "log-line-lost")),
    Row("loki-lines-lost", Live("infra", "log-line-lost"), Live("infra", "retention-off")),
    Row("grafana-token-refused", Live("infra", "grafana-token-refused"), Live("infra", "grafana-source-unhealthy")),
    Row("grafana-blind", Live("infra", "grafana-source-unhealthy"), Live("infra", "grafana-token-refused")),
    Row("readiness-untrue", Live("agent", "ready-200-while-down"), Live("agent", "not-ready")),
    Row("summary-unusable", Live("status", "summary-not-json"), Live("status", "summary-field-missing")),
    Row("wrong-build", Live("status", "other-build"), Live("status", "build-unknown")),
    Row("clock-off", Live("agent", "clock-an-hour-off"), Live("agent", "agent-prompt-missing")),
)
