"""The poller: what arrives or goes is noticed without anyone asking, and it never stops looking."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator

import httpx
import pytest

from service.chat import Models
from service.errors import UpstreamUnreachable
from service.logs import SilentLog, make_log
from service.status.llm_state import LlmState, Pace

from .asking import QUESTION, ask, summary, wait_for
from .conftest import HandClock, Run
from .standin import StandInModelHost
from .test_path import start


class Host:
    """A model's host that does what the test says, counting the looks at it."""

    name = "openai"
    model = "tiny"

    def __init__(self, answers: Iterator[Models | Exception]) -> None:
        self.answers = answers
        self.looks = 0

    async def models(self) -> Models:
        """List as the next answer says."""
        self.looks += 1
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


HERE, ABSENT = Models(("tiny",), present=True), Models((), present=False)
AWAY = UpstreamUnreachable("the upstream cannot be connected to")


@pytest.fixture
def clock() -> HandClock:
    """Give a time that moves by hand."""
    return HandClock()


def paths(clock: HandClock, *answers: Models | Exception, step_s: float = 5) -> list[tuple[str, str, float]]:
    """Look once for each answer, and give path, since, and the time to the next look."""
    state = LlmState(Host(iter(answers)), None, clock=clock, log=SilentLog(), pace=Pace(5, 600, 1.5, 0.25))

    async def follow() -> list[tuple[str, str, float]]:
        seen: list[tuple[str, str, float]] = []
        for _ in answers:
            view = await state.look()
            seen.append((view.path, view.since.strftime("%H:%M:%S"), state.next_look_in()))
            clock.seconds += step_s
        await state.close()
        return seen

    return asyncio.run(follow())


def test_each_change_of_path_has_its_moment(clock: HandClock) -> None:
    """`since` stays while the path does, and moves when it changes."""
    assert paths(clock, AWAY, AWAY, ABSENT, ABSENT, HERE, HERE, AWAY) == [
        ("down", "12:00:00", 5),
        ("down", "12:00:00", 5),
        ("warming", "12:00:10", 5),
        ("warming", "12:00:10", 5),
        ("primary", "12:00:20", 5),
        ("primary", "12:00:20", 5),
        ("down", "12:00:30", 5),
    ]


def test_it_slows_down_but_never_stops(clock: HandClock) -> None:
    """After the time for a model to arrive the looks are further apart; once it has been there, time starts anew."""
    found = paths(clock, ABSENT, ABSENT, ABSENT, ABSENT, HERE, HERE, ABSENT, ABSENT, ABSENT, step_s=250)

    assert [wait for _, _, wait in found] == [5, 5, 5, 30, 5, 5, 5, 5, 5]


def test_each_change_of_path_is_logged_once(clock: HandClock) -> None:
    """An operator reads in the log when the path changed and why, and nothing while it stays."""
    stream = io.StringIO()
    state = LlmState(
        Host(iter([ABSENT, ABSENT, HERE, HERE, AWAY])),
        None,
        clock=clock,
        log=make_log("INFO", stream),
        pace=Pace(5, 600, 1.5, 0.25),
    )

    async def follow() -> None:
        for _ in range(5):
            await state.look(anew=True)

    asyncio.run(follow())
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]

    assert [(line["event"], line["level"], line["path"], line["reason"]) for line in lines] == [
        ("llm path", "warning", "warming", "model_missing"),
        ("llm path", "info", "primary", None),
        ("llm path", "warning", "down", "connect_error"),
    ]


def test_a_finding_is_given_again_for_a_moment(clock: HandClock) -> None:
    """Within a second one look serves everybody; a look that has to be new is new."""
    host = Host(iter([HERE, ABSENT, HERE]))
    state = LlmState(host, None, clock=clock, log=SilentLog(), pace=Pace(5, 600, 1.5, 0.25))

    async def look() -> list[str]:
        seen = [(await state.look()).path, (await state.look()).path]
        seen.append((await state.look(anew=True)).path)
        clock.seconds += 1
        many = await asyncio.gather(*(state.look() for _ in range(20)))
        return [*seen, *{view.path for view in many}]

    assert asyncio.run(look()) == ["primary", "primary", "warming", "primary"]
    assert host.looks == 3


def test_a_model_that_arrives_is_noticed_without_anyone_asking(
    run: Run, host: StandInModelHost, spare: StandInModelHost
) -> None:
    """A chat goes to the model soon after it has come, though nobody has read the status."""
    host.script.models = []
    service = start(run, host, spare)
    answer = httpx.post(f"{service.agent_url}/chat", json=QUESTION).json()
    assert answer["_served_by"] == "fallback"

    host.script.models = ["tiny"]
    before = host.looks()
    assert wait_for(lambda: host.looks() > before + 1)
    answer = httpx.post(f"{service.agent_url}/chat", json=QUESTION).json()

    assert answer["_served_by"] == "primary"
    assert ask(service).path == "primary"


def test_a_model_that_arrives_after_its_time_is_noticed_too(
    run: Run, host: StandInModelHost, spare: StandInModelHost
) -> None:
    """The time for it is long over: the poller still finds it, and the chat goes there."""
    host.script.models = []
    service = start(run, host, spare, primary_poll_interval_s=0.1, primary_poll_max_s=0.1)
    assert wait_for(lambda: host.looks() >= 4)  # each of them is a slow one

    host.script.models = ["tiny"]
    before = host.looks()
    assert wait_for(lambda: host.looks() > before + 1)
    answer = httpx.post(f"{service.agent_url}/chat", json=QUESTION).json()

    assert answer["_served_by"] == "primary"


def test_a_primary_that_goes_is_noticed_without_anyone_asking(
    run: Run, host: StandInModelHost, spare: StandInModelHost
) -> None:
    """Once the poller has met the failure, chats do not even try the primary."""
    service = start(run, host, spare)
    assert summary(service)["llm"]["path"] == "primary"
    host.script.status = 500
    before = host.looks()
    assert wait_for(lambda: host.looks() > before + 1)
    answer = httpx.post(f"{service.agent_url}/chat", json=QUESTION).json()

    assert answer["_served_by"] == "fallback"
    assert host.completions() == 0
