"""Backup and restore of a running stack, whose state lies in a volume that a container of its image can reach."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from ..asking import NoAnswer, ask
from ..compose import Compose
from ..docker import Container, Docker, refusal
from ..environment import Stack
from ..outcome import StackError
from ..programs import Done, run
from ..progress import Progress
from .freeze import standing_still
from .held import run_holding
from .inside import HELD, STATE_DIR, UNSETTLED
from .manifest import Manifest, read_manifest
from .restore import checked
from .shipping import receive, send
from .stores import Copied
from .take import STATE, More, make_backup

AGENT = "agent"
VOLUME = "state"
HELPER_LABEL = "opscheck.stack.helper"
_PACKAGE = "service.stack"
_MOUNTED_AT = "/state"
_COPY_S = 3600.0
_BACK_S = 60.0
_REFUSED_S = 10.0
_LOOK_S = 0.3


class StackState:
    """The state of a stack, wherever its engine keeps it."""

    def __init__(self, stack: Stack, docker: Docker, compose: Compose, progress: Progress) -> None:
        self._stack = stack
        self._docker = docker
        self._compose = compose
        self._progress = progress

    def back_up(self, output: Path, more: More | None) -> Manifest:
        """Take a backup while the stack goes on. Only when it writes without a pause it stands still for the copy."""

        def fill(partial: Path) -> Copied:
            arrived = partial / "arrived"
            arrived.mkdir()
            with tempfile.TemporaryFile(dir=partial) as stream:
                self._ship(stream)
                stream.seek(0)
                receive(stream, arrived)
            manifest = read_manifest(arrived)
            (arrived / STATE).rename(partial / STATE)
            for rest in arrived.iterdir():
                rest.unlink()
            arrived.rmdir()
            return Copied(manifest.stores, {path: digest for path, (_, digest) in manifest.files.items()})

        return make_backup(output, fill, more=more)

    def restore(self, folder: Path) -> None:
        """Put a backup in the place of the state. Where the agent does not accept it, the old state is put back.

        Raises:
            StackError: the state is as it was.
        """
        checked(folder)
        running = [one for one in self._agents() if one.state in ("running", "paused", "restarting")]
        if running:
            self._compose.stop(AGENT)
        try:
            old = self._put(folder)
            problem = self._start_again() if running else ""
            if problem:
                self._compose.stop(AGENT)
                self.run("undo", old)
                raise StackError(f"the agent did not accept the restored state ({problem}); the old one is back")
            self.run("discard", old)
        finally:
            if running:
                self._compose.start(AGENT)

    def run(self, *words: str, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None) -> Done:
        """Run a command of this package in a container that has the volume, and nothing else of the world.

        Raises:
            StackError: it failed; the message is the command's own.
        """
        done = self._helper(("inside", *words), stdin, stdout)
        if done.code != 0:
            raise StackError(done.last_words(1))
        return done

    def run_on_state(self, words: Sequence[str]) -> Done:
        """Run one of the operator's commands on the state folder, while the agent is stopped."""
        running = [one for one in self._agents() if one.state == "running"]
        if running:
            self._compose.stop(AGENT)
        try:
            return self._helper((*words, "--state-dir", str(STATE_DIR)), None, None)
        finally:
            if running:
                self._compose.start(AGENT)

    def _ship(self, stream: IO[bytes]) -> None:
        done = self._helper(("inside", "ship"), None, stream)
        if done.code == UNSETTLED:
            self._progress.say("the state is written without a pause: the agent stands still for the copy")
            stream.seek(0)
            stream.truncate()
            running = [one.id for one in self._agents() if one.state == "running"]
            command = self._helper_command(("inside", "ship", HELD))
            done = run_holding(command, self._docker.env, stream, standing_still(self._docker, running))
        if done.code != 0:
            raise StackError(f"the state could not be copied: {done.last_words(1)}")

    def _put(self, folder: Path) -> str:
        with tempfile.TemporaryFile() as stream:
            send(folder, stream)
            stream.seek(0)
            return self.run("put", stdin=stream).out.strip()

    def _start_again(self) -> str:
        self._compose.start(AGENT)
        url = f"{self._stack.url('AGENT_PORT')}/ready"
        problem, ends = "", time.monotonic() + _BACK_S
        with self._progress.during("waiting for the agent to take up the state") as step:
            while time.monotonic() < ends:
                problem, refused = _why_not_taken_up(url)
                if not problem:
                    return ""
                if refused:  # it runs, and its mind will not change for long
                    ends = min(ends, time.monotonic() + _REFUSED_S) if not step.detail else ends
                    step.detail = problem
                time.sleep(_LOOK_S)
        return problem

    def _helper(self, words: Sequence[str], stdin: IO[bytes] | None, stdout: IO[bytes] | None) -> Done:
        command = self._helper_command(words)
        done = run(command, env=self._docker.env, deadline_s=_COPY_S, stdin=stdin, stdout=stdout)
        if done.code == 125:  # the engine itself could not
            raise refusal("docker run", done)
        return done

    def _helper_command(self, words: Sequence[str]) -> list[str]:
        volume = self._docker.volume(self._stack.project, VOLUME)
        if not volume:
            raise StackError(f"{self._stack.project} has no volume {VOLUME}: it was never up, or was removed")
        agents = self._agents()
        return [
            *(self._docker.program, "run", "--rm", "-i", "--network", "none", "--log-driver", "none"),
            *("--label", f"{HELPER_LABEL}={self._stack.project}", "-v", f"{volume}:{_MOUNTED_AT}"),
            *(agents[0].image if agents else self._stack.image, "python", "-m", _PACKAGE, *words),
        ]

    def _agents(self) -> list[Container]:
        return [one for one in self._docker.containers(self._stack.project) if one.service == AGENT]


def _why_not_taken_up(url: str) -> tuple[str, bool]:
    """Say which store the agent cannot use, and whether it is the agent that says so.

    Its language model is another matter.
    """
    try:
        checks = ask("GET", url, timeout_s=3.0).document().get("checks")
    except NoAnswer as error:
        return str(error), False
    if not isinstance(checks, dict):
        return "no readiness document", False
    for name, findings in checks.items():
        for finding in findings if isinstance(findings, list) else []:
            if finding.get("componentType") == "datastore" and finding.get("status") != "pass":
                return f"{name}: {finding.get('output') or finding.get('status')}", True
    return "", False
