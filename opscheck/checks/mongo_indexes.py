"""The indexes that the system's queries rely on are there."""

from __future__ import annotations

from collections.abc import Sequence

from opscheck.checks._stores import not_told
from opscheck.checks._words import failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.store import StoreSession
from opscheck.registry import check


def required(texts: Sequence[str]) -> dict[str, list[tuple[str, ...]]]:
    """`collection: field, field` by collection.

    >>> required(["tasks: status, created_at"])
    {'tasks': [('status', 'created_at')]}
    """
    wanted: dict[str, list[tuple[str, ...]]] = {}
    for text in texts:
        collection, _, fields = text.partition(":")
        wanted.setdefault(collection.strip(), []).append(tuple(field.strip() for field in fields.split(",")))
    return wanted


@check(
    "mongo-indexes",
    promise="Every index that the system's queries rely on exists, with its fields in their order.",
    concern="infra",
    faults={"mongo-index-missing": "a required index is not there: queries look at every document"},
    remedy="create the index (db.COLLECTION.createIndex), or run the migrations that do",
)
def mongo_indexes(store: StoreSession, *, indexes: Sequence[str]) -> Verdict:
    """Hold the indexes of each collection against the required ones; an index may have more fields behind."""
    wanted = required(indexes)
    expected = "; ".join(f"{name}: {' + '.join(keys)}" for name, every in wanted.items() for keys in every)
    step = store.step("indexes")
    if step is None or not step.ok:
        why = shown(step.detail) if step is not None else "the login came first"
        return not_told(store, f"the indexes could not be listed: {why}", expected=expected)
    have = {name: [tuple(index["keys"]) for index in listed] for name, listed in step.facts.items()}
    missing = [
        f"{name} has no index on {' + '.join(keys)}"
        for name, every in wanted.items()
        for keys in every
        if not any(index[: len(keys)] == keys for index in have.get(name, ()))
    ]
    observed = "; ".join(f"{name}: {', '.join(' + '.join(one) for one in every)}" for name, every in have.items())
    if missing:
        return failed("; ".join(missing[:4]), expected=expected, observed=observed or "no index")
    return passed("every required index is there", expected=expected, observed=observed)
