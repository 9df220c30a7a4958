"""Tests of opscheck/cli."""
