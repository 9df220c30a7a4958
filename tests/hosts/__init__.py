"""Tests of opscheck.hosts that need no engine."""
