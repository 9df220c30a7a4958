"""Conversations: memory, then tools, then the language model's answer."""
