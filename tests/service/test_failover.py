"""Who answers when the primary fails: once, in time, counted once, and never an empty success."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from service.running import EmbeddedService

from .asking import QUESTION, ask, calls, samples, summary, wait_for
from .conftest import Run
from .standin import StandInModelHost
from .test_path import assert_nobody, start


def ready(run: Run, host: StandInModelHost, spare: StandInModelHost | None, **values: Any) -> EmbeddedService:  # noqa: ANN401 - settings of any type
    """Run the service and let it find the primary to be well; nobody looks at it again unless asked to."""
    service = start(run, host, spare, **{"primary_poll_interval_s": 60, **values})
    assert summary(service)["llm"]["path"] == "primary"
    return service


def chat(service: EmbeddedService, **body: object) -> httpx.Response:
    """Post a chat."""
    return httpx.post(f"{service.agent_url}/chat", json={**QUESTION, **body}, timeout=15)


def text_of(raw: str) -> str:
    """Join the words of a stream."""
    chunks = [json.loads(block[6:]) for block in raw.split("\n\n") if block.startswith("data: {")]
    return "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks if chunk["choices"])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (500, "llm_failed", "http_5xx"),
        (503, "llm_failed", "http_5xx"),
        (504, "llm_timeout", "timeout"),
        (429, "llm_busy", "http_4xx"),
        (401, "llm_unauthorized", "http_4xx"),
        (404, "model_missing", "model_missing"),
    ],
)
def test_a_chat_that_the_primary_fails_goes_to_the_fallback_once(  # noqa: PLR0917 - a table's columns and fixtures
    run: Run, host: StandInModelHost, spare: StandInModelHost, status: int, code: str, reason: str, *, stream: bool
) -> None:
    """One call each, both counted once; the summary tells who answered and what went wrong."""
    host.script.completion_status = status
    service = ready(run, host, spare)
    answer = chat(service, stream=stream)

    assert answer.status_code == 200
    if stream:
        assert (text_of(answer.text), '"_served_by":"fallback"' in answer.text) == ("The stand-in speaks.", True)
        assert '"model":"tiny"' not in answer.text
    else:
        assert (answer.json()["_served_by"], answer.json()["model"]) == ("fallback", "spare")
        assert answer.json()["steps"][-1] == {"type": "completion", "provider": "openai", "model": "spare"}
    assert (host.completions(), spare.completions()) == (1, 1)
    assert calls(service) == {("openai", code): 1, ("fallback", "ok"): 1}
    body = summary(service)
    assert (body["primary"]["last_error"], body["primary"]["last_status"]) == (reason, status)
    assert body["last_served_by"]["provider"] == "fallback"
    assert body["last_served_by"]["ts"] is not None


def test_what_went_wrong_is_forgotten_when_it_goes_well_again(
    run: Run, host: StandInModelHost, spare: StandInModelHost
) -> None:
    """The error stays until the primary has answered a chat, however often its list is read in between."""
    host.script.completion_status = 500
    service = ready(run, host, spare)
    chat(service)
    time.sleep(1.1)
    assert summary(service)["primary"]["last_error"] == "http_5xx"

    host.script.completion_status = 200
    assert chat(service).json()["_served_by"] == "primary"
    body = summary(service)

    assert (body["primary"]["last_error"], body["primary"]["last_status"]) == (None, None)
    assert body["last_served_by"]["provider"] == "primary"


def test_nobody_has_answered_yet(run: Run, host: StandInModelHost) -> None:
    """Before the first chat there is no last answer."""
    assert summary(ready(run, host, None))["last_served_by"] == {"provider": None, "ts": None}


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_request_that_is_at_fault_itself_is_not_asked_twice(
    run: Run, host: StandInModelHost, spare: StandInModelHost, status: int
) -> None:
    """What every provider would refuse is not sent to the next one."""
    host.script.completion_status = status
    service = ready(run, host, spare)

    assert chat(service).status_code == 502
    assert spare.completions() == 0


@pytest.mark.parametrize("stream", [False, True])
def test_both_failing_is_503(run: Run, host: StandInModelHost, spare: StandInModelHost, *, stream: bool) -> None:
    """Asked once each, then told as a problem with the time to come back; a stream has not begun."""
    host.script.completion_status = spare.script.completion_status = 500
    service = ready(run, host, spare)
    answer = chat(service, stream=stream)

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1
    assert (host.completions(), spare.completions()) == (1, 1)
    assert calls(service) == {("openai", "llm_failed"): 1, ("fallback", "llm_failed"): 1}
    assert summary(service)["last_served_by"]["provider"] is None


def test_a_primary_that_thinks_for_too_long_is_given_up(
    run: Run, host: StandInModelHost, spare: StandInModelHost
) -> None:
    """Its host is well, its answer does not come: after the time for an answer the fallback is asked."""
    host.script.hang_completions = True
    service = ready(run, host, spare, llm_timeout_s=0.8)
    started = time.monotonic()
    answer = chat(service)

    assert answer.json()["_served_by"] == "fallback"
    assert time.monotonic() - started < 2.5
    assert calls(service) == {("openai", "llm_timeout"): 1, ("fallback", "ok"): 1}
    assert summary(service)["llm"]["path"] == "primary"


def test_a_slow_primary_is_waited_for(run: Run, host: StandInModelHost, spare: StandInModelHost) -> None:
    """As long as its host is well, an answer may take its time."""
    host.script.completion_pause_s = 1.0
    service = ready(run, host, spare)

    assert chat(service).json()["_served_by"] == "primary"
    assert host.looks() >= 2


@pytest.mark.parametrize("with_fallback", [False, True])
def test_a_frozen_primary_delays_nobody_by_more_than_the_budget(
    run: Run, host: StandInModelHost, spare: StandInModelHost, *, with_fallback: bool
) -> None:
    """Frozen after all was well: summary, readiness and chat each answer in time, and alike."""
    service = start(run, host, spare if with_fallback else None, primary_poll_interval_s=60)
    assert summary(service)["llm"]["path"] == "primary"
    time.sleep(1.1)
    host.script.hang = True
    took, answers = [], []
    with httpx.Client(base_url=service.agent_url, timeout=15) as http:
        for method, path in (("POST", "/chat"), ("GET", "/api/status/summary"), ("GET", "/ready")):
            started = time.monotonic()
            answers.append(http.request(method, path, json=QUESTION if method == "POST" else None))
            took.append(time.monotonic() - started)
    told = ask(service)

    assert max(took) < 2.0 + 2.0  # the budget, and what a busy machine adds
    assert told.path == ("fallback" if with_fallback else "down")
    assert told.summary["llm"]["reason"] == "timeout"
    assert answers[0].status_code == answers[2].status_code == (200 if with_fallback else 503)
    assert answers[0].json().get("_served_by") == ("fallback" if with_fallback else None)
    if not with_fallback:
        assert answers[0].json()["code"] == "llm_timeout"
        assert_nobody(told, "llm_timeout")


def test_a_host_that_only_refuses_to_list_is_not_left(
    run: Run, host: StandInModelHost, spare: StandInModelHost
) -> None:
    """While an answer is on its way an error from the list of models says nothing about it."""
    host.script.completion_pause_s = 1.5
    service = ready(run, host, spare)
    with ThreadPoolExecutor(1) as other:
        answer = other.submit(chat, service)
        assert wait_for(lambda: host.completions() == 1)
        host.script.status = 429

    assert answer.result().json()["_served_by"] == "primary"
    assert host.looks() >= 2


@pytest.mark.parametrize("stream", [False, True])
def test_a_primary_that_freezes_is_left_in_time(
    run: Run, host: StandInModelHost, spare: StandInModelHost, *, stream: bool
) -> None:
    """Right after a good look the host freezes: nobody waits for the time that an answer may take."""
    service = ready(run, host, spare, llm_timeout_s=60)
    host.script.hang = True
    started = time.monotonic()
    answer = chat(service, stream=stream)

    assert time.monotonic() - started < 2.0 + 2.0  # the budget, and what a busy machine adds
    assert answer.status_code == 200
    assert calls(service) == {("openai", "llm_timeout"): 1, ("fallback", "ok"): 1}
    assert ask(service).path == "fallback"


@pytest.mark.parametrize(
    ("field", "code"), [("break_after", "llm_invalid_answer"), ("stream_error_after", "llm_failed")]
)
def test_a_stream_changes_its_source_before_the_first_word_only(
    run: Run, host: StandInModelHost, spare: StandInModelHost, field: str, code: str
) -> None:
    """Broken before a word: the fallback's words. Broken after one: an error event, no [DONE], no second voice."""
    setattr(host.script, field, 0)
    service = ready(run, host, spare)
    unbegun = chat(service, stream=True).text
    setattr(host.script, field, 1)
    begun = chat(service, stream=True, conversation_id="begun").text

    assert (text_of(unbegun), unbegun.endswith("data: [DONE]\n\n")) == ("The stand-in speaks.", True)
    assert text_of(begun.split("event: error\n")[0]) == "The "
    assert json.loads(begun.split("event: error\ndata: ")[1])["error"]["code"] == code
    assert "[DONE]" not in begun
    assert (host.completions(), spare.completions()) == (2, 1)
    assert calls(service) == {("openai", code): 2, ("fallback", "ok"): 1}


