"""What the real servers have in common: a folder, a process, a beginning and an end."""

from pathlib import Path
from types import TracebackType
from typing import Self

from tests.parts.process import RunningProcess

MADE_UP = "made-up"  # the password of whoever was given none


class Server:
    """A real server on free ports of 127.0.0.1 that keeps what it has in `folder`; its logs stay there.

    The constructor skips the test where the program is absent. Use it as a context manager, or `start`, `stop` for
    an outage, `start` again with the same port and data, and `close` at the end.
    """

    process: RunningProcess

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def prepare(self) -> None:
        """Write what the program reads when it starts, if it reads anything; called before each start."""

    def start(self) -> Self:
        """Start the program; return once it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.prepare()
        self.process.start()
        return self

    def stop(self) -> None:
        """Stop the program with all it started."""
        self.process.stop()

    def close(self) -> None:
        """Stop, for good."""
        self.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
