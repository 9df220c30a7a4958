"""Tests of watching: rounds, gaps, notifications, metrics and the status page."""
