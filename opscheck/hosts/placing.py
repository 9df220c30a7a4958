"""What all hosts that are started have in common: real addresses in place of promised ones, and one root cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from opscheck.inventory import PLACEHOLDER
from opscheck.model import Component, Host, Kind, Unmeasured


def placed(host: Host, addresses: Mapping[str, str]) -> Host:
    """The host with the addresses that its parts really got; those that the user gave stay.

    Args:
        addresses: URLs by component; `page`: the page that the agent's tool is to fetch; `log`, where there is one:
            the file that the service writes its log to.
    """
    components = {
        name: Component(name, addresses[name]) if component.url.endswith(PLACEHOLDER) else component
        for name, component in host.components.items()
    }
    settings = dict(host.settings)
    tool = dict(settings.get("tool", {}))
    if str(tool.get("url", "")).endswith(PLACEHOLDER):
        settings["tool"] = tool | {"url": addresses["page"]}
    logs = dict(settings.get("logs", {}))
    if "log" in addresses and logs.get("log_files") == [PLACEHOLDER]:
        settings["logs"] = logs | {"log_files": [addresses["log"]]}
    return replace(host, components=components, settings=settings)


def root_cause(host: Host, kind: Kind, detail: str, remedy: str, what: str = "service") -> Unmeasured:
    """Why nothing of the host can be measured: one cause, behind which all its checks are blocked."""
    cause = f"{host.name}:{what}:{kind}"
    return Unmeasured(kind, detail, host.name, datetime.now(UTC), cause=cause, remedy=remedy)
