"""Liveness and readiness, and whether they tell the truth."""
