"""Tests of the real parts: a check proved against a part is worth what the part is worth."""
