"""One cause explains many failures, and is told once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opscheck.inventory import load_inventory, select
from opscheck.model import Host, Outcome
from opscheck.report import HostInfo, Result, RunInfo, RunReport
from opscheck.report.triage import Triage
from opscheck.triage import Condition, Signature, explain, known_hosts
from opscheck.triage.fill import fill

AT = datetime(2026, 11, 21, tzinfo=UTC)
RED = frozenset({Outcome.FAIL, Outcome.UNMEASURED, Outcome.BLOCKED})
DOWN = Signature("down", "{component} is down", "it is down", (Condition(cause=re.compile(":refused$")),), weight=80)
MODEL = Signature(
    "model", "The model is missing", "nobody pulled it", (Condition(("model",), frozenset({Outcome.FAIL})),),
    explains=(Condition(("agent", "chat"), RED),), confirm="curl {where}", weight=60,
)  # fmt: skip
BURST = Signature("burst", "5xx burst", "many fail", (Condition(outcomes=RED),), at_least=3, weight=10)


def result(check: str, outcome: Outcome = Outcome.FAIL, host: str = "prod", **more: Any) -> Result:  # noqa: ANN401 - fields
    """A result."""
    return Result(f"t::{check}[{host}]", check, (), host, outcome, **more)


def triaged(*results: Result, hosts: dict[str, Host] | None = None) -> Triage:
    """By three signatures."""
    names = sorted({one.host for one in results})
    report = RunReport(RunInfo("r", AT, AT, "0"), [HostInfo(name, "live", "x") for name in names], results)
    return explain(report, [BURST, MODEL, DOWN], hosts or {})


def test_the_deeper_cause_claims_what_it_explains() -> None:
    """Three red results, one cause; the burst that fits as well is only named beside it."""
    (cause,) = triaged(result("model"), result("agent"), result("chat")).causes

    assert cause.signature == "model"
    assert cause.results == ["t::model[prod]"]
    assert cause.behind == ["t::agent[prod]", "t::chat[prod]"]
    assert cause.explained == 3
    assert cause.also == ["5xx burst"]


def test_what_it_does_not_explain_is_left_over() -> None:
    """Told as unexplained, in the report's order."""
    triage = triaged(result("zebra"), result("model"))

    assert [cause.signature for cause in triage.causes] == ["model"]
    assert triage.unexplained == ["t::zebra[prod]"]


def test_what_stands_blocked_behind_it_is_counted_with_it() -> None:
    """The root and nine blocked behind it are one cause."""
    root = result("ready", Outcome.UNMEASURED, cause="prod:qdrant:refused")
    blocked = [result(f"v{index}", Outcome.BLOCKED, cause="prod:qdrant:refused") for index in range(9)]
    (cause,) = triaged(root, *blocked).causes

    assert (cause.title, cause.explained) == ("qdrant is down", 10)


def test_two_components_are_two_causes() -> None:
    """Of the same kind on the same host."""
    triage = triaged(
        result("a", Outcome.UNMEASURED, cause="prod:qdrant:refused"),
        result("b", Outcome.UNMEASURED, cause="prod:redis:refused"),
    )

    assert sorted(cause.title for cause in triage.causes) == ["qdrant is down", "redis is down"]


def test_the_same_on_several_hosts_is_one_entry() -> None:
    """A fleet with one defect reads one cause."""
    (cause,) = triaged(*(result("model", host=f"host-{index}") for index in range(50))).causes

    assert len(cause.hosts) == 50
    assert cause.explained == 50


def test_whoever_explains_most_comes_first() -> None:
    """Whatever the weights."""
    triage = triaged(
        result("a", Outcome.UNMEASURED, cause="prod:qdrant:refused"),
        result("model", host="b"),
        result("agent", host="b"),
    )

    assert [cause.signature for cause in triage.causes] == ["model", "down"]


def test_what_is_waived_needs_no_cause() -> None:
    """Somebody has accepted it."""
    assert not triaged(result("model", Outcome.WAIVED), result("x", Outcome.NOT_APPLICABLE))


def test_a_waiver_that_is_not_in_order_is_its_own_cause() -> None:
    """It is told by itself, and is no failure of a service."""
    assert not triaged(result("waiver"))


def test_it_comes_back_as_it_was() -> None:
    """From JSON, where later versions may tell more."""
    told = triaged(result("model"), result("zebra"))
    data = told.as_dict()
    data["causes"][0]["more"] = 1

    assert Triage.from_dict(data).as_dict() == told.as_dict()


def _host(folder: Path) -> Host:
    (folder / "opscheck.toml").write_text(
        '[hosts.prod]\nsystem = "reference"\nurls = { agent = "http://127.0.0.1:8000/" }\n'
        'secrets = { api_key = { env = "TOKEN_X" } }\nexpect.legacy = { path = "/a b" }\n'
    )
    return select(["prod"], load_inventory(folder / "opscheck.toml"))[0]


def test_placeholders_are_filled(tmp_path: Path) -> None:
    """From the host, from what was seen; secrets are named, what is unknown stays as a word."""
    host = _host(tmp_path)
    seen = [result("x", cause="prod:agent:dns", evidence=({"where": "http://127.0.0.1:8000/ready?x=1"},))]

    def told(text: str, *, quoted: bool = False, known: Host | None = host) -> str:
        return fill(text, seen, known, quoted=quoted)

    assert told("{host} {component} {where}") == "prod agent http://127.0.0.1:8000/ready"
    assert told("{url:nothing|readiness}") == "http://127.0.0.1:8000/ready"
    assert told("{base:agent}/x {address:agent}") == "http://127.0.0.1:8000/x 127.0.0.1:8000"
    assert told("{expect:legacy.path}", quoted=True) == "'/a b'"
    assert told("{secret:api_key} {expect:llm.model} {base:qdrant}") == "$API_KEY LLM_MODEL QDRANT"
    assert told("{url:readiness} {address:agent}", known=None) == "http://127.0.0.1:8000/ready 127.0.0.1:8000"
    assert told("curl -w '%{http_code}' {{.State}}") == "curl -w '%{http_code}' {{.State}}"


def test_nothing_that_was_seen_comes_alive_in_a_command() -> None:
    """A hostile address is quoted."""
    seen = [result("x", evidence=({"where": "http://x/$(touch /tmp/pwned);`id`"},))]

    assert fill("curl {where}", seen, None, quoted=True) == "curl 'http://x/$(touch /tmp/pwned);`id`'"


def test_a_host_that_is_gone_leaves_commands_unfilled(tmp_path: Path) -> None:
    """A report outlives the host file."""
    _host(tmp_path)

    assert set(known_hosts(tmp_path / "opscheck.toml", ["prod", "gone"])) == {"prod"}
    assert known_hosts(None, ["prod"]) == {}
