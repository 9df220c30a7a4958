"""The real programs the tests talk to: how each is built, found, started and stopped."""
