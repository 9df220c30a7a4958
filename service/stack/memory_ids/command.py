"""`migrate-memory-ids`: on a Qdrant server, on a state folder, or on the stack's volume."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ..backup.volume import StackState
from ..compose import Compose
from ..docker import Docker
from ..environment import Stack
from ..outcome import Exit, StackError
from ..progress import Progress
from .migration import Counts, MemoryStore, migrate
from .own_stores import opened_store
from .qdrant_rest import QdrantCollection


def migrate_ids(
    options: argparse.Namespace, stack: Stack, docker: Docker, compose: Compose, progress: Progress
) -> Iterator[str]:
    """Migrate; give the lines that tell of it."""
    if options.url:
        key = _key(options.api_key_env, stack)
        yield _run(QdrantCollection(options.url, options.collection, key), options, progress)
    elif options.state_dir is not None:
        with opened_store(options.state_dir) as store:
            yield _run(store, options, progress)
    else:
        docker.require()
        more = ["--dry-run"] if options.dry_run else []
        words = ["--quiet", "migrate-memory-ids", "--batch-size", str(options.batch_size), *more]
        with progress.during("the agent stands still while its memories are moved"):
            done = StackState(stack, docker, compose, progress).run_on_state(words)
        if done.code != 0:
            raise StackError(done.last_words(1))
        yield from done.out.splitlines()


def _run(store: MemoryStore, options: argparse.Namespace, progress: Progress) -> str:
    with progress.during(f"memories of {store.name}") as step:

        def told(counts: Counts) -> None:
            step.detail = f"{counts.migrated} of {counts.seen} seen"

        counts = migrate(store, batch=options.batch_size, dry_run=options.dry_run, progress=told)
    done = "would migrate" if options.dry_run else "migrated"
    return f"{done} {counts.migrated} points of {store.name} ({counts.seen} seen)"


def _key(name: str | None, stack: Stack) -> str:
    if not name:
        return ""
    if not stack.env.get(name):
        raise StackError(f"--api-key-env: {name} is not set", Exit.USAGE)
    return stack.env[name]
