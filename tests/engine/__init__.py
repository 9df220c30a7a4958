"""Tests of opscheck/engine."""
