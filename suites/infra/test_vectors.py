"""The vector store holds what searches look for."""

import pytest

from opscheck.checks.milvus_collection import milvus_collection
from opscheck.checks.vector_alias import vector_alias
from opscheck.checks.vector_collection import vector_collection
from opscheck.checks.vector_embedding import vector_embedding
from opscheck.checks.vector_round_trip import vector_round_trip

pytestmark = pytest.mark.infra


def test_the_collection_fits_the_embedding_model(collection, ops_host, expect):
    """Same size, same distance, not empty, with the indexes that searches filter by."""
    wanted = ops_host.settings["qdrant"]
    expect(vector_collection(collection, size=wanted["size"], distance=wanted["distance"], indexes=wanted["indexes"]))


def test_the_embedding_model_makes_what_the_collection_takes(embedded_text, collection, ops_host, expect):
    """One text, embedded by the model that the system uses, has the size of the collection."""
    expect(vector_embedding(embedded_text, collection, model=ops_host.settings["embedding"]["model"]))


def test_the_alias_leads_to_the_collection(aliases, collections, ops_host, expect):
    """Searches go by the alias, and end in the collection of the release."""
    wanted = ops_host.settings["qdrant"]
    expect(vector_alias(aliases, collections, alias=wanted["alias"], collection=wanted["collection"]))


def test_a_point_is_kept_found_and_removed(point_trip, expect):
    """A point of our own is taken, found by its vector, and gone afterwards."""
    expect(vector_round_trip(point_trip))


def test_the_milvus_collection_fits_the_embedding_model(milvus_described, milvus_counted, ops_host, expect):
    """Same size, same metric, indexed, loaded, not empty."""
    wanted = ops_host.settings["milvus"]
    expect(
        milvus_collection(
            milvus_described,
            milvus_counted,
            collection=wanted["collection"],
            size=wanted["size"],
            metric=wanted["metric"],
        )
    )
