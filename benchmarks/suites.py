"""The suites that are measured, written to a folder as a user would write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.server import addresses
from opscheck.model import Limits

_INI: Final = "[pytest]\naddopts = -p no:cacheprovider --strict-markers\n"

_OURS_CONFTEST: Final = '''"""One observation, one check."""

from opscheck import Outcome, Verdict, check, observation


@check("page_answers", promise="the page answers 200", concern="smoke", faults={"not-found": "the page is not there"})
def page_answers(answer, *, status=200):
    """Judge."""
    outcome = Outcome.PASS if answer.status == status else Outcome.FAIL
    return Verdict("", outcome, f"answered {answer.status}", f"status {status}", f"status {answer.status}")


@observation(needs=("readiness",))
async def page(host, probe, n):
    """The page of that number."""
    return await probe.http(host.request("readiness", n=str(n)))
'''

_OURS_TEST: Final = '''"""The pages."""

import pytest
from conftest import page_answers


@pytest.mark.smoke
@pytest.mark.parametrize("n", range(COUNT))
def test_page(page, expect):
    """Every page answers."""
    expect(page_answers(page))
'''

_SKETCH_CONFTEST: Final = '''"""The least that asks while pytest runs: aiohttp in a thread, items that wait."""

import asyncio
import os
import threading
from concurrent.futures import Future

import aiohttp
import pytest

ANSWERS = {}


async def take_all(urls, in_flight):
    waiting = iter(urls)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:

        async def lane():
            for url in waiting:
                async with session.get(url) as answer:
                    ANSWERS[url].set_result((answer.status, await answer.read()))

        await asyncio.gather(*(lane() for _ in range(in_flight)))


def pytest_collection_finish(session):
    urls = [item.callspec.params["url"] for item in session.items]
    ANSWERS.update((url, Future()) for url in urls)
    work = take_all(urls, int(os.environ["IN_FLIGHT"]))
    threading.Thread(target=asyncio.run, args=(work,), daemon=True).start()


@pytest.fixture
def page(url):
    return ANSWERS[url].result()
'''

_SKETCH_TEST: Final = '''"""The pages."""

import pytest


@pytest.mark.parametrize("url", URLS)
def test_page(page):
    """Every page answers."""
    assert page[0] == 200
'''

_SEQUENTIAL_CONFTEST: Final = '''"""pytest and httpx, one after the other."""

import httpx
import pytest


@pytest.fixture(scope="session")
def client():
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def page(client, url):
    answer = client.get(url)
    return answer.status_code, answer.content
'''

_EMPTY_TEST: Final = '''"""Items that do nothing."""

import pytest


@pytest.mark.parametrize("n", range(COUNT))
def test_page(n):
    """Nothing."""
'''


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked: so many pages, spread over so many addresses of the server at a port."""

    count: int
    hosts: int
    port: int

    def urls(self) -> list[str]:
        """Every page, the hosts in turn."""
        where = addresses(self.hosts)
        return [f"http://{where[n % self.hosts]}:{self.port}/ready?n={n}" for n in range(self.count)]


def _write(folder: Path, conftest: str, test: str, **values: object) -> Path:
    folder.mkdir(parents=True)
    for name, value in values.items():
        test = test.replace(name, str(value))
    (folder / "pytest.ini").write_text(_INI)
    if conftest:
        (folder / "conftest.py").write_text(conftest)
    (folder / "test_pages.py").write_text(test)
    return folder


def ours(folder: Path, work: Work, in_flight: int) -> Path:
    """A suite of opscheck and its host file; the hosts' limits are the default ones, unless few hosts need more."""
    _write(folder, _OURS_CONFTEST, _OURS_TEST, COUNT=work.count // work.hosts)
    names = [f"host{number:03}" for number in range(work.hosts)]
    limits = f"limits = {{ concurrency = {max(Limits().concurrency, -(-in_flight // work.hosts))} }}"
    lines = ["[options]", f"host = {names}"]
    for name, address in zip(names, addresses(work.hosts), strict=True):
        lines += [f"[hosts.{name}]", f'url = "http://{address}:{work.port}"', limits]
    (folder / "opscheck.toml").write_text("\n".join(lines).replace("'", '"') + "\n")
    return folder


def sketch(folder: Path, work: Work) -> Path:
    """An aiohttp client in a thread, pytest items that wait: what the design allows at best in Python."""
    return _write(folder, _SKETCH_CONFTEST, _SKETCH_TEST, URLS=work.urls())


def sequential(folder: Path, work: Work) -> Path:
    """What most people write."""
    return _write(folder, _SEQUENTIAL_CONFTEST, _SKETCH_TEST, URLS=work.urls())


def empty(folder: Path, count: int) -> Path:
    """Only pytest."""
    return _write(folder, "", _EMPTY_TEST, COUNT=count)
