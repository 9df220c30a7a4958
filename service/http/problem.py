"""Errors as application/problem+json, on some routes together with the error object that OpenAI's clients read."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from ..errors import ServiceError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.exceptions import HTTPException
    from starlette.requests import Request

_CLIENT_ERRORS = 500
_OPENAI_PREFIX = "/v1/"


def error_body(error: ServiceError) -> dict[str, object]:
    """Give the error object of OpenAI's API for an error."""
    kind = "invalid_request_error" if error.status < _CLIENT_ERRORS else "api_error"
    return {"message": error.detail, "type": kind, "param": error.param, "code": error.code}


def problem(error: ServiceError, path: str, *, extra: dict[str, object] | None = None) -> Response:
    """Answer with an error: its status, its sentence and its code, never more than that."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    if path.startswith(_OPENAI_PREFIX):
        body["error"] = error_body(error)
    headers = {"cache-control": "no-store", **error.headers}
    if error.retry_after is not None:
        headers["retry-after"] = str(error.retry_after)
    return json_response({**body, **(extra or {})}, error.status, "application/problem+json", headers)


def json_response(
    body: Any,  # noqa: ANN401 - whatever JSON can hold
    status: int = 200,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response:
    """Answer with strict JSON."""
    raw = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
    return Response(raw, status, headers, media_type)


def install_error_answers(app: FastAPI) -> None:
    """Make every error of `app` that is meant for the caller a problem document."""
    from starlette.exceptions import HTTPException  # noqa: PLC0415 - beside its only use

    async def told(request: Request, error: Exception) -> Response:
        assert isinstance(error, ServiceError)  # noqa: S101 - narrows what Starlette types as Exception
        return problem(error, request.url.path)

    async def routed(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - as above
        return _of_status(error, request.url.path)

    app.add_exception_handler(ServiceError, told)
    app.add_exception_handler(HTTPException, routed)


def _of_status(error: HTTPException, path: str) -> Response:
    phrase = HTTPStatus(error.status_code).phrase
    mapped = ServiceError(f"{phrase}.", code=phrase.lower().replace(" ", "_"))
    mapped.status = error.status_code
    mapped.title = phrase
    answer = problem(mapped, path)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer
