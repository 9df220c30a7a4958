"""The embedded host: the reference service, in this process or once for all workers of a machine."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from opscheck.bundled import folder, service_package
from opscheck.hosts.placing import placed, root_cause
from opscheck.inventory import EMBEDDED_ORIGIN
from opscheck.model import Host, Kind, Unmeasured
from opscheck.processes import alive

INSTALL: Final = "pip install 'opscheck[service]'"
_STATE: Final = "embedded.json"
_START: Final = 20.0  # seconds
_PAGE: Final = "/news.html"
_LOG: Final = "service.log"
_WATCH: Final = 0.5  # seconds between two looks at whether the controller still lives


@dataclass(slots=True)
class Embedded:
    """The service and a page for its fetcher, on ephemeral loopback ports, with state in a folder that goes again.

    Its log lies in that folder, too.
    """

    service: Any
    pages: ThreadingHTTPServer
    state: tempfile.TemporaryDirectory[str]
    log: Any

    @property
    def addresses(self) -> dict[str, str]:
        """agent, webfetch and page as URLs, log as a path."""
        page = f"http://127.0.0.1:{self.pages.server_address[1]}{_PAGE}"
        log = str(Path(self.state.name) / _LOG)
        return {"agent": self.service.agent_url, "webfetch": self.service.webfetch_url, "page": page, "log": log}

    def stop(self) -> None:
        """End both and remove the state."""
        self.service.stop()
        self.log.close()
        self.pages.shutdown()
        self.pages.server_close()
        self.state.cleanup()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """A page that a check fetches is no news for the terminal."""


def launch() -> Embedded:
    """Start the service in this process.

    Raises:
        ImportError: the extra `service` is not installed.
    """
    package = service_package()
    running = importlib.import_module(f"{package}.running")
    settings = importlib.import_module(f"{package}.settings")
    logs = importlib.import_module(f"{package}.logs")
    pages = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder("fixtures") / "sites")))
    threading.Thread(target=pages.serve_forever, name="opscheck-pages", daemon=True).start()
    state = tempfile.TemporaryDirectory(prefix="opscheck-state-")
    chosen = settings.Settings(
        # Whatever the environment says of a service that somebody runs is not meant for this one.
        _env_prefix="OPSCHECK_EMBEDDED_",
        legacy_status="on",
        docs_enabled=True,
        state_dir=Path(state.name),
        provider="embedded",
        webfetch_allow=f"127.0.0.1:{pages.server_address[1]}",
        allowed_origins=EMBEDDED_ORIGIN,
    )
    log = logs.FileLog(Path(state.name) / _LOG)
    try:
        return Embedded(running.EmbeddedService(chosen, log=log).start(), pages, state, log)
    except BaseException:
        log.close()
        raise


def start(host: Host, shared: Path | None) -> tuple[Host, Callable[[bool], str]] | Unmeasured:
    """The host with its real addresses and how to end it, or the root cause why it did not come up."""
    try:
        if shared is not None:
            return placed(host, _shared(shared)), lambda _: ""
        embedded = launch()
    except ImportError as error:
        detail = f"the reference service needs {error.name or 'more packages'}, which is not installed"
        return root_cause(host, Kind.TOOL_MISSING, detail, f"{INSTALL} brings it")
    except Exception as error:  # noqa: BLE001 - whatever keeps the service from starting is this host's root cause
        return root_cause(host, Kind.REFUSED, f"the reference service did not start: {error}", "opscheck serve")

    def end(_: bool) -> str:
        embedded.stop()
        return ""

    return placed(host, embedded.addresses), end


def _shared(place: Path) -> dict[str, str]:
    """The addresses of the one service that all workers of this machine share; the first one starts it."""
    state = place / _STATE
    try:
        (place / "embedded.claim").touch(exist_ok=False)
    except FileExistsError:
        return _addresses(state)
    command = [sys.executable, "-m", "opscheck.hosts.embedded", str(place), str(os.getppid())]
    with (place / "embedded.log").open("wb") as log:
        # It outlives the worker that started it, and ends with the controller.
        subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, check=True)  # noqa: S603
    return _addresses(state)


def _addresses(state: Path) -> dict[str, str]:
    end = time.monotonic() + _START
    while time.monotonic() < end:
        if state.is_file():
            told: dict[str, Any] = json.loads(state.read_text())
            if "missing" in told:
                raise ImportError(told["missing"], name=told["missing"])
            return {name: told[name] for name in ("agent", "webfetch", "page", "log")}
        time.sleep(0.02)
    log = (state.parent / "embedded.log").read_text("utf-8", "replace").strip().splitlines()
    raise TimeoutError(f"no sign of it within {_START:g} s{': ' + log[-1] if log else ''}")


def end_shared_service(place: Path) -> None:
    """Controller: end the service that the workers shared, where there is one."""
    state = place / _STATE
    if not state.is_file():
        return
    pid = json.loads(state.read_text()).get("pid", 0)
    if not pid:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 5
    while Path(f"/proc/{pid}/cmdline").exists() and time.monotonic() < end:
        time.sleep(0.02)


def main(place: Path, controller: int) -> None:
    """Serve for the workers of a run until told to stop, or until the controller is gone."""
    if os.fork():
        return  # whoever started it need not wait for it
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        embedded = launch()
    except ImportError as error:
        _tell(place, {"missing": error.name or "more packages"})
        return
    _tell(place, {"pid": os.getpid(), **embedded.addresses})
    while not ended.wait(_WATCH) and place.is_dir() and alive(controller):
        pass
    embedded.stop()


def _tell(place: Path, facts: dict[str, Any]) -> None:
    part = place / f"{_STATE}.part"
    part.write_text(json.dumps(facts))
    part.replace(place / _STATE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
