"""What passes the edge arrives as it was sent."""

import pytest

from opscheck.checks.edge_compression import edge_compression
from opscheck.checks.edge_stream import edge_stream

pytestmark = [pytest.mark.edge, pytest.mark.status]


def test_text_is_compressed_for_those_who_ask(uncompressed, compressed, uncompressed_again, expect):
    """Fewer bytes for those who ask, and the same text for all."""
    expect(edge_compression(uncompressed, compressed, uncompressed_again))


def test_a_stream_is_not_held_back(streamed, expect):
    """Readers see the answer grow."""
    expect(edge_stream(streamed))
