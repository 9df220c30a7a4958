"""A language model served by Ollama."""

from __future__ import annotations

from .openai_compatible import OpenAICompatible


class Ollama(OpenAICompatible):
    """Completions through Ollama's OpenAI-compatible API, its models through its own."""

    name = "ollama"
    completions_path = "v1/chat/completions"
    models_path = "api/tags"
    models_key = ("models", "name")
