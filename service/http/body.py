"""Request bodies: bounded in size, strict JSON, and read into a typed model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..errors import BodyTooLarge, FieldRejected, RequestRejected, WrongMediaType
from ..strict_json import Json, NotStrictJson, loads

if TYPE_CHECKING:
    from starlette.requests import Request

M = TypeVar("M", bound=BaseModel)

_DRAIN_FACTOR = 8  # a caller that sends a little too much still gets to read why


async def read_json(request: Request, max_bytes: int) -> Json:
    """Read the body as strict JSON, at most `max_bytes` of it."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise WrongMediaType("the body must be sent as application/json")
    raw = await _read(request, max_bytes)
    try:
        return loads(raw)
    except NotStrictJson as error:
        raise RequestRejected(str(error), code="invalid_json") from None


async def read_model(request: Request, model: type[M], max_bytes: int) -> M:
    """Read the body into `model`; the first thing that does not fit is named by its path."""
    body = await read_json(request, max_bytes)
    if not isinstance(body, dict):
        raise FieldRejected("the body must be a JSON object", code="invalid_json_type")
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise _rejected(error) from None


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Give the OpenAPI description of a body that is read here, and so not known to the framework."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _inlined(schema, parts)}}}}


def _inlined(schema: Any, parts: dict[str, Any]) -> Any:  # noqa: ANN401 - a JSON schema's nodes are of any type
    if isinstance(schema, list):
        return [_inlined(item, parts) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(parts[str(schema["$ref"]).rsplit("/", 1)[-1]], parts)
    return {key: _inlined(item, parts) for key, item in schema.items()}


def _rejected(error: ValidationError) -> FieldRejected:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    param = ".".join(str(part) for part in first["loc"]) or "body"
    return FieldRejected(f"{param}: {first['msg']}", param=param)


async def _read(request: Request, max_bytes: int) -> bytes:
    declared = request.headers.get("content-length", "")
    too_large = BodyTooLarge(f"the body is over the limit of {max_bytes} bytes")
    if declared.isascii() and declared.isdigit() and int(declared) > max_bytes * _DRAIN_FACTOR:
        raise too_large
    kept = bytearray()
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > max_bytes * _DRAIN_FACTOR:
            break
        if seen <= max_bytes:
            kept += chunk
    if seen > max_bytes:
        raise too_large
    return bytes(kept)
