"""Collection: a test for each host, what does not apply set aside and told, the rest planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opscheck.errors import UserError
from opscheck.plugin.session import OpsSession, active, host_of
from opscheck.plugin.waiving import MODULES

if TYPE_CHECKING:
    from opscheck.model import Host


def set_aside(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what does not apply to its host, and remember why: a gap of coverage is never silent."""
    session = active(config)
    if session is None:
        return
    config.stash[MODULES] = {item.module for item in items if hasattr(item, "module")}
    kept, gone = [], []
    for item in items:
        host = host_of(item, session.hosts)
        why = _why_not(session, item, host) if host is not None else ""
        if why:
            session.gaps[item.nodeid] = why
            gone.append(item)
        else:
            kept.append(item)
    if gone:
        items[:] = kept
        config.hook.pytest_deselected(items=gone)


def _why_not(session: OpsSession, item: pytest.Item, host: Host) -> str:
    specs = session.asked_by(item)
    for spec in specs:
        for need in spec.needs:
            if not host.has(need):
                return host.why_not(need)
    mutating = [spec.name for spec in specs if spec.mutating]
    if mutating and not session.settings.allow_mutating:
        return f"{mutating[0]} changes something on the host: --ops-allow-mutating lets it run"
    if mutating and host.sensitive and not _is_named(item):
        return f"{mutating[0]} changes something and host {host.name} is sensitive: name {item.nodeid} to run it"
    why = session.refusal(host) if mutating else ""
    return f"{mutating[0]} changes something and host {host.name} is sensitive: {why}" if why else ""


def _is_named(item: pytest.Item) -> bool:
    """The user named this very test, by its id or by the path of its file and the rest of its id."""
    words, here = item.config.args, item.config.invocation_params.dir
    if item.nodeid in words:
        return True
    inner = item.nodeid.partition("::")[2]
    paths = [path for path, _, test in (word.partition("::") for word in words) if test == inner]
    return any((here / path).resolve() == item.path for path in paths)


def plan(session: pytest.Session) -> None:
    """Plan what the remaining tests ask for. Asks nothing yet.

    Raises:
        pytest.UsageError: an observation is declared wrongly.
    """
    run = active(session.config)
    if run is None or session.config.option.collectonly:
        return
    try:
        for item in session.items:
            run.plan_item(item)
    except UserError as error:
        raise pytest.UsageError(str(error)) from None
