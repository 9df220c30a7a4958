"""Proofs that the checks find what they are for: whole runs over broken services."""

import pytest

pytest.register_assert_rewrite("tests.proofs.judging")  # its tests are collected by the modules that name a catalog
