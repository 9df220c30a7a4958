"""Every error that the service answers with. Each carries its own HTTP status, code and title.

    ServiceError
      RequestRejected       400  the request cannot be understood
        FieldRejected       422  understood, but a value is not acceptable
        BodyTooLarge        413
        WrongMediaType      415
        ClientGone          499  nobody is left to be answered
      Unauthorized          401  the key is missing or wrong
      Gone                  410  the address has been given up
      StateUnavailable      503  the exchange cannot be read or kept
      MemoryUnavailable     503  the vector store cannot be asked (never fails a chat)
      UpstreamError         502  the language model's side failed
        UpstreamUnreachable 503
        UpstreamBusy        503
        UpstreamTimeout     504
        UpstreamRefusedKey  502
        ModelMissing        503
        UpstreamInvalid     502  it answered something that is no answer
      NoProvider            503  neither the primary language model nor a fallback can answer
      FetchError            502  a page cannot be had
        UrlRejected         422
        AddressBlocked      403
        FetchTimeout        504
      ToolFailed            500  told in the tool's step, never as a status of the chat

The detail is always the service's own sentence: no upstream text, path, secret or stack trace is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})


class ServiceError(Exception):
    """Something that a caller is told about, in one sentence."""

    status = 500
    code = "internal_error"
    title = "Internal Server Error"
    retry_after: int | None = None
    headers: Mapping[str, str] = _NONE

    def __init__(self, detail: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.param = param
        if code is not None:
            self.code = code


class RequestRejected(ServiceError):
    """The request cannot be understood."""

    status = 400
    code = "invalid_request"
    title = "Bad Request"


class FieldRejected(RequestRejected):
    """A field's value is not acceptable; `param` names the field."""

    status = 422
    code = "invalid_field"
    title = "Unprocessable Content"


class BodyTooLarge(RequestRejected):
    """The body is over the limit."""

    status = 413
    code = "body_too_large"
    title = "Content Too Large"


class WrongMediaType(RequestRejected):
    """The body is not declared as JSON."""

    status = 415
    code = "unsupported_media_type"
    title = "Unsupported Media Type"


class ClientGone(RequestRejected):
    """The caller hung up before the answer; only log and metrics see this."""

    status = 499
    code = "client_gone"
    title = "Client Closed Request"


class Unauthorized(ServiceError):
    """The key is missing or wrong; which of the two is not told."""

    status = 401
    code = "unauthorized"
    title = "Unauthorized"
    headers = MappingProxyType({"www-authenticate": 'Bearer realm="agent"'})


class Gone(ServiceError):
    """The address has been given up; its successor is linked."""

    status = 410
    code = "gone"
    title = "Gone"


class StateUnavailable(ServiceError):
    """Conversations cannot be read or kept at this moment."""

    status = 503
    code = "state_unavailable"
    title = "State Unavailable"
    retry_after = 2


class MemoryUnavailable(ServiceError):
    """The vector store cannot be asked at this moment."""

    status = 503
    code = "memory_unavailable"
    title = "Memory Unavailable"
    retry_after = 5


class UpstreamError(ServiceError):
    """The language model's side failed; `upstream_status` is what it answered, if it answered."""

    upstream_status: int | None = None
    status = 502
    code = "llm_failed"
    title = "Upstream Failed"


class UpstreamUnreachable(UpstreamError):
    """Nothing listens at the language model's address."""

    status = 503
    code = "llm_unreachable"
    title = "Upstream Unreachable"
    retry_after = 5


class UpstreamBusy(UpstreamError):
    """The language model's side asks callers to slow down."""

    status = 503
    code = "llm_busy"
    title = "Upstream Busy"
    retry_after = 5


class UpstreamTimeout(UpstreamError):
    """The language model did not answer in time."""

    status = 504
    code = "llm_timeout"
    title = "Upstream Timeout"


class UpstreamRefusedKey(UpstreamError):
    """The language model's side refused the service's own key."""

    code = "llm_unauthorized"
    title = "Upstream Refused Credentials"


class ModelMissing(UpstreamError):
    """The language model's side is there, the model is not."""

    status = 503
    code = "model_missing"
    title = "Model Missing"
    retry_after = 10


class UpstreamInvalid(UpstreamError):
    """The language model's side answered something that is no answer."""

    code = "llm_invalid_answer"
    title = "Upstream Answer Invalid"


class NoProvider(ServiceError):
    """Nobody can answer now; the code tells why the primary cannot."""

    status = 503
    code = "no_provider"
    title = "No Provider"
    retry_after = 5


class FetchError(ServiceError):
    """A page cannot be had."""

    status = 502
    code = "fetch_failed"
    title = "Fetch Failed"


class UrlRejected(FetchError):
    """The URL is not one that may be fetched."""

    status = 422
    code = "invalid_url"
    title = "URL Rejected"


class AddressBlocked(FetchError):
    """The host resolves to an address that is not public."""

    status = 403
    code = "blocked_address"
    title = "Address Blocked"


class FetchTimeout(FetchError):
    """The page did not come in time."""

    status = 504
    code = "fetch_timeout"
    title = "Fetch Timeout"


class ToolFailed(ServiceError):
    """A tool could not do what it was asked; the sentence becomes the step's error."""

    code = "tool_failed"
    title = "Tool Failed"
