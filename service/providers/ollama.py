"""A language model served by Ollama."""

from __future__ import annotations

from .openai_compatible import OpenAICompatible, names_in


class Ollama(OpenAICompatible):
    """Completions through Ollama's OpenAI-compatible API, presence of the model through its own."""

    name = "ollama"
    completions_path = "v1/chat/completions"

    async def model_present(self) -> bool:
        """Tell whether the model is there by its exact name, where a bare name means its `latest` tag."""
        await self._upstream.get_json("api/version")
        return tagged(self.model) in {
            tagged(name) for name in names_in(await self._upstream.get_json("api/tags"), "models", "name")
        }


def tagged(name: str) -> str:
    """Give a model's name with its tag.

    >>> tagged("llama3"), tagged("host:5000/llama3"), tagged("llama3:8b")
    ('llama3:latest', 'host:5000/llama3:latest', 'llama3:8b')
    """
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"
