"""The suites: one folder for each concern, one promise for each test."""
