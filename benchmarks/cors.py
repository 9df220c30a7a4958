"""The cross-origin matrix of one address, against the embedded service: requests and seconds, beside bare aiohttp.

`python -m benchmarks.cors NAME TIMES URL` asks it alone, so many times, and prints wall and processor seconds as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.peers import asking
from benchmarks.table import show, table
from benchmarks.timing import ROOT, Broken, Run, interleaved, median, median_cpu, ratio, run
from opscheck.model import HttpExchange, Request
from opscheck.model.cross_origin import CorsPolicy
from suites.cors import visitors

_ORIGIN: Final = "https://app.example.org"
_POLICY: Final = CorsPolicy((_ORIGIN,), methods=("GET", "POST"), headers=("authorization", "content-type"))
_PATH: Final = "/api/status/summary"
_IN_FLIGHT: Final = 4  # as the suite asks a host with the limits of a live one
_SAYS: Final = re.compile(r"agent listening on (\S+)")
_SUITE: Final = "pytest -m cors"

Asked: TypeAlias = tuple[Request, bool]  # and whether the answer has to be shared
Client: TypeAlias = Callable[[Sequence[Asked]], Coroutine[None, None, None]]


def matrix(url: str) -> list[Asked]:
    """Every request of the suite to one address."""
    found = []
    for visitor, cookie in visitors.plain(_POLICY)[0]:
        request = Request("GET", url)
        request = request.with_headers(origin=visitor.origin) if visitor.origin else request
        found.append((request.with_headers(cookie="opscheck=1") if cookie else request, visitor.origin == _ORIGIN))
    for visitor, method in visitors.before_sending(_POLICY)[0]:
        names = {"access_control_request_method": method, "access_control_request_headers": ",".join(_POLICY.headers)}
        found.append((Request("OPTIONS", url).with_headers(origin=visitor.origin, **names), visitor.origin == _ORIGIN))
    return found


async def by_opscheck(asked: Sequence[Asked]) -> None:
    """The probe, a few at a time, and each answer judged."""
    from opscheck.checks._cors import shared  # noqa: PLC0415 - each client pays for its own import only
    from opscheck.probes import HttpClient  # noqa: PLC0415 - each client pays for its own import only

    client = HttpClient()

    async def ask(request: Request, *, wanted: bool) -> None:
        seen = await client.http(request)
        assert isinstance(seen, HttpExchange), seen
        assert shared(seen, _ORIGIN, credentials=False).allowed is wanted

    for start in range(0, len(asked), _IN_FLIGHT):
        await asyncio.gather(*(ask(one, wanted=wanted) for one, wanted in asked[start : start + _IN_FLIGHT]))
    await client.aclose()


async def by_aiohttp(asked: Sequence[Asked], *, in_flight: int) -> None:
    """An aiohttp session, and no more than a look at one header."""
    import aiohttp  # noqa: PLC0415 - each client pays for its own import only

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:

        async def ask(request: Request, *, wanted: bool) -> None:
            headers = {name: str(value) for name, value in request.headers}
            async with session.request(request.method, request.url, headers=headers) as answer:
                await answer.read()
                assert (answer.headers.get("access-control-allow-origin") == _ORIGIN) is wanted

        for start in range(0, len(asked), in_flight):
            await asyncio.gather(*(ask(one, wanted=wanted) for one, wanted in asked[start : start + in_flight]))


CLIENTS: Final[dict[str, Client]] = {
    "opscheck, 4 in flight": by_opscheck,
    "aiohttp, one by one": partial(by_aiohttp, in_flight=1),
    "aiohttp, 4 in flight": partial(by_aiohttp, in_flight=_IN_FLIGHT),
    "aiohttp, all at once": partial(by_aiohttp, in_flight=100),
}


def main(*, quick: bool = False, times: int = 20, rounds: int = 5) -> None:
    """Print medians and ratios."""
    rounds = min(rounds, 2) if quick else rounds
    with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as folder, _service(Path(folder)) as url:
        command = (sys.executable, "-m", "benchmarks.cors")
        alone = {name: partial(run, (*command, name, str(times), url), expect='"wall"') for name in CLIENTS}
        taken = interleaved(alone, rounds, seconds=30, warm=not quick)
        runs = {_SUITE: _suite(Path(folder), url)} | _once(command, url)
        whole = interleaved(runs, rounds, seconds=30, warm=not quick)
    count = len(matrix(url))
    title = f"cors: the matrix of one address, {count} requests, {times} times over; median of {rounds} in turns"
    show(table(title, ("client", "ms a matrix", "CPU ms", "wall / opscheck"), _rows(taken, times)), "")
    head = ("whole processes", "seconds", "CPU", "wall / pytest")
    rows = [(name, median(one), median_cpu(one), f"{ratio(one, whole[_SUITE]):.2f}") for name, one in whole.items()]
    spent = re.search(r"spent: (\d+) requests", whole[_SUITE][0].output)
    told = f"{spent[1]} requests to all of its addresses" if spent else "requests unknown"
    show(table(f"cors: the suite as a run ({told}), and scripts that ask one matrix ({count})", head, rows), "")


def _rows(taken: dict[str, list[Run]], times: int) -> list[tuple[object, ...]]:
    ours = [asking(one)[0] for one in next(iter(taken.values()))]
    rows: list[tuple[object, ...]] = []
    for name, runs in taken.items():
        wall, cpu = (statistics.median(asking(one)[part] for one in runs) / times * 1000 for part in (0, 1))
        compared = statistics.median(asking(one)[0] / mine for one, mine in zip(runs, ours, strict=True))
        rows.append((name, wall, cpu, f"{compared:.2f}"))
    return rows


def _suite(folder: Path, url: str) -> Callable[[], Run]:
    hosts = folder / "opscheck.toml"
    hosts.write_text(f'[hosts.bench]\nurl = "{url}"\n[hosts.bench.expect.cors]\nallowed = ["{_ORIGIN}"]\n')
    command = (sys.executable, "-m", "pytest", "-q", "-m", "cors", "-p", "no:cacheprovider")
    return partial(run, (*command, f"--ops-inventory={hosts}", "--ops-host=bench"), expect="GO: ")


def _once(command: Sequence[str], url: str) -> dict[str, Callable[[], Run]]:
    names = ("aiohttp, one by one", "aiohttp, all at once")
    return {name: partial(run, (*command, name, "1", url), expect='"wall"') for name in names}


@contextmanager
def _service(folder: Path) -> Iterator[str]:
    """The reference service as a process of its own."""
    command = (sys.executable, "-m", "opscheck", "serve", "--port", "0", "--no-webfetch", "--state-dir", str(folder))
    said = folder / "service.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, env={**_environment(), "AGENT_ALLOWED_ORIGINS": _ORIGIN}
        )
        try:
            yield _listening(process, said)
        finally:
            process.terminate()
            process.wait(20)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("AGENT_", "OPSCHECK_"))}


def _listening(process: subprocess.Popen[bytes], said: Path) -> str:
    for _ in range(600):
        found = _SAYS.search(said.read_text("utf-8", "replace"))
        if found:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise Broken(f"the service did not start: {said.read_text('utf-8', 'replace')[-2000:]}")


def ask_alone(name: str, times: str, url: str) -> None:
    """Ask, and print what it took."""
    asked = matrix(url + _PATH)
    asyncio.run(CLIENTS[name](asked[:1]))  # imports and the first connection are not what is compared
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(int(times)):
        asyncio.run(CLIENTS[name](asked))
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    ask_alone(*sys.argv[1:])
