"""The alias that searches use leads to the collection that it is meant to."""

from __future__ import annotations

from opscheck.checks._json import objects
from opscheck.checks._qdrant import result_of, why
from opscheck.checks._words import failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "vector-alias",
    promise="The alias exists and leads to the collection of the release, which is listed.",
    concern="infra",
    faults={
        "alias-missing": "there is no such alias: whoever searches by it finds nothing",
        "alias-elsewhere": "the alias leads to another collection, such as that of an older release",
        "alias-dangling": "the alias leads to a collection that is not listed any more",
        "aliases-refused": "the engine does not tell its aliases: the key is refused, or it fails",
    },
    remedy="POST /collections/aliases with delete_alias and create_alias in one request moves it without a gap",
)
def vector_alias(aliases: HttpExchange, collections: HttpExchange, *, alias: str, collection: str = "") -> Verdict:
    """Judge `/aliases` and `/collections`; without a `collection` the alias may lead to any that is there."""
    expected = f"{alias} leads to {collection or 'a collection'}, which is listed"
    for answer in (aliases, collections):
        if not isinstance(result_of(answer), dict):
            reason = f"the engine answers {answer.status}: {why(answer)}"
            return failed(reason, expected=expected, observed=status_line(answer))
    known = {one.get("alias_name"): one.get("collection_name") for one in objects(result_of(aliases).get("aliases"))}
    listed = {one.get("name") for one in objects(result_of(collections).get("collections"))}
    told = ", ".join(f"{shown(name, 40)} to {shown(to, 40)}" for name, to in list(known.items())[:5])
    observed = f"aliases: {told or 'none'}"
    if alias not in known:
        return failed(f"there is no alias {shown(alias, 60)}", expected=expected, observed=observed)
    target = known[alias]
    if collection and target != collection:
        reason = f"{shown(alias, 60)} leads to {shown(target, 60)}, not to {shown(collection, 60)}"
        return failed(reason, expected=expected, observed=observed)
    if target not in listed:
        reason = f"{shown(alias, 60)} leads to {shown(target, 60)}, which is no collection"
        return failed(reason, expected=expected, observed=observed)
    return passed("the alias leads where it should", expected=expected, observed=observed)
