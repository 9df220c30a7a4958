"""Metrics are gathered by a real Prometheus: it scrapes, evaluates rules, and tells a real Alertmanager."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from tests.parts.find import require_tool
from tests.parts.fixtures import AlertmanagerFactory, PrometheusFactory
from tests.parts.process import accepts, free_port
from tests.parts.prometheus import ScrapeJob
from tests.parts.webhook import Webhook
from tests.parts_tests.conftest import eventually

ALWAYS = {"alert": "Always", "expr": "vector(1)", "labels": {"severity": "page"}}


def rules(folder: Path, *written: Mapping[str, object]) -> Path:
    """Write a rule file."""
    path = folder / "rules.yml"
    path.write_text(json.dumps({"groups": [{"name": "test", "rules": written}]}))
    return path


def test_scrapes_itself_and_others(prometheus_factory: PrometheusFactory) -> None:
    """What answers is up, what does not is down, and what nobody scrapes has no series."""
    dead = f"127.0.0.1:{free_port()}"
    with prometheus_factory(jobs=[ScrapeJob("dead", [dead], labels={"team": "none"})]) as server:
        assert eventually(lambda: len(server.query("up")) == 2)
        itself = server.query('up{job="prometheus"}')
        other = server.query('up{job="dead"}')
        nothing = server.query('up{job="nobody"}')

    assert [value for _, value in itself] == [1.0]
    assert [(labels["instance"], labels["team"], value) for labels, value in other] == [(dead, "none", 0.0)]
    assert nothing == []


def test_reloads(prometheus_factory: PrometheusFactory, tmp_path: Path) -> None:
    """New jobs and rules are taken up at a reload; a rule that does not parse is refused."""
    with prometheus_factory() as server:
        server.rules.append(rules(tmp_path, ALWAYS))
        server.reload()
        names = [rule["name"] for rule in _rules(server.url)]
        rules(tmp_path, {"alert": "Broken", "expr": "up =="})
        with pytest.raises(httpx.HTTPStatusError):
            server.reload()

    assert names == ["Always"]


def test_an_alert_reaches_the_webhook(
    prometheus_factory: PrometheusFactory, alertmanager_factory: AlertmanagerFactory, tmp_path: Path
) -> None:
    """From a rule that holds over Alertmanager to whoever is on call."""
    with (
        Webhook() as hook,
        alertmanager_factory(webhook=hook.url) as manager,
        prometheus_factory(rules=[rules(tmp_path, ALWAYS)], alertmanager=manager.url),
    ):
        alert = hook.wait("Always", deadline=30)

    assert alert is not None
    assert alert["labels"]["severity"] == "page"


def test_promtool_judges_rules(tmp_path: Path) -> None:
    """The tool of the same package tells a good rule file from a bad one, without a server."""
    promtool = require_tool("promtool")
    good = subprocess.run([promtool, "check", "rules", rules(tmp_path, ALWAYS)], capture_output=True, check=False)
    bad = subprocess.run(
        [promtool, "check", "rules", rules(tmp_path, {"alert": "Broken", "expr": "up =="})],
        capture_output=True,
        check=False,
    )

    assert good.returncode == 0
    assert bad.returncode == 1


def test_several_at_once_and_none_afterwards(prometheus_factory: PrometheusFactory) -> None:
    """Two servers have ports of their own, and nothing listens after them."""
    with prometheus_factory() as one, prometheus_factory() as two:
        ports = {int(server.url.rpartition(":")[2]) for server in (one, two)}
        both = all(accepts(port) for port in ports)

    assert both
    assert len(ports) == 2
    assert not any(accepts(port) for port in ports)
    assert not one.process.running


def _rules(url: str) -> list[dict[str, object]]:
    groups = httpx.get(f"{url}/api/v1/rules", trust_env=False).json()["data"]["groups"]
    return [rule for group in groups for rule in group["rules"]]