def test_a_host_that_freezes_within_a_stream_is_told_soon(
    run: Run, host: StandInModelHost, spare: StandInModelHost
) -> None:
    """A word has been said, then the whole host stands still: an error event, long before an answer's time is over."""
    host.script.stall_after = 1
    service = ready(run, host, spare, llm_timeout_s=60, primary_poll_interval_s=0.5)
    started = time.monotonic()
    with httpx.stream("POST", f"{service.agent_url}/chat", json={**QUESTION, "stream": True}, timeout=15) as answer:
        pieces = answer.iter_text()
        raw = next(pieces)
        host.script.hang = True
        raw += "".join(pieces)

    assert time.monotonic() - started < 8
    assert json.loads(raw.split("event: error\ndata: ")[1])["error"]["code"] == "llm_timeout"
    assert "[DONE]" not in raw
    assert spare.completions() == 0


def test_a_stream_of_nothing_is_no_success(run: Run, host: StandInModelHost) -> None:
    """A host that closes its stream without a word or a reason is an error before ours begins."""
    host.script.break_after = 0
    answer = chat(ready(run, host, None), stream=True)

    assert (answer.status_code, answer.json()["code"]) == (502, "llm_invalid_answer")


def test_a_client_that_leaves_is_counted_as_such(run: Run, host: StandInModelHost) -> None:
    """A call that nobody waits for any more is neither a success nor the model's failure."""
    host.script.hang_completions = True
    service = ready(run, host, None)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{service.agent_url}/chat", json=QUESTION, timeout=0.2)

    assert wait_for(lambda: calls(service) == {("openai", "cancelled"): 1})
    assert summary(service)["primary"]["last_error"] is None


