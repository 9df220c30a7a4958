"""Stores and embedding: what is kept, what is found."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.chat import Message
from service.errors import StateUnavailable
from service.stores.edge_vectors import EdgeVectors
from service.stores.embedding import DIMENSIONS, embed
from service.stores.interactions import Interactions
from service.stores.sqlite_vectors import SqliteVectors

Vectors = EdgeVectors | SqliteVectors
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def make(kind: str, folder: Path) -> Vectors:
    """Make a vector memory of a kind."""
    if kind == "edge":
        return EdgeVectors(folder / "vectors")
    return SqliteVectors(folder / "vectors.sqlite", busy_timeout_s=1.0)


def remove_all(folder: Path) -> None:
    """Remove every file of a folder."""
    for file in folder.iterdir():
        file.unlink()


def likeness(first: str, second: str) -> float:
    """Give the cosine of two texts' vectors."""
    return sum(a * b for a, b in zip(embed(first), embed(second), strict=True))


def test_embedding_is_a_unit_vector_and_always_the_same() -> None:
    """Any text has a vector of length one; the same text has the same one."""
    for text in ("", "a", "deploy code", "\u202e\x00", "x" * 100_000):
        vector = embed(text)
        assert len(vector) == DIMENSIONS
        assert math.isclose(sum(value * value for value in vector), 1.0)
        assert vector == embed(text)


def test_similar_texts_are_nearer_than_others() -> None:
    """Shared words and shared word parts bring texts together."""
    assert likeness("the deploy code is amber", "what is the deploy code?") > 0.4
    assert likeness("deployment", "deploying") > likeness("deployment", "sandwich")


@pytest.mark.parametrize("kind", ["edge", "sqlite"])
def test_memories_are_found_by_likeness_within_their_conversation(kind: str, tmp_path: Path) -> None:
    """The nearest come first, no more than asked for, never another conversation's, and a reopened store has them."""

    async def scenario() -> None:
        vectors = make(kind, tmp_path)
        for text in ("the deploy code is amber", "lunch is at noon", "the gate is blue"):
            await vectors.add(str(uuid.uuid4()), "a", text)
        await vectors.add(str(uuid.uuid4()), "b", "the deploy code is red")
        assert (await vectors.search("a", "what is the deploy code", 2))[0] == "the deploy code is amber"
        assert len(await vectors.search("a", "anything", 2)) == 2
        assert await vectors.search("c", "deploy code", 5) == []
        await vectors.close()
        again = make(kind, tmp_path)
        assert await again.search("b", "deploy", 5) == ["the deploy code is red"]
        await again.close()

    asyncio.run(scenario())


def test_an_exchange_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """When its second half cannot be written the first half is not there either, and the store goes on."""

    async def scenario() -> list[Message]:
        store = Interactions(tmp_path / "s.sqlite", busy_timeout_s=0.1)
        await store.keep("c", [Message("user", "kept")], _NOW)
        with sqlite3.connect(tmp_path / "s.sqlite") as database:
            database.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON interactions WHEN NEW.content = 'bad' "
                "BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        database.close()
        with pytest.raises(StateUnavailable):
            await store.keep("c", [Message("user", "half"), Message("assistant", "bad")], _NOW)
        await store.keep("c", [Message("user", "later")], _NOW)
        found = await store.recent("c", 20)
        await store.close()
        return found

    assert [m.content for m in asyncio.run(scenario())] == ["kept", "later"]


def test_a_locked_store_fails_a_crowd_of_writers_in_bounded_time(tmp_path: Path) -> None:
    """Twenty writers at a locked store do not wait one after the other, and none of them is kept."""

    async def scenario() -> tuple[float, list[BaseException | None], list[Message]]:
        store = Interactions(tmp_path / "s.sqlite", busy_timeout_s=0.5)
        await store.keep("c", [Message("user", "before")], _NOW)
        database = sqlite3.connect(tmp_path / "s.sqlite", isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        results = await asyncio.gather(
            *(store.keep("c", [Message("user", "during")], _NOW) for _ in range(20)), return_exceptions=True
        )
        took = time.monotonic() - started
        database.execute("ROLLBACK")
        database.close()
        found = await store.recent("c", 50)
        await store.close()
        return took, results, found

    took, results, found = asyncio.run(scenario())
    assert took < 4
    assert all(isinstance(result, StateUnavailable) for result in results)
    assert [message.content for message in found] == ["before"]


def test_a_removed_file_is_noticed(tmp_path: Path) -> None:
    """Writing goes to the file that is there now, not to one that was deleted under the open handle."""

    async def scenario() -> None:
        store = Interactions(tmp_path / "s.sqlite", busy_timeout_s=0.1)
        await store.keep("c", [Message("user", "one")], _NOW)
        remove_all(tmp_path)
        await store.keep("c", [Message("user", "two")], _NOW)
        await store.close()

    asyncio.run(scenario())
    with sqlite3.connect(tmp_path / "s.sqlite") as database:
        rows = database.execute("SELECT content FROM interactions").fetchall()
    database.close()

    assert rows == [("two",)]
