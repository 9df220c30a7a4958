"""Integrity attributes written into an HTML source: only bytes of those tags change, everything else stays."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from opscheck.cli.sri_source import Attribute, Tag, tags
from opscheck.model.page import origin_of
from opscheck.probes.page_elements import Reader

_ROOT: Final = "http://root.invalid"  # stands for the folder, so that addresses resolve as they do on a host
_ADDRESS: Final = {"script": "src", "link": "href"}


@dataclass(frozen=True, slots=True)
class Own:
    """A tag that loads a file of the folder.

    Attributes:
        name: of the file, below the folder.
        tag: its tag in the source.
        line: of the source.
    """

    name: str
    tag: Tag
    line: int


def own_tags(source: bytes, page: str) -> Iterator[Own]:
    """The tags that load something of the page's own folder, as a browser resolves their addresses.

    Args:
        page: the page's own path below the folder.
    """
    reader = Reader(f"{_ROOT}/{quote(os.fsencode(page))}")
    counted, line = 0, 1
    for tag in tags(source):
        if tag.name != "base" and tag.name not in _ADDRESS:
            continue
        wanted = _ADDRESS.get(tag.name, "href")
        if wanted not in tag.attributes:
            continue
        row = {name: attribute.value for name, attribute in tag.attributes.items()}
        # Scripts for old browsers, and stylesheets that are enabled later, are loaded by someone: no flags.
        for element in reader.elements([{**row, "tag": tag.name, "flags": (), "line": 0}]):
            line += source.count(b"\n", counted, tag.start)
            counted = tag.start
            if origin_of(element.url) == _ROOT:
                name = unquote(urlsplit(element.url).path, errors="surrogateescape").lstrip("/")
                yield Own(name, tag, line)


def edited(source: bytes, own: Iterable[Own], metadata: Mapping[str, str]) -> bytes:
    """The source with the attributes that the files ask for.

    Args:
        metadata: of each file; a file that is not in there is left alone.
    """
    pieces, at = [], 0
    for one in own:
        if one.name not in metadata:
            continue
        for start, end, written in _edits(source, one.tag, metadata[one.name]):
            pieces += [source[at:start], written]
            at = end
    return b"".join([*pieces, source[at:]])


def is_done(source: bytes, page: str, metadata: Mapping[str, str]) -> bool:
    """Every tag of a file that has metadata carries it."""
    tagged = [one for one in own_tags(source, page) if one.name in metadata]
    carried = [one.tag.attributes.get("integrity") for one in tagged]
    return all(
        value is not None and value.value == metadata[one.name] for one, value in zip(tagged, carried, strict=True)
    )


def _edits(source: bytes, tag: Tag, metadata: str) -> list[tuple[int, int, bytes]]:
    """What to put in place of which bytes of a tag, in order."""
    address = tag.attributes[_ADDRESS[tag.name]]
    quotation = address.quote or b'"'
    edits, added = [], b""
    present = tag.attributes.get("integrity")
    if present is None:
        added += b" integrity=" + quotation + metadata.encode() + quotation
    elif present.value != metadata:
        edits.append(_replaced(source, present, metadata.encode()))
    if "crossorigin" not in tag.attributes:
        added += b" crossorigin=" + quotation + b"anonymous" + quotation
    if added:
        edits.append((address.end, address.end, added))
    return sorted(edits)


def _replaced(source: bytes, attribute: Attribute, value: bytes) -> tuple[int, int, bytes]:
    """The value between its own quotation marks; in new ones where it had none, for it may need them."""
    if attribute.inner is not None:
        return (*attribute.inner, value)
    name = source[attribute.start : attribute.end].partition(b"=")[0].rstrip()
    return attribute.start, attribute.end, name + b'="' + value + b'"'
