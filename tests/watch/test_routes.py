"""What is answered: metrics that Prometheus takes, health that turns red, pages that are made once."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics

from opscheck.model import Outcome
from opscheck.redact import Redactor, Secret
from opscheck.report.prometheus import families_of
from opscheck.watch.routes import Routes
from opscheck.watch.server import Answer, StatusServer
from opscheck.watch.view import Board, View
from tests.parts.find import require_tool
from tests.parts.prometheus import Prometheus, ScrapeJob
from tests.report.sample import hostile as hostile_report
from tests.report.sample import realistic
from tests.watch.fakes import FakeClock, Watch, result
from tests.watch.sample import hostile, sample


@dataclass
class Receiver:
    """Something left to deliver."""

    name: str = "webhook"
    undelivered: int = 3
    error: str = "answered 503"


@pytest.fixture
def clock() -> FakeClock:
    """A clock that shows four seconds since the last round."""
    return FakeClock(passed=4.0)


def _routes(board: Board, clock: FakeClock, *secrets: Secret) -> Routes:
    redactor = Redactor()
    for secret in secrets:
        redactor.register(secret)
    return Routes(board, clock, redactor)


def _get(routes: Routes, path: str, **headers: str) -> Answer:
    answer = routes(path, headers)
    assert answer is not None
    return answer


def _metrics(board: Board, clock: FakeClock) -> dict[str, float]:
    lines = _get(_routes(board, clock), "/metrics").body.decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


@pytest.mark.parametrize("report", [realistic(), hostile_report()], ids=["realistic", "hostile"])
def test_promtool_and_openmetrics_take_it(clock: FakeClock, report: object) -> None:
    """In both formats, each with its own type, the second with its end."""
    board = sample()
    board.receivers = (Receiver(),)
    board.publish(replace(board.view, families=families_of(report)))  # type: ignore[arg-type] # a report
    routes = _routes(board, clock)
    plain = _get(routes, "/metrics")
    opened = _get(routes, "/metrics", accept="application/openmetrics-text;version=1.0.0,text/plain;q=0.5")

    assert plain.kind == "text/plain; version=0.0.4; charset=utf-8"
    assert opened.kind == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    names = {family.name for family in openmetrics(opened.body.decode())}  # type: ignore[no-untyped-call] # its own
    assert {"opscheck_check_outcome", "opscheck_watch_rounds", "opscheck_watch_last_run_age_seconds"} <= names
    words = [str(require_tool("promtool")), "check", "metrics"]
    done = subprocess.run(words, input=plain.body, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_metrics_tell_of_the_watch_itself(clock: FakeClock) -> None:
    """Age of the last run, lateness, gaps, what is open, what is not delivered."""
    board = sample()
    board.receivers = (Receiver(),)

    found = _metrics(board, clock)

    assert found["opscheck_watch_last_run_age_seconds"] == 4
    assert found["opscheck_watch_lateness_seconds"] == 0.02
    assert found["opscheck_watch_lateness_max_seconds"] == 1.31
    assert found["opscheck_watch_rounds_total"] == 5154
    assert found["opscheck_watch_rounds_failed_total"] == 1
    assert found["opscheck_watch_slots_missed_total"] == 606
    assert found["opscheck_watch_incidents_open"] == 2
    assert found["opscheck_watch_stuck"] == 0
    assert found['opscheck_watch_notifications_undelivered{receiver="webhook"}'] == 3
    clock.pass_by(100)
    assert _metrics(board, clock)["opscheck_watch_last_run_age_seconds"] == 104


def test_a_real_prometheus_scrapes_it(clock: FakeClock, tmp_path: Path) -> None:
    """It parses what is served, and answers queries about it."""
    board = sample()
    board.publish(replace(board.view, families=families_of(realistic())))
    server = StatusServer("127.0.0.1", 0, _routes(board, clock))
    server.start()
    try:
        job = ScrapeJob("opscheck", [f"127.0.0.1:{server.server_port}"])
        with Prometheus(tmp_path, jobs=[job]) as prometheus:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and not prometheus.query('up{job="opscheck"} == 1'):
                time.sleep(0.2)
            failing = prometheus.query('opscheck_check_outcome{outcome="FAIL"} == 1')
            late = prometheus.query("opscheck_watch_lateness_max_seconds")
    finally:
        server.stop()

    assert {(labels["host"], labels["check"]) for labels, _ in failing} == {
        (one.host, one.check) for one in realistic().results if one.outcome is Outcome.FAIL
    }
    assert [value for _, value in late] == [1.31]


def _health(board: Board, clock: FakeClock) -> tuple[int, str, str]:
    answer = _get(_routes(board, clock), "/healthz")
    assert answer.kind == "application/health+json"
    told = json.loads(answer.body)
    return answer.status, told["status"], told.get("output", "")


def test_health_is_green_while_checks_fail(clock: FakeClock) -> None:
    """It is the watch's own health: what it watches has metrics and a page."""
    assert sample().view.decision == "FAIL"
    assert _health(sample(), clock) == (200, "pass", "")


def test_health_is_red_when_the_watcher_is_stuck(clock: FakeClock) -> None:
    """It was to be heard of by now, and is not; once it is heard of, all is well."""
    board = sample()
    board.expect("recording a round", 10.0)
    assert _health(board, clock)[0] == 200
    clock.pass_by(60)

    status, word, why = _health(board, clock)

    assert (status, word) == (503, "fail")
    assert why == "the watcher has been recording a round for 54 s longer than that may take"
    assert _metrics(board, clock)["opscheck_watch_stuck"] == 1
    assert "The watch itself is in trouble" in _get(_routes(board, clock), "/").body.decode()
    board.expect("waiting for the next round", 100.0)
    assert _health(board, clock)[0] == 200


