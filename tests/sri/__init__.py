"""Subresource integrity: judged by real browsers, real servers and real files."""
