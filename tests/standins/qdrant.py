"""StandInQdrant: Qdrant's own engine, embedded, behind the part of its server's documented REST API that is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

import qdrant_edge as engine

from tests.parts.listening import Listening

_DISTANCES: Final = {"Cosine": engine.Distance.Cosine, "Dot": engine.Distance.Dot, "Euclid": engine.Distance.Euclid}


@dataclass(frozen=True)
class Made:
    """A collection: the size and distance of its vectors, how many points it has, and which fields are indexed.

    `status` is what the server's optimiser would say; the embedded engine has none.
    """

    size: int
    distance: str = "Cosine"
    points: int = 3
    indexes: tuple[str, ...] = ()
    status: str = "green"


@dataclass
class Ills:
    """What is wrong with the server.

    Attributes:
        full: its disk is; nothing is written.
        forgets: what is given is acknowledged and not kept.
        blind: a search fails.
        keeps: what is removed is acknowledged and stays.
    """

    full: bool = False
    forgets: bool = False
    blind: bool = False
    keeps: bool = False


@dataclass
class StandInQdrant(Listening):
    """A server with these collections and aliases, below `folder`. A context manager; `url` is where it listens."""

    folder: Path
    collections: Mapping[str, Made]
    aliases: Mapping[str, str] = field(default_factory=dict)
    ills: Ills = field(default_factory=Ills)
    key: str = ""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._answer(self, "GET")

            def do_POST(self) -> None:
                outer._answer(self, "POST")

            def do_PUT(self) -> None:
                outer._answer(self, "PUT")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Keep the test's output clean."""

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Make the collections, and listen."""
        self._shards = {name: _shard(self.folder / name, made) for name, made in self.collections.items()}
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        super().__exit__(kind, error, trace)
        for shard in self._shards.values():
            shard.close()

    def _answer(self, client: BaseHTTPRequestHandler, method: str) -> None:
        body = client.rfile.read(int(client.headers.get("content-length", "0")))
        given = client.headers.get("api-key") or client.headers.get("authorization", "").removeprefix("Bearer ")
        if self.key and given != self.key and client.path != "/readyz":
            status, said = 401, "Must provide an API key or an Authorization bearer token"
            content = said.encode()
        else:
            with self._lock:
                status, result = self._route(method, urlsplit(client.path).path, json.loads(body or b"{}"))
            content = result.encode() if isinstance(result, str) else json.dumps(result).encode()
        client.send_response(status)
        kind = "text/plain" if content[:1] not in b"{[" else "application/json"
        client.send_header("content-type", kind)
        client.send_header("content-length", str(len(content)))
        client.end_headers()
        client.wfile.write(content)

    def _route(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        words = [unquote(word) for word in path.strip("/").split("/")]
        if words == ["readyz"]:
            return 200, "all shards are ready"
        if words == ["aliases"]:
            pairs = [{"alias_name": alias, "collection_name": to} for alias, to in self.aliases.items()]
            return _ok({"aliases": pairs})
        if words == ["collections"]:
            return _ok({"collections": [{"name": name} for name in self.collections]})
        name = self.aliases.get(words[1], words[1]) if len(words) > 1 else ""
        if words[0] != "collections" or name not in self._shards:
            return _error(404, f"Not found: Collection `{name}` doesn't exist!")
        if len(words) == 2:
            return _ok(self._facts(name))
        return self._points(method, self._shards[name], self.collections[name], words[3:], body)

    def _facts(self, name: str) -> dict[str, Any]:
        made = self.collections[name]
        count = self._shards[name].count(engine.CountRequest(exact=True))
        return {
            "status": made.status,
            "optimizer_status": "ok",
            "points_count": count,
            "config": {"params": {"vectors": {"size": made.size, "distance": made.distance}}},
            "payload_schema": {field: {"data_type": "keyword", "points": count} for field in made.indexes},
        }

    def _points(
        self,
        method: str,
        shard: Any,  # noqa: ANN401 - a library's
        made: Made,
        words: list[str],
        body: dict[str, Any],
    ) -> tuple[int, Any]:
        if method == "PUT":
            return self._put(shard, made, body["points"])
        if words == ["query"]:
            if self.ills.blind:
                return _error(500, "Service internal error: 1 of 1 read operations failed")
            return _ok({"points": list(_found(shard, body))})
        if words == ["delete"]:
            if not self.ills.keeps:
                shard.update(engine.UpdateOperation.delete_points(body["points"]))
            return _ok({"operation_id": 1, "status": "completed"})
        kept = shard.retrieve(words, with_payload=True, with_vector=False)
        if not kept:
            return _error(404, f"Not found: Point with id {words[0]} does not exists!")
        return _ok({"id": words[0], "payload": kept[0].payload})

    def _put(self, shard: Any, made: Made, points: list[dict[str, Any]]) -> tuple[int, Any]:  # noqa: ANN401 - a library's
        if self.ills.full:
            return _error(
                500, "Service internal error: No space left on device: WAL buffer size exceeds available disk"
            )
        wrong = next((one for one in points if len(one["vector"]) != made.size), None)
        if wrong is not None:
            told = f"expected dim: {made.size}, got {len(wrong['vector'])}"
            return _error(400, f"Wrong input: Vector dimension error: {told}")
        if not self.ills.forgets:
            given = [engine.Point(one["id"], one["vector"], one.get("payload", {})) for one in points]
            shard.update(engine.UpdateOperation.upsert_points(given))
        return _ok({"operation_id": 0, "status": "completed"})


def _shard(folder: Path, made: Made) -> Any:  # noqa: ANN401 - a library's
    folder.mkdir(parents=True)
    vectors = engine.EdgeVectorParams(size=made.size, distance=_DISTANCES[made.distance])
    shard = engine.EdgeShard.create(str(folder), engine.EdgeConfig(vectors=vectors))
    for name in made.indexes:
        shard.update(engine.UpdateOperation.create_field_index(name, engine.PayloadSchemaType.Keyword))
    points = [engine.Point(n + 1, _vector(made.size, n), {"tenant": "t"}) for n in range(made.points)]
    if points:
        shard.update(engine.UpdateOperation.upsert_points(points))
    return shard


def _vector(size: int, place: int) -> list[float]:
    return [1.0 if at == place % size else 0.0 for at in range(size)]


def _found(shard: Any, body: dict[str, Any]) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a library's
    """The nearest points among those with an id that is asked for."""
    wanted = {one for part in body.get("filter", {}).get("must", ()) for one in part.get("has_id", ())}
    among = engine.Filter(must=[engine.HasIdCondition(wanted)]) if wanted else None
    nearest = engine.Query.Nearest(body["query"])
    for hit in shard.query(engine.QueryRequest(query=nearest, limit=body.get("limit", 10), filter=among)):
        yield {"id": hit.id if isinstance(hit.id, int) else str(hit.id), "score": hit.score, "version": 0}


def _ok(result: object) -> tuple[int, Any]:
    return 200, {"result": result, "status": "ok", "time": 0.001}


def _error(status: int, text: str) -> tuple[int, Any]:
    return status, {"status": {"error": text}, "time": 0.0}
