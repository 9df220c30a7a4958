"""Tests of opscheck/inventory."""
