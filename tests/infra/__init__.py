"""The infrastructure suites, run against real servers, well and broken."""
