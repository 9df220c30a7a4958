"""Makes the run: the session, its hooks, and the way from an observation to the test that asked for it."""

from __future__ import annotations

from typing import Any

import pytest

from opscheck.engine.spec import Spec
from opscheck.errors import UserError
from opscheck.plugin import running
from opscheck.plugin.expect import guard
from opscheck.plugin.observations import HAND_OVER
from opscheck.plugin.redaction import guard_log_records, guard_terminal, redactor_of
from opscheck.plugin.session import SESSION, OpsSession, make_session
from opscheck.plugin.triaging import check_signatures
from opscheck.plugin.waiving import waivers_of

REFUSED: pytest.StashKey[str] = pytest.StashKey()


def session_of(config: pytest.Config) -> OpsSession:
    """The run's session; the first call makes it and registers its hooks.

    Raises:
        UserError: an option, the host file, a system pack or a host's name cannot be used.
    """
    if SESSION not in config.stash:
        session = make_session(config)
        waivers_of(config)
        check_signatures(config)

        def hand_over(item: pytest.Item, spec: Spec) -> Any:  # noqa: ANN401 - what was observed
            __tracebackhide__ = True
            return guard(item, session, session.seen(item, spec))

        config.stash[SESSION] = session
        config.stash[HAND_OVER] = hand_over
        config.pluginmanager.register(running, "opscheck-run")
        config.pluginmanager.register(running.Warned(config), "opscheck-warned")
        if redactor_of(config):
            guard_log_records(config)
            guard_terminal(config)
    return config.stash[SESSION]


def parametrize(metafunc: pytest.Metafunc) -> None:
    """One test per host; the id is the host's name, never its address."""
    try:
        names = list(session_of(metafunc.config).hosts)
    except UserError as error:
        metafunc.config.stash[REFUSED] = str(error)
        raise pytest.Collector.CollectError(str(error)) from None
    metafunc.parametrize("ops_host", names, ids=names, indirect=True, scope="session")
