"""`python -m service.deploy.webfetch`: the page fetcher alone, in a process of its own, set like the agent."""

from __future__ import annotations

import asyncio
import signal
import sys

from pydantic import ValidationError

from ..app import create_webfetch_app
from ..listeners import Listener, Serving, bind
from ..settings import Settings

_GRACE_S = 5
_USAGE_ERROR = 2


def main() -> int:
    """Serve on AGENT_HOST and AGENT_PORT until SIGTERM or SIGINT, then let requests end and return 0."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        sys.stderr.write(f"settings: {where + ': ' if where else ''}{first['msg']}\n")
        return _USAGE_ERROR
    try:
        asyncio.run(_serve(settings))
    except OSError as error:
        sys.stderr.write(f"cannot start: {error.strerror or error}\n")
        return _USAGE_ERROR
    return 0


async def _serve(settings: Settings) -> None:
    with bind(settings.host, settings.port) as socket:
        listener = Listener("webfetch", socket, create_webfetch_app(settings))
        serving = Serving([listener], grace_s=_GRACE_S)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, serving.stop)
        await serving.start()
        sys.stdout.write(f"webfetch listening on {listener.url}\n")
        sys.stdout.flush()
        await serving.wait()


if __name__ == "__main__":
    sys.exit(main())
