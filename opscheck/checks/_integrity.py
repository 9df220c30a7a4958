"""Integrity metadata by the text of the standard: what is in an `integrity` attribute, and which bytes it lets in."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from opscheck.model.page import Digests

ALGORITHMS: Final = ("sha256", "sha384", "sha512")  # weakest first
_SIZES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_SPACE: Final = re.compile(r"[\t\n\f\r ]+")
_LIBERAL: Final = re.compile(r"([A-Za-z0-9+/_-]+)={0,2}")
_TO_BASE64: Final = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class Item:
    """One hash of the metadata, under an algorithm that browsers know.

    Attributes:
        algorithm: in lower case.
        value: what stands behind its hyphen, without options.
        written: the whole of it, as it stands there.
    """

    algorithm: str
    value: str
    written: str

    @property
    def base64(self) -> str:
        """The value as unpadded base64, also from base64url; empty where it can be no digest: it never matches."""
        form = _LIBERAL.fullmatch(self.value)
        return form[1].translate(_TO_BASE64) if form else ""

    def matches(self, digests: Digests) -> bool:
        """These are the bytes that it stands for."""
        known = digests.get(self.algorithm)
        return known is not None and bool(self.base64) and self.base64 == unpadded(known)

    @property
    def lint(self) -> str:
        """Why a client stricter or looser than the standard may take it for something else; empty where none does."""
        if not _is_digest(self.base64, self.algorithm):
            return "is no digest of that algorithm: the standard lets nothing match it, and Chromium ignores it"
        if self.written.partition("-")[0] != self.algorithm:
            return "writes its algorithm in capitals, which some browsers do not know: they check nothing"
        if self.value != padded(self.base64):
            return "is not canonical base64, which strict clients refuse"
        return ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Integrity metadata as a browser reads it.

    Attributes:
        items: the hashes that count, in order.
        dropped: what has no known algorithm, and counts for nothing.
    """

    items: tuple[Item, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def effective(self) -> bool:
        """The resource is checked at all."""
        return bool(self.items)

    @property
    def algorithm(self) -> str:
        """The strongest algorithm present, the only one that is looked at; empty where there is none."""
        return max((item.algorithm for item in self.items), key=ALGORITHMS.index, default="")

    @property
    def strongest(self) -> tuple[Item, ...]:
        """The hashes that are looked at."""
        return tuple(item for item in self.items if item.algorithm == self.algorithm)

    def matches(self, digests: Digests) -> bool:
        """One of the strongest hashes is that of these bytes; weaker ones are never consulted."""
        return any(item.matches(digests) for item in self.strongest)


def parse(text: str | None) -> Metadata:
    """Read integrity metadata; nothing in it is an error, it only counts or does not.

    >>> parse("sha384-AAAA?x md5-BBBB").items[0].value, parse("md5-BBBB").effective
    ('AAAA', False)
    """
    items, dropped = [], []
    for written in _SPACE.split(text or ""):
        expression = written.partition("?")[0]
        algorithm, _, value = expression.partition("-")
        if algorithm.lower() in _SIZES:
            items.append(Item(algorithm.lower(), value, written))
        elif written:
            dropped.append(written)
    return Metadata(tuple(items), tuple(dropped))


def metadata_of(digests: Digests, algorithm: str) -> str:
    """The canonical metadata of bytes.

    >>> metadata_of({"sha256": bytes(32)}, "sha256")
    'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
    """
    return f"{algorithm}-{b64encode(digests[algorithm]).decode()}"


def lints(metadata: Iterable[Metadata]) -> list[str]:
    """What is wrong with the spelling of the hashes that count, each with the hash."""
    return [f"{item.written[:24]} {item.lint}" for one in metadata for item in one.strongest if item.lint]


def unpadded(digest: bytes) -> str:
    """Base64 without its padding."""
    return b64encode(digest).decode().rstrip("=")


def padded(base64: str) -> str:
    """Base64 with the padding that belongs to it."""
    return base64 + "=" * (-len(base64) % 4)


def _is_digest(base64: str, algorithm: str) -> bool:
    return len(base64) == (_SIZES[algorithm] * 8 + 5) // 6
