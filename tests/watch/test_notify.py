"""Telling others: in order, once, with what they ask for, whatever they do meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from opscheck.errors import OptionError
from opscheck.model import Outcome
from opscheck.redact import Secret
from opscheck.watch import notify
from opscheck.watch.clock import Stop, SystemClock
from opscheck.watch.incidents import Event, Incident
from opscheck.watch.notify import Courier, Outbox
from opscheck.watch.notify_alertmanager import AlertmanagerOutbox
from opscheck.watch.notify_http import receiver_url, secret_headers
from opscheck.watch.notify_webhook import WebhookOutbox
from opscheck.watch.problems import Problem
from tests.parts.alertmanager import Alertmanager
from tests.parts.process import free_port
from tests.parts.webhook import Webhook
from tests.watch.fakes import START

REMEDY = "restart the agent, then see https://runbooks.example.org/readiness#stale."


def _problem(check: str = "readiness", outcome: Outcome = Outcome.FAIL) -> Problem:
    places = frozenset({("prod", check)})
    return Problem(f"prod/{check}/{outcome}", "prod", check, outcome, f"{check} is bad", places, REMEDY)


def _incident(check: str = "readiness", outcome: Outcome = Outcome.FAIL) -> Incident:
    return Incident(_problem(check, outcome), START, START, opened=True)


@pytest.fixture
def clock() -> Iterator[SystemClock]:
    """The machine's."""
    stop = Stop()
    yield SystemClock(stop)
    stop.close()


@pytest.fixture
def deliver(clock: SystemClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Outbox], Courier]]:
    """Starts couriers that try again soon, and ends them."""
    monkeypatch.setattr(notify, "_FIRST", 0.05)
    couriers: list[Courier] = []

    def start(outbox: Outbox) -> Courier:
        couriers.append(Courier(outbox, clock))
        return couriers[-1]

    yield start
    for courier in couriers:
        courier.close(0.1)


def _until(happens: Callable[[], object], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.05)
    return bool(happens())


def test_a_webhook_gets_one_document_an_event(deliver: Callable[[Outbox], Courier]) -> None:
    """Firing and resolved with the same key, in order, with the fields that are documented."""
    with Webhook() as hook:
        courier = deliver(WebhookOutbox(hook.url, {}, title="-m readiness"))
        courier.tell([Event(_incident(), True, START)], [_incident()], START)
        courier.tell([Event(_incident(), False, START + timedelta(minutes=5))], [], START)
        assert _until(lambda: len(hook.received) == 2)

    firing, resolved = hook.received
    assert (firing["status"], resolved["status"]) == ("firing", "resolved")
    assert firing["key"] == resolved["key"] == "prod/readiness/FAIL"
    assert firing["id"] != resolved["id"]
    assert firing["until"] is None
    assert resolved["until"] == (START + timedelta(minutes=5)).isoformat()
    assert firing | {"id": ""} == {
        "schema": "opscheck.notification/1",
        "id": "",
        "status": "firing",
        "key": "prod/readiness/FAIL",
        "at": START.isoformat(),
        "since": START.isoformat(),
        "until": None,
        "host": "prod",
        "check": "readiness",
        "outcome": "FAIL",
        "severity": "critical",
        "reason": "readiness is bad",
        "remedy": REMEDY,
        "runbook": "https://runbooks.example.org/readiness#stale",
        "likely_cause": "",
        "cause": "",
        "watch": "-m readiness",
        "blocked": 0,
    }


def test_nothing_is_lost_while_a_webhook_is_down(deliver: Callable[[Outbox], Courier]) -> None:
    """It answers 503 for a while, and then gets everything, in order, with the ids that it was sent with before."""
    with Webhook(503) as hook:
        courier = deliver(WebhookOutbox(hook.url, {}, title=""))
        began = time.monotonic()
        for number in range(20):
            courier.tell([Event(_incident(f"check{number}"), True, START)], [], START)
        assert time.monotonic() - began < 1  # a round waits for nobody
        assert _until(lambda: len(hook.received) >= 3)
        assert courier.error == "answered 503"
        assert courier.undelivered == 20
        hook.status = 200
        assert _until(lambda: courier.undelivered == 0)

    came = [one["check"] for one in hook.received]
    again = came.count("check0")
    assert came == ["check0"] * again + [f"check{number}" for number in range(1, 20)]
    assert again > 3
    assert len({one["id"] for one in hook.received}) == 20
    assert courier.error == ""


def test_a_document_that_is_refused_holds_up_no_other(deliver: Callable[[Outbox], Courier]) -> None:
    """400 means that this one will never be taken: it is told, and the next one is sent."""
    with Webhook(400) as hook:
        courier = deliver(WebhookOutbox(hook.url, {}, title=""))
        courier.tell([Event(_incident("a"), True, START), Event(_incident("b"), True, START)], [], START)
        assert _until(lambda: courier.undelivered == 0)

    assert [one["check"] for one in hook.received] == ["a", "b"]
    assert courier.refused == 2


def test_what_is_left_at_the_end_is_counted(deliver: Callable[[Outbox], Courier]) -> None:
    """Nobody listens: the end comes within its time, and says how much was not delivered."""
    courier = deliver(WebhookOutbox(f"http://127.0.0.1:{free_port()}/", {}, title=""))
    courier.tell([Event(_incident(), True, START)], [], START)
    began = time.monotonic()

    assert courier.close(1.0) == 1
    assert time.monotonic() - began < 10
    assert courier.error


