"""`python -m service`: the agent and its page fetcher as a process."""

from __future__ import annotations

import argparse
import asyncio
import errno
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from pydantic import ValidationError

from .app import create_app, create_webfetch_app
from .listeners import Listener, Serving, bind, url_of
from .settings import Settings

_WEBFETCH_OFFSET = 81
_GRACE_S = 5
_USAGE_ERROR = 2
_HIGHEST_PORT = 65535
_INTERRUPTED = 130
_STOPS = (signal.SIGTERM, signal.SIGINT)
_ANOTHER_PORT = (errno.EADDRINUSE, errno.EACCES)  # where another port helps; else the address is not this machine's


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT, then let requests end and return 0. Options win over the environment."""
    options = _parser().parse_args(arguments)
    named = {"host": options.host, "port": options.port, "provider": options.provider, "state_dir": options.state_dir}
    try:
        settings = Settings(**{name: value for name, value in named.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return _refused(f"settings: {where + ': ' if where else ''}{first['msg']}")
    port = None if options.no_webfetch else _webfetch_port(settings, options.webfetch_port)
    if port is not None and not 0 <= port <= _HIGHEST_PORT:
        return _refused(
            f"settings: the page fetcher has no port {port}: --webfetch-port names one up to {_HIGHEST_PORT}"
        )
    try:
        asyncio.run(_serve(settings, port))
    except OSError as error:
        return _refused(f"cannot start: {error.strerror or error}")
    except KeyboardInterrupt:
        return _INTERRUPTED  # before anything was there to be ended
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_program(), description="The agent and its page fetcher as a process.")
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="the agent's port; 0 takes any free one")
    parser.add_argument("--provider", choices=("embedded", "ollama", "openai"), help="where answers come from")
    parser.add_argument("--state-dir", help="folder of conversations and memories")
    fetcher = parser.add_mutually_exclusive_group()
    fetcher.add_argument("--webfetch-port", type=int, help=f"default: the agent's port + {_WEBFETCH_OFFSET}")
    fetcher.add_argument("--no-webfetch", action="store_true", help="the page fetcher runs elsewhere")
    return parser


def _program() -> str:
    """What was typed: this module, or a command that runs it."""
    return sys.argv[0] if " " in sys.argv[0] else "python -m service"


def _webfetch_port(settings: Settings, asked: int | None) -> int:
    if asked is not None:
        return asked
    return settings.port + _WEBFETCH_OFFSET if settings.port else 0


async def _serve(settings: Settings, webfetch_port: int | None) -> None:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    for number in _STOPS:  # from here on no signal is an exception somewhere in the middle
        loop.add_signal_handler(number, asked.set)
    with ExitStack() as stack:
        agent_socket = stack.enter_context(_bound(settings.host, settings.port, "--port"))
        listeners = []
        if webfetch_port is not None:
            webfetch_socket = stack.enter_context(_bound(settings.host, webfetch_port, "--webfetch-port"))
            listeners.append(Listener("webfetch", webfetch_socket, create_webfetch_app(settings)))
            if "webfetch_url" not in settings.model_fields_set:
                settings = settings.model_copy(update={"webfetch_url": _reachable(url_of(webfetch_socket))})
        listeners.insert(0, Listener("agent", agent_socket, create_app(settings)))
        serving = Serving(listeners, grace_s=_GRACE_S)
        await asyncio.sleep(0)  # what came while the applications were made is heard now
        if asked.is_set():
            return
        await serving.start()
        for number in _STOPS:
            loop.add_signal_handler(number, serving.stop)
        if asked.is_set():
            serving.stop()
        for listener in listeners:
            sys.stdout.write(f"{listener.name} listening on {listener.url}\n")
        sys.stdout.flush()
        await serving.wait()


def _bound(host: str, port: int, option: str) -> socket.socket:
    """A socket that listens; an error says what to do as well."""
    try:
        return bind(host, port)
    except OSError as error:
        another = f"{option} names another port, {option} 0 takes any free one"
        remedy = another if error.errno in _ANOTHER_PORT else "--host names an address of this machine"
        raise OSError(error.errno, f"{error.strerror}: {remedy}") from error


def _reachable(url: str) -> str:
    # Listening on every address is fine, calling it is not.
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _refused(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return _USAGE_ERROR


if __name__ == "__main__":
    sys.exit(main())
