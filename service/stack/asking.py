"""One HTTP request with the standard library: a whole answer within a time, or the reason why there is none."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_LIMIT = 256 * 1024 * 1024
_CHUNK = 64 * 1024
_NAME = "opscheck-stack"


class NoAnswer(Exception):
    """Nothing usable came back; the message says why in a few words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    body: bytes

    @property
    def good(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    def document(self) -> dict[str, object]:
        """Give the JSON object of the body, or an empty one when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def ask(
    method: str,
    url: str,
    *,
    document: object = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float = 5.0,
    verify: bool = True,
) -> Answer:
    """Ask directly: no proxy, no redirect, no retry. A `document` is sent as JSON. `verify` is for TLS.

    Raises:
        NoAnswer: refused, too slow, cut off, or too large.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NoAnswer(f"{url} is no address such as http://127.0.0.1:6333")
    ends = time.monotonic() + timeout_s
    body = None if document is None else json.dumps(document).encode()
    told = {
        "accept": "application/json",
        "user-agent": _NAME,
        **({"content-type": "application/json"} if body else {}),
        **(headers or {}),
    }
    connection = _connection(parts.scheme, parts.hostname, parts.port, timeout_s, verify=verify)
    try:
        connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, told)
        answer = connection.getresponse()
        return Answer(answer.status, _whole(answer, ends, connection))
    except ssl.SSLError as error:
        raise NoAnswer(f"TLS: {error.reason or error}") from None
    except TimeoutError:
        raise NoAnswer(f"no answer within {timeout_s:g} s") from None
    except OSError as error:
        raise NoAnswer((error.strerror or str(error)).lower()) from None
    except http.client.HTTPException as error:
        raise NoAnswer(f"no valid HTTP ({type(error).__name__})") from None
    finally:
        connection.close()


def _connection(
    scheme: str, host: str, port: int | None, timeout_s: float, *, verify: bool
) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=timeout_s)
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)


def _whole(answer: http.client.HTTPResponse, ends: float, connection: http.client.HTTPConnection) -> bytes:
    body = bytearray()
    while True:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if connection.sock is not None:  # http.client lets go of it when the answer says that it is the last
            connection.sock.settimeout(left)
        more = answer.read1(_CHUNK)
        if not more:
            break
        body += more
        if len(body) > _LIMIT:
            raise NoAnswer(f"an answer of more than {_LIMIT // 1024 // 1024} MiB")
    if answer.length:
        raise NoAnswer("the answer was cut off")
    return bytes(body)
