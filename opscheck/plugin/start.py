"""The steps of a run with checks: validate, tell, begin, end, clean up."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

import pytest

import opscheck
from opscheck.errors import UserError
from opscheck.plugin.options import INVENTORY, is_named, report_paths, settings_of
from opscheck.plugin.redaction import (
    LEAKS,
    TOLD,
    guard_log_records,
    guard_terminal,
    redactor_of,
    release_log_records,
    scan_files,
)
from opscheck.plugin.session import active
from opscheck.plugin.triaging import check_signatures
from opscheck.plugin.waiving import declared_checks, waivers_of
from opscheck.plugin.workers import KEPT

if TYPE_CHECKING:
    from opscheck.model import Host


def validate(config: pytest.Config) -> None:
    """Hold options, host file and named hosts against one another.

    Raises:
        pytest.UsageError: something cannot be used; one line, exit code 4.
    """
    from opscheck.inventory import select  # noqa: PLC0415 - only a run that names a host
    from opscheck.report.write import renderer_for  # noqa: PLC0415 - only a run that names a host

    if config.getoption("ops_plan", False) and config.getoption("tx", None):
        raise pytest.UsageError("--ops-plan asks nothing, so it needs no workers: leave -n and --tx out")
    try:
        settings = settings_of(config)
        select(settings.host, config.stash[INVENTORY], system=settings.system)
        waivers_of(config)
        check_signatures(config)
        for path in report_paths(config):
            renderer_for(path)
    except UserError as error:
        raise pytest.UsageError(str(error)) from None


def show_config(config: pytest.Config) -> int:
    """Print every option with its value and source."""
    try:
        lines = settings_of(config).lines()
    except UserError as error:
        raise pytest.UsageError(str(error)) from None
    print("\n".join(redactor_of(config).text(line) for line in lines))
    return int(pytest.ExitCode.OK)


def guard_controller(config: pytest.Config) -> None:
    """A controller runs no test, but its terminal shows what workers send: it has to know the secrets as well."""
    from opscheck.inventory import find_inventory  # noqa: PLC0415 - only a distributed run
    from opscheck.plugin.session import make_session  # noqa: PLC0415 - only a distributed run

    if not is_named(config) and find_inventory(config.invocation_params.dir) is None:
        return
    with contextlib.suppress(UserError):  # told where a test asks for a host
        make_session(config)
    if redactor_of(config):
        guard_log_records(config)
        guard_terminal(config)


def headline(config: pytest.Config) -> list[str]:
    """Which hosts, and what is planned."""
    session = active(config)
    if session is None:
        return []
    hosts = ", ".join(_told(host) for host in session.hosts.values())
    costs = session.plan.cost().values()
    requests, tokens = sum(cost.requests for cost in costs), sum(cost.tokens for cost in costs)
    plan = f"{len(session.plan.planned)} observations, up to {requests} requests"
    plan += f" and {tokens} tokens" if tokens else ""
    gaps = f"; {len(session.gaps)} not applicable" if session.gaps else ""
    notes = [f"opscheck: {note}" for host in session.hosts.values() for note in host.notes()]
    return [f"opscheck {opscheck.__version__}: {hosts}; {plan}{gaps}; run {session.run_id}", *notes]


def _told(host: Host) -> str:
    notes = [host.system, host.kind.value, *(["sensitive"] if host.sensitive else [])]
    return f"{host.name} ({', '.join(notes)})"


def begin(session: pytest.Session) -> bool | None:
    """Start the engine; True where nothing is to be run, because only the plan was wanted."""
    run = active(session.config)
    if run is None or session.config.option.collectonly:
        return None
    if run.settings.plan:
        writer = session.config.get_terminal_writer()
        for line in run.plan.lines():
            writer.line(redactor_of(session.config).text(line))
        return True
    stopped = session.testsfailed and not session.config.option.continue_on_collection_errors
    if session.items and not stopped and not session.config.option.setupplan:
        # What was collected lives until the end; looking through it again and again cost a large run 7 % of its CPU.
        gc.freeze()
        run.start()
    return None


def end(session: pytest.Session) -> None:
    """Hand over what was spent, end the engine, take down what was brought up."""
    run = active(session.config)
    if run is None:
        return
    # First the end: what this worker finishes for others still counts as spent.
    broken = bool(session.shouldstop or session.shouldfail) or session.exitstatus == pytest.ExitCode.INTERRUPTED
    session.config.stash[KEPT] = run.stop(hurry=broken, failed=session.testsfailed > 0)
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        spent = {name: list(pair) for name, pair in run.spent().items()}
        leaks = session.config.stash.setdefault(LEAKS, [])
        checks = declared_checks(session.config)
        output["opscheck"] = {"gaps": dict(run.gaps), "spent": spent, "leaks": leaks, "checks": checks}


def clean_up(config: pytest.Config) -> None:
    """Give logging back; the canary's last look at files that other plugins wrote."""
    gc.unfreeze()
    release_log_records(config)
    scan_files(config)
    new = config.stash.setdefault(LEAKS, [])[config.stash.get(TOLD, 0) :]
    if new and not hasattr(config, "workerinput"):
        raise pytest.UsageError(f"SECRET LEAK in {'; '.join(new)}: rotate the secret, and delete what shows it")
