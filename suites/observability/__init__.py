"""Metrics, logs and alerts that can be relied on."""
