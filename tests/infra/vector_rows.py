"""Vector stores that do not fit their embedding model, or do not keep what they are given; both are stand-ins."""

from __future__ import annotations

from typing import Any, Final

from tests.infra.row import Row, row

VECTORS_WELL: Final = {
    "qdrant": "{qdrant}",
    "milvus": "{milvus}",
    "milvus_api": "{milvus_api}",
    "embeddings": "{ollama}",
}
_QDRANT: Final = {"qdrant": "{qdrant}"}
_EMBEDDED: Final = {"qdrant": "{qdrant}", "embeddings": "{ollama}"}


def _collection(name: str, **more: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - settings
    return {"qdrant": {"collection": name, "alias": "", **more}}


def _milvus(fault: str, because: str) -> Row:
    return row(fault, {"milvus_api": f"{{{fault}}}"}, "milvus-collection", because=because)


VECTORS: Final[tuple[Row, ...]] = (
    row(
        "collection-missing",
        _QDRANT,
        "vector-collection",
        blind="vector-round-trip",
        expect=_collection("gone"),
        because="no such collection",
    ),
    row("wrong-dimension", _QDRANT, "vector-collection", expect={"qdrant": {"size": 768}}, because="makes 768"),
    row("wrong-distance", _QDRANT, "vector-collection", expect={"qdrant": {"distance": "Dot"}}, because="not by Dot"),
    row("collection-empty", _QDRANT, "vector-collection", expect=_collection("empty"), because="is empty"),
    row(
        "payload-index-missing",
        _QDRANT,
        "vector-collection",
        expect={"qdrant": {"indexes": ["tenant", "lang"]}},
        because="no index on lang",
    ),
    row("collection-red", _QDRANT, "vector-collection", expect=_collection("broken"), because="broken (red)"),
    row("alias-missing", _QDRANT, "vector-alias", expect={"qdrant": {"alias": "newest"}}, because="no alias 'newest'"),
    row("alias-elsewhere", _QDRANT, "vector-alias", expect={"qdrant": {"alias": "old"}}, because="leads to 'empty'"),
    row(
        "alias-dangling",
        _QDRANT,
        "vector-alias vector-collection",
        blind="vector-round-trip",
        shows="alias-dangling collection-missing",
        expect={"qdrant": {"alias": "lost", "collection": "dropped"}},
        because="which is no collection",
    ),
    row(
        "aliases-refused",
        {"qdrant": "{qdrant_locked}"},
        "vector-alias vector-collection",
        shows="aliases-refused",
        blind="vector-round-trip",
        wrong="qdrant_api_key",
        because="answers 401",
    ),
    row("point-refused", {"qdrant": "{qdrant_full}"}, "vector-round-trip", because="No space left"),
    row("point-lost", {"qdrant": "{qdrant_forgets}"}, "vector-round-trip", because="does not find it"),
    row("search-fails", {"qdrant": "{qdrant_blind}"}, "vector-round-trip", because="search is answered with 500"),
    row("point-stays", {"qdrant": "{qdrant_keeps}"}, "vector-round-trip", because="still there"),
    row(
        "embedding-refused",
        _EMBEDDED,
        "vector-embedding",
        expect={"embedding": {"model": "nobody"}},
        because="answers 404",
    ),
    row(
        "embedding-size-differs",
        _EMBEDDED,
        "vector-embedding",
        expect=_collection("wide", size=384, indexes=[]),
        because="makes 64 dimensions",
    ),
    row(
        "embedding-empty",
        {"qdrant": "{qdrant}", "embeddings": "{embeds_nothing}"},
        "vector-embedding",
        because="has no vector",
    ),
    row(
        "embedding-not-normalised",
        {"qdrant": "{qdrant}", "embeddings": "{embeds_long}"},
        "vector-embedding",
        expect=_collection("dotted", distance="Dot", indexes=[]),
        because="not the length one",
    ),
    _milvus("milvus-login-refused", "token is refused"),
    _milvus("milvus-collection-missing", "no collection 'docs'"),
    _milvus("milvus-wrong-dimension", "makes 64"),
    _milvus("milvus-wrong-metric", "not by COSINE"),
    _milvus("milvus-not-indexed", "no index on 'vector'"),
    _milvus("milvus-not-loaded", "not loaded"),
    _milvus("milvus-empty", "is empty"),
)
