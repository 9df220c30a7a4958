"""The main path: agent, chat, stream, tools, memory, page fetcher."""
