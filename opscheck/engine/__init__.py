"""Plan, take once, wait: what suites ask for is observed concurrently while pytest runs."""
