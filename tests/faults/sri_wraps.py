"""What goes wrong between a build and the browsers that load it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.faults.asgi import Wrap

PAGE: Final = "/"
SCRIPT: Final = "/assets/badge.js"
STALE: Final = b"/* an older build */\n"
_POLICY: Final = b"integrity-policy"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and what it answers.

    Attributes:
        elsewhere: the same server by another name, which makes it another origin.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    accepts: str = ""
    elsewhere: str = ""

    def having(self, name: bytes, value: bytes | None) -> Answered:
        """With this header and no other of its name; without it where the value is None."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name)
        return replace(self, headers=kept if value is None else (*kept, (name, value)))

    def saying(self, old: str, new: str) -> Answered:
        """With another text in its body; OTHER stands for the other origin.

        Raises:
            ValueError: the text is not there, so nothing would be broken.
        """
        if old.encode() not in self.body:
            raise ValueError(f"{old!r} is not in the answer")
        text = new.replace("OTHER", self.elsewhere)
        return replace(self, body=self.body.replace(old.encode(), text.encode()))


Change = Callable[[Answered], Answered]


def answered(path: str, change: Change) -> Wrap:
    """Whatever is answered to a path, or below one that ends with a slash and is not the root, is changed."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not _is_at(scope["path"], path):
                await app(scope, receive, send)
                return
            held = _Held()
            await app({**scope, "path": SCRIPT} if path.startswith("/lib") else scope, receive, held)
            told = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
            port = told.get(b"host", "").rpartition(":")[2]
            seen = Answered(
                held.status, held.headers, held.body, told.get(b"accept-encoding", ""), f"http://localhost:{port}"
            )
            await _send(send, change(seen))

        return broken

    return wrap


def _is_at(path: str, wanted: str) -> bool:
    return path == wanted or (wanted != PAGE and wanted.endswith("/") and path.startswith(wanted))


class _Held:
    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, (), b""  # type: tuple[int, tuple[tuple[bytes, bytes], ...], bytes]

    async def __call__(self, message: Message) -> None:
        """Keep the answer instead of sending it."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], tuple(message["headers"])
        else:
            self.body += message.get("body", b"")


async def _send(send: Send, answer: Answered) -> None:
    whole = answer.having(b"content-length", str(len(answer.body)).encode())
    await send({"type": "http.response.start", "status": whole.status, "headers": list(whole.headers)})
    await send({"type": "http.response.body", "body": whole.body, "more_body": False})


def page(*texts: tuple[str, str], policy: bytes | None = b"") -> Wrap:
    """The page says something else here and there; its policy is another one, or None at all."""

    def change(seen: Answered) -> Answered:
        for old, new in texts:
            seen = seen.saying(old, new)
        return seen if policy == b"" else seen.having(_POLICY, policy)

    return answered(PAGE, change)


def in_encoding(name: str, change: Change) -> Wrap:
    """The script is changed for whoever asks for this encoding alone."""
    return answered(SCRIPT, lambda seen: change(seen) if seen.accepts == name else seen)


def stale_copy(seen: Answered) -> Answered:
    """Compressed at the time of another build."""
    return replace(seen, body=gzip.compress(STALE)).having(b"content-encoding", b"gzip")


def library(path: str) -> Wrap:
    """The other origin serves the script under this path, to every page."""
    return answered(path, lambda seen: seen.having(b"access-control-allow-origin", b"*"))
