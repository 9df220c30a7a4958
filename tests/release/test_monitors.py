"""Monitors that read an old address: by a real nginx's log, a real Prometheus, and configuration files."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from opscheck.inventory import Inventory, select
from opscheck.model.access_log import AccessLogCount
from opscheck.probes.access_log import count_hits
from opscheck.release.agents import callers
from opscheck.release.asked import Asked, Context
from opscheck.release.checklist import load_checklist
from opscheck.release.git import Git
from opscheck.release.monitors import measure_monitors
from opscheck.release.processes import Programs
from opscheck.release.scraped import discoveries, named_in, names_path
from opscheck.release.words import Seen, State
from tests.parts.fixtures import NginxFactory, PrometheusFactory
from tests.parts.prometheus import ScrapeJob

KNOWN = load_checklist("legacy-cutover").item("monitors").wants["monitors"]
PATH = "/status/"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("https://ops.example.org/status/summary", True),
        ("https://ops.example.org/status", True),
        ("https://ops.example.org/%73tatus/summary?x=1#y", True),
        ("https://ops.example.org//status//summary", True),
        ("https://ops.example.org/api/../status/summary", True),
        ("/status/summary", True),
        ("ops.example.org:8443/status/summary", True),
        ("http://blackbox:9115/probe?module=http_2xx&target=https%3A%2F%2Fops.example.org%2Fstatus%2Fsummary", True),
        ("curl -s 'https://ops.example.org/status/summary'", True),
        ("https://ops.example.org/status/${1}", True),
        ("https://ops.example.org/api/status/summary", False),
        ("https://ops.example.org/status1", False),
        ("https://ops.example.org/metrics?path=status", False),
        ("https://ops.example.org/?next=https://other.example.org/statusx", False),
        ("/metrics", False),
        ("status", False),
        ("the status of https://ops.example.org", False),
        ("", False),
        ("http://[::1", False),
    ],
)
def test_what_names_the_path(text: str, named: bool) -> None:
    """At it or below it, however it is written; never beside it."""
    assert names_path(text, PATH) is named


def test_where_a_configuration_names_it() -> None:
    """Job, key and value; jobs whose targets no file tells are told as well."""
    document = {
        "scrape_configs": [
            {"job_name": "app", "metrics_path": "/status/metrics", "static_configs": [{"targets": ["app:80"]}]},
            {
                "job_name": "probe",
                "params": {"module": ["http"]},
                "static_configs": [
                    {"targets": ["https://a.example.org/status/summary", "https://a.example.org/api/status/summary"]}
                ],
            },
            {"job_name": "rewritten", "relabel_configs": [{"replacement": "https://b.example.org/status/$1"}]},
            {"job_name": "found", "kubernetes_sd_configs": [{"role": "pod"}], "file_sd_configs": []},
        ],
        "alerting": {"alertmanagers": [{"path_prefix": "/alerts"}]},
    }

    assert named_in(document, PATH) == [
        "job app: metrics_path: /status/metrics",
        "job probe: static_configs.targets: https://a.example.org/status/summary",
        "job rewritten: relabel_configs.replacement: https://b.example.org/status/$1",
    ]
    assert discoveries(document) == ["job found finds its targets by kubernetes_sd_configs: ask the running one"]


AGENTS = {
    "Uptime-Kuma/1.23.11": "Uptime Kuma",
    "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)": "UptimeRobot",
    "Blackbox Exporter/0.25.0": "blackbox exporter",
    "Prometheus/2.53.0": "Prometheus",
    "curl/8.5.0": "curl",
    "kube-probe/1.30": "Kubernetes probe",
    "Go-http-client/1.1": "a script",
}


def nginx_count(nginx_factory: NginxFactory, *agents: str, path: str = "/status/summary") -> AccessLogCount:
    """What a real nginx writes of these clients, counted."""
    nginx = nginx_factory("http://127.0.0.1:9", locations="location /status/ { return 200 ok; }")
    for agent in agents:
        httpx.get(nginx.url + path, headers={"user-agent": agent}, trust_env=False)
    return count_hits([str(nginx.access_log)], PATH)


def test_monitors_by_their_user_agents(nginx_factory: NginxFactory) -> None:
    """Each known one by its name, one that calls itself a browser too; browsers and strangers apart."""
    browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
    count = nginx_count(nginx_factory, *AGENTS, browser, "shop-backend/3", "opscheck/0.1.0 (run x)")

    found = callers([count], KNOWN)

    assert found.monitors == dict.fromkeys(AGENTS.values(), 1)
    assert (found.unknown, found.browsers) == ({"shop-backend/3": 1}, 1)


Measured = Callable[..., Seen]


@pytest.fixture
def measured(tmp_path: Path) -> Measured:
    """Measure the shipped item on logs and configurations."""

    def measure(*prometheus: str, logs: tuple[str, ...] = (), look_at: tuple[str, ...] = ("prometheus",)) -> Seen:
        hosts = tuple(select(["http://127.0.0.1:9"], Inventory()))
        item = load_checklist("legacy-cutover").item("monitors")
        wants: dict[str, Any] = {**item.wants, "look_at": list(look_at), "covered": "1h"}
        named = {(hosts[0].name, "edge-1"): logs} if logs else {}
        programs = Programs(tmp_path)
        asked = Asked(tmp_path, hosts, prometheus=prometheus, logs=named)
        context = Context(asked, "legacy-cutover", programs, Git(programs), None, "", tmp_path)
        return measure_monitors(type(item)(item.id, item.title, item.kind, wants=wants), context)

    return measure


def test_a_real_prometheus(measured: Measured, prometheus_factory: PrometheusFactory) -> None:
    """Its targets and its configuration: clean, and with a job that asks the old path."""
    clean = prometheus_factory(jobs=[ScrapeJob("app", ["127.0.0.1:9"], path="/metrics")])
    dirty = prometheus_factory(jobs=[ScrapeJob("app", ["127.0.0.1:9"], path="/status/metrics")])

    early = measured(clean.url)
    for server in (clean, dirty):
        while not httpx.get(f"{server.url}/api/v1/targets", trust_env=False).json()["data"]["activeTargets"]:
            time.sleep(0.2)
    good, bad = measured(clean.url), measured(dirty.url)

    assert good.state is State.MET, good
    assert early.state is State.MET or "for some seconds after its start it knows none" in early.reason
    assert bad.state is State.NOT_MET
    assert any("job app: metrics_path: /status/metrics" in line for line in bad.evidence)
    assert any("job app asks http://127.0.0.1:9/status/metrics" in line for line in bad.evidence)


def test_what_is_no_prometheus(measured: Measured, nginx_factory: NginxFactory) -> None:
    """Nothing listens, or something else answers: not measured, whatever was not found."""
    other = nginx_factory("http://127.0.0.1:9", locations="location /api/ { return 200 ok; }")

    assert measured("http://127.0.0.1:9").state is State.UNMEASURED
    assert "is it a Prometheus?" in measured(other.url).reason
    assert measured().reason == "not all monitors could be looked at: no Prometheus was named"


def write(folder: Path, name: str, document: object) -> str:
    """A file with a configuration, as JSON, which is YAML."""
    (folder / name).write_text(json.dumps(document))
    return name


def job(folder: Path, name: str, **fields: object) -> str:
    """A Prometheus configuration with one job."""
    return write(folder, name, {"scrape_configs": [{"job_name": "j", **fields}]})


def test_configuration_files(measured: Measured, tmp_path: Path) -> None:
    """Prometheus, its files of targets, and the blackbox prober's modules."""
    write(tmp_path, "targets.json", [{"targets": ["https://a.example.org/status/summary"]}])
    files = job(tmp_path, "files.yml", file_sd_configs=[{"files": ["targets.json"]}])
    missing = job(tmp_path, "m.yml", file_sd_configs=[{"files": ["no.json"]}])
    clean = job(tmp_path, "clean.yml", metrics_path="/metrics")
    found = job(tmp_path, "found.yml", http_sd_configs=[{"url": "http://x"}])
    modules = write(tmp_path, "blackbox.yml", {"modules": {"http_2xx": {"prober": "http"}}})
    other = write(tmp_path, "other.yml", {"services": {}})
    (tmp_path / "broken.yml").write_text("a: [")

    assert measured(clean, modules).state is State.MET
    assert "targets.json: targets: https://a.example.org/status/summary" in measured(files).reason
    assert "no such file" in measured(missing).reason
    assert "finds its targets by http_sd_configs" in measured(found).reason
    assert "is no configuration of Prometheus" in measured(other).reason
    assert "is no YAML" in measured("broken.yml").reason
    assert measured("none.yml").state is State.UNMEASURED
    assert measured("*.yml").state is State.NOT_MET


