"""Tests of opscheck/report."""
