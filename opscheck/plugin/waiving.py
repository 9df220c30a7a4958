"""Waivers in a run: a failure that one takes is told and is an xfail, and does not end the test before its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

import pytest

from opscheck.model import Outcome, Verdict
from opscheck.plugin.options import INVENTORY, settings_of
from opscheck.plugin.redaction import redactor_of
from opscheck.plugin.session import active, host_of
from opscheck.plugin.verdicts import VERDICTS, CheckFailed
from opscheck.registry import CheckInfo, shipped_checks
from opscheck.report.waived import waiver_line
from opscheck.waivers import NOT_IN_ORDER, find_waivers, load_waivers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opscheck.model import Json
    from opscheck.plugin.session import OpsSession
    from opscheck.report.run import Result
    from opscheck.waivers import Waivers

WAIVED: pytest.StashKey[dict[str, Json]] = pytest.StashKey()  # of an item: check to the waiver that took it
MODULES: pytest.StashKey[set[ModuleType]] = pytest.StashKey()  # of the collected tests
_WAIVERS: pytest.StashKey[Waivers] = pytest.StashKey()


def waivers_of(config: pytest.Config) -> Waivers:
    """The run's waivers; the first call reads the file.

    Raises:
        UserError: the file that was named is not there, or no file of waivers.
    """
    if _WAIVERS not in config.stash:
        settings = settings_of(config)
        host_file = config.stash[INVENTORY].path
        here = config.invocation_params.dir
        by_host_file = settings.values["waivers"].source == "inventory" and host_file is not None
        folder = host_file.parent if by_host_file and host_file is not None else here
        config.stash[_WAIVERS] = load_waivers(find_waivers(settings.waivers, folder, host_file))
    return config.stash[_WAIVERS]


def waived(item: pytest.Item, session: OpsSession, verdict: Verdict) -> Verdict:
    """The verdict, as WAIVED where a waiver takes it."""
    waivers = waivers_of(item.config)
    if not waivers or verdict.outcome in (Outcome.PASS, Outcome.WAIVED) or item.config.getoption("runxfail", False):
        return verdict
    strict = session.settings.strict
    check = verdict.check or getattr(item, "originalname", item.name)
    host = host_of(item, session.hosts)
    name = host.name if host is not None else ""
    now = datetime.now(UTC)
    taken = waivers.taking(verdict.outcome, check=check, host=name, test=item.nodeid, now=now, strict=strict)
    if taken is None:
        return verdict
    item.stash.setdefault(WAIVED, {})[check] = taken.as_dict(verdict.outcome)
    return replace(verdict, check=check, outcome=Outcome.WAIVED)


def settled(item: pytest.Item, session: OpsSession, verdict: Verdict) -> Verdict:
    """The verdict as the run has it: WAIVED where a waiver takes it, else UNMEASURED at the root or BLOCKED behind it.

    A verdict that is waived is nobody's root cause: what is blocked for the same reason would turn up without one
    that fails, and a run on a dead host would be green.
    """
    taken = waived(item, session, verdict)
    return taken if taken.outcome is Outcome.WAIVED else waived(item, session, session.with_root_cause(item, verdict))


def told(item: pytest.Item, verdict: Verdict) -> str:
    """Why a waived test is an xfail: whose waiver, until when, and what the check says."""
    return redactor_of(item.config).text(f"{waiver_line(item.stash[WAIVED][verdict.check])}; {verdict.reason}")


def end_of_call(item: pytest.Item, error: BaseException | None) -> None:
    """The body of a test has ended: where a waiver took its gravest verdict, it is an xfail, with reason and expiry.

    A plain assertion is a verdict of the check that the test is itself; whatever else was raised is a broken suite,
    and that no waiver takes.
    """
    session = active(item.config)
    if session is None or not waivers_of(item.config):
        return
    verdicts = item.stash.setdefault(VERDICTS, [])
    if error is not None and not isinstance(error, CheckFailed):
        lines = str(error).strip().splitlines() or ["failed"]
        verdicts.append(waived(item, session, Verdict("", Outcome.FAIL, lines[0])))
    gravest = min(verdicts, key=lambda verdict: verdict.outcome.gravity, default=None)
    if gravest is not None and gravest.outcome is Outcome.WAIVED:
        pytest.xfail(told(item, gravest))


def declared_checks(config: pytest.Config) -> list[str]:
    """Ids of the checks that the loaded suites declare or use; nothing is looked for where there are no waivers."""
    if not waivers_of(config):
        return []
    modules = [*config.pluginmanager.get_plugins(), *config.stash.get(MODULES, ())]
    found = (getattr(thing, "check", None) for module in modules for thing in _names(module))
    return sorted({info.id for info in found if isinstance(info, CheckInfo)})


def _names(module: object) -> list[object]:
    # By type, because a module's names include things that answer to any attribute, such as pytest.mark.
    things = vars(module).values() if isinstance(module, ModuleType) else ()
    return [thing for thing in things if isinstance(thing, FunctionType)]


def not_in_order(
    config: pytest.Config, session: OpsSession, checks: set[str], results: Sequence[Result]
) -> list[Result]:
    """A failure for each waiver that is not in order: expired, incomplete, or about what does not exist.

    Args:
        checks: those that the loaded suites declare.
    """
    waivers = waivers_of(config)
    if not waivers:
        return []
    known = checks | {result.check for result in results}
    if any(waiver.check not in known for waiver in waivers.items):
        known |= set(shipped_checks())
    return waivers.not_in_order(
        checks=known,
        hosts={*config.stash[INVENTORY].names, *session.hosts},
        asked=session.hosts,
        now=datetime.now(UTC),
    )


def has_waiver_not_in_order(results: Iterable[Result]) -> bool:
    """A waiver fails the run, whatever pytest saw of its tests."""
    return any(result.check == NOT_IN_ORDER for result in results)
