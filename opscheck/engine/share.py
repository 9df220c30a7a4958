"""Once for all workers: what one process of a run has observed, the others of the same machine read.

A key is claimed by creating its file; whoever creates it does the work and puts the result beside it. A claimant that
dies loses its claim. The folder belongs to one run, is readable by its user alone, and goes when the run ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import os
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from opscheck.processes import alive
from opscheck.redact import Secret

_POLL: Final = (0.002, 0.05)  # seconds: first and longest look for another worker's result


@dataclass(frozen=True, slots=True)
class CannotShare:
    """What was seen cannot be handed to another process."""

    error: str


class Share(Protocol):
    """How the workers of a run avoid doing a thing twice."""

    workers: int
    rank: int

    def claim(self, key: str) -> bool:
        """True for the worker that is to take this; whoever claims has to call `fulfil`."""

    async def fulfil(self, key: str, take: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what take gives
        """Take what was claimed and let the others have it; broken off, the claim is given back."""

    async def once(self, key: str, take: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what take gives
        """The result of `take`, run by exactly one of the workers; waits where that is another one."""

    def first(self, key: str) -> bool:
        """True for exactly one asker."""

    def reserve(self, key: str, amount: int, limit: int) -> bool:
        """Take `amount` of a common budget; False where it does not suffice."""

    def alone(self, *, exclusive: bool) -> contextlib.AbstractAsyncContextManager[None]:
        """The lane: any number of concurrent holders, or one exclusive one."""

    def slot(self, host: str, limit: int) -> contextlib.AbstractAsyncContextManager[None]:
        """One of the places that a host grants to all workers together."""


class Alone:
    """A run in one process: nothing to share."""

    workers = 1
    rank = 0

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._reserved: dict[str, int] = {}

    def claim(self, key: str) -> bool:  # noqa: ARG002 - there is nobody else
        """Always: the engine asks for a key once."""
        return True

    async def fulfil(self, key: str, take: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401, ARG002
        """Just take it."""
        return await take()

    once = fulfil

    def first(self, key: str) -> bool:
        """True the first time."""
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def reserve(self, key: str, amount: int, limit: int) -> bool:
        """Take from the budget."""
        if limit and self._reserved.get(key, 0) + amount > limit:
            return False
        self._reserved[key] = self._reserved.get(key, 0) + amount
        return True

    @contextlib.asynccontextmanager
    async def alone(self, *, exclusive: bool) -> AsyncIterator[None]:  # noqa: ARG002 - the engine orders its own lanes
        """The engine runs its serial lane behind the concurrent one."""
        yield

    @contextlib.asynccontextmanager
    async def slot(self, host: str, limit: int) -> AsyncIterator[None]:  # noqa: ARG002 - the lanes hold the limit
        """The engine's lanes hold the host's limit."""
        yield


class Folder:
    """A run in several workers of one machine, sharing a folder that the controller made."""

    def __init__(self, folder: Path, workers: int, rank: int, secrets: Iterable[Secret] = ()) -> None:
        self.workers = max(workers, 1)
        self.rank = rank
        self._folder = folder
        self._secrets = {self._digest(secret): secret for secret in secrets}

    def _digest(self, secret: Secret) -> str:
        """What stands for a secret in a result: every worker has the secret itself from its own environment."""
        return hashlib.sha256(f"{self._folder}\0{secret.name}\0{secret.reveal()}".encode()).hexdigest()

    def _path(self, key: str, kind: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}.{kind}"

    def claim(self, key: str) -> bool:
        """True for exactly one worker, until that one dies or gives it back."""
        path = self._path(key, "claim")
        try:
            with path.open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            self._bury(path)
            return False
        return True

    def _bury(self, path: Path) -> None:
        """Give the claim of a worker that died back; one worker at a time looks, so that none buries a fresh claim."""
        with self._locked("bury", exclusive=True), contextlib.suppress(OSError, ValueError):
            owner = path.read_text()
            if owner and not alive(int(owner)):
                path.unlink()

    @contextlib.contextmanager
    def _locked(self, name: str, *, exclusive: bool, wait: bool = True) -> Iterator[None]:
        """Hold a lock between processes; BlockingIOError where it is taken and not to be waited for."""
        import fcntl  # noqa: PLC0415 - POSIX only; workers share a folder there only

        mode = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB)
        with (self._folder / name).open("a") as file:
            fcntl.flock(file, mode)
            yield

    async def fulfil(self, key: str, take: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what take gives
        """Take what was claimed and put it where the others look."""
        try:
            return self._put(self._path(key, "result"), await take())
        except BaseException:
            # Cancelled or broken: whoever else wants it may take it.
            self._path(key, "claim").unlink(missing_ok=True)
            raise

    async def once(self, key: str, take: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what take gives
        """Claim and take, or wait for the claimant's result; take over from a claimant that died."""
        result = self._path(key, "result")
        wait, longest = _POLL
        while True:
            if result.exists():
                return self._get(result)
            if self.claim(key):
                return await self.fulfil(key, take)
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, longest)

    def _put(self, path: Path, seen: object) -> object:
        """Leave it for the others; what they get, which the one who saw it gets as well."""
        part = path.with_suffix(f".{os.getpid()}")
        try:
            data = self._dumped(seen)
        except Exception as error:  # noqa: BLE001 - whatever pickle finds; it must not be asked for again for that
            seen = CannotShare(f"{type(error).__name__}: {error}")
            data = self._dumped(seen)
        part.write_bytes(data)
        part.replace(path)
        return seen

    def _dumped(self, seen: object) -> bytes:
        into = io.BytesIO()
        pickler = pickle.Pickler(into, protocol=pickle.HIGHEST_PROTOCOL)
        pickler.persistent_id = lambda thing: self._digest(thing) if isinstance(thing, Secret) else None  # type: ignore[method-assign]
        pickler.dump(seen)
        return into.getvalue()

    def _get(self, path: Path) -> Any:  # noqa: ANN401 - what was observed
        unpickler = pickle.Unpickler(io.BytesIO(path.read_bytes()))  # noqa: S301 - written by this run's own user
        unpickler.persistent_load = lambda digest: self._secrets.get(digest, Secret("unknown", ""))  # type: ignore[method-assign]
        return unpickler.load()

    def first(self, key: str) -> bool:
        """True for exactly one asker of all workers."""
        try:
            self._path(key, "first").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def reserve(self, key: str, amount: int, limit: int) -> bool:
        """Take from the budget that all workers share."""
        if not limit:
            return True
        path = self._path(key, "budget")
        with self._locked(f"{path.name}.lock", exclusive=True):
            used = int(path.read_text()) if path.exists() else 0
            if used + amount > limit:
                return False
            path.write_text(str(used + amount))
        return True

    @contextlib.asynccontextmanager
    async def alone(self, *, exclusive: bool) -> AsyncIterator[None]:
        """A lock between processes: shared by all concurrent lanes, exclusive for a serial one."""
        async with self._one_of(["lane"], exclusive=exclusive):
            yield

    @contextlib.asynccontextmanager
    async def slot(self, host: str, limit: int) -> AsyncIterator[None]:
        """One of the places that a host grants to all workers together; free where each has one of its own anyway."""
        if limit >= self.workers:
            yield
            return
        async with self._one_of([self._path(f"slot:{host}:{place}", "slot").name for place in range(limit)]):
            yield

    @contextlib.asynccontextmanager
    async def _one_of(self, names: Sequence[str], *, exclusive: bool = True) -> AsyncIterator[None]:
        """Hold one of these locks, whichever is free first."""
        with contextlib.ExitStack() as held:
            while True:
                for name in names:
                    with contextlib.suppress(BlockingIOError):
                        held.enter_context(self._locked(name, exclusive=exclusive, wait=False))
                        break
                else:
                    await asyncio.sleep(_POLL[1])
                    continue
                break
            yield
