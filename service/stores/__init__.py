"""Where conversations and memories are kept."""
