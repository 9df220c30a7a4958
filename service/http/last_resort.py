"""The innermost layer: an error that nobody foresaw becomes an answer here, inside CORS, request id and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ServiceError
from .problem import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ..logs import Log


class LastResortLayer:
    """Answers 500 as a problem document and logs the error's type; its text reaches neither."""

    def __init__(self, app: ASGIApp, *, log: Log) -> None:
        self.app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what it raises ends here unless the answer has begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            self._log.error("unforeseen error", error=type(error).__name__, where=_where(error))
            if begun:
                raise
            answer = problem(ServiceError("The service failed in a way it did not foresee."), scope["path"])
            await answer(scope, receive, send)


def _where(error: Exception) -> str:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return "unknown" if last is None else f"{last.tb_frame.f_globals.get('__name__')}:{last.tb_lineno}"
