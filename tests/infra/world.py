"""Every server that the rows name: real ones, some of them in bad states on purpose, and stand-ins."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pymongo
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from service.logs import FileLog
from service.running import EmbeddedService
from tests.infra.files import write_files
from tests.infra.row import KEY, SECRETS
from tests.infra.signal_rows import BROKEN_RULES, GOOD_RULES
from tests.infra.webs import WEBS
from tests.parts.alertmanager import Alertmanager, receiver
from tests.parts.litellm import LiteLLM, ModelRoute
from tests.parts.loki import Loki
from tests.parts.mongo import Mongo
from tests.parts.ollama import Ollama
from tests.parts.postgres import Postgres
from tests.parts.prometheus import Prometheus, ScrapeJob
from tests.parts.redis import Redis
from tests.parts.webhook import Webhook
from tests.standins.app import StandInApp
from tests.standins.mongo_wire import StandInMongo
from tests.standins.qdrant import Ills, Made, StandInQdrant
from tests.standins.resp import StandInRedis
from tests.standins.shipper import StandInShipper
from tests.standins.web import StandInWeb

INDEX: Final = ("status", "created_at")
SIZE: Final = 64  # dimensions that the tiny model makes
_AT_ONCE: Final = 4  # servers that start at the same time
_PATIENCE: Final = 60.0
_HOOK: Final = "http://127.0.0.1:9/hook"  # nobody has to hear of it
_MASTER: Final = f"sk-{KEY}"
_COLLECTIONS: Final = {
    "docs": Made(SIZE, indexes=("tenant",)),
    "empty": Made(SIZE, points=0, indexes=("tenant",)),
    "broken": Made(SIZE, indexes=("tenant",), status="red"),
    "wide": Made(384),
    "dotted": Made(SIZE, "Dot"),
}
_ALIASES: Final = {"live": "docs", "old": "empty", "lost": "dropped"}
_ILLS: Final = {
    "qdrant": Ills(),
    "qdrant_full": Ills(full=True),
    "qdrant_forgets": Ills(forgets=True),
    "qdrant_blind": Ills(blind=True),
    "qdrant_keeps": Ills(keeps=True),
}


class World:
    """All of it, from entering the context to leaving it; `places` are the addresses by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: dict[str, Any] = {}
        self._stack = self._running = ExitStack()
        self.places: dict[str, str] = {}

    def __enter__(self) -> World:
        """Start everything, several at a time."""
        with ExitStack() as stack:
            self._stack = stack
            self._sockets(stack)
            self.places |= write_files(self._folder)
            self._exporters(stack)
            self._service(stack)
            self._vectors(stack)
            for name, answers in WEBS.items():
                self.places[name] = stack.enter_context(StandInWeb(answers)).url
            self._stores(stack)
            self._models()
            self._signals(stack.enter_context(Webhook()).url)
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                for started in [pool.submit(self._start, name) for name in self._servers]:
                    started.result()
                tasks = (self._postgres, self._redis, self._mongo, self._ollama, self._scraped, self._silence)
                for prepared in [pool.submit(task) for task in tasks]:
                    prepared.result()
            for name in ("redis_paused", "mongo_paused", "postgres_paused"):
                self._servers[name].process.signal(signal.SIGSTOP)
            shipper = StandInShipper(Path(self.places["service_log"]), self.places["loki"], "agent")
            stack.enter_context(shipper)
            self._running = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self._running.close()

    def _start(self, name: str) -> None:
        server = self._servers[name]
        self._stack.callback(server.close if hasattr(server, "close") else server.stop)
        server.start()

    def _add(self, name: str, server: Any) -> Any:  # noqa: ANN401 - any of the parts
        self._servers[name] = server
        self.places[name] = server.url
        return server

    def _sockets(self, stack: ExitStack) -> None:
        """An address that refuses, and one that takes connections and never answers."""
        closed = stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))
        mute = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        for name, sock in (("closed", closed), ("mute", mute)):
            self.places[name] = f"127.0.0.1:{sock.getsockname()[1]}"

    def _exporters(self, stack: ExitStack) -> None:
        """A worker's metrics, as the client library serves them; a silent exporter; one of a service that is sick."""
        made, sick = CollectorRegistry(), CollectorRegistry()
        Counter("tasks", "Tasks.", ["status"], registry=made).labels("success").inc(3)
        Counter("errors", "Errors.", ["error_type"], registry=made).labels("timeout").inc()
        Counter("messages", "Messages.", ["status"], registry=made).labels("ok").inc()
        Gauge("queue_depth", "Depth.", ["task_type"], registry=made).labels("review").set(1)
        Histogram("task_seconds", "Seconds.", buckets=(0.5, 5, 120), registry=made).observe(1)
        Gauge("status_ready", "Ready.", ["service"], registry=made).labels("agent").set(1)
        Gauge("status_ready", "Ready.", ["service"], registry=sick).labels("sick").set(0)
        self._jobs = {}
        for name, registry in (("worker", made), ("quiet", CollectorRegistry()), ("sick", sick)):
            server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            self._jobs[name] = ScrapeJob(name, [f"127.0.0.1:{server.server_port}"])

    def _service(self, stack: ExitStack) -> None:
        """The reference service with a log file, and one that tells little."""
        logs = {name: self._folder / f"{name}.log" for name in ("service", "app")}
        log = FileLog(logs["service"])
        stack.callback(log.close)
        service = stack.enter_context(EmbeddedService(log=log))
        self._jobs["agent"] = ScrapeJob("agent", [service.agent_url.removeprefix("http://")])
        app = stack.enter_context(StandInApp(logs["app"]))
        self.places |= {"service": service.agent_url, "service_log": str(logs["service"])}
        self.places |= {"app": app.url, "app_log": str(logs["app"])}

    def _vectors(self, stack: ExitStack) -> None:
        """Qdrant's engine behind its REST API, well and ill."""
        few = {"docs": _COLLECTIONS["docs"]}
        for name, ills in _ILLS.items():
            held, aliases = (few, {"live": "docs"}) if name != "qdrant" else (_COLLECTIONS, _ALIASES)
            self._vector_store(stack, StandInQdrant(self._folder / name, held, aliases, ills), name)
        locked = StandInQdrant(self._folder / "locked", few, {"live": "docs"}, key=SECRETS["qdrant_api_key"])
        self._vector_store(stack, locked, "qdrant_locked")

    def _vector_store(self, stack: ExitStack, server: StandInQdrant, name: str) -> None:
        self.places[name] = stack.enter_context(server).url

    def _stores(self, stack: ExitStack) -> None:
        folder = self._folder
        self._add("redis", Redis(folder / "redis", password=KEY))
        self._add("redis_full", Redis(folder / "full", password=KEY, maxmemory="400kb"))
        self._add("redis_unsaved", Redis(folder / "unsaved", password=KEY))
        replica = {"replicaof": self.places["closed"].replace(":", " ")}
        self._add("redis_replica", Redis(folder / "replica", password=KEY, settings=replica))
        self._add("redis_paused", Redis(folder / "redis-paused", password=KEY))
        self._add("mongo", Mongo(folder / "mongo", password=KEY))
        self._add("mongo_paused", Mongo(folder / "mongo-paused", password=KEY))
        self._add("postgres", Postgres(folder / "postgres", password=KEY)).database = "ops"
        self._add("postgres_paused", Postgres(folder / "postgres-paused", password=KEY))
        self.places["postgres"] = self.places["postgres"].removesuffix("/ops")
        self.places["redis_forgets"] = stack.enter_context(StandInRedis()).url
        indexes = [INDEX]
        self.places["mongo_secondary"] = stack.enter_context(StandInMongo(primary=False, indexes=indexes)).url
        self.places["mongo_careless"] = stack.enter_context(StandInMongo(acknowledged=0, indexes=indexes)).url

    def _models(self) -> None:
        ollama = self._add("ollama", Ollama(self._folder / "ollama"))
        self._add("ollama_empty", Ollama(self._folder / "ollama-empty"))
        base = f"{ollama.url}/v1"
        routes = [
            ModelRoute("tiny", base),
            ModelRoute("retired", base, upstream="gone"),
            ModelRoute("dead", f"http://{self.places['closed']}/v1"),
            ModelRoute("busy", base, settings={"mock_response": "litellm.RateLimitError"}),
        ]
        self._add("litellm", LiteLLM(self._folder / "litellm", routes, master_key=_MASTER))
        self._add("litellm_open", LiteLLM(self._folder / "litellm-open", routes[:1], master_key=""))

    def _signals(self, webhook: str) -> None:
        inhibited = {
            "inhibit_rules": [{"source_matchers": ['alertname="Root"'], "target_matchers": ['opscheck!=""']}],
            **receiver(webhook),
        }
        self._add("alertmanager", Alertmanager(self._folder / "alertmanager", webhook=webhook))
        self._add("alertmanager_dead", Alertmanager(self._folder / "alertmanager-dead", webhook=_HOOK))
        self._add("alertmanager_mute", Alertmanager(self._folder / "alertmanager-mute"))
        self._add("alertmanager_silenced", Alertmanager(self._folder / "alertmanager-silenced", webhook=webhook))
        self._add("alertmanager_inhibiting", Alertmanager(self._folder / "alertmanager-inhibiting", config=inhibited))
        self._add("loki", Loki(self._folder / "loki"))
        self._add("loki_forever", Loki(self._folder / "loki-forever", retention=""))
        gone = ScrapeJob("bot", [self.places["closed"]])
        self._prometheus("prometheus", jobs=[self._jobs["agent"]])
        self._prometheus("prometheus_target_down", jobs=[gone])
        self._prometheus("prometheus_silent", jobs=[self._jobs["quiet"], self._jobs["sick"]])
        self._add("prometheus_idle", _Idle(self._folder / "idle", rules=self._servers["prometheus"].rules))
        for name, query in BROKEN_RULES.items():
            self._prometheus(f"prometheus_{name}", more={"Broken": query})

    def _prometheus(self, name: str, *, jobs: Sequence[ScrapeJob] = (), more: dict[str, str] | None = None) -> None:
        folder = self._folder / name
        folder.mkdir()
        rules = [{"alert": alert, "expr": query} for alert, query in {**GOOD_RULES, **(more or {})}.items()]
        file = folder / "rules.yml"
        file.write_text(json.dumps({"groups": [{"name": "ops", "rules": rules}]}))
        self._add(name, Prometheus(folder, jobs=[self._jobs["worker"], *jobs], rules=[file], interval="2s"))

    def _silence(self) -> None:
        """One Alertmanager is told to be silent, another knows of what inhibits the rest."""
        silenced, inhibiting = self._servers["alertmanager_silenced"], self._servers["alertmanager_inhibiting"]
        matcher = {"name": "opscheck", "value": ".+", "isRegex": True, "isEqual": True}
        times = {"startsAt": "2020-01-01T00:00:00Z", "endsAt": "2999-01-01T00:00:00Z"}
        body = {"matchers": [matcher], **times, "createdBy": "ops", "comment": "a test"}
        httpx.post(f"{silenced.url}/api/v2/silences", json=body, trust_env=False).raise_for_status()
        inhibiting.fire("Root")

    def _redis(self) -> None:
        """One cannot save, for a folder stands where its file belongs; one takes minutes to load what it has."""
        unsaved = self._servers["redis_unsaved"]
        (unsaved.folder / "dump.rdb" / "x").mkdir(parents=True)
        unsaved.ask("BGSAVE")
        _until(lambda: "rdb_last_bgsave_status:err" in unsaved.ask("INFO", "persistence"))
        folder = self._folder / "loading"
        with Redis(folder, settings={"rdbcompression": "no"}) as filled:
            filled.ask("EVAL", "for i=1,2000 do redis.call('set', 'k'..i, string.rep('x', 1000)) end", "0")
            filled.ask("SAVE")
        slowly = {"key-load-delay": "100000", "loading-process-events-interval-bytes": "1024"}
        self._add("redis_loading", Redis(folder, password=KEY, settings=slowly))
        self._start("redis_loading")

    def _mongo(self) -> None:
        server = self._servers["mongo"]
        login = {"username": server.user, "password": server.password, "authSource": "admin"}
        with pymongo.MongoClient[dict[str, Any]](server.url, directConnection=True, **login) as client:
            client["shop"]["orders"].create_index([(field, 1) for field in INDEX])

    def _postgres(self) -> None:
        """Databases whose schema is current, behind or not there; one is frozen, one lets a clerk read alone."""
        server = self._servers["postgres"]
        for name in ("behind", "bare", "frozen", "strict"):
            server.ask(f"create database {name}")
        for name, head in (("ops", "b2"), ("frozen", "b2"), ("strict", "b2"), ("behind", "a1")):
            table = f"create table alembic_version as select '{head}'::text as version_num"
            server.ask(f"{table}; grant select on alembic_version to public", database=name)
        server.ask(f"create role clerk login password '{KEY}'")
        server.ask("revoke temporary on database strict from public")
        server.ask("alter database frozen set default_transaction_read_only = on")

    def _ollama(self) -> None:
        """One model that is loaded, and one that is not."""
        server = self._servers["ollama"]
        server.create_tiny()
        server.create_tiny("cold")
        asked = {"model": "tiny", "prompt": "ok", "stream": False}
        httpx.post(f"{server.url}/api/generate", json=asked, trust_env=False, timeout=60).raise_for_status()

    def _scraped(self) -> None:
        """Every Prometheus has looked at its targets, and has the worker's series."""
        for server in list(self._servers.values()):
            if isinstance(server, Prometheus) and not isinstance(server, _Idle):
                _until(lambda server=server: "unknown" not in _healths(server) and server.query("tasks_total"))  # type: ignore[misc] # bound at once


class _Idle(Prometheus):
    """Has rules, and nothing to scrape."""

    def prepare(self) -> None:
        """Leave the jobs out of the configuration."""
        super().prepare()
        config = self.folder / "prometheus.yml"
        config.write_text(json.dumps({**json.loads(config.read_text()), "scrape_configs": []}))


def _healths(server: Prometheus) -> Iterator[str]:
    answer = httpx.get(f"{server.url}/api/v1/targets", trust_env=False).json()
    return (target["health"] for target in answer["data"]["activeTargets"])


def _until(so: Callable[[], object]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not so():
        if time.monotonic() > ends:
            raise TimeoutError("a server of the world is not as it should be")
        time.sleep(0.1)
