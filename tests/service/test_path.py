"""The path to a language model: each row of its table, told alike by summary, readiness, metrics and a chat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from service.running import EmbeddedService
from service.status.llm_view import Seen, decide

from .asking import Told, ask, summary
from .conftest import HandClock, Run
from .standin import StandInModelHost

_NOWHERE = "http://127.0.0.1:9"
_UP, _ABSENT, _AWAY = Seen(True), Seen(False, reason="model_missing"), Seen(None, reason="timeout")


def start(run: Run, host: StandInModelHost, spare: StandInModelHost | None = None, **values: Any) -> EmbeddedService:  # noqa: ANN401 - settings of any type
    """Run the service with a primary and, where a spare is given, a fallback."""
    fallback = {} if spare is None else {"fallback_base_url": spare.url, "fallback_model": "spare"}
    primary = {"provider": "openai", "llm_base_url": host.url, "llm_model": "tiny"}
    return run(**{"primary_poll_interval_s": 0.2, **primary, **fallback, **values})


@pytest.mark.parametrize(
    ("primary", "fallback", "path", "serving"),
    [
        (_UP, None, "primary", "primary"),
        (_UP, _UP, "primary", "primary"),
        (_ABSENT, None, "warming", None),
        (_ABSENT, _UP, "warming", "fallback"),
        (_ABSENT, _AWAY, "warming", None),
        (_AWAY, _UP, "fallback", "fallback"),
        (_AWAY, _ABSENT, "down", None),
        (_AWAY, _AWAY, "down", None),
        (_AWAY, None, "down", None),
    ],
)
def test_the_path_follows_from_what_was_seen(primary: Seen, fallback: Seen | None, path: str, serving: str) -> None:
    """The whole table."""
    assert decide(primary, fallback) == (path, serving)


def test_primary(run: Run, host: StandInModelHost, spare: StandInModelHost) -> None:
    """The primary answers, and while it does nobody asks the fallback for anything."""
    told = ask(start(run, host, spare))

    assert (told.path, told.served_by) == ("primary", "primary")
    assert told.summary["llm"] | {"since": ""} == {
        "path": "primary",
        "model": "tiny",
        "provider": "openai",
        "since": "",
        "budget_s": 600,
        "ollama": "up",
        "openai": "configured",
        "primary_model_present": True,
        "reason": None,
    }
    assert told.summary["primary"] == {
        "model": "tiny",
        "enabled": True,
        "model_present": True,
        "models_sample": ["tiny:latest"],
        "last_error": None,
        "last_status": None,
    }
    assert (told.summary["openai_configured"], told.summary["rag"]) == (True, {"ok": True, "db": "up"})
    assert told.summary["tooltip"] == "The primary model tiny answers."
    assert spare.asked == []


def test_warming_without_a_fallback_answers_nobody(run: Run, host: StandInModelHost) -> None:
    """The host is there, the model is not: 503 with the time to come back, and the primary is not troubled."""
    host.script.models = ["small"]
    told = ask(start(run, host))

    assert (told.path, told.summary["ready"]) == ("warming", False)
    assert told.summary["reasons"] == ["llm: model tiny is not there yet"]
    assert (told.summary["llm"]["ollama"], told.summary["llm"]["reason"]) == ("up", "model_missing")
    assert told.summary["primary"]["models_sample"] == ["small"]
    assert_nobody(told, "model_missing")
    assert host.completions() == 0


def test_warming_with_a_fallback_is_answered_by_it(run: Run, host: StandInModelHost, spare: StandInModelHost) -> None:
    """While the model is awaited the fallback answers: the service is ready, and says which model is in use."""
    host.script.models = []
    told = ask(start(run, host, spare))

    assert (told.path, told.served_by, told.summary["ready"]) == ("warming", "fallback", True)
    assert (told.summary["llm"]["model"], told.summary["llm"]["provider"]) == ("spare", "openai")
    assert told.ready.json()["status"] == "warn"
    assert told.ready.json()["checks"]["llm"][0]["output"] == "model tiny is not there yet; the fallback answers"
    assert told.chat.json()["model"] == "spare"
    assert host.completions() == 0


@pytest.mark.parametrize(
    ("break_it", "reason", "status"),
    [
        ({"hang": True}, "timeout", None),
        ({"status": 500}, "http_5xx", 500),
        ({"status": 504}, "timeout", 504),
        ({"status": 401}, "http_4xx", 401),
        ({"status": 404}, "http_4xx", 404),
        ({"status": 429}, "http_4xx", 429),
        ({"raw": b"<html>"}, "connect_error", None),
        ({"raw": b'{"data": 3}'}, "connect_error", None),
    ],
)
def test_whatever_is_wrong_with_the_primary_has_its_reason(  # noqa: PLR0917 - a table's columns and fixtures
    run: Run, host: StandInModelHost, spare: StandInModelHost, break_it: dict[str, Any], reason: str, status: int | None
) -> None:
    """The fallback answers, and the summary says why the primary does not."""
    for name, value in break_it.items():
        setattr(host.script, name, value)
    told = ask(start(run, host, spare))

    assert (told.path, told.served_by, told.summary["ready"]) == ("fallback", "fallback", True)
    assert (told.summary["llm"]["reason"], told.summary["llm"]["ollama"]) == (reason, "down")
    assert told.summary["llm"]["primary_model_present"] is None
    assert (told.summary["primary"]["last_error"], told.summary["primary"]["last_status"]) == (reason, status)


def test_nothing_at_the_primarys_address(run: Run, spare: StandInModelHost) -> None:
    """A refused connection is a reason of its own."""
    told = ask(
        run(
            provider="ollama",
            llm_base_url=_NOWHERE,
            llm_model="tiny",
            fallback_base_url=spare.url,
            fallback_model="spare",
        )
    )

    assert (told.path, told.served_by, told.summary["llm"]["reason"]) == ("fallback", "fallback", "connect_error")
    assert told.summary["llm"]["provider"] == "openai"


def test_down_without_a_fallback(run: Run, host: StandInModelHost) -> None:
    """Nobody answers, and everything says so."""
    host.script.status = 500
    told = ask(start(run, host))

    assert (told.path, told.summary["llm"]["openai"]) == ("down", "not_configured")
    assert told.summary["tooltip"].endswith("and there is no fallback: nobody answers.")
    assert_nobody(told, "llm_failed")


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        ({"hang": True}, "timed out after 1.5 s"),
        ({"status": 500}, "the language model's side answered 500"),
        ({"models": ["spare-mini", "spare:8b"]}, "model spare is not there yet"),
        ({"models": []}, "model spare is not there yet"),
    ],
)
def test_a_fallback_that_could_not_answer_is_no_fallback(
    run: Run, host: StandInModelHost, spare: StandInModelHost, break_it: dict[str, Any], why: str
) -> None:
    """A dead fallback, or one without the model, leaves the path down."""
    host.script.status = 500
    for name, value in break_it.items():
        setattr(spare.script, name, value)
    told = ask(start(run, host, spare))

    assert (told.path, told.summary["openai_configured"]) == ("down", True)
    assert told.summary["reasons"] == [f"llm: the language model's side answered 500; the fallback: {why}"]
    assert told.summary["tooltip"].endswith("and the fallback spare cannot be used either: nobody answers.")
    assert_nobody(told, "llm_failed")
    assert spare.completions() == 0


@pytest.mark.parametrize("provider", ["openai", "ollama"])
@pytest.mark.parametrize(
    ("models", "present"),
    [(["tiny-2"], False), (["tiny:8b"], False), (["x/tiny"], False), (["tiny"], True), (["tiny:latest"], True)],
)
def test_a_model_is_known_by_its_whole_name(
    run: Run, host: StandInModelHost, provider: str, models: list[str], *, present: bool
) -> None:
    """A name that only begins alike is another model; a bare name means its latest tag, with every kind of host."""
    host.script.models = models
    told = ask(start(run, host, provider=provider))

    assert told.summary["primary"]["model_present"] is present
    assert told.path == ("primary" if present else "warming")


def test_no_more_than_eight_models_are_shown(run: Run, host: StandInModelHost) -> None:
    """A host with very many models does not make the summary long."""
    host.script.models = [f"m{number}" for number in range(50)] + ["tiny"]

    assert summary(start(run, host))["primary"]["models_sample"] == [f"m{number}" for number in range(8)]


def test_a_primary_that_is_switched_off_is_not_asked(run: Run, host: StandInModelHost, spare: StandInModelHost) -> None:
    """Disabled is a reason, not a claim that the primary answers."""
    told = ask(start(run, host, spare, primary_enabled=False))

    assert (told.path, told.served_by, told.summary["llm"]["reason"]) == ("fallback", "fallback", "disabled")
    assert told.summary["primary"]["enabled"] is False
    assert host.asked == []


def test_a_switched_off_primary_alone_is_down(run: Run, host: StandInModelHost) -> None:
    """Without a fallback nobody is left."""
    told = ask(start(run, host, primary_enabled=False))

    assert told.path == "down"
    assert_nobody(told, "llm_disabled")


@pytest.mark.parametrize("place", ["environment", "file"])
def test_the_fallbacks_key_comes_from_either_place(  # noqa: PLR0917 - fixtures
    run: Run,
    host: StandInModelHost,
    spare: StandInModelHost,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    place: str,
) -> None:
    """By variable or by file: it reaches the fallback with every request, the primary never, and no answer."""
    host.script.status = 500
    key = tmp_path / "key"
    key.write_text("sk-fallback\n", encoding="utf-8")
    name = {"environment": "AGENT_FALLBACK_API_KEY", "file": "AGENT_FALLBACK_API_KEY_FILE"}[place]
    monkeypatch.setenv(name, {"environment": "sk-fallback", "file": str(key)}[place])
    told = ask(start(run, host, spare))

    assert (told.path, told.served_by) == ("fallback", "fallback")
    assert set(spare.authorizations) == {"Bearer sk-fallback"}
    assert set(host.authorizations) == {None}
    assert "sk-fallback" not in str(told.summary) + told.chat.text + told.ready.text


def test_since_moves_with_the_path_only(run: Run, host: StandInModelHost) -> None:
    """A page can tell for how long a model has been awaited, and how much of the time for it is left."""
    clock = HandClock()
    host.script.models = []
    service = start(run, host, clock=clock, warming_budget_s=30)
    first = summary(service)["llm"]
    clock.seconds += 20
    second = summary(service)["llm"]
    host.script.models = ["tiny"]
    clock.seconds += 5
    third = summary(service)["llm"]

    assert first == second
    assert (first["since"], first["budget_s"]) == ("2026-11-21T12:00:00.000Z", 30)
    assert (third["path"], third["since"]) == ("primary", "2026-11-21T12:00:25.000Z")


def test_a_broken_store_makes_unready_on_every_path(run: Run, host: StandInModelHost, tmp_path: Path) -> None:
    """Memory is part of being ready: rag is down, the reason is named, the path stays what it is."""
    place = tmp_path / "state" / "vectors"
    place.parent.mkdir()
    place.write_text("in the way")
    service = start(run, host)
    body = summary(service)

    assert (body["llm"]["path"], body["ready"], body["rag"]) == ("primary", False, {"ok": False, "db": "down"})
    assert body["reasons"] == ["vectors: the vector store cannot be used"]
    assert body["tooltip"].endswith(" Not ready: vectors: the vector store cannot be used.")
    assert httpx.get(f"{service.agent_url}/ready").status_code == 503


def assert_nobody(told: Told, code: str) -> None:
    """Hold a refused chat against what such an answer has to be."""
    assert told.chat.status_code == 503
    assert told.chat.headers["content-type"] == "application/problem+json"
    assert int(told.chat.headers["retry-after"]) >= 1
    assert told.chat.json()["code"] == code
    assert int(told.ready.headers["retry-after"]) >= 1