def test_files_named_by_files(measured: Measured, tmp_path: Path) -> None:
    """A file of jobs refers to files of targets, and finds targets by itself: both count; a circle ends."""
    (tmp_path / "more").mkdir()
    main = write(tmp_path, "main.yml", {"scrape_config_files": ["more/jobs*.yml"]})
    jobs = job(tmp_path, "more/jobs.yml", file_sd_configs=[{"files": ["hosts.json"]}])
    write(tmp_path, "more/hosts.json", [{"targets": ["https://a.example.org/status/summary"]}])
    read = measured(main)
    write(tmp_path, "more/hosts.json", [{"targets": ["https://a.example.org/metrics"]}])
    clean = measured(main)
    job(tmp_path, jobs, http_sd_configs=[{"url": "http://x"}])
    found = measured(main)
    write(tmp_path, jobs, {"scrape_configs": [], "scrape_config_files": ["../main.yml", "jobs.yml"]})
    circle = measured(main)

    assert read.state is State.NOT_MET
    assert "more/hosts.json: targets: https://a.example.org/status/summary" in read.reason
    assert clean.state is State.MET, clean
    assert found.state is State.UNMEASURED
    assert "more/jobs.yml: job j finds its targets by http_sd_configs" in found.reason
    assert circle.state is State.MET, circle


