"""cloudflared's log read: which connections to the edge it has registered, lost, or been refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_INDEX: Final = re.compile(r"\bconnIndex=(\d{1,3})\b")
_ERROR: Final = re.compile(r'\berror="((?:[^"\\]|\\.){1,300})|\berror=(\S{1,200})')
_CONSOLE: Final = re.compile(r"^\S+ (?:INF|WRN|ERR|FTL|DBG|TRC) ")
_REGISTERED: Final = re.compile(r"^(?:Registered tunnel connection|Connection \S+ registered)")
_BEGINS: Final = re.compile(r"^Starting tunnel\b")
_ENDS: Final = re.compile(r"^(?:no more connections active|Initiating graceful shutdown|Tunnel server stopped)")
_LOST: Final = (
    "unregistered tunnel connection",
    "lost connection with the edge",
    "connection terminated",
    "serve tunnel error",
    "retrying connection in up to",
    "unable to establish connection",
    "failed to serve tunnel connection",
    "failed to serve quic connection",
    "failed to dial a quic connection",
    "register tunnel error",
)
_REFUSED: Final = re.compile(
    r"unauthorized|invalid tunnel secret|tunnel not found|tunnel token is not valid",
    re.IGNORECASE,
)


@dataclass(slots=True)
class TunnelHistory:
    """What a log tells, from its first line to its last.

    Attributes:
        now: the connections that are registered, with where they lead.
        ever: how often one was registered since the last start.
        begun: a start is among the lines.
        refused: the last words with which a token or tunnel was refused since; empty where none was.
        trouble: the last words of a connection that was lost or could not be made.
    """

    now: dict[int, str] = field(default_factory=dict)
    ever: int = 0
    begun: bool = False
    refused: str = ""
    trouble: str = ""

    def take(self, line: str) -> None:
        """The next line."""
        message, index, error = _parsed(line)
        if _BEGINS.match(message):
            self.now.clear()
            self.ever, self.begun, self.refused, self.trouble = 0, True, "", ""
        elif _REGISTERED.match(message):
            self.now[index if index is not None else self.ever] = _word(line, "location")
            self.ever, self.refused = self.ever + 1, ""
        elif _ENDS.match(message):
            self.now.clear()
            self.trouble = message
        elif any(message.casefold().startswith(word) for word in _LOST):
            if index is not None:
                self.now.pop(index, None)
            self.trouble = error or self.trouble or message
        if _REFUSED.search(f"{message} {error}"):
            self.refused = error or message


def read(lines: Iterable[str]) -> TunnelHistory:
    """Read a log, oldest line first.

    >>> read(["2026-01-02T12:00:00Z INF Registered tunnel connection connIndex=0 location=fra03 protocol=quic"]).now
    {0: 'fra03'}
    """
    told = TunnelHistory()
    for line in lines:
        told.take(line)
    return told


def _parsed(line: str) -> tuple[str, int | None, str]:
    """Message, index of the connection and error of one line, whichever of its two forms it has."""
    if line.startswith("{"):
        said = _object(line)
        index = said.get("connIndex")
        number = index if isinstance(index, int) and not isinstance(index, bool) else None
        return str(said.get("message", "")), number, str(said.get("error", ""))
    message = _CONSOLE.sub("", line)
    index, error = _INDEX.search(message), _ERROR.search(message)
    return message, int(index.group(1)) if index else None, (error.group(1) or error.group(2) or "") if error else ""


def _word(line: str, key: str) -> str:
    if line.startswith("{"):
        return str(_object(line).get(key, ""))[:20]
    found = re.search(rf"\b{key}=(\S{{1,20}})", line)
    return found.group(1) if found else ""


def _object(line: str) -> Mapping[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, Mapping) else {}
