"""The migration of memory ids: it ends, may be broken off and repeated, and loses nothing."""

from __future__ import annotations

import itertools
import json
import sqlite3
import uuid
from array import array
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from service.stack.memory_ids.migration import MemoryStore, Point, is_opaque, migrate, opaque_id
from service.stack.memory_ids.own_stores import opened_store
from service.stack.memory_ids.qdrant_rest import QdrantCollection
from service.stack.outcome import Exit, StackError
from tests.stack.command import StackCommand
from tests.stack.qdrant_rest import Collection, PointId, points, serving
from tests.stack.states import State, make_state

OLD: list[PointId] = [*range(7), *(f"conversation-{number}:0" for number in range(6))]
OPAQUE: list[PointId] = [str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))) for number in range(5)]


def told(collection: Collection) -> set[str]:
    """Give what the points say, without their ids."""
    return {json.dumps(point, sort_keys=True) for point in collection.points.values()}


def run(collection: Collection, **options: Any) -> tuple[int, int]:  # noqa: ANN401 - options of any type
    """Migrate a collection over HTTP; give how many points were seen and how many migrated."""
    with serving(collection) as url:
        counts = migrate(QdrantCollection(url, "agent-memories", collection.api_key), **{"batch": 4, **options})
    return counts.seen, counts.migrated


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 256])
def test_it_moves_every_telling_id_once_and_ends(batch: int) -> None:
    """With pages of any size: every memory is there once, under an opaque id, and says what it said."""
    collection = Collection(points(*OLD, *OPAQUE))
    before = told(collection)

    _, migrated = run(collection, batch=batch)

    assert migrated == len(OLD)
    assert len(collection.points) == len(OLD) + len(OPAQUE)
    assert all(is_opaque(one) for one in collection.points)
    assert told(collection) == before
    assert set(OPAQUE) <= set(collection.points)


def test_a_second_run_finds_nothing_to_do() -> None:
    """And writes nothing."""
    collection = Collection(points(*OLD, *OPAQUE))
    run(collection)
    after, collection.writes = dict(collection.points), 0

    seen, migrated = run(collection)

    assert (seen, migrated, collection.writes) == (len(after), 0, 0)
    assert collection.points == after


def test_an_empty_collection_is_done_at_once() -> None:
    """One page."""
    collection = Collection()

    assert run(collection) == (0, 0)
    assert collection.asked == ["POST /scroll"]


def test_a_dry_run_counts_and_writes_nothing() -> None:
    """What it says is what a run then does."""
    collection = Collection(points(*OLD, *OPAQUE))
    before = dict(collection.points)

    _, would = run(collection, dry_run=True)

    assert collection.points == before
    assert collection.writes == 0
    assert would == run(collection)[1] == len(OLD)


@pytest.mark.parametrize("write", range(1, 9))
def test_broken_off_at_any_write_it_can_be_run_again(write: int) -> None:
    """Nothing is missing in between, and at the end nothing is there twice."""
    collection = Collection(points(*OLD, *OPAQUE), fail_at=write)
    before = told(collection)

    with pytest.raises(StackError, match="status 500"):
        run(collection)
    assert told(collection) == before  # a memory may be there under both ids for now, and is never missing
    collection.fail_at = 0
    run(collection)

    assert told(collection) == before
    assert len(collection.points) == len(OLD) + len(OPAQUE)
    assert all(is_opaque(one) for one in collection.points)


def test_originals_stay_where_copies_are_lost() -> None:
    """A server that says yes and keeps nothing: found out before anything is deleted."""
    collection = Collection(points(*OLD), loses_copies=True)

    with pytest.raises(StackError, match="took 4 copies and has 0: the originals stay"):
        run(collection)

    assert set(collection.points) == set(OLD)
    assert not any("delete" in call for call in collection.asked)


def test_pages_that_go_in_a_circle_are_noticed() -> None:
    """It ends whatever the server does."""
    with pytest.raises(StackError, match="goes in a circle"):
        run(Collection(points(*OPAQUE), repeats_pages=True))


def test_points_without_vectors_are_not_written_back() -> None:
    """They would be there and never be found again."""
    collection = Collection(points(*OLD), without_vectors=True)

    with pytest.raises(StackError, match="without their vectors"):
        run(collection)

    assert collection.writes == 0


def test_vectors_of_any_shape_stay_what_they_are() -> None:
    """Named, sparse and several at once."""
    collection = Collection(points(1, 2))
    collection.points[1]["vector"] = {"text": [0.5, 0.25], "words": {"indices": [3, 9], "values": [1.0, 2.0]}}
    collection.points[2]["vector"] = [[1.0, 0.0], [0.0, 1.0]]
    before = told(collection)

    run(collection)

    assert told(collection) == before


def test_what_only_the_id_knew_is_kept() -> None:
    """An id of conversation and index, and no conversation in the payload: searches filter by it."""
    collection = Collection({"conv:with:colons:12": {"vector": [1.0], "payload": {"text": "x"}}})

    run(collection)

    (point,) = collection.points.values()
    assert point["payload"] == {"text": "x", "conversation_id": "conv:with:colons"}


def test_the_new_id_is_always_the_same_and_never_anothers() -> None:
    """That is what makes a second attempt write to the same place."""
    ids: list[PointId] = [1, "1", 11, "a:1", "a:11"]
    made = [opaque_id(name, one) for name, one in itertools.product(("a", "b"), ids)]

    assert len(set(made)) == len(made)
    assert opaque_id("a", 1) == opaque_id("a", 1)
    assert all(is_opaque(one) for one in made)


