"""The vector store holds what searches look for."""

import pytest

from opscheck.checks.vector_collection import vector_collection

pytestmark = pytest.mark.infra


def test_the_collection_fits_the_embedding_model(collection, ops_host, expect):
    """Same size, same distance, not empty, with the indexes that searches filter by."""
    wanted = ops_host.settings["qdrant"]
    expect(vector_collection(collection, size=wanted["size"], distance=wanted["distance"], indexes=wanted["indexes"]))
