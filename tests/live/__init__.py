"""The suites against a host that is really there: the service as a process, nginx over TLS, a real Ollama."""
