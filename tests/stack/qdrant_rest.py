"""A stand-in for a Qdrant server: its documented REST calls for scrolling, fetching, writing and deleting points.

Ids are kept in the order that the documentation gives: numbers first, then UUIDs. Unlike the real server it also takes
other texts as ids, as deployments once had them; they come last.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

PointId = int | str


@dataclass
class Collection:
    """What the stand-in keeps, what it was asked, and how it misbehaves."""

    points: dict[PointId, dict[str, Any]] = field(default_factory=dict)
    api_key: str = ""
    asked: list[str] = field(default_factory=list)
    fail_at: int = 0  # the number of the write that is answered with 500 and not done
    loses_copies: bool = False
    repeats_pages: bool = False
    without_vectors: bool = False
    writes: int = 0

    def order(self) -> list[PointId]:
        """Give all ids in order."""
        return sorted(self.points, key=_rank)


def points(*ids: PointId) -> dict[PointId, dict[str, Any]]:
    """Make points with a vector each and a conversation."""
    return {
        one: {
            "vector": [float(number), 1.0],
            "payload": {"conversation_id": f"c{number % 3}", "text": f"memory {number}"},
        }
        for number, one in enumerate(ids)
    }


@contextmanager
def serving(collection: Collection, name: str = "agent-memories") -> Iterator[str]:
    """Serve a collection on 127.0.0.1; give the base URL."""
    prefix = f"/collections/{name}/points"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, status: int, result: object) -> None:
            good = status < 300
            document = {"result": result, "status": "ok", "time": 0.0} if good else {"status": {"error": str(result)}}
            raw = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def _act(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
            path, _, query = self.path.partition("?")
            collection.asked.append(f"{self.command} {path.removeprefix(prefix) or '/'}")
            if collection.api_key and self.headers.get("api-key") != collection.api_key:
                self._answer(401, "Invalid API key")
            elif not path.startswith(prefix):
                self._answer(404, "Not found: Collection doesn't exist!")
            else:
                self._answer(*_acted(collection, f"{self.command} {path.removeprefix(prefix)}", body, query))

        do_POST = do_PUT = _act  # noqa: N815 - the names that the base class looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _acted(collection: Collection, call: str, body: dict[str, Any], query: str) -> tuple[int, object]:
    if call == "POST /scroll":
        return 200, _scrolled(collection, body)
    if call == "POST ":
        return 200, [{"id": one} for one in body["ids"] if one in collection.points]
    assert query == "wait=true", "a write that is not waited for may still be lost"
    collection.writes += 1
    if collection.writes == collection.fail_at:
        return 500, "Service internal error"
    if call == "PUT ":
        for one in body["points"]:
            if not collection.loses_copies:
                collection.points[one["id"]] = {"vector": one["vector"], "payload": one["payload"]}
        return 200, {"operation_id": collection.writes, "status": "completed"}
    if call == "POST /delete":
        for one in body["points"]:
            collection.points.pop(one, None)
        return 200, {"operation_id": collection.writes, "status": "completed"}
    return 404, "Not found"


def _scrolled(collection: Collection, body: dict[str, Any]) -> dict[str, object]:
    order = collection.order()
    start = body.get("offset")
    later = [one for one in order if start is None or _rank(one) >= _rank(start)]
    page, rest = later[: body["limit"]], later[body["limit"] :]
    following = rest[0] if rest else None
    if collection.repeats_pages and order:
        following = order[0]
    rows = [
        {"id": one, "payload": collection.points[one]["payload"], "vector": _vector(collection, one)} for one in page
    ]
    return {"points": rows, "next_page_offset": following}


def _vector(collection: Collection, one: PointId) -> object:
    return None if collection.without_vectors else collection.points[one]["vector"]


def _rank(one: PointId) -> tuple[int, int, str]:
    if isinstance(one, int):
        return (0, one, "")
    try:
        return (1, UUID(one).int, "")
    except ValueError:
        return (2, 0, one)
