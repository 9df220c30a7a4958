"""Waivers: accepted failures, and what becomes of them."""