def test_a_secret_goes_into_its_header_and_nowhere_else() -> None:
    """By reference to the environment; a literal on the command line is refused, and not repeated."""
    headers = secret_headers(["X-Token=env:HOOK"], "--webhook-header", {"HOOK": "tops3cret"})

    assert headers == {"X-Token": Secret("X-Token", "tops3cret")}
    assert "tops3cret" not in repr(headers)
    for word in ("X-Token=tops3cret", "X-Token", "=env:HOOK", "X Token=env:HOOK", "X-Token=env:", "a=b:c"):
        with pytest.raises(OptionError) as refused:
            secret_headers([word], "--webhook-header", {"HOOK": "tops3cret"})
        assert "tops3cret" not in str(refused.value)
    with pytest.raises(OptionError, match="HOOK is not set"):
        secret_headers(["X-Token=env:HOOK"], "--webhook-header", {})
    with pytest.raises(OptionError, match="printable ASCII"):
        secret_headers(["X-Token=env:HOOK"], "--webhook-header", {"HOOK": "a\r\nX-Other: b"})


def test_the_header_reaches_the_receiver(deliver: Callable[[Outbox], Courier]) -> None:
    """A receiver that asks for a token gets it."""
    got: list[str | None] = []
    with Webhook() as hook:
        handler = hook._server.RequestHandlerClass
        plain = handler.do_POST  # type: ignore[attr-defined] # the part's own handler

        def do_post(self: object) -> None:
            got.append(self.headers.get("Authorization"))  # type: ignore[attr-defined] # as above
            plain(self)

        handler.do_POST = do_post  # type: ignore[attr-defined] # as above
        headers = secret_headers(["Authorization=env:HOOK"], "--webhook-header", {"HOOK": "Bearer tops3cret"})
        courier = deliver(WebhookOutbox(hook.url, headers, title=""))
        courier.tell([Event(_incident(), True, START)], [], START)
        assert _until(lambda: got)

    assert got == ["Bearer tops3cret"]


@pytest.mark.parametrize(
    "url", ["ops.example.org", "ftp://a.example/", "http://", "https://u:pw@a.example/", "http://a:x/"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """One clear line, without the password."""
    with pytest.raises(OptionError, match="--webhook") as refused:
        receiver_url(url, "--webhook")
    assert "pw" not in str(refused.value)


def test_alertmanager_sees_it_open_and_over(
    deliver: Callable[[Outbox], Courier], clock: SystemClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A real one: the alert appears with its labels and annotations, lives on, and its receiver hears of the end."""
    with Webhook() as hook, Alertmanager(tmp_path_factory.mktemp("am"), webhook=hook.url) as manager:
        courier = deliver(AlertmanagerOutbox(manager.url, {}, every=30, clock=clock))
        now = clock.now()
        incident = Incident(_problem(), now - timedelta(minutes=3), now, opened=True)
        courier.tell([Event(incident, True, now)], [incident], now)

        assert _until(manager.alerts)
        (alert,) = manager.alerts()
        assert alert["labels"] == {
            "alertname": "OpscheckFailed",
            "severity": "critical",
            "source": "opscheck",
            "host": "prod",
            "check": "readiness",
        }
        assert alert["annotations"] == {
            "summary": "readiness on prod: readiness is bad",
            "reason": "readiness is bad",
            "remedy": REMEDY,
            "runbook": "https://runbooks.example.org/readiness#stale",
        }
        assert alert["startsAt"][:19] == incident.since.isoformat()[:19]
        assert hook.wait("OpscheckFailed") is not None

        courier.tell([Event(incident, False, clock.now())], [], clock.now())
        assert _until(lambda: any(one["status"] == "resolved" for post in hook.received for one in post["alerts"]))
        assert _until(lambda: not manager.alerts())
        assert courier.undelivered == 0


def test_alertmanager_that_was_away_hears_what_is_open(
    deliver: Callable[[Outbox], Courier], clock: SystemClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Down for some rounds, it is told of what is open once it is there."""
    manager = Alertmanager(tmp_path_factory.mktemp("am"))
    courier = deliver(AlertmanagerOutbox(manager.url, {}, every=30, clock=clock))
    now = clock.now()
    incidents = [Incident(_problem(name), now, now, opened=True) for name in ("readiness", "cors")]
    for number in range(3):
        courier.tell([Event(incidents[0], True, now)] if number == 0 else [], incidents, now)
    assert _until(lambda: courier.error)
    assert courier.undelivered == 1

    with manager:
        assert _until(lambda: len(manager.alerts()) == 2)
        assert courier.undelivered == 0


def test_an_open_alert_is_said_again(clock: SystemClock) -> None:
    """Unchanged, once a minute, with an end that lies ahead; nothing at all where nothing is open."""
    outbox = AlertmanagerOutbox("http://127.0.0.1:9/", {}, every=30, clock=clock)
    assert outbox.due(0.0) is None
    outbox.take([Event(_incident(), True, START)], [_incident()], START)
    first = outbox.due(0.0)
    assert first is not None
    outbox.done(first, 0.0)

    assert outbox.due(30.0) is None
    again = outbox.due(61.0)
    assert again is not None
    assert again.alerts[0]["labels"] == first.alerts[0]["labels"]
    assert again.alerts[0]["endsAt"] > clock.now().isoformat()
    outbox.close()