def test_health_is_red_when_history_cannot_be_written(clock: FakeClock) -> None:
    """In the words of the error."""
    board = sample()
    board.publish(replace(board.view, history_error="disk full"))

    assert _health(board, clock) == (503, "fail", "history cannot be written: disk full")
    assert _metrics(board, clock)["opscheck_watch_history_up"] == 0


def test_health_is_red_when_no_round_comes_to_an_end() -> None:
    """Rounds begin, and none has a report: by the watcher's own account."""
    watch = Watch()
    watch.rounds.found = lambda _: "did not end within 180 s and was stopped"
    watch.watcher(length=90).run()

    assert _health(watch.board, watch.clock)[::2] == (503, "no round has come to a report")


def test_health_warns_of_what_does_not_keep_it_from_watching(clock: FakeClock) -> None:
    """A receiver that is away."""
    board = sample()
    board.receivers = (Receiver(),)

    assert _health(board, clock) == (200, "warn", "webhook: answered 503")


def test_a_page_is_made_once_whoever_asks(clock: FakeClock) -> None:
    """A hundred at once, and again later: one page; after the next round, one more."""
    board = sample()
    routes = _routes(board, clock)
    answers: list[bytes] = []

    def ask() -> None:
        answers.extend(_get(routes, "/").body for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 100
    assert len(set(answers)) == 1
    assert routes.made == 1
    board.publish(replace(board.view, version=2))
    _get(routes, "/")
    _get(routes, "/")
    assert routes.made == 2


def test_asking_starts_no_round() -> None:
    """A scraper asks a thousand times between two rounds: the hosts notice nothing."""
    watch = Watch()
    routes = _routes(watch.board, watch.clock)
    watch.watcher(length=30).run()
    before = watch.rounds.count

    for _ in range(1000):
        assert _get(routes, "/metrics").status == 200

    assert watch.rounds.count == before == 2


def test_status_json_has_everything(clock: FakeClock) -> None:
    """Incidents, windows, gaps, hosts with their days; strict JSON even of hostile texts."""
    told = json.loads(_get(_routes(sample(), clock), "/status.json").body)

    assert told["schema"] == "opscheck.status/1"
    assert told["watch"]["rounds"] == 5154
    assert [one["key"] for one in told["incidents"]] == ["prod/readiness/FAIL", "cause/staging:agent"]
    assert told["windows"][0]["name"] == "saturday-upgrade"
    assert [one["why"] for one in told["gaps"]] == ["asleep", "failed"]
    prod = next(one for one in told["hosts"] if one["name"] == "prod")
    assert 0.99 < prod["uptime_90d"] < 1
    assert len(prod["days"]) == 90
    assert [one["check"] for one in prod["checks"]] == sorted(one["check"] for one in prod["checks"])
    assert json.loads(_get(_routes(hostile(), clock), "/status.json").body)["decision"] == "FAIL"


@pytest.mark.parametrize("path", ["/nowhere", "/host/", "/host/nowhere", "/host/%00", "/../etc/passwd", "//", ""])
def test_what_is_not_there(clock: FakeClock, path: str) -> None:
    """No page, and no error."""
    assert _routes(sample(), clock)(path, {}) is None


def test_a_host_has_a_page(clock: FakeClock) -> None:
    """With its checks, and only its own incidents; also one with a difficult name."""
    body = _get(_routes(sample(), clock), "/host/staging").body.decode()

    assert "agent_reply" in body
    assert "vector_collection" not in body
    assert "connection refused" in body
    assert "says ready while qdrant" not in body


def test_hosts_of_other_runs_are_not_shown() -> None:
    """History knows them; they are shown as long as the watch has had no round, and its own ones ever after."""
    watch = Watch()
    watch.board.past.take([result(host=name) for name in ("containers", "embedded", "prod")], watch.clock.now())
    watch.board.publish(replace(watch.board.view, version=1))
    routes = _routes(watch.board, watch.clock)

    def hosts() -> list[str]:
        return sorted(one["name"] for one in json.loads(_get(routes, "/status.json").body)["hosts"])

    assert hosts() == ["containers", "embedded", "prod"]
    watch.rounds.found = lambda number: [result(host="prod"), *([result(host="lab")] if number == 1 else [])]
    watch.watcher(length=60).run()

    assert hosts() == ["lab", "prod"]
    assert b"containers" not in _get(routes, "/").body
    assert routes("/host/containers", {}) is None


def test_many_checks_are_on_pages_of_their_own(clock: FakeClock) -> None:
    """The overview of many hosts stays small, and links to them."""
    board = Board(View("", clock.now(), clock.now(), 30.0))
    results = [result(check=f"c{number}", host=f"host{host:03}") for host in range(100) for number in range(20)]
    board.past.take(results, clock.now())
    board.publish(replace(board.view, version=1))

    body = _get(_routes(board, clock), "/").body

    assert b'href="/host/host042"' in body
    assert len(body) < 1_500_000


def test_no_secret_is_served(clock: FakeClock) -> None:
    """What is registered is masked in every answer."""
    board = sample()
    view = board.view
    now = {place: replace(one, reason=f"tops3cret {one.reason}") for place, one in view.now.items()}
    board.publish(replace(view, now=now, title="--host tops3cret", history_error="tops3cret"))
    routes = _routes(board, clock, Secret("token", "tops3cret"))

    for path in ("/", "/status.json", "/metrics", "/healthz", "/host/prod"):
        assert b"tops3cret" not in _get(routes, path).body
