"""Metrics, alerts, logs and dashboards that are broken: real Prometheus, Alertmanager and Loki, a Grafana stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.infra.row import Row, row

# What a rule that is broken in one way asks; the world starts a Prometheus for each.
BROKEN_RULES: Final[Mapping[str, str]] = {
    "rule-without-metric": "llm_fallback_total > 5",
    "rule-selects-nothing": 'queue_depth{queue="review"} > 50',
    "ratio-never-matches": "rate(errors_total[5m]) / rate(messages_total[5m]) > 0.2",
    "ratio-always-one": 'rate(tasks_total{status="error"}[5m]) / rate(tasks_total[5m]) > 0.1',
    "quantile-out-of-reach": "histogram_quantile(0.95, sum by (le) (rate(task_seconds_bucket[5m]))) > 300",
    "silence-stays-silent": "sum(rate(messages_total[15m])) == 0",
}
_FOUND_BY: Final[Mapping[str, str]] = {
    "rule-without-metric": "alert-metrics",
    "rule-selects-nothing": "alert-metrics",
    "ratio-never-matches": "alert-ratio",
    "ratio-always-one": "alert-ratio",
    "quantile-out-of-reach": "alert-threshold",
    "silence-stays-silent": "alert-silence",
}
GOOD_RULES: Final[Mapping[str, str]] = {
    "WorkerDown": 'up{job="worker"} == 0',
    "ErrorRate": 'sum by (job) (rate(tasks_total{status="error"}[5m])) / sum by (job) (rate(tasks_total[5m])) > 0.1',
    "Slow": "histogram_quantile(0.95, sum by (le) (rate(task_seconds_bucket[5m]))) > 60",
    "NoTasks": "sum(rate(tasks_total[15m])) == 0 or absent(tasks_total)",
    "Backlog": 'queue_depth{task_type="review"} > 50',
}
_PROMETHEUS: Final = {"prometheus": "{prometheus}"}
_GRAFANA: Final = {"grafana": "{grafana}"}

SIGNALS: Final[tuple[Row, ...]] = (
    row(
        "component-not-ready",
        {"qdrant": "{qdrant_starting}"},
        "component-ready",
        expect={"qdrant": {"collection": "", "alias": ""}},
        because="is not ready",
    ),
    row(
        "component-is-another",
        {"grafana": "{prometheus}", "milvus": "{ollama}"},
        "component-ready",
        expect={"grafana": {"sources": [], "dashboards": []}},
        because="answers 404",
    ),
    row("target-down", {"prometheus": "{prometheus_target_down}"}, "prometheus-targets", because="is 'down'"),
    row(
        "job-missing",
        _PROMETHEUS,
        "prometheus-targets",
        expect={"prometheus": {"jobs": ["worker", "bot"]}},
        because="job bot has no target",
    ),
    row(
        "no-targets",
        {"prometheus": "{prometheus_idle}"},
        "prometheus-targets prometheus-samples ready-series alert-metrics",
        shows="no-targets",
        because="nothing is scraped",
    ),
    row("scrape-stale", {"prometheus": "{prometheus_stale}"}, "prometheus-targets", because="last scraped"),
    row(
        "silent-exporter",
        {"prometheus": "{prometheus_silent}"},
        "prometheus-samples",
        because="up and exposes nothing",
    ),
    row(
        "job-series-missing",
        _PROMETHEUS,
        "prometheus-samples",
        expect={"prometheus": {"series": ["worker: jobs_total"]}},
        because="no series 'jobs_total'",
    ),
    row(
        "ready-series-missing",
        _PROMETHEUS,
        "ready-series",
        expect={"prometheus": {"ready": ["agent", "bot"]}},
        because="of 'bot'",
    ),
    row(
        "ready-series-zero",
        {"prometheus": "{prometheus_silent}"},
        "prometheus-samples ready-series",
        shows="ready-series-zero",
        expect={"prometheus": {"ready": ["sick"]}},
        because="not ready by its own gauge",
    ),
    row("rule-unreadable", {"prometheus": "{prometheus_unreadable}"}, "alert-metrics", because="cannot be parsed"),
    *(row(name, {"prometheus": f"{{prometheus_{name}}}"}, _FOUND_BY[name], because="Broken ") for name in BROKEN_RULES),
    row(
        "receiver-tells-nobody",
        _PROMETHEUS | {"alertmanager": "{alertmanager_mute}"},
        "alert-receivers alert-delivery",
        shows="receiver-tells-nobody alert-unnotified",
        because="notifies nobody",
    ),
    row(
        "route-without-receiver",
        _PROMETHEUS | {"alertmanager": "{alertmanager_lost}"},
        "alert-receivers alert-delivery",
        shows="route-without-receiver alert-vanished",
        because="does not exist",
    ),
    row("receiver-unreachable", {"alertmanager": "{alertmanager_dead}"}, "alert-delivery", because="does not accept"),
    row(
        "alert-silenced",
        {"alertmanager": "{alertmanager_silenced}"},
        "alert-delivery",
        shows="alert-suppressed",
        because="silenced by",
    ),
    row(
        "alert-inhibited",
        {"alertmanager": "{alertmanager_inhibiting}"},
        "alert-delivery",
        shows="alert-suppressed",
        because="inhibited by",
    ),
    row(
        "alert-not-accepted",
        {"alertmanager": "{alertmanager_refusing}"},
        "alert-delivery",
        because="is refused (400)",
    ),
    row(
        "log-line-refused",
        {"loki": "{loki_refusing}"},
        "loki-line",
        expect={"loki": {"retention": ""}},
        because="is refused (429)",
    ),
    row(
        "log-line-lost",
        {"loki": "{loki_losing}"},
        "loki-line",
        expect={"loki": {"retention": ""}},
        because="not found within",
    ),
    row(
        "logs-unsearchable",
        {"loki": "{loki_unsearchable}"},
        "loki-line",
        expect={"loki": {"retention": ""}},
        because="answered with 500",
    ),
    row("retention-off", {"loki": "{loki_forever}"}, "loki-retention", because="nothing is ever deleted"),
    row(
        "retention-differs",
        {"loki": "{loki}"},
        "loki-retention",
        expect={"loki": {"retention": "90d"}},
        because="kept for 31 days",
    ),
    row(
        "grafana-token-refused",
        {"grafana": "{grafana_closed}"},
        "grafana-sources grafana-dashboards",
        because="token is refused",
    ),
    row(
        "grafana-source-missing",
        _GRAFANA,
        "grafana-sources",
        expect={"grafana": {"sources": ["Prometheus", "Tempo"]}},
        because="'Tempo'",
    ),
    row("grafana-source-unhealthy", {"grafana": "{grafana_sick}"}, "grafana-sources", because="not healthy"),
    row(
        "dashboard-missing",
        _GRAFANA,
        "grafana-dashboards",
        expect={"grafana": {"dashboards": ["Costs"]}},
        because="'Costs'",
    ),
    row(
        "dashboard-without-source",
        _GRAFANA,
        "grafana-dashboards",
        expect={"grafana": {"dashboards": ["Orphan"]}},
        because="no data source",
    ),
)
