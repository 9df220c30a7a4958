"""The whole service inside somebody else's process: one background thread, ephemeral loopback ports."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .app import Vectors, create_app, create_webfetch_app
from .composition.language_models import Provider
from .listeners import Listener, Serving, bind, url_of
from .logs import Log, SilentLog
from .settings import Settings
from .webfetch.resolver import Resolver, system_resolver

if TYPE_CHECKING:
    from .clock import Clock

_HOST = "127.0.0.1"
_GRACE_S = 1
_START_S = 30.0
_STOP_S = 15.0


class EmbeddedService:
    """Agent and page fetcher on loopback, from `start` to `stop`, or as a context manager.

    The process's logging, signals and environment stay as they are. Without `settings` the state lives in a temporary
    folder that is removed at the end; `webfetch_url` is always this service's own page fetcher.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        provider: Provider | None = None,
        vectors: Vectors | None = None,
        resolver: Resolver = system_resolver,
        clock: Clock | None = None,
        log: Log | None = None,
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._vectors = vectors
        self._resolver = resolver
        self._clock = clock
        self._log = log if log is not None else SilentLog()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._thread: threading.Thread | None = None
        self._started: Future[tuple[asyncio.AbstractEventLoop, Serving]] = Future()
        self.agent_url = ""
        self.webfetch_url = ""

    def start(self) -> Self:
        """Start both applications and return when they take requests."""
        if self._thread is not None:
            raise RuntimeError("the service is running already")
        settings = self._settings
        if settings is None:
            self._folder = tempfile.TemporaryDirectory(prefix="agent-state-")
            settings = Settings(state_dir=Path(self._folder.name))
        self._started = Future()
        self._thread = threading.Thread(target=self._run, args=(settings,), name="embedded-service", daemon=True)
        self._thread.start()
        try:
            self._started.result(_START_S)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End what was started and release every socket, file and thread. Stopping twice is harmless."""
        thread, self._thread = self._thread, None
        if thread is not None:
            if self._started.done() and self._started.exception() is None:
                loop, serving = self._started.result()
                loop.call_soon_threadsafe(serving.stop)
            thread.join(_STOP_S)
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _run(self, settings: Settings) -> None:
        try:
            asyncio.run(self._serve(settings))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the start
            if not self._started.done():
                self._started.set_exception(error)

    async def _serve(self, settings: Settings) -> None:
        with bind(_HOST, 0) as agent_socket, bind(_HOST, 0) as webfetch_socket:
            self.agent_url, self.webfetch_url = url_of(agent_socket), url_of(webfetch_socket)
            own = settings.model_copy(update={"webfetch_url": self.webfetch_url})
            agent = create_app(own, provider=self._provider, vectors=self._vectors, clock=self._clock, log=self._log)
            webfetch = create_webfetch_app(own, resolver=self._resolver, clock=self._clock, log=self._log)
            serving = Serving(
                [Listener("agent", agent_socket, agent), Listener("webfetch", webfetch_socket, webfetch)],
                grace_s=_GRACE_S,
            )
            await serving.start()
            self._started.set_result((asyncio.get_running_loop(), serving))
            await serving.wait()
