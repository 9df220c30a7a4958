"""Hostile and broken requests: a clear line and a 4xx, never a 500."""

from __future__ import annotations

import json

import httpx
import pytest

from service.running import EmbeddedService
from service.strict_json import NotStrictJson, loads

_JSON = {"content-type": "application/json"}
_BAD_BYTES = {
    "empty": b"",
    "blank": b"  \n",
    "not json": b"prompt=hi",
    "invalid utf-8": b'{"prompt": "\xff\xfe"}',
    "byte order mark": b'\xef\xbb\xbf{"prompt": "a"}',
    "utf-16": '{"prompt": "a"}'.encode("utf-16"),
    "NaN": b'{"prompt": "a", "metadata": {"x": NaN}}',
    "-Infinity": b'{"prompt": "a", "metadata": {"x": -Infinity}}',
    "overflow": b'{"prompt": "a", "metadata": {"x": 1e999}}',
    "huge integer": b'{"prompt": "a", "metadata": {"x": ' + b"9" * 6000 + b"}}",
    "duplicate key": b'{"prompt": "a", "prompt": "b"}',
    "nested duplicate": b'{"prompt": "a", "metadata": {"x": 1, "x": 1}}',
    "deep list": b'{"prompt": "a", "metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep object": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "lone surrogate": b'{"prompt": "\\ud800"}',
    "surrogate key": b'{"prompt": "a", "metadata": {"\\udfff": 1}}',
    "control character": b'{"prompt": "a\x01"}',
    "unterminated": b'{"prompt": "' + b'\\"' * 300_000,
}
_BAD_VALUES: dict[str, dict[str, object]] = {
    "numeric conversation id": {"prompt": "a", "conversation_id": 7},
    "empty conversation id": {"prompt": "a", "conversation_id": ""},
    "conversation id with line break": {"prompt": "a", "conversation_id": "a\r\nset-cookie: x"},
    "conversation id with slash": {"prompt": "a", "conversation_id": "../../etc"},
    "long conversation id": {"prompt": "a", "conversation_id": "x" * 129},
    "odd role": {"prompt": "a", "messages": [{"role": "root", "content": "x"}]},
    "numeric role": {"prompt": "a", "messages": [{"role": 1, "content": "x"}]},
    "numeric content": {"prompt": "a", "messages": [{"role": "user", "content": 5}]},
    "messages an object": {"prompt": "a", "messages": {"role": "user"}},
    "numeric prompt": {"prompt": 5},
    "no prompt": {},
    "empty prompt": {"prompt": ""},
    "metadata a list": {"prompt": "a", "metadata": [1]},
    "max_tokens zero": {"prompt": "a", "max_tokens": 0},
    "max_tokens a bool": {"prompt": "a", "max_tokens": True},
    "tool call a number": {"prompt": "a", "metadata": {"tool_calls": 5}},
    "too many tool calls": {"prompt": "a", "metadata": {"tool_calls": ["x"] * 9}},
}


@pytest.mark.parametrize("name", _BAD_BYTES)
@pytest.mark.parametrize("path", ["/v1/agent", "/v1/chat/completions"])
def test_bytes_that_are_not_strict_json_are_400(
    service: EmbeddedService, http: httpx.Client, path: str, name: str
) -> None:
    """What is not strict JSON is refused with one line that does not repeat it."""
    answer = http.post(service.agent_url + path, content=_BAD_BYTES[name], headers=_JSON)

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_json"
    assert "\n" not in answer.json()["detail"]


@pytest.mark.parametrize("name", _BAD_VALUES)
def test_unacceptable_values_are_422_and_named(service: EmbeddedService, http: httpx.Client, name: str) -> None:
    """A value that does not fit is refused and its place is named."""
    answer = http.post(f"{service.agent_url}/v1/agent", json=_BAD_VALUES[name])

    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "invalid_field"
    assert body["error"]["param"].split(".")[0] in {"prompt", "conversation_id", "messages", "metadata", "max_tokens"}


@pytest.mark.parametrize("body", [[], "x", 5, None, True])
def test_a_body_that_is_no_object_is_422(service: EmbeddedService, http: httpx.Client, body: object) -> None:
    """JSON that is no object is refused."""
    answer = http.post(f"{service.agent_url}/v1/agent", content=json.dumps(body).encode(), headers=_JSON)

    assert answer.status_code == 422


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(service: EmbeddedService, http: httpx.Client, content_type: str) -> None:
    """A body that a browser could send without a preflight is not taken."""
    answer = http.post(
        f"{service.agent_url}/v1/agent", content=b'{"prompt": "a"}', headers={"content-type": content_type}
    )

    assert answer.status_code == 415


@pytest.mark.parametrize(
    "text", ["\x00", "%s%n{}", "<script>alert(1)</script>", "\u202eevil", "a\r\nb", "\U0001f600" * 500, "'; DROP TABLE"]
)
def test_hostile_text_is_carried_unchanged(service: EmbeddedService, http: httpx.Client, text: str) -> None:
    """Any proper string is data: it comes back as it was sent."""
    answer = http.post(f"{service.agent_url}/v1/agent", json={"prompt": text})

    assert answer.status_code == 200
    assert answer.json()["messages"][0]["content"] == text


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3 * 1024 * 1024])
def test_a_body_over_the_limit_is_413(
    service: EmbeddedService, http: httpx.Client, size: int, *, chunked: bool
) -> None:
    """Too much is refused with a readable answer, whether its length was declared or not."""
    raw = b'{"prompt": "' + b"a" * size + b'"}'
    pieces = (raw[start : start + 65536] for start in range(0, len(raw), 65536))
    answer = http.post(f"{service.agent_url}/v1/agent", content=pieces if chunked else raw, headers=_JSON)

    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


@pytest.mark.parametrize(
    "raw", [b'{"a": [1, 2.5, "x", null, true]}', b'"\\ud83d\\ude00"', b'"[[[[{{{"', b"[" * 64 + b"]" * 64]
)
def test_strict_json_is_read_as_the_library_reads_it(raw: bytes) -> None:
    """What is strict JSON is read as anybody would read it."""
    assert loads(raw) == json.loads(raw)


def test_brackets_within_strings_are_no_nesting() -> None:
    """Depth counts brackets outside of strings only."""
    with pytest.raises(NotStrictJson, match="nested deeper"):
        loads(b"[" * 65 + b"]" * 65)
