"""What has to be seen of metrics, alerts, logs and dashboards."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from opscheck import Cost, Unmeasured, observation
from opscheck.model import Samples
from opscheck.model.alert_rules import AlertDelivery
from opscheck.model.logs import LogLine, RequestLog
from opscheck.readers.alertmanager import routing_of, told_of
from opscheck.readers.grafana import MOST, uids
from opscheck.readers.loki import holds, line_of, lines_of, question_for, question_in, retention_of
from opscheck.readers.prometheus import loaded_rules, metrics_of, with_series
from opscheck.readers.rule_files import routing_of_file, rules_in

_METRICS = 200  # that are looked up at most
_QUESTIONS = 15  # for one line
_OPEN_METRICS = "application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4; q=0.5"


@observation(cost=Cost(requests=1 + _METRICS), needs=("prometheus_rules", "prometheus_series"))
async def alert_rules(host, probe):
    """The loaded alerting rules, and the series of every metric that they name."""
    rules = loaded_rules(await probe.http(host.request("prometheus_rules")))
    if isinstance(rules, Unmeasured):
        return rules
    return await _with_series(host, probe, rules)


async def _with_series(host, probe, rules):
    asked = (host.request("prometheus_series", **{"match[]": name}) for name in metrics_of(rules)[:_METRICS])
    return with_series(rules, await probe.together(*(probe.http(request) for request in asked)))


@observation(cost=Cost(), needs=("prometheus.rules_files",))
async def filed_rules(host, probe):
    """The alerting rules of the rule files."""
    return rules_in(await probe.files(host.settings["prometheus"]["rules_files"]))


@observation(cost=Cost(requests=_METRICS), needs=("prometheus_series", "prometheus.rules_files"))
async def filed_rules_and_series(host, probe, filed_rules):
    """The alerting rules of the rule files, and the series of every metric that they name."""
    return await _with_series(host, probe, filed_rules)


@observation(cost=Cost(), needs=("prometheus.rules_files",))
async def rules_checked(host, probe):
    """What promtool says of the rule files."""
    return await probe.tool("promtool", "check", "rules", over=host.settings["prometheus"]["rules_files"])


@observation(cost=Cost(), needs=("prometheus.tests_files",))
async def rules_tested(host, probe):
    """What promtool says of the rules' own tests."""
    return await probe.tool("promtool", "test", "rules", over=host.settings["prometheus"]["tests_files"])


@observation(cost=Cost(), needs=("alertmanager.config_file",))
async def config_checked(host, probe):
    """What amtool says of the configuration file."""
    return await probe.tool("amtool", "check-config", over=[host.settings["alertmanager"]["config_file"]])


@observation(cost=Cost(), needs=("alertmanager.config_file",))
async def filed_routing(host, probe):
    """The routing tree of the configuration file."""
    return routing_of_file(await probe.file(host.settings["alertmanager"]["config_file"]))


@observation(cost=Cost(requests=1), needs=("alertmanager_status",))
async def alert_routing(host, probe):
    """The routing tree that Alertmanager runs with."""
    return routing_of(await probe.http(host.request("alertmanager_status")))


def _alert(host, mark, lasts):
    now = datetime.now(UTC)
    labels = host.settings.get("alertmanager", {}).get("labels", {})
    told = {"summary": "opscheck sees whether alerts reach somebody; nothing is wrong"}
    return {
        "labels": {"alertname": "OpscheckTestAlert", **labels, "opscheck": mark},
        "annotations": told,
        "startsAt": now.isoformat(),
        "endsAt": (now + lasts).isoformat(),
    }


@observation(
    cost=Cost(requests=4 + 2 * _QUESTIONS),
    needs=("alertmanager_post", "alertmanager_alerts", "alertmanager_metrics"),
    mutating=True,
)
async def alert_delivered(host, probe):
    """A test alert of our own, followed until a notification of it is accepted, and ended."""
    mark, seconds = uuid4().hex, host.budget("alert_seconds", 60)
    listing = host.request("alertmanager_alerts", filter=f'opscheck="{mark}"')
    metrics = host.request("alertmanager_metrics")
    before = await probe.http(metrics, fresh=True)
    lasts = timedelta(seconds=seconds + 60)  # it ends by itself where it could not be ended
    posted = await probe.http(host.post("alertmanager_post", [_alert(host, mark, lasts)]))
    if isinstance(posted, Unmeasured) or not 200 <= posted.status < 300:
        return posted if isinstance(posted, Unmeasured) else AlertDelivery(mark, posted, before)
    after = await probe.eventually(
        lambda: probe.http(metrics), lambda seen: told_of(before, seen), deadline=seconds, most=_QUESTIONS
    )
    listed = await probe.http(listing, fresh=True)
    ended = await probe.http(host.post("alertmanager_post", [_alert(host, mark, timedelta())]))
    return AlertDelivery(mark, posted, before, listed, after, ended)


@observation(cost=Cost(requests=1), needs=("metrics",))
async def metrics_plain(host, probe):
    """The metrics as anybody gets them."""
    return await probe.http(host.request("metrics"))


@observation(cost=Cost(requests=1), needs=("metrics",))
async def metrics_open(host, probe):
    """The metrics as a scraper gets them that prefers OpenMetrics."""
    return await probe.http(host.request("metrics").with_headers(accept=_OPEN_METRICS))


@observation(cost=Cost(requests=3), needs=("metrics", "logged", "metrics.series"))
async def metrics_around(host, probe):
    """The metrics, a request, and the metrics again."""
    before = await probe.http(host.request("metrics"), fresh=True)
    asked = await probe.http(host.request("logged"), fresh=True)
    return before, asked, await probe.http(host.request("metrics"), fresh=True)


async def _traced(host, probe):
    """A request with an id and in a trace of our own."""
    mark, trace = f"opscheck-{uuid4().hex}", uuid4().hex
    ours = {"x_request_id": mark, "traceparent": f"00-{trace}-{uuid4().hex[:16]}-01"}
    return mark, trace, await probe.http(host.request("logged").with_headers(**ours), fresh=True)


async def _looked_for(host, probe, look):
    """What the log has of a request, looked for until its line is there."""
    mark, trace, answer = await _traced(host, probe)
    if isinstance(answer, Unmeasured):
        return answer
    marks = list(dict.fromkeys((mark, answer.header("x-request-id") or mark, trace)))
    found = await probe.eventually(
        lambda: look(marks),
        lambda seen: isinstance(seen, Unmeasured) or bool(seen.lines or seen.problem),
        deadline=host.budget("log_line_seconds", 15),
        most=_QUESTIONS,
    )
    return found if isinstance(found, Unmeasured) else RequestLog(mark, trace, answer, found)


@observation(cost=Cost(requests=1), needs=("logged", "logs.log_files"))
async def logged_in_files(host, probe):
    """A request, and its lines in the log files of this machine."""
    files = host.settings["logs"]["log_files"]
    return await _looked_for(host, probe, lambda marks: probe.log_lines(files, *marks))


@observation(cost=Cost(requests=1 + _QUESTIONS), needs=("logged", "loki_query", "logs.selector"))
async def logged_in_loki(host, probe):
    """A request, and its lines in the log store."""
    settings = host.settings["logs"]

    async def look(marks):
        query = question_in(settings["selector"], marks)
        return lines_of(await probe.http(_as_tenant(host, host.request("loki_query", query=query), "logs")))

    return await _looked_for(host, probe, look)


def _as_tenant(host, request, section="loki"):
    tenant = host.settings.get(section, {}).get("tenant", "")
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
