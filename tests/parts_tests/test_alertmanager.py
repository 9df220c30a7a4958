"""Alerts are passed on by a real Alertmanager: by webhook, by its routes, or to nobody."""

import subprocess
from pathlib import Path

from tests.parts.alertmanager import Alertmanager, receiver
from tests.parts.find import require_tool
from tests.parts.fixtures import AlertmanagerFactory
from tests.parts.process import accepts
from tests.parts.webhook import Webhook


def test_an_alert_reaches_the_webhook(alertmanager_factory: AlertmanagerFactory) -> None:
    """What is told to it is posted at once, with its labels."""
    with Webhook() as hook, alertmanager_factory(webhook=hook.url) as manager:
        manager.fire("DiskFull", instance="db1")
        alert = hook.wait("DiskFull")

    assert alert is not None
    assert alert["status"] == "firing"
    assert alert["labels"]["instance"] == "db1"


def test_without_a_webhook_nobody_is_told(alertmanager_factory: AlertmanagerFactory) -> None:
    """The alert is known, and has a receiver that does nothing with it."""
    with alertmanager_factory() as manager:
        manager.fire("DiskFull")
        known = manager.alerts()

    assert [(alert["labels"]["alertname"], alert["receivers"]) for alert in known] == [("DiskFull", [{"name": "ops"}])]


def test_follows_its_routes(alertmanager_factory: AlertmanagerFactory) -> None:
    """A configuration of the test's own decides who is told; the rest goes to the default."""
    with Webhook() as pager, Webhook() as chat:
        config = receiver(chat.url)
        config["receivers"].append({"name": "pager", "webhook_configs": [{"url": pager.url}]})
        config["route"]["routes"] = [{"matchers": ['severity="page"'], "receiver": "pager"}]
        with alertmanager_factory(config=config) as manager:
            manager.fire("Urgent", severity="page")
            manager.fire("Later", severity="info")
            told = [pager.wait("Urgent"), chat.wait("Later")]

    assert all(told)
    assert pager.wait("Later", deadline=0) is None
    assert chat.wait("Urgent", deadline=0) is None


def test_a_second_one_in_the_same_folder_remembers_nothing(tmp_path: Path) -> None:
    """The same alert is told again by a new instance, which has a storage of its own."""
    for _ in range(2):
        with Webhook() as hook, Alertmanager(tmp_path, webhook=hook.url) as manager:
            manager.fire("DiskFull")
            assert hook.wait("DiskFull") is not None


def test_reloads(alertmanager_factory: AlertmanagerFactory) -> None:
    """A new receiver is used after a reload."""
    with Webhook() as hook, alertmanager_factory() as manager:
        manager.config = receiver(hook.url)
        manager.reload()
        manager.fire("DiskFull")

        assert hook.wait("DiskFull") is not None


def test_amtool_reads_it(alertmanager_factory: AlertmanagerFactory) -> None:
    """The tool of the same package lists what it knows."""
    with alertmanager_factory() as manager:
        manager.fire("DiskFull")
        listed = subprocess.run(
            [require_tool("amtool"), "alert", f"--alertmanager.url={manager.url}"], capture_output=True, check=True
        )

    assert b"DiskFull" in listed.stdout


def test_several_at_once_and_none_afterwards(alertmanager_factory: AlertmanagerFactory) -> None:
    """Two servers share nothing, and nothing listens after them."""
    with alertmanager_factory() as one, alertmanager_factory() as two:
        one.fire("DiskFull")
        elsewhere = two.alerts()
        ports = [int(server.url.rpartition(":")[2]) for server in (one, two)]

    assert elsewhere == []
    assert not any(accepts(port) for port in ports)
    assert not two.process.running
