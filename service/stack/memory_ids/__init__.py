"""Memories under opaque ids: those that still have an id made of something else are moved, each once."""
