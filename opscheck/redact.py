"""Secret, and the only redactor: what must never be printed is registered here and masked everywhere."""

from __future__ import annotations

import base64
import json
import re
import threading
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "[secret]"
SENSITIVE_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-admin-token"}
)
_SHORTEST: Final = 4  # a shorter value would mask ordinary words of a report
_SHORTEST_FRAGMENT: Final = 4
_SHORTEST_LINE: Final = 8  # a key file is often shown line by line
_ELLIPSIS: Final = re.compile(r"\.\.\.|…")
_URL_CREDENTIALS: Final = re.compile(r"(?<=://)[^/\s@'\"]+@")


class Secret:
    """A value that prints as its name. Only `reveal` gives it away, and only a probe calls that.

    >>> f"{Secret('admin_token', 'hunter22')}"
    '[secret admin_token]'
    """

    __slots__ = ("_value", "name")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return f"[secret {self.name}]"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __reduce__(self) -> tuple[object, ...]:
        # A secret crosses no process border: the other side reads it from its own environment.
        return (Secret, (self.name, ""))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (self.name, self._value) == (other.name, other._value)

    def __hash__(self) -> int:
        return hash((self.name, self._value))


def _forms(value: str) -> set[str]:
    """The value as sinks spell it: plain, JSON-escaped, repr-escaped, percent-encoded, base64."""
    raw = value.encode("utf-8", "surrogatepass")
    standard = base64.b64encode(raw).decode().rstrip("=")
    urlsafe = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    escaped = {json.dumps(value)[1:-1], repr(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    markup = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    quoted = markup.replace('"', "&quot;")
    encoded = {quote(value, safe="", errors="replace"), quote_plus(value, errors="replace")}
    forms = {value, standard, urlsafe, markup, quoted, quoted.replace("'", "&#x27;")} | escaped | encoded
    return {form for form in forms if len(form) >= _SHORTEST}


class Redactor:
    """Knows the registered secrets and masks every form of them in a text; safe from several threads."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._values)

    def register(self, secret: Secret) -> None:
        """From now on mask this secret. A value of fewer than four characters cannot be masked safely.

        Raises:
            ValueError: the value is too short to be told from ordinary text.
        """
        value = secret.reveal()
        if not value:
            return
        if len(value) < _SHORTEST:
            raise ValueError(f"secret {secret.name} has fewer than {_SHORTEST} characters: too short to be masked")
        with self._lock:
            self._values.add(value)
            lines = [line for line in value.splitlines() if len(line) >= _SHORTEST_LINE]
            for form in {form for part in (value, *lines) for form in _forms(part)}:
                self._names.setdefault(form, secret.name)
            longest_first = sorted(self._names, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def text(self, text: str) -> str:
        """The text with every registered secret masked, credentials in URLs and truncated forms included."""
        text = _URL_CREDENTIALS.sub(f"{MASK}@", text) if "://" in text else text
        if self._pattern is None:
            return text
        text = self._pattern.sub(lambda match: self._mask(match.group()), text)
        return self._fragments(text)

    def _mask(self, form: str) -> str:
        return f"[secret {self._names.get(form, '?')}]"

    def _fragments(self, text: str) -> str:
        """Mask what a truncating repr leaves of a secret: its head before an ellipsis, its tail behind."""
        if not _ELLIPSIS.search(text):
            return text
        pieces = _ELLIPSIS.split(text)
        marks = _ELLIPSIS.findall(text)
        for index in range(len(pieces)):
            if index < len(marks):
                pieces[index] = self._cut_head(pieces[index])
            if index > 0:
                pieces[index] = self._cut_tail(pieces[index])
        joined = [pieces[0]]
        for mark, piece in zip(marks, pieces[1:], strict=True):
            joined += (mark, piece)
        return "".join(joined)

    def _cut_head(self, piece: str) -> str:
        for value in self._values:
            for length in range(min(len(value), len(piece)), _SHORTEST_FRAGMENT - 1, -1):
                if piece.endswith(value[:length]):
                    return piece[:-length] + MASK
        return piece

    def _cut_tail(self, piece: str) -> str:
        for value in self._values:
            for length in range(min(len(value), len(piece)), _SHORTEST_FRAGMENT - 1, -1):
                if piece.startswith(value[-length:]):
                    return MASK + piece[length:]
        return piece

    def tree(self, value: object) -> object:
        """The same for a tree of dicts, lists and tuples as it goes into a report."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.tree(key): self.tree(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, tuple):
            return tuple(self.tree(item) for item in value)
        return value

    def leaks(self, text: str) -> list[str]:
        """The names of the secrets that stand unmasked in a text: the canary's question."""
        if self._pattern is None:
            return []
        return sorted({self._names.get(form, "?") for form in self._pattern.findall(text)})


def header_value(name: str, value: object) -> str:
    """A header's value as evidence shows it: credentials are masked by the header's name alone."""
    return MASK if name.lower() in SENSITIVE_HEADERS else str(value)
