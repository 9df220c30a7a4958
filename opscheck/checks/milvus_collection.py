"""A Milvus collection fits the embedding model, is indexed, loaded and not empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from opscheck.checks._json import NotJson, objects, read_object
from opscheck.checks._words import error_text, failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_REFUSED: Final = 1800  # not authenticated
_LOADED: Final = "LoadStateLoaded"


@check(
    "milvus-collection",
    promise="The collection exists, has size and metric of the embedding model, an index and rows, and is loaded.",
    concern="infra",
    faults={
        "milvus-login-refused": "the token is refused: nothing can be searched",
        "milvus-collection-missing": "there is no such collection in this database",
        "milvus-wrong-dimension": "its vectors have another size than the embedding model makes",
        "milvus-wrong-metric": "its index compares by another metric than the embedding model is made for",
        "milvus-not-indexed": "its vector field has no index: a search reads everything, or is refused",
        "milvus-not-loaded": "it is not loaded: every search is refused",
        "milvus-empty": "nothing is in it: every search finds nothing",
    },
    remedy="describe_collection, list_indexes and get_load_state tell more; load the collection, or ingest again",
)
def milvus_collection(
    described: HttpExchange, counted: HttpExchange, *, collection: str, size: int = 0, metric: str = ""
) -> Verdict:
    """Judge `collections/describe` and `collections/get_stats`: errors come with 200, their code is in the body."""
    expected = f"{collection}: {size or 'any'} dimensions, {metric or 'any metric'}, indexed, loaded, rows"
    for answer in (described, counted):
        refusal = _refusal(answer, collection)
        if refusal:
            return failed(refusal, expected=expected, observed=f"{status_line(answer)}: {error_text(answer)}")
    facts, rows = _data(described), _data(counted).get("rowCount")
    vectors = {one.get("name"): _dim(one) for one in objects(facts.get("fields")) if "Vector" in str(one.get("type"))}
    metrics = {one.get("fieldName"): one.get("metricType") for one in objects(facts.get("indexes"))}
    observed = (
        f"vectors {shown(vectors, 80)}, metrics {shown(metrics, 80)}, {shown(facts.get('load'), 40)}, "
        f"{shown(rows, 20)} rows"
    )
    wrong = list(_defects(vectors, metrics, size, metric))
    if facts.get("load") != _LOADED:
        wrong.append(f"it is not loaded ({shown(facts.get('load'), 40)})")
    if not isinstance(rows, int) or rows <= 0:
        wrong.append("it is empty")
    if wrong:
        return failed("; ".join(wrong), expected=expected, observed=observed)
    return passed("the collection fits the embedding model", expected=expected, observed=observed)


def _defects(vectors: dict[Any, int | None], metrics: dict[Any, Any], size: int, metric: str) -> Iterator[str]:
    if not vectors:
        yield "it has no field of vectors"
        return
    if size and size not in vectors.values():
        have = ", ".join(shown(one, 20) for one in vectors.values())
        yield f"vectors have {have} dimensions, the embedding model makes {size}"
    fitting = [name for name, dim in vectors.items() if not size or dim == size] or list(vectors)
    bare = [name for name in fitting if name not in metrics]
    if bare:
        yield f"no index on {shown(bare[0], 60)}"
    kinds = {str(metrics[name]).casefold() for name in fitting if name in metrics}
    if metric and kinds and metric.casefold() not in kinds:
        yield f"its index compares by {', '.join(sorted(shown(one, 20) for one in kinds))}, not by {metric}"


def _refusal(answer: HttpExchange, collection: str) -> str:
    """Why there is no answer; empty where there is one."""
    try:
        code = read_object(answer.body).get("code")
    except NotJson as error:
        return f"no answer of a Milvus API ({answer.status}): {error}"
    said = error_text(answer)
    if answer.status in (401, 403) or code == _REFUSED:
        return f"the token is refused ({shown(code, 20)}): {said}"
    if answer.status == 200 and code in (0, 200):
        return ""
    if code in (4, 100) or "can't find collection" in said.casefold() or "collection not found" in said.casefold():
        return f"there is no collection {shown(collection, 60)}: {said}"
    return f"the API answers {answer.status} with code {shown(code, 20)}: {said}"


def _data(answer: HttpExchange) -> dict[str, Any]:
    try:
        data = read_object(answer.body).get("data")
    except NotJson:
        return {}
    return data if isinstance(data, dict) else {}


def _dim(field: dict[str, Any]) -> int | None:
    """The dimensions of a vector field, which is told as text or as a number."""
    for one in objects(field.get("params")):
        if one.get("key") == "dim":
            value = str(one.get("value"))
            return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
    return None
