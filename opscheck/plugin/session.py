"""One run: its hosts, its plan, its engine, and what the tests of one process get from them."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

import opscheck
from opscheck.engine.options import EngineOptions
from opscheck.engine.plan import Plan
from opscheck.engine.run import Broken, Engine
from opscheck.engine.share import Alone, Folder, Share
from opscheck.engine.spec import Key, Spec
from opscheck.errors import InventoryError
from opscheck.hosts import BroughtUp, bring_up
from opscheck.inventory import select
from opscheck.model import Host, Outcome, Verdict
from opscheck.plugin.observations import Observations
from opscheck.plugin.options import INVENTORY, settings_of
from opscheck.plugin.progress import Progress, Waiting
from opscheck.plugin.redaction import redactor_of
from opscheck.plugin.verdicts import SuiteBroken
from opscheck.plugin.workers import Worker, run_id_of, worker_of

if TYPE_CHECKING:
    from opscheck.engine.prober import Prober
    from opscheck.settings import Settings

SESSION: pytest.StashKey[OpsSession] = pytest.StashKey()
KEYS: pytest.StashKey[dict[str, Key]] = pytest.StashKey()
_LOOK: Final = 0.25  # seconds between two looks at the progress line while a test waits


@dataclass(slots=True)
class OpsSession:
    """Made when the first test asks for a host; a pytest run that never does never makes one.

    Attributes:
        hosts: the selected hosts, by name, in the order named.
        gaps: tests that do not apply: node id to why.
    """

    config: pytest.Config
    settings: Settings
    hosts: dict[str, Host]
    run_id: str
    worker: Worker | None
    plan: Plan = field(default_factory=Plan)
    gaps: dict[str, str] = field(default_factory=dict)
    engine: Engine | None = None
    _up: BroughtUp | None = None
    _share: Share = field(default_factory=Alone)
    _progress: Progress | None = None
    _observations: Observations | None = None
    _items: dict[str, list[Key]] = field(default_factory=dict)
    _spent: dict[str, tuple[int, int]] = field(default_factory=dict)
    _roots: dict[str, str] = field(default_factory=dict)

    @property
    def observations(self) -> Observations:
        """What the loaded suites can observe."""
        if self._observations is None:
            self._observations = Observations(self.config.pluginmanager.get_plugins())
        return self._observations

    def plan_item(self, item: pytest.Item) -> None:
        """Add what a test asks for to the plan."""
        host = host_of(item, self.hosts)
        if host is None:
            return
        keys = item.stash[KEYS] = {spec.name: self._plan(item, spec, host) for spec in self.asked_by(item)}
        self._items.setdefault(host.name, []).extend(keys.values())

    def asked_by(self, item: pytest.Item) -> list[Spec]:
        """The observations that a test asks for, directly or through another."""
        found = (self.observations.find(item, name) for name in getattr(item, "fixturenames", ()))
        return [spec for spec in found if spec is not None]

    def _plan(self, item: pytest.Item, spec: Spec, host: Host) -> Key:
        callspec = getattr(item, "callspec", None)
        parameters = callspec.params if callspec is not None else {}
        variant = callspec.id if callspec is not None else ""
        key = self.plan.add(spec, host, lambda name: self.observations.find(item, name), parameters, variant=variant)
        self.plan.want(key)
        return key

    def start(self) -> None:
        """Bring the hosts up and begin to observe; returns at once, except for what an embedded host needs to start."""
        hosts = list(self.hosts.values())
        self._share = self._make_share()
        shared = self.worker.folder if self.worker and self.worker.folder else None
        quiet = self.worker is not None
        self._up = bring_up(hosts, shared, keep=self.settings.keep, say=Waiting(quiet=quiet).look)
        self.hosts |= self._up.hosts
        self.engine = Engine(self._engine_options(), self.hosts, self._share, self._up.failed, self.refusal)
        on_demand = self.worker is not None and self.worker.folder is None
        self.engine.start(Plan() if on_demand else self.plan)
        self._progress = Progress(self.engine, quiet=quiet)

    def refusal(self, host: Host) -> str:
        """Why nothing may be changed on a host now; empty where it is not sensitive, or an open window allows it."""
        if not host.sensitive:
            return ""
        from opscheck.window.gate import refusal  # noqa: PLC0415 - only a run that would change a sensitive host

        host_file, here = self.config.stash[INVENTORY].path, self.config.invocation_params.dir
        return refusal(self.settings.window, host.name, host_file=host_file, here=here, now=datetime.now(UTC))

    def _make_share(self) -> Share:
        if self.worker and self.worker.folder:
            secrets = [secret for host in self.hosts.values() for secret in host.sent_secrets()]
            return Folder(self.worker.folder, self.worker.count, self.worker.rank, secrets)
        return Alone()

    def _engine_options(self) -> EngineOptions:
        chosen = self.settings
        return EngineOptions(
            timeout=chosen.timeout,
            preflight_timeout=min(chosen.preflight_timeout, chosen.timeout),
            deadline=chosen.deadline,
            concurrency=chosen.concurrency,
            control=chosen.control,
            user_agent=f"opscheck/{opscheck.__version__} (run {self.run_id})",
            # What the user says is the most that a request may take; what nobody said gives way to a suite's budget.
            ceiling=chosen.timeout if chosen.values["timeout"].source != "default" else float("inf"),
        )

    def seen(self, item: pytest.Item, spec: Spec) -> Any:  # noqa: ANN401 - what was observed
        """What an observation of a test's host saw, possibly Unmeasured; waits for it.

        Raises:
            SuiteBroken: the observation's own code raised.
        """
        __tracebackhide__ = True
        engine = self._running()
        host = host_of(item, self.hosts)
        if host is None:
            raise SuiteBroken(f"{item.nodeid} asks for {spec.name} but runs on no host")
        keys = item.stash.setdefault(KEYS, {})
        if spec.name not in keys:
            keys[spec.name] = self._plan(item, spec, host)
        if keys[spec.name] not in engine.known():
            self._take_now(host, keys[spec.name])
        seen = self._wait(engine, keys[spec.name])
        if isinstance(seen, Broken):
            raise SuiteBroken(f"observation {spec.name} of {spec.file} raised:\n{seen.error}")
        return seen

    def _take_now(self, host: Host, key: Key) -> None:
        """On demand: an observation asked for by name in a test's body, or all of a host's on a machine of its own."""
        open_ = (one for one in self._items.get(host.name, ()) if self.plan.wanted[one] > 0)
        keys = dict.fromkeys([*self.plan.inputs(key), key, *open_])
        closure = dict.fromkeys(below for one in keys for below in (*self.plan.inputs(one), one))
        self._running().more([self.plan.planned[one] for one in closure])

    def _wait(self, engine: Engine, key: Key) -> Any:  # noqa: ANN401 - what was observed
        while True:
            try:
                return engine.result(key, _LOOK)
            except TimeoutError:
                if self._progress:
                    self._progress.look()

    def observe(self, item: pytest.Item, take: Any) -> Any:  # noqa: ANN401 - see ops_observe
        """Observe on the fly, in the body of a test."""
        host = host_of(item, self.hosts)
        if host is None:
            raise SuiteBroken(f"{item.nodeid} observes but runs on no host: it needs ops_host")

        async def wanted(probe: Prober) -> Any:  # noqa: ANN401 - see ops_observe
            return await take(probe)

        answer: Future[Any] = self._running().ask(host, wanted)
        return answer.result()

    def _running(self) -> Engine:
        if self.engine is None:
            raise SuiteBroken("no observation can be taken before the tests run")
        return self.engine

    def with_root_cause(self, item: pytest.Item, verdict: Verdict) -> Verdict:
        """The first verdict behind a root cause is UNMEASURED and tells it; the others are BLOCKED behind it."""
        if not verdict.cause or item.get_closest_marker("xfail"):
            return verdict
        if self._share.first(f"root:{verdict.cause}"):
            self._roots[verdict.cause] = item.nodeid
        if self._roots.get(verdict.cause) == item.nodeid:
            return verdict
        return replace(verdict, outcome=Outcome.BLOCKED)

    def finished(self, item: pytest.Item) -> None:
        """A test has ended: forget what nobody else waits for."""
        if self.engine is None:
            return
        for key in item.stash.get(KEYS, {}).values():
            self.plan.wanted[key] -= 1
            if self.plan.wanted[key] <= 0:
                self.engine.forget(key)

    def spent(self) -> dict[str, tuple[int, int]]:
        """Requests and tokens by host, as spent by this process; known beyond the end of the engine."""
        if self.engine is not None:
            self._spent = {name: (one.requests, one.tokens) for name, one in self.engine.spent().items()}
        return self._spent

    def stop(self, *, hurry: bool = False, failed: bool = False) -> list[str]:
        """End the engine and what was started for it; `failed` tests are worth logs. Gives lines for the user."""
        if self._progress:
            self._progress.clear()
        if self.engine is not None:
            self.engine.stop(hurry=hurry)
            self.spent()
            self.engine = None
        up, self._up = self._up, None
        return up.down(failed=failed) if up is not None else []


def host_of(item: pytest.Item, hosts: dict[str, Host]) -> Host | None:
    """The host that a test runs on; None where it asks for none."""
    callspec = getattr(item, "callspec", None)
    name = callspec.params.get("ops_host") if callspec is not None else None
    return hosts.get(name) if isinstance(name, str) else None


def make_session(config: pytest.Config) -> OpsSession:
    """A session of the selected hosts, with their secrets known to the redactor.

    Raises:
        UserError: an option, the host file, a system pack or a host's name cannot be used.
    """
    settings = settings_of(config)
    hosts = select(settings.host, config.stash[INVENTORY], system=settings.system)
    if settings.fail_on_legacy:
        hosts = [host.expecting("legacy", gate=True) for host in hosts]
    redactor = redactor_of(config)
    try:
        for host in hosts:
            for secret in host.secrets.values():
                redactor.register(secret)
    except ValueError as error:
        raise InventoryError(str(error)) from None
    worker = worker_of(config)
    run_id = worker.run_id if worker else run_id_of(config)
    return OpsSession(config, settings, {host.name: host for host in hosts}, run_id, worker)


def active(config: pytest.Config) -> OpsSession | None:
    """The run's session where there is one."""
    return config.stash.get(SESSION, None)
