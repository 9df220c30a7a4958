"""`python -m opscheck.hosts.keeper FOLDER`: the process that starts a run's containers and ends them with the run.

A process of its own, because it outlives whoever started it: all workers of a run share it, and it cleans up behind a
run that was killed. What is to be started stands in FOLDER, and there it tells what came of it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from opscheck.hosts.container_images import ImageMissing, have_images, one_at_a_time
from opscheck.hosts.fleet import Fleet, NotReady, client_of, kept_sets, remove, sweep
from opscheck.hosts.ownership import KEPT, OWNER, PLACE, SET, owner, place
from opscheck.hosts.parts import Part, fingerprint, parts_of
from opscheck.hosts.reaper import Reaping
from opscheck.hosts.usage import forget, in_use, use
from opscheck.processes import alive

if TYPE_CHECKING:
    import docker  # type: ignore[import-untyped] # ships no types

ASKED: Final = "containers.asked"
STATE: Final = "containers.json"
PID: Final = "containers.pid"
DOING: Final = "containers.doing"
FAILED: Final = "containers.failed"  # whoever ends the run makes it where tests failed: logs are kept then
LOGS: Final = "containers.logs"
OUTPUT: Final = "containers.log"
SERVICE_LOG: Final = "service.log"
_WATCH: Final = 0.5  # seconds between two looks at whether the run still lives
_SOON: Final = 10.0  # seconds in which containers that run already are ready


class Keeper:
    """One run's containers, from the request in `folder` to the end of the run."""

    def __init__(self, folder: Path, asked: Mapping[str, Any]) -> None:
        self._folder = folder
        self._asked = asked
        self._fleet: Fleet | None = None
        self._own = True  # what runs was started here, and is not a kept set that others may be using, too
        self._using: IO[bytes] | None = None

    def run(self) -> None:
        """Start, tell, wait for the end, clean up; with `keep` what came up stays."""
        kept = False
        try:
            self._tell(self._start())
            kept = bool(self._asked["keep"])
            while True:
                signal.pause()
        except _Ended:
            pass
        except Exception as error:  # noqa: BLE001 - whatever keeps the host from coming up is told as its root cause
            self._tell(self._failure(error))
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if self._fleet is not None and (self._folder / FAILED).exists():
                (self._folder / LOGS).write_text(self._keep_logs())
            if self._fleet is not None and not kept and self._own:
                self._fleet.remove()
                forget(self._fleet.set_id)
            if self._using is not None:
                self._using.close()

    def say(self, doing: str) -> None:
        """Let whoever waits know what for."""
        (self._folder / DOING).write_text(doing)

    def _start(self) -> dict[str, Any]:
        client = client_of(self._asked["engine"])
        keep = bool(self._asked["keep"])
        reaping = Reaping(client, wanted=not keep)
        sweep(client)
        parts = parts_of(self._asked["images"], self._asked["model"])
        ids = have_images(client, [part.image for part in parts], self.say)
        self.say("starting containers")
        if keep:
            with one_at_a_time("containers"):
                return self._followed(self._kept(client, parts, fingerprint(parts, ids)))
        if kept_sets(client, [KEPT, self._here()]):  # nobody says any more that they are to be kept
            with one_at_a_time("containers"):
                for set_id in kept_sets(client, [KEPT, self._here()]):
                    _take_away(client, set_id)
        reaping.settle()
        return self._followed(self._fresh(client, parts, {OWNER: owner(), PLACE: self._here().partition("=")[2]}))

    def _followed(self, told: dict[str, Any]) -> dict[str, Any]:
        """The service's log as a file, for whoever looks for a line in it."""
        assert self._fleet is not None  # noqa: S101 - it runs
        self._fleet.follow("agent", self._folder / SERVICE_LOG)
        return {**told, "log": str(self._folder / SERVICE_LOG)}

    def _kept(self, client: docker.DockerClient, parts: Sequence[Part], wanted: str) -> dict[str, Any]:
        for set_id, found in kept_sets(client, [KEPT, self._here()]).items():
            if found == wanted:
                self._using = use(set_id)
                fleet = Fleet(client, parts, set_id)
                try:
                    told = {**fleet.wait(_SOON), "reused": True}
                except NotReady:
                    self._using.close()  # somebody has stopped a part of it
                else:
                    self._own = False
                    self._fleet = fleet
                    return told
            _take_away(client, set_id)
        return self._fresh(client, parts, {KEPT: wanted, PLACE: self._here().partition("=")[2]})

    def _here(self) -> str:
        return f"{PLACE}={place(Path(self._asked['place']))}"

    def _fresh(self, client: docker.DockerClient, parts: Sequence[Part], labels: Mapping[str, str]) -> dict[str, Any]:
        self._fleet = Fleet(client, parts)
        if KEPT in labels:
            self._using = use(self._fleet.set_id)
        self._fleet.start(labels)
        self.say("waiting until they are ready")
        addresses = self._fleet.wait()
        if self._asked["model"] and "ollama" in addresses:
            self._have_model(self._asked["model"])
        return {**addresses, "reused": False}

    def _have_model(self, model: str) -> None:
        """Ollama's own image comes without models."""
        assert self._fleet is not None  # noqa: S101 - it has just been started
        ollama = next(one for one in self._fleet.containers() if one.name.endswith("-ollama"))
        if ollama.exec_run(["ollama", "show", model]).exit_code == 0:
            return
        self.say(f"Ollama pulls {model}")
        pulled = ollama.exec_run(["ollama", "pull", model])
        if pulled.exit_code != 0:
            told = " ".join(pulled.output.decode("utf-8", "replace").split())[-200:]
            remedy = "name an image that has the model, or a model that can be pulled"
            raise ImageMissing(f"model {model} is not in the image and cannot be pulled: {told}", remedy)

    def _failure(self, error: Exception) -> dict[str, Any]:
        told = {"failed": " ".join(str(error).split())[:600] or type(error).__name__, "remedy": ""}
        if isinstance(error, ImportError):
            told["missing"] = error.name or "more packages"
        if isinstance(error, ImageMissing):
            told["remedy"] = error.remedy
        if self._fleet is not None:
            told["logs"] = self._keep_logs()
        return told

    def _keep_logs(self) -> str:
        assert self._fleet is not None  # noqa: S101 - without containers nobody asks
        handle, path = tempfile.mkstemp(prefix="opscheck-containers-", suffix=".log")
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a handle
            try:
                file.writelines(self._fleet.logs())
            except Exception as error:  # noqa: BLE001 - an engine that has gone must not keep the rest from being told
                file.write(f"\nno more logs: {error}\n")
        return path

    def _tell(self, facts: Mapping[str, Any]) -> None:
        part = self._folder / f"{STATE}.part"
        part.write_text(json.dumps({"pid": os.getpid(), **facts}))
        part.replace(self._folder / STATE)


def _take_away(client: docker.DockerClient, set_id: str) -> None:
    """Remove a kept set, unless another run is using it: then the next one does."""
    if not in_use(set_id):
        remove(client, f"{SET}={set_id}")
        forget(set_id)


class _Ended(BaseException):
    """The run is over, or gone."""


def main(folder: Path) -> None:
    """Keep the containers of the run that is described in `folder`, in a process of its own."""
    if os.fork():
        return  # whoever started it need not wait for it
    (folder / PID).write_text(str(os.getpid()))
    asked = json.loads((folder / ASKED).read_text())
    signal.signal(signal.SIGTERM, _ended)
    threading.Thread(target=_watch, args=(folder, asked["run"]), daemon=True).start()
    Keeper(folder, asked).run()
    if not alive(asked["run"]):
        shutil.rmtree(folder, ignore_errors=True)


def _ended(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Ended


def _watch(folder: Path, run: int) -> None:
    """A run that was killed says nothing; its number may be given to another process, its folder not."""
    while folder.is_dir() and alive(run):
        time.sleep(_WATCH)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