def test_the_command_line(stack: StackCommand) -> None:
    """The key comes from the variable that is named, and is told to nobody."""
    collection = Collection(points(*OLD), api_key="k3y-of-the-server")
    with serving(collection, "mine") as url:
        words = ("migrate-memory-ids", "--url", url, "--collection", "mine", "--batch-size", "5")
        without = stack(*words)
        unset = stack(*words, "--api-key-env", "QDRANT_KEY")
        dry = stack(*words, "--api-key-env", "QDRANT_KEY", "--dry-run", QDRANT_KEY="k3y-of-the-server")
        done = stack(*words, "--api-key-env", "QDRANT_KEY", QDRANT_KEY="k3y-of-the-server")
        missing = stack(
            "migrate-memory-ids", "--url", url, "--collection", "other", "--api-key-env", "Q", Q="k3y-of-the-server"
        )

    assert (without.returncode, unset.returncode) == (Exit.FAILED, Exit.USAGE)
    assert "status 401 (Invalid API key)" in without.stderr
    assert "QDRANT_KEY is not set" in unset.stderr
    assert dry.stdout == "would migrate 13 points of mine (13 seen)\n"
    assert done.stdout.startswith("migrated 13 points of mine")
    assert "status 404" in missing.stderr
    assert all("k3y" not in one.stdout + one.stderr for one in (without, unset, dry, done, missing))


def test_nobody_there_is_one_line(stack: StackCommand) -> None:
    """With the address, and what to do."""
    done = stack("migrate-memory-ids", "--url", "http://127.0.0.1:9")

    assert done.returncode == Exit.FAILED
    assert "connection refused; run it again to go on" in done.stderr.splitlines()[-1]


def give_numbers(folder: Path, numbers: range) -> None:
    """Put memories with numbers for ids into the embedded store."""
    import qdrant_edge  # noqa: PLC0415 - a native library

    from service.stores.embedding import embed  # noqa: PLC0415 - goes with it

    shard = qdrant_edge.EdgeShard.load(str(folder))
    rows = [
        qdrant_edge.Point(number, embed(f"old {number}"), {"conversation_id": "old", "text": f"old {number}"})
        for number in numbers
    ]
    shard.update(qdrant_edge.UpdateOperation.upsert_points(rows))
    shard.close()


def everything(state: State) -> Mapping[PointId, tuple[Any, Any]]:
    """Read all points of a state."""
    with opened_store(state.folder) as store:
        return {one.id: (one.vector, dict(one.payload)) for one in all_points(store)}


def all_points(store: MemoryStore) -> list[Point]:
    """Go through all pages."""
    found: list[Point] = []
    start: PointId | None = None
    while True:
        page = store.page(start, 7)
        found += page.points
        if page.next is None:
            return found
        start = page.next


def test_the_embedded_store(stack: StackCommand, state: State) -> None:
    """Its own numbers become UUIDs; vectors and payloads stay, and the service finds them as before."""
    give_numbers(state.folder / "vectors", range(100, 130))
    before = everything(state)
    words = ("migrate-memory-ids", "--state-dir", str(state.folder), "--batch-size", "8")

    dry, first, second = stack(*words, "--dry-run"), stack(*words), stack(*words)

    assert dry.stdout == "would migrate 30 points of vectors (70 seen)\n"
    assert first.stdout.startswith("migrated 30 points of vectors")
    assert second.stdout == "migrated 0 points of vectors (70 seen)\n"
    after = everything(state)
    assert all(is_opaque(one) for one in after)
    assert sorted(map(repr, after.values())) == sorted(map(repr, before.values()))
    assert state.remembered("old", "old 117")[0] == "old 117"


def test_the_embedded_store_in_use(stack: StackCommand, state: State) -> None:
    """It has one handle: told, not waited for."""
    import qdrant_edge  # noqa: PLC0415 - a native library

    shard = qdrant_edge.EdgeShard.load(str(state.folder / "vectors"))
    try:
        done = stack("migrate-memory-ids", "--state-dir", str(state.folder))
    finally:
        shard.close()

    assert done.returncode == Exit.FAILED
    assert "is in use: stop the service first" in done.stderr


def test_the_store_in_sqlite(stack: StackCommand, tmp_path: Path) -> None:
    """Its ids are texts, so the old kind is really there."""
    state = make_state(tmp_path / "data", exchanges=9, engine="sqlite")
    with closing(sqlite3.connect(state.folder / "vectors.sqlite")) as database, database:
        rows = [(f"conv:{number}", "conv", f"old {number}", array("f", [0.5] * 384).tobytes()) for number in range(20)]
        database.executemany("INSERT INTO memories (id, conversation_id, text, vector) VALUES (?, ?, ?, ?)", rows)
    before = everything(state)
    words = ("migrate-memory-ids", "--state-dir", str(state.folder), "--batch-size", "3")

    first, second = stack(*words), stack(*words)

    assert first.stdout.startswith("migrated 20 points of vectors.sqlite")
    assert second.stdout == "migrated 0 points of vectors.sqlite (29 seen)\n"
    after = everything(state)
    assert all(is_opaque(one) for one in after)
    assert sorted(map(repr, after.values())) == sorted(map(repr, before.values()))


def test_a_folder_without_memories_is_told(stack: StackCommand, tmp_path: Path) -> None:
    """Rather than migrating nothing in silence."""
    (tmp_path / "empty").mkdir()

    done = stack("migrate-memory-ids", "--state-dir", str(tmp_path / "empty"))

    assert done.returncode == Exit.FAILED
    assert "holds no vector store" in done.stderr
