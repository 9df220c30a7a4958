"""State folders as the service itself writes them, and what is in one."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.chat import Message
from service.stores.edge_vectors import EdgeVectors
from service.stores.interactions import Interactions
from service.stores.sqlite_vectors import SqliteVectors

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class State:
    """A state folder."""

    folder: Path

    def contents(self) -> list[str]:
        """Read all that was said, in its order."""
        return contents_of(self.folder / "agent_state.sqlite")

    def remembered(self, conversation: str, about: str) -> list[str]:
        """Ask the vector store through the service's own code."""
        return asyncio.run(_remembered(self.folder, conversation, about))

    def say(self, *texts: str) -> None:
        """Have the service's stores keep more."""
        asyncio.run(_keep(self.folder, list(texts)))


def make_state(folder: Path, *, exchanges: int, engine: str = "qdrant-edge") -> State:
    """Write a state folder with so many exchanges and as many memories."""
    asyncio.run(_keep(folder, [f"fact {number}" for number in range(exchanges)], engine=engine))
    return State(folder)


def contents_of(database: Path) -> list[str]:
    """Read all that was said, in its order, from a database."""
    with closing(sqlite3.connect(database)) as opened:
        return [text for (text,) in opened.execute("SELECT content FROM interactions ORDER BY id")]


async def _keep(folder: Path, texts: list[str], *, engine: str = "qdrant-edge") -> None:
    history = Interactions(folder / "agent_state.sqlite", busy_timeout_s=2.0)
    vectors = _vectors(folder, engine)
    try:
        for number, text in enumerate(texts):
            conversation = f"conversation-{number % 5}"
            await history.keep(conversation, [Message("user", text), Message("assistant", f"Noted: {text}")], AT)
            await vectors.add(f"00000000-0000-4000-8000-{hash_of(text):012x}", conversation, text)
    finally:
        await history.close()
        await vectors.close()


async def _remembered(folder: Path, conversation: str, about: str) -> list[str]:
    vectors = _vectors(folder, "sqlite" if (folder / "vectors.sqlite").exists() else "qdrant-edge")
    try:
        return await vectors.search(conversation, about, 5)
    finally:
        await vectors.close()


def _vectors(folder: Path, engine: str) -> EdgeVectors | SqliteVectors:
    if engine == "sqlite":
        return SqliteVectors(folder / "vectors.sqlite", busy_timeout_s=2.0)
    return EdgeVectors(folder / "vectors")


def hash_of(text: str) -> int:
    """Give a number that is the same for the same text in every process."""
    return int.from_bytes(text.encode()[-6:], "big")
