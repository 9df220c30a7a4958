"""What has to be seen of alerts, logs and dashboards."""

from datetime import UTC, datetime
from uuid import uuid4

from opscheck import Cost, Unmeasured, observation
from opscheck.model import Samples
from opscheck.model.logs import LogLine
from opscheck.readers.alertmanager import routing_of
from opscheck.readers.grafana import MOST, uids
from opscheck.readers.loki import holds, line_of, question_for, retention_of
from opscheck.readers.prometheus import loaded_rules, metrics_of, with_series

_METRICS = 200  # that are looked up at most
_QUESTIONS = 15  # for one line


@observation(cost=Cost(requests=1 + _METRICS), needs=("prometheus_rules", "prometheus_series"))
async def alert_rules(host, probe):
    """The loaded alerting rules, and the series of every metric that they name."""
    rules = loaded_rules(await probe.http(host.request("prometheus_rules")))
    if isinstance(rules, Unmeasured):
        return rules
    asked = (host.request("prometheus_series", **{"match[]": name}) for name in metrics_of(rules)[:_METRICS])
    return with_series(rules, await probe.together(*(probe.http(request) for request in asked)))


@observation(cost=Cost(requests=1), needs=("alertmanager_status",))
async def alert_routing(host, probe):
    """The routing tree that Alertmanager runs with."""
    return routing_of(await probe.http(host.request("alertmanager_status")))


def _as_tenant(host, request):
    tenant = host.settings.get("loki", {}).get("tenant", "")
    return request.with_headers(x_scope_orgid=tenant) if tenant else request


@observation(cost=Cost(requests=1 + _QUESTIONS), needs=("loki_push", "loki_query"), mutating=True)
async def log_line(host, probe):
    """A line of our own, given to Loki and looked for."""
    mark = uuid4().hex
    pushed = await probe.http(_as_tenant(host, host.post("loki_push", line_of(mark, datetime.now(UTC)))))
    if isinstance(pushed, Unmeasured) or not 200 <= pushed.status < 300:
        return pushed if isinstance(pushed, Unmeasured) else LogLine(mark, pushed)
    question = _as_tenant(host, host.request("loki_query", query=question_for(mark)))
    asked = await probe.eventually(
        lambda: probe.http(question),
        lambda answer: holds(answer, mark),
        fatal=lambda answer: not isinstance(answer, Unmeasured) and 400 <= answer.status < 500,
        deadline=host.budget("log_line_seconds", 15),
        most=_QUESTIONS,
    )
    return LogLine(mark, pushed, asked, holds(asked, mark))


@observation(cost=Cost(requests=1), needs=("loki_config", "loki.retention"))
async def log_retention(host, probe):
    """The retention in the configuration that Loki runs with."""
    return retention_of(await probe.http(host.request("loki_config")))


@observation(cost=Cost(requests=1), needs=("grafana_sources",))
async def sources(host, probe):
    """The data sources that Grafana has."""
    return await probe.http(host.request("grafana_sources"))


@observation(cost=Cost(requests=MOST), needs=("grafana_sources", "grafana.sources"))
async def source_healths(host, probe, sources):
    """What Grafana says of each source when it tries it."""
    base = host.request("grafana_sources")
    return Samples(await probe.together(*(probe.http(base.below("uid", uid, "health")) for uid in uids(sources))))


@observation(cost=Cost(requests=1), needs=("grafana_search", "grafana.dashboards"))
async def dashboards_found(host, probe):
    """The dashboards that Grafana has."""
    return await probe.http(host.request("grafana_search", type="dash-db", limit="5000"))


@observation(cost=Cost(requests=MOST), needs=("grafana_boards", "grafana.dashboards"))
async def dashboards_named(host, probe, dashboards_found):
    """The dashboards that the runbook names, with their panels."""
    base, titles = host.request("grafana_boards"), host.settings["grafana"]["dashboards"]
    asked = (probe.http(base.below("uid", uid)) for uid in uids(dashboards_found, titles))
    return Samples(await probe.together(*asked))
