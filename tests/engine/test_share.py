"""What workers of one machine share: each thing once, whoever asks."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from pathlib import Path

import pytest

from opscheck.engine.share import Alone, Folder

_CONTEXT = multiprocessing.get_context("spawn")


def _take(folder: str, rank: int, keys: int) -> None:
    async def one(share: Folder, key: int) -> int:
        async def take() -> int:
            os.close(os.open(f"{folder}/taken-{key}-by-{rank}", os.O_CREAT))
            await asyncio.sleep(0.001)
            return key * key

        return int(await share.once(f"key {key}", take))

    async def main() -> None:
        share = Folder(Path(folder), 3, rank)
        assert await asyncio.gather(*(one(share, key) for key in range(keys))) == [key * key for key in range(keys)]

    asyncio.run(main())


def _reserve(folder: str, rank: int) -> None:
    share = Folder(Path(folder), 3, rank)
    got = sum(share.reserve("tokens:prod", 7, 100) for _ in range(20))
    Path(folder, f"reserved-{rank}").write_text(str(got))


def _processes(target: object, *arguments: object) -> None:
    workers = [_CONTEXT.Process(target=target, args=(arguments[0], rank, *arguments[1:])) for rank in range(3)]  # type: ignore[arg-type]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0


def test_every_key_is_taken_by_exactly_one_of_three_processes(tmp_path: Path) -> None:
    """Nothing is observed twice, and everybody gets the result."""
    _processes(_take, str(tmp_path), 40)

    taken = sorted(int(path.name.split("-")[1]) for path in tmp_path.glob("taken-*"))
    assert taken == list(range(40))


def test_a_budget_is_common_to_all_processes(tmp_path: Path) -> None:
    """Three workers that each want 140 of 100 tokens get 98 together."""
    _processes(_reserve, str(tmp_path))

    assert sum(int(path.read_text()) for path in tmp_path.glob("reserved-*")) == 100 // 7


def test_a_dead_claimant_loses_its_claim(tmp_path: Path) -> None:
    """A worker that crashed in the middle of an observation does not leave the others waiting."""
    gone = _CONTEXT.Process(target=os.getpid)
    gone.start()
    gone.join(30)
    share = Folder(tmp_path, 2, 1)
    share._path("key", "claim").write_text(str(gone.pid))

    async def take() -> str:
        return "taken over"

    assert asyncio.run(asyncio.wait_for(share.once("key", take), 5)) == "taken over"


@pytest.mark.parametrize("kind", ["alone", "folder"])
def test_first_is_true_exactly_once(tmp_path: Path, kind: str) -> None:
    """One asker tells the root cause, the others stand behind it."""
    share = Alone() if kind == "alone" else Folder(tmp_path, 2, 0)

    assert [share.first("root:prod:dns") for _ in range(3)] == [True, False, False]


def test_the_serial_lane_excludes_other_workers(tmp_path: Path) -> None:
    """While one worker judges latency, no other one's concurrent lane is busy."""
    log: list[str] = []

    async def hold(name: str, *, exclusive: bool) -> None:
        async with Folder(tmp_path, 2, 0).alone(exclusive=exclusive):
            log.append(f"{name} in")
            await asyncio.sleep(0.02)
            log.append(f"{name} out")

    async def main() -> None:
        await asyncio.gather(hold("a", exclusive=True), hold("b", exclusive=True))

    asyncio.run(main())

    assert log[0][0] == log[1][0] != log[2][0] == log[3][0]


def test_a_cancelled_claimant_gives_its_claim_back(tmp_path: Path) -> None:
    """A worker that ends in the middle of an observation leaves nobody waiting."""

    async def main() -> str:
        async def for_ever() -> str:
            await asyncio.sleep(60)
            return "never"

        async def at_once() -> str:
            return "taken"

        first = asyncio.create_task(Folder(tmp_path, 2, 0).once("key", for_ever))
        await asyncio.sleep(0.02)
        second = asyncio.create_task(Folder(tmp_path, 2, 1).once("key", at_once))
        await asyncio.sleep(0.02)
        first.cancel()
        return str(await asyncio.wait_for(second, 5))

    assert asyncio.run(main()) == "taken"
