"""StandInMongo: speaks enough of MongoDB's protocol to say that it is a secondary, or that it acknowledges no write."""

from __future__ import annotations

import socketserver
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

import bson

from tests.parts.listening import Listening

_HEADER: Final = struct.Struct("<iiii")
_REPLY, _QUERY, _MESSAGE = 1, 2004, 2013


class StandInMongo(Listening):
    """A member of a replica set, without logins.

    Args:
        primary: it may be written to.
        acknowledged: the `w` of its default write concern.
        indexes: fields of an index each, the same on every collection.
    """

    def __init__(self, *, primary: bool = True, acknowledged: int = 1, indexes: Sequence[Sequence[str]] = ()) -> None:
        self._primary = primary
        self._acknowledged = acknowledged
        self._indexes = indexes
        outer = self

        class Client(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                """Answer commands until the client leaves."""
                while len(head := self.rfile.read(_HEADER.size)) == _HEADER.size:
                    length, number, _, kind = _HEADER.unpack(head)
                    command = _document(kind, self.rfile.read(length - _HEADER.size))
                    self.wfile.write(_reply(kind, number, bson.encode(outer.answer(command))))

        super().__init__(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Client))
        self._address = f"127.0.0.1:{self.port}"
        self.url = f"mongodb://{self._address}/"

    def answer(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Give what a server answers to a command."""
        name = next(iter(command)).lower()
        if name in ("hello", "ismaster"):
            return self._greeting()
        if name == "getdefaultrwconcern":
            return {"defaultWriteConcern": {"w": self._acknowledged, "wtimeout": 0}, "ok": 1.0}
        listed = [{"v": 2, "name": "_".join(keys), "key": dict.fromkeys(keys, 1)} for keys in self._indexes]
        if name.startswith("list"):
            batch = listed if name == "listindexes" else []
            return {"cursor": {"id": bson.Int64(0), "ns": "shop.$cmd", "firstBatch": batch}, "ok": 1.0}
        return {"ok": 1.0}

    def _greeting(self) -> dict[str, Any]:
        return {
            "isWritablePrimary": self._primary,
            "ismaster": self._primary,
            "secondary": not self._primary,
            "setName": "rs0",
            "hosts": [self._address],
            "me": self._address,
            "primary": self._address if self._primary else "elsewhere.example:27017",
            "maxBsonObjectSize": 16 * 1024 * 1024,
            "maxMessageSizeBytes": 48 * 1024 * 1024,
            "maxWriteBatchSize": 100_000,
            "minWireVersion": 0,
            "maxWireVersion": 21,
            "readOnly": False,
            "ok": 1.0,
        }


def _document(kind: int, body: bytes) -> dict[str, Any]:
    """The command: behind flags, name and two numbers in the older form, behind flags and a kind in the newer one."""
    start = body.index(b"\0", 4) + 9 if kind == _QUERY else 5
    size = int.from_bytes(body[start : start + 4], "little")
    return bson.decode(body[start : start + size])


def _reply(kind: int, number: int, document: bytes) -> bytes:
    if kind == _QUERY:
        body = struct.pack("<iqii", 0, 0, 0, 1) + document
        return _HEADER.pack(_HEADER.size + len(body), 0, number, _REPLY) + body
    body = struct.pack("<IB", 0, 0) + document
    return _HEADER.pack(_HEADER.size + len(body), 0, number, _MESSAGE) + body
