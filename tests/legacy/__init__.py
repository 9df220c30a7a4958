"""Counting who still asks for an old address, and judging what is said about it."""
