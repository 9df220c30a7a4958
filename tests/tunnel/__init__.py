"""A tunnel, and what it is when something is wrong with it."""
