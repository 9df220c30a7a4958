"""How a command of the stack ends: its exit code, and the one line that says why."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes. Each tells one thing; `--help` lists them from here."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_ENGINE = 3
    COMPOSE_FAILED = 4
    EDGE_DOWN = 5
    NOT_READY = 6
    LLM_DOWN = 7
    REFUSED = 8


MEANINGS = {
    Exit.OK: "done; after up --wait: ready",
    Exit.FAILED: "the command did not do what was asked",
    Exit.USAGE: "an option, a setting or a name is wrong",
    Exit.NO_ENGINE: "there is no container engine to talk to",
    Exit.COMPOSE_FAILED: "the engine or Compose refused",
    Exit.EDGE_DOWN: "the edge does not answer",
    Exit.NOT_READY: "up, and not ready yet (a model is warming), or a service is not healthy",
    Exit.LLM_DOWN: "up, and without any language model; status: nothing runs",
    Exit.REFUSED: "prune-review: something that was named must not be deleted",
}


class StackError(Exception):
    """A command cannot go on; the message is one line for the operator."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(" ".join(message.split()))
        self.code = code
