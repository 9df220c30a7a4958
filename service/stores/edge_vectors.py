"""Memories in an embedded Qdrant shard: a folder, one handle, one thread."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import MemoryUnavailable
from .embedding import DIMENSIONS, embed
from .worker import Worker

if TYPE_CHECKING:
    import qdrant_edge

T = TypeVar("T")


class EdgeVectors:
    """A vector memory that opens when first used and is opened anew after any failure."""

    source = "qdrant-edge"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._worker = Worker("vectors")
        self._shard: qdrant_edge.EdgeShard | None = None

    async def search(self, conversation_id: str, text: str, limit: int) -> list[str]:
        """Give up to `limit` texts of the conversation, nearest first."""
        return await self._run(lambda shard: _search(shard, conversation_id, text, limit))

    async def add(self, point_id: str, conversation_id: str, text: str) -> None:
        """Remember a text of the conversation under a UUID."""
        await self._run(lambda shard: _add(shard, point_id, conversation_id, text))

    async def probe(self) -> None:
        """Ask the shard a real question; passes exactly when memories can be searched now."""
        await self._run(lambda shard: _search(shard, "", "probe", 1))

    async def close(self) -> None:
        """Flush, close the shard and end the thread."""
        await self._worker.run(self._drop)
        self._worker.close()

    async def _run(self, call: Callable[[qdrant_edge.EdgeShard], T]) -> T:
        return await self._worker.run(self._guarded, call)

    def _guarded(self, call: Callable[[qdrant_edge.EdgeShard], T]) -> T:
        try:
            if not self._folder.is_dir():
                self._drop()
            if self._shard is None:
                self._shard = _open(self._folder)
            return call(self._shard)
        except Exception as error:
            self._drop()
            raise MemoryUnavailable("the vector store cannot be used") from error

    def _drop(self) -> None:
        shard, self._shard = self._shard, None
        if shard is not None:
            # The engine raises plain Exception; a handle that cannot even be closed is given up.
            with contextlib.suppress(Exception):
                shard.close()


def _open(folder: Path) -> qdrant_edge.EdgeShard:
    import qdrant_edge  # noqa: PLC0415 - a native library that a service without memory never loads

    if not folder.exists():
        # Made aside and renamed: a process killed half-way leaves nothing that could not be loaded.
        draft = folder.with_name(folder.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        vectors = qdrant_edge.EdgeVectorParams(size=DIMENSIONS, distance=qdrant_edge.Distance.Cosine)
        shard = qdrant_edge.EdgeShard.create(str(draft), qdrant_edge.EdgeConfig(vectors=vectors))
        shard.update(
            qdrant_edge.UpdateOperation.create_field_index("conversation_id", qdrant_edge.PayloadSchemaType.Keyword)
        )
        shard.flush()
        shard.close()
        draft.rename(folder)
    return qdrant_edge.EdgeShard.load(str(folder))


def _search(shard: qdrant_edge.EdgeShard, conversation_id: str, text: str, limit: int) -> list[str]:
    import qdrant_edge  # noqa: PLC0415 - loaded already when a shard is open

    same = qdrant_edge.FieldCondition("conversation_id", match=qdrant_edge.MatchValue(conversation_id))
    found = shard.query(
        qdrant_edge.QueryRequest(
            query=qdrant_edge.Query.Nearest(embed(text)),
            limit=limit,
            filter=qdrant_edge.Filter(must=[same]),
            with_payload=True,
        )
    )
    return [str(point.payload["text"]) for point in found if point.payload and "text" in point.payload]


def _add(shard: qdrant_edge.EdgeShard, point_id: str, conversation_id: str, text: str) -> None:
    import qdrant_edge  # noqa: PLC0415 - loaded already when a shard is open

    payload = {"conversation_id": conversation_id, "text": text}
    shard.update(qdrant_edge.UpdateOperation.upsert_points([qdrant_edge.Point(point_id, embed(text), payload)]))
