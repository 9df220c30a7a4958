"""A stand-in for a language model's host: it speaks as much of Ollama and of OpenAI as the service asks for."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_CHUNKS = ("The ", "stand-in ", "speaks.")


@dataclass
class Script:
    """What the stand-in does; a test changes it while the stand-in runs."""

    models: list[str] = field(default_factory=lambda: ["tiny:latest"])
    hang: bool = False
    hang_completions: bool = False
    status: int = 200
    completion_status: int = 200
    completion_pause_s: float = 0.0
    break_after: int | None = None
    stall_after: int | None = None
    stream_error_after: int | None = None
    raw: bytes | None = None
    chunk_pause_s: float = 0.0
    with_usage: bool = True


class StandInModelHost:
    """A stand-in on a loopback port of its own, counting what it is asked."""

    def __init__(self) -> None:
        self.script = Script()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.authorizations: list[str | None] = []
        self.streams_broken_off = threading.Event()
        self._released = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: object) -> None:
                """Stay silent."""

            def do_GET(self) -> None:
                owner._answer(self, {})

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                owner._answer(self, json.loads(self.rfile.read(length) or b"{}"))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def completions(self) -> int:
        """Count the completions that were asked for."""
        return sum(path.endswith("/chat/completions") for path, _ in self.asked)

    def looks(self) -> int:
        """Count the looks at the list of models."""
        return sum(path.endswith(("/models", "/api/tags")) for path, _ in self.asked)

    @property
    def url(self) -> str:
        """Give the base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Start answering."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, letting go of whoever hangs."""
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.asked.append((handler.path, body))
        self.authorizations.append(handler.headers.get("authorization"))
        script = self.script
        completion = handler.path.endswith("/chat/completions")
        status = script.completion_status if completion and script.status == 200 else script.status
        if script.hang or (script.hang_completions and completion):
            self._released.wait(20)
            return
        if script.raw is not None or status != 200:
            _send(handler, status, script.raw or b'{"error":"as the script says"}')
        elif handler.path.endswith("/chat/completions"):
            self._complete(handler, body)
        elif handler.path == "/api/tags":
            _send(handler, 200, {"models": [{"name": name} for name in script.models]})
        elif handler.path == "/models":
            _send(handler, 200, {"object": "list", "data": [{"id": name} for name in script.models]})
        else:
            _send(handler, 200, {"version": "0.0.0"})

    def _complete(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self._released.wait(self.script.completion_pause_s)
        usage = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
        if not body.get("stream"):
            choice = {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": "".join(_CHUNKS)},
            }
            answer: dict[str, Any] = {"model": body["model"], "choices": [choice]}
            if self.script.with_usage:
                answer["usage"] = usage
            _send(handler, 200, answer)
            return
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.end_headers()
        try:
            self._stream(handler, body["model"], usage)
        except OSError:
            self.streams_broken_off.set()

    def _stream(self, handler: BaseHTTPRequestHandler, model: str, usage: dict[str, int]) -> None:
        def event(value: dict[str, Any] | str) -> None:
            data = value if isinstance(value, str) else json.dumps(value)
            handler.wfile.write(f"data: {data}\n\n".encode())
            handler.wfile.flush()

        for index, text in enumerate(_CHUNKS * (200 if self.script.chunk_pause_s else 1)):
            if index == self.script.break_after:
                return
            if index == self.script.stall_after:
                self._released.wait(20)
                return
            if index == self.script.stream_error_after:
                event({"error": {"message": "secret-upstream-text"}})
                return
            event({"model": model, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})
            self._released.wait(self.script.chunk_pause_s)
        event({"model": model, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        event({"model": model, "choices": [], "usage": usage})
        event("[DONE]")


def _send(handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any] | bytes) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(raw)))
    handler.end_headers()
    handler.wfile.write(raw)
