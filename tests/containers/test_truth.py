"""Readiness tells the truth of real dependencies: stopped, paused and cut off in turn, and back again."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.containers.world import Answer, World, eventually

FAULTS = ("stopped", "paused", "cut off")
READY_BUDGET = 2.0  # seconds, as the service promises
FETCH_BUDGET = 13.0  # seconds that a turn waits for a page: what the fetcher gives itself, and a little more
SLACK = 1.0  # of a machine that does other work meanwhile
RESEARCH = ({"name": "web_fetch", "args": {"url": "http://page:8000/news.html"}},)


@pytest.fixture(autouse=True)
def unharmed(world: World) -> Iterator[None]:
    """Begin and end with everything well, in the very process that ran before."""
    assert eventually(lambda: well(world)), world.ask("GET", "/ready").body
    before = world.started("agent")
    yield
    assert eventually(lambda: well(world)), world.ask("GET", "/ready").body
    assert world.started("agent") == before, "the service was started again"


def well(world: World) -> bool:
    """Everything that is looked at passes, and the primary model answers."""
    ready = world.ask("GET", "/ready")
    return ready.status == 200 and ready.body["status"] == "pass" and path_of(world) == "primary"


def path_of(world: World) -> str:
    """Which way an answer takes to a model, as the status page is told."""
    return str(world.ask("GET", "/api/status/summary").body["llm"]["path"])


def finding(ready: Answer, name: str) -> str:
    """What readiness says of one dependency."""
    return str(ready.body["checks"][name][0]["status"])


def within_budget(world: World) -> Answer:
    """Ask for readiness until it comes in time: a busy machine may make some slow, not all."""
    answers = []
    for _ in range(10):
        answers.append(world.ask("GET", "/ready"))
        if answers[-1].seconds < READY_BUDGET + SLACK:
            return answers[-1]
    raise AssertionError([one.seconds for one in answers])


def alive(world: World) -> None:
    """The process is well, whatever it depends on: liveness, metrics and status answer, liveness also at the edge."""
    for path in ("/healthz", "/metrics", "/api/status/summary"):
        assert world.ask("GET", path).status == 200, path
    assert world.ask("GET", "/healthz", part="edge").status == 200


@contextmanager
def noticed(world: World, fault: str, *parts: str, path: str) -> Iterator[None]:
    """Hurt parts, and go on once the service goes by it."""
    with world.without(fault, *parts):
        assert eventually(lambda: path_of(world) == path), path_of(world)
        yield


@pytest.mark.parametrize("fault", FAULTS)
def test_without_any_model_the_service_is_not_ready_and_says_why(world: World, fault: str) -> None:
    """503 that names the model within its budget; turns are refused with 503 and a time to come back; nothing hangs."""
    with noticed(world, fault, "ollama", "llm", path="down"):
        ready = within_budget(world)
        alive(world)
        turn = world.say("Anybody there?")
        chat = world.ask("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "Anybody?"}]})
        edge = world.ask("GET", "/ready", part="edge")

    assert (ready.status, edge.status) == (503, 503)
    assert finding(ready, "llm") == "fail"
    assert (finding(ready, "sqlite"), finding(ready, "vectors"), finding(ready, "webfetch")) == ("pass",) * 3
    assert int(ready.headers["retry-after"]) >= 1
    for refused in (turn, chat):
        assert refused.status == 503, refused.body
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["content-type"].startswith("application/problem+json")
    assert eventually(lambda: world.say("And now?").status == 200)


@pytest.mark.parametrize("fault", FAULTS)
def test_without_the_primary_the_fallback_answers(world: World, fault: str) -> None:
    """Ready, with a warning that names the model; an answer says which model gave it; in the end it is the primary."""
    with noticed(world, fault, "ollama", path="fallback"):
        ready = within_budget(world)
        alive(world)
        turn = world.say("Who answers?")

    assert (ready.status, ready.body["status"], finding(ready, "llm")) == (200, "warn", "warn")
    assert turn.status == 200, turn.body
    assert turn.body["model"] == "embedded-extractive"
    assert eventually(lambda: world.say("And now?").body.get("model") == "tiny")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fallback_that_is_gone_is_not_missed(world: World, fault: str) -> None:
    """The primary answers; nobody pays for what is not needed."""
    with world.without(fault, "llm"):
        ready = within_budget(world)
        alive(world)
        turn = world.say("Who answers?")

    assert (ready.status, ready.body["status"]) == (200, "pass")
    assert (turn.status, turn.body["model"]) == (200, "tiny")


@pytest.mark.parametrize("fault", FAULTS)
def test_without_the_page_fetcher_turns_go_on_without_pages(world: World, fault: str) -> None:
    """It is not required: ready, with a warning that names it; a turn that wants a page is told that there is none."""
    with world.without(fault, "webfetch"):
        assert eventually(lambda: finding(world.ask("GET", "/ready"), "webfetch") == "warn")
        ready = within_budget(world)
        alive(world)
        turn = world.say("What is new?", tools=RESEARCH)

    assert (ready.status, ready.body["status"], finding(ready, "llm")) == (200, "warn", "pass")
    assert turn.status == 200, turn.body
    tools = [step for step in turn.body["steps"] if step["type"] == "tool"]
    assert [step["status"] for step in tools] == ["error"]
    assert turn.seconds < 4 * FETCH_BUDGET  # on a machine that does other work
    assert eventually(lambda: tool_status(world) == "ok")


def tool_status(world: World) -> str:
    """How a turn fares that wants a page."""
    steps = world.say("What is new?", tools=RESEARCH).body["steps"]
    return str(next(step["status"] for step in steps if step["type"] == "tool"))


def test_conversations_that_cannot_be_kept_are_refused(world: World) -> None:
    """Another process holds the database: 503 that names it within the budget, and no turn is acknowledged."""
    lock = (
        "import sqlite3, time\n"
        "db = sqlite3.connect('/state/data/agent_state.sqlite', isolation_level=None)\n"
        "db.execute('BEGIN IMMEDIATE'); time.sleep(600)"
    )
    world.engine.docker("exec", "-d", world.container("agent"), "python", "-c", lock)
    try:
        assert eventually(lambda: world.ask("GET", "/ready").status == 503)
        ready = within_budget(world)
        alive(world)
        turn = world.say("Will you remember?", "locked")
    finally:
        end = (
            "import os, signal\n"
            "for one in filter(str.isdigit, os.listdir('/proc')):\n"
            "    try: told = open(f'/proc/{one}/cmdline').read()\n"
            "    except OSError: continue\n"
            "    if 'BEGIN IMMEDIATE' in told and int(one) != os.getpid() and 'listdir' not in told:\n"
            "        os.kill(int(one), signal.SIGKILL)"
        )
        world.inside(end)

    assert (ready.status, finding(ready, "sqlite"), finding(ready, "llm")) == (503, "fail", "pass")
    assert turn.status == 503, turn.body
    assert int(turn.headers["retry-after"]) >= 1
    assert eventually(lambda: world.say("And now?", "locked").status == 200)
    said = [one["content"] for one in world.say("What did I say?", "locked").body["messages"]]
    assert "Will you remember?" not in said


def test_memories_that_cannot_be_searched_make_it_unready_and_turns_go_on(world: World) -> None:
    """The folder of the vectors is gone: 503 that names them; a turn is answered without memories and says so."""
    folder = "/state/data/vectors"
    world.inside(f"import os; os.rename('{folder}', '{folder}.away'); open('{folder}', 'w').close()")
    try:
        assert eventually(lambda: world.ask("GET", "/ready").status == 503)
        ready = within_budget(world)
        alive(world)
        turn = world.say("Do you remember?")
    finally:
        world.inside(f"import os; os.unlink('{folder}'); os.rename('{folder}.away', '{folder}')")

    assert (ready.status, finding(ready, "vectors"), finding(ready, "sqlite")) == (503, "fail", "pass")
    assert turn.status == 200, turn.body
    assert turn.body["steps"][0]["status"] == "unavailable"


@pytest.mark.parametrize("fault", FAULTS)
def test_an_edge_that_is_gone_is_nobody_elses_trouble(world: World, fault: str) -> None:
    """The service does not depend on it: ready all the while, and reached through it again afterwards."""
    with world.without(fault, "edge"):
        ready = world.ask("GET", "/ready")
        answered = reached_at_edge(world) if fault == "stopped" else False

    assert (ready.status, ready.body["status"], answered) == (200, "pass", False)
    assert eventually(lambda: reached_at_edge(world))


def reached_at_edge(world: World) -> bool:
    """Whether the edge lets a request through."""
    try:
        return world.ask("GET", "/ready", part="edge").status == 200
    except (OSError, http.client.HTTPException):
        return False
