"""The migration itself: it ends, may be broken off anywhere, and a second run finds nothing to do."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from ..outcome import StackError

# What an old id becomes is fixed: a run that was broken off between copying and deleting copies to the same place.
_NAMESPACE = uuid.UUID("6f1b7a4e-6f0f-5b0c-9d39-3c6f5f0a9b1d")

PointId = int | str


@dataclass(frozen=True, slots=True)
class Point:
    """A memory as its store has it; `vector` may be of any shape that the store knows."""

    id: PointId
    vector: Any
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Some points, and where the next ones begin; None after the last."""

    points: Sequence[Point]
    next: PointId | None


class MemoryStore(Protocol):
    """What the migration asks of a store. A write has reached the store when the call returns."""

    name: str

    def page(self, start: PointId | None, limit: int) -> Page:
        """Give up to `limit` points with their vectors, in the order of their ids, from `start` on."""

    def put(self, points: Sequence[Point]) -> None:
        """Add points; one that is there already is replaced."""

    def present(self, ids: Sequence[PointId]) -> set[PointId]:
        """Tell which of these ids are there."""

    def remove(self, ids: Sequence[PointId]) -> None:
        """Remove points; one that is not there is no error."""


@dataclass(slots=True)
class Counts:
    """What a run has seen and done."""

    seen: int = 0
    migrated: int = 0


def migrate(
    store: MemoryStore, *, batch: int, dry_run: bool = False, progress: Callable[[Counts], None] = lambda _: None
) -> Counts:
    """Move every point whose id is not opaque; with `dry_run` only count them.

    Copies are written and found again before the originals are removed, so that no memory is missing at any moment.

    Raises:
        StackError: the store lost a copy, gives no vectors, or its pages go in a circle. Run it again to go on.
    """
    counts, start, begun = Counts(), None, set[PointId]()
    while True:
        page = store.page(start, batch)
        old = [point for point in page.points if not is_opaque(point.id)]
        if old and not dry_run:
            _move(store, old)
        counts.seen += len(page.points)
        counts.migrated += len(old)
        progress(counts)
        if page.next is None:
            return counts
        if page.next in begun:
            raise StackError(f"{store.name} gives the page from {page.next!r} again: it goes in a circle")
        begun.add(page.next)
        start = page.next


def is_opaque(point_id: PointId) -> bool:
    """Tell whether an id says nothing: a UUID does, a number or a conversation's name with an index does not.

    >>> is_opaque("9f0cc2a2-7e04-4d0b-8e37-3f6c6b8a2b11"), is_opaque("conv-1:3"), is_opaque(7)
    (True, False, False)
    """
    if isinstance(point_id, int):
        return False
    try:
        uuid.UUID(point_id)
    except ValueError:
        return False
    return True


def opaque_id(name: str, point_id: PointId) -> str:
    """Give the id that an old one becomes in the store of this name, always the same."""
    return str(uuid.uuid5(_NAMESPACE, f"{name}/{type(point_id).__name__}/{point_id}"))


def _move(store: MemoryStore, old: Sequence[Point]) -> None:
    if any(point.vector is None for point in old):
        raise StackError(f"{store.name} gives points without their vectors: nothing was changed on this page")
    copies = [_copy(store.name, point) for point in old]
    store.put(copies)
    wanted: set[PointId] = {point.id for point in copies}
    lost = wanted - store.present(sorted(wanted, key=str))
    if lost:
        raise StackError(f"{store.name} took {len(wanted)} copies and has {len(wanted - lost)}: the originals stay")
    store.remove([point.id for point in old])


def _copy(name: str, point: Point) -> Point:
    payload = dict(point.payload)
    conversation, separator, index = str(point.id).rpartition(":")
    if separator and index.isdigit() and "conversation_id" not in payload:
        payload["conversation_id"] = conversation  # the old id was the only place that knew it
    return replace(point, id=opaque_id(name, point.id), payload=payload)
