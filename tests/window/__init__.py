"""Maintenance windows: when they may open, what is kept, what is refused, what the report tells."""
