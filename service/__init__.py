"""The reference service: an AI agent with memory and tools, and the page fetcher that its tool uses."""

__version__ = "0.1.0"
