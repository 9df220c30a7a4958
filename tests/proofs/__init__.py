"""The suites, run against services that are broken on purpose."""
