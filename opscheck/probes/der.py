"""The few fields of an X.509 certificate that a report tells, read from DER within bounds.

Reads what a peer sent, so every length is checked and anything out of place is a ValueError.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from opscheck.model import Certificate

LARGEST: Final = 256 * 1024
_MOST_NAMES: Final = 1000
_SEQUENCE, _BOOLEAN, _OID, _OCTETS = 0x30, 0x01, 0x06, 0x04
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_COMMON_NAME: Final = b"\x55\x04\x03"
_ORGANIZATION: Final = b"\x55\x04\x0a"
_ALTERNATIVE_NAMES: Final = b"\x55\x1d\x11"


def certificate(der: bytes) -> Certificate:
    """A certificate's subject, issuer, names and validity.

    Raises:
        ValueError: it is no certificate that can be read.
    """
    if len(der) > LARGEST:
        raise ValueError("the certificate is too large")
    _, whole, _ = _element(der, 0)
    signed = next(_elements(whole), (0, b""))[1]
    fields = [field for field in _elements(signed) if field[0] != _VERSION]
    if len(fields) < 6:
        raise ValueError("the certificate lacks fields")
    # serial number, signature algorithm, issuer, validity, subject, public key, optional fields
    issuer, validity, subject = (fields[place][1] for place in (2, 3, 4))
    instants = [_instant(tag, content) for tag, content in _elements(validity)]
    if len(instants) != 2:
        raise ValueError("the certificate's validity is not two instants")
    extensions = next((content for tag, content in fields[6:] if tag == _EXTENSIONS), b"")
    return Certificate(
        subject=_name(subject),
        issuer=_name(issuer),
        names=_alternative_names(extensions),
        not_before=instants[0],
        not_after=instants[1],
    )


def _element(data: bytes, start: int) -> tuple[int, bytes, int]:
    """Tag, content and the place after the element."""
    if start + 2 > len(data):
        raise ValueError("an element is cut off")
    tag, length, place = data[start], data[start + 1], start + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or place + count > len(data):
            raise ValueError("an element has an invalid length")
        length = int.from_bytes(data[place : place + count], "big")
        place += count
    if place + length > len(data):
        raise ValueError("an element is longer than what holds it")
    return tag, data[place : place + length], place + length


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data):
        tag, content, place = _element(data, place)
        yield tag, content


def _name(content: bytes) -> str:
    """The common name, else the organisation, else nothing."""
    found: dict[bytes, str] = {}
    for _, group in _elements(content):
        for _, pair in _elements(group):
            parts = list(_elements(pair))
            if len(parts) == 2 and parts[0][0] == _OID:
                found[parts[0][1]] = _text(*parts[1])
    return found.get(_COMMON_NAME) or found.get(_ORGANIZATION) or ""


def _text(tag: int, content: bytes) -> str:
    encoding = {0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x14: "latin-1"}.get(tag, "utf-8")
    return content.decode(encoding, "replace")


def _instant(tag: int, content: bytes) -> datetime:
    digits = content.decode("ascii", "replace")
    if tag == _UTC_TIME:
        century = "20" if digits[:2] < "50" else "19"
        digits = century + digits
    elif tag != _GENERALIZED_TIME:
        raise ValueError("an instant has neither of the two forms")
    return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _alternative_names(extensions: bytes) -> tuple[str, ...]:
    for _, listed in _elements(extensions):
        for _, extension in _elements(listed):
            parts = [part for part in _elements(extension) if part[0] != _BOOLEAN]
            if len(parts) == 2 and parts[0] == (_OID, _ALTERNATIVE_NAMES) and parts[1][0] == _OCTETS:
                _, names, _ = _element(parts[1][1], 0)
                return tuple(_general_names(names))
    return ()


def _general_names(content: bytes) -> Iterator[str]:
    for count, (tag, value) in enumerate(_elements(content)):
        if count >= _MOST_NAMES:
            return
        if tag == _DNS_NAME:
            yield value.decode("ascii", "replace")
        elif tag == _IP_ADDRESS:
            yield str(ipaddress.ip_address(value))