def test_healthy_requests_move_no_error_counter(run: Run, host: StandInModelHost, spare: StandInModelHost) -> None:
    """Chats, streams and looks that go well are counted once each, and nothing is counted as 5xx."""
    service = ready(run, host, spare)
    for number in range(3):
        assert chat(service, stream=number == 1).status_code == 200
        ask(service)
    found = samples(service)
    errors = [labels for name, labels in found if name == "http_requests_total" and dict(labels)["status"] >= "400"]

    assert errors == []
    assert calls(service) == {("openai", "ok"): 6}
    chats = (("method", "POST"), ("route", "/chat"), ("status", "200"))
    assert found["http_requests_total", chats] == 6


def test_tools_do_not_run_for_an_answer_that_nobody_gives(run: Run, host: StandInModelHost) -> None:
    """Where nobody would answer, nothing is done on the way there."""
    host.script.models = []
    service = start(run, host)
    answer = chat(service, metadata={"tool_calls": ["anything"]})

    assert answer.status_code == 503
    assert not [name for name, _ in samples(service) if name == "agent_tool_calls_total"]


def test_the_list_of_models_names_the_one_in_use(run: Run, host: StandInModelHost, spare: StandInModelHost) -> None:
    """Clients that ask for models see the one that would answer them."""
    service = ready(run, host, spare)
    host.script.status = 500
    time.sleep(1.1)
    assert summary(service)["llm"]["path"] == "fallback"

    listed = httpx.get(f"{service.agent_url}/v1/models").json()["data"]

    assert [(model["id"], model["owned_by"]) for model in listed] == [("spare", "openai")]
