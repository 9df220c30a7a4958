"""From nothing to ready: the engine, the image, the containers, the edge, the model; and the exit code that tells."""

from __future__ import annotations

import time
from dataclasses import dataclass

from .compose import Compose
from .docker import Container, Docker
from .environment import Stack
from .image import ensure_image, have_image
from .outcome import Exit
from .progress import Progress, Step
from .readiness import Told, ask_summary, why_edge_is_down

_LOOK_S = 0.5
_STARTS = 3
_STOOD = ("created", "exited", "dead", "paused")  # states that `up` brings a container out of
_DOWN_PATIENCE_S = 30.0  # a language model that cannot be reached at all for so long will not come by waiting


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to bring the stack up. `build` is None where only a change calls for it."""

    wait: bool
    deadline_s: float
    build: bool | None = None


class BringUp:
    """Brings a stack up. Doing it again changes nothing that is as it should be."""

    def __init__(self, stack: Stack, docker: Docker, compose: Compose, progress: Progress) -> None:
        self._stack = stack
        self._docker = docker
        self._compose = compose
        self._progress = progress

    def run(self, wishes: Wishes) -> Exit:
        """Do it; with `wait` until ready or until the deadline.

        Raises:
            StackError: the engine or Compose refused.
        """
        ends = time.monotonic() + wishes.deadline_s
        self._docker.require()
        self._compose.find()
        with self._progress.during(f"image {self._stack.image}"):
            if wishes.build or (wishes.build is None and self._stack.builds_image):
                ensure_image(self._stack, self._docker, self._progress.say, force=bool(wishes.build))
            else:
                have_image(self._stack, self._docker)
        before = self._containers()
        self._thaw()
        with self._progress.during(f"containers of {self._stack.project}"):
            self._compose.up()
        self._progress.say(_changes(before, self._containers()))
        return self._wait(ends) if wishes.wait else Exit.OK

    def _wait(self, ends: float) -> Exit:
        with self._progress.during("waiting for the edge") as step:
            problem = self._wait_for_edge(ends, step)
        if problem:
            self._progress.say(f"the edge does not answer: {problem}")
            return Exit.EDGE_DOWN
        with self._progress.during("waiting for readiness") as step:
            told = self._wait_for_ready(ends, step)
        self._progress.say(told.line())
        return told.exit_code()

    def _wait_for_edge(self, ends: float, step: Step) -> str:
        while True:
            problem = why_edge_is_down(self._stack)
            if not problem:
                return ""
            lost = [one for one in self._containers() if one.service == "edge" and _is_lost(one)]
            if lost:
                return f"{problem}; its container ends with {lost[0].exit_code} whenever it starts: see logs edge"
            if time.monotonic() > ends:
                return problem
            step.detail = problem
            time.sleep(_LOOK_S)

    def _wait_for_ready(self, ends: float, step: Step) -> Told:
        down_since: float | None = None
        while True:
            told = ask_summary(self._stack)
            now = time.monotonic()
            down_since = (down_since if down_since is not None else now) if told.path == "down" else None
            lost = down_since is not None and now - down_since > _DOWN_PATIENCE_S
            if told.ready or lost or now > ends:
                return told
            step.detail = told.line()
            time.sleep(_LOOK_S)

    def _thaw(self) -> None:
        """Let containers go on that somebody has paused: Compose would call them up and leave them so."""
        for one in self._containers():
            if one.state == "paused":
                self._docker.ask("unpause", one.id)
                self._progress.say(f"{one.service} was paused and goes on")

    def _containers(self) -> list[Container]:
        return self._docker.containers(self._stack.project)


def _is_lost(container: Container) -> bool:
    """Tell whether waiting is of no use: it has ended for good, or ends again after every start."""
    again = container.restarts >= _STARTS and container.state != "running"
    return container.state in ("exited", "dead") or again


def _changes(before: list[Container], after: list[Container]) -> str:
    stood = {one.id: one.state in _STOOD for one in before}
    made = sorted(one.service for one in after if one.id not in stood)
    started = sorted(one.service for one in after if stood.get(one.id) and one.state not in _STOOD)
    gone = len(set(stood) - {one.id for one in after})
    told = [f"{what}: {', '.join(names)}" for what, names in (("new", made), ("started", started)) if names]
    told += [f"removed: {gone}"] if gone else []
    return "; ".join(told) or f"nothing had to change: {len(after)} containers are as they should be"
