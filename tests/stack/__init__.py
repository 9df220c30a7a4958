"""Tests of the stack's command line and of what it does."""
