"""Triage: signatures as data, and what they name."""