def test_logs(measured: Measured, nginx_factory: NginxFactory, tmp_path: Path) -> None:
    """A monitor; a stranger who may be one; nobody, in a log that is too short, and in one that is not."""
    logs = ("logs",)
    nginx = nginx_factory(
        "http://127.0.0.1:9", locations="location /x { return 200 ok; } location /status/ { return 200 ok; }"
    )

    def seen(*agents: str) -> Seen:
        for agent in agents:
            httpx.get(nginx.url + "/status/summary", headers={"user-agent": agent}, trust_env=False)
        return measured(logs=(str(nginx.access_log),), look_at=logs)

    httpx.get(nginx.url + "/x", trust_env=False)
    short = seen()
    line = nginx.access_log.read_text().splitlines()[0]
    earlier = (datetime.now(UTC) - timedelta(hours=hours) for hours in (3, 2, 1))
    old = [line.replace(line[line.index("[") + 1 : line.index("]")], f"{at:%d/%b/%Y:%H:%M:%S +0000}") for at in earlier]
    (tmp_path / "whole.log").write_text("\n".join([*old, nginx.access_log.read_text()]))
    (tmp_path / "holed.log").write_text("\n".join([old[0], nginx.access_log.read_text()]))
    whole = measured(logs=(str(tmp_path / "whole.log"),), look_at=logs)

    assert short.state is State.UNMEASURED
    assert "speak for" in short.reason
    assert whole.state is State.MET, whole
    holed = measured(logs=(str(tmp_path / "holed.log"),), look_at=logs)
    assert holed.state is State.UNMEASURED
    assert "of 1 h: nothing was written for" in holed.reason
    assert "--silence 8h says so" in holed.remedy
    stranger = seen("shop-backend/3")
    assert stranger.state is State.UNMEASURED
    assert "shop-backend/3: 1 request, which may be a monitor" in stranger.reason
    assert seen("Uptime-Kuma/1.23").reason == "a monitor reads /status/: monitor Uptime Kuma: 1 request"
    assert measured(look_at=logs).reason == "not all monitors could be looked at: no access log was named"
