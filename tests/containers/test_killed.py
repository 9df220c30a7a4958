"""The service is killed while it is used: what it acknowledged is there when it runs again."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.containers.world import World, eventually
from tests.parts.docker_engine import DockerError

USERS = 4
KILLS = 3
BEFORE = 25  # turns that are acknowledged before each kill
READ = (
    "import json, sqlite3\n"
    "db = sqlite3.connect('/state/data/agent_state.sqlite')\n"
    "print(json.dumps(db.execute('SELECT conversation_id, role, content FROM interactions ORDER BY id').fetchall()))"
)


@dataclass
class Users:
    """People who talk to the agent all the time, and note what was acknowledged."""

    world: World
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def talk(self, user: int) -> None:
        """One user: a turn after the other; a service that is away is asked again."""
        number = 0
        while not self.ended.is_set():
            prompt = f"turn {user}.{number}"
            conversation = f"killed-{user}-{number // 8}"
            number += 1
            try:
                answer = self.world.say(prompt, conversation)
            except (OSError, http.client.HTTPException, DockerError):
                time.sleep(0.05)
                continue
            if answer.status == 200:
                self.acknowledged.add((conversation, prompt))
            else:
                self.refused.append(answer.status)


@pytest.fixture
def users(plain_world: World) -> Iterator[Users]:
    """Start them; they end with the test."""
    made = Users(plain_world)
    threads = [threading.Thread(target=made.talk, args=(user,)) for user in range(USERS)]
    for thread in threads:
        thread.start()
    yield made
    made.ended.set()
    for thread in threads:
        thread.join()


def test_nothing_that_was_acknowledged_is_lost(plain_world: World, users: Users) -> None:
    """SIGKILL again and again, at any moment: every turn answered with 200 is kept, and every exchange is whole."""
    world, chance = plain_world, random.Random(7)  # noqa: S311 - moments to kill at, no secret
    agent = world.container("agent")
    for _ in range(KILLS):
        aim = len(users.acknowledged) + BEFORE
        assert eventually(lambda: len(users.acknowledged) >= aim, 240), users.refused  # noqa: B023 - asked at once
        time.sleep(chance.uniform(0, 0.3))
        world.engine.docker("kill", "--signal", "KILL", agent)
        assert world.engine.docker("inspect", "-f", "{{.State.ExitCode}}", agent) == "137"
        world.engine.docker("start", agent)
        assert eventually(lambda: world.ask("GET", "/ready").status == 200)
    users.ended.set()

    rows = json.loads(world.inside(READ))
    kept = {(conversation, text) for conversation, role, text in rows if role == "user"}
    lost = users.acknowledged - kept
    assert len(users.acknowledged) >= KILLS * BEFORE
    assert lost == set()
    by_conversation: dict[str, list[str]] = {}
    for conversation, role, _ in rows:
        by_conversation.setdefault(conversation, []).append(role)
    assert all(roles == ["user", "assistant"] * (len(roles) // 2) for roles in by_conversation.values())


def test_after_a_kill_the_conversation_goes_on(plain_world: World) -> None:
    """The agent itself knows what was said before, not only the file."""
    world = plain_world
    first = world.say("The tea is green.", "goes-on")
    assert first.status == 200, first.body
    agent = world.container("agent")
    world.engine.docker("kill", "--signal", "KILL", agent)
    world.engine.docker("start", agent)
    assert eventually(lambda: world.ask("GET", "/ready").status == 200)

    second = world.say("Which colour has the tea?", "goes-on")

    assert second.status == 200, second.body
    assert "The tea is green." in [one["content"] for one in second.body["messages"]]
