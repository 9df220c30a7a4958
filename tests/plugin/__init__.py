"""Tests of opscheck/plugin."""
