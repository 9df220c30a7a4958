"""Reports to render: a realistic run, a large one, and one in which every text is hostile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from opscheck.model import Cost, Json, Outcome
from opscheck.report import Gap, HostInfo, Result, RunInfo, RunReport, Spent, curl_line
from opscheck.report.triage import LikelyCause, Triage

AT = datetime(2026, 3, 4, 22, 15, tzinfo=UTC)
RUN = RunInfo("20260304-2215-7f3a", AT, AT + timedelta(seconds=8.4), "0.1.0", ("pytest", "-m", "release"))
HOSTILE = (
    "<script>window.ran=1;fetch('http://127.0.0.1:9/leak')</script>",
    "<img src=http://127.0.0.1:9/x onerror=window.ran=1>",
    "\"'><svg onload=window.ran=1>",
    "</style></title></textarea><iframe src=javascript:window.ran=1>",
    "red\x1b[31m\x07 c1\x9b31m bell\x00 cr\r\nInjected: line",
    "\u202eright to left\u2066 zero\u200bwidth \u2028 line \ufeff",
    "lone \ud800 and \udfff surrogate",
    "%s {0} ${title} $main {{7*7}} %(x)s",
    "]]> --> `code` | cell | **bold** [link](javascript:window.ran=1) @everyone ::error::",
    "x" * 5000,
    "javascript:window.ran=1",
    "https://127.0.0.1:9/'onmouseover='window.ran=1",
)


def exchange(
    where: str = "https://ops.example.org/ready", *, status: int = 200, total: float = 31.0, **more: object
) -> Json:
    """An HTTP exchange as evidence tells it."""
    return {
        "kind": "http",
        "where": where,
        "at": AT.isoformat(timespec="milliseconds"),
        "summary": f"HTTP/1.1 {status} {'OK' if status == 200 else 'Service Unavailable'}, 212 bytes",
        "phases_ms": {"dns": 1.2, "connect": 2.1, "tls": 6.4, "first_byte": total * 0.6, "total": total},
        "attempts": 1,
        "request": {
            "method": "GET",
            "url": where,
            "headers": {"authorization": "[secret admin_token]", "accept": "application/json"},
            "body": "",
        },
        "status": status,
        "http_version": "1.1",
        "headers": [["content-type", "application/json"], ["server", "nginx"], ["x-request-id", "a81f"]],
        "raw_length": 212,
        "decoded_length": 212,
        "excerpt": '{"status":"ok","dependencies":{"qdrant":"ok","mongo":"ok"}}',
        **more,
    }


def unseen(where: str, kind: str, detail: str) -> Json:
    """The evidence of what could not be measured."""
    return {
        "kind": "unmeasured",
        "where": where,
        "at": AT.isoformat(timespec="milliseconds"),
        "summary": f"{kind}: {detail}",
        "phases_ms": {"dns": 1.1, "total": 2000.0},
        "attempts": 2,
        "unmeasured": kind,
        "cause": "",
    }


def result(outcome: Outcome = Outcome.PASS, *, host: str = "prod", number: int = 0, **more: object) -> Result:
    """A result with the fields that `more` does not name filled in."""
    fields: dict[str, Any] = {
        "id": f"suites/readiness/test_truthful.py::test_ready_{number}[{host}]",
        "check": f"readiness.truthful_{number}",
        "markers": ("readiness", "smoke"),
        "promise": f"Readiness number {number} is 200 exactly when every dependency answers its own probe.",
        "reason": "/ready agrees with 3 dependencies",
        "expected": "status 200 while qdrant, mongo and llm answer",
        "observed": "status 200, all three answered",
        "evidence": (exchange(total=20.0 + number % 37),),
        "duration_s": 0.03,
        "cost": Cost(1, 0),
        **more,
    }
    return Result(host=host, outcome=outcome, **fields)


def failure(*, host: str = "prod", number: int = 0) -> Result:
    """A failure with everything that a failure can carry."""
    shown = exchange(status=200, total=412.0)
    return result(
        Outcome.FAIL,
        host=host,
        number=number,
        reason="/ready says ready while qdrant does not answer",
        observed="status 200 with qdrant: ok, but qdrant refused the connection",
        likely_cause="readiness is computed once at start and never again",
        remedy="restart the agent, then see https://runbooks.example.org/readiness#stale",
        evidence=(shown, unseen("http://10.0.0.5:6333/readyz", "refused", "connection refused by 10.0.0.5:6333")),
        curl=curl_line(shown["request"]),
    )


def waiver(**more: str) -> dict[str, str]:
    """What a result tells of the waiver that took it."""
    return {
        "check": "cors.vary_origin",
        "reason": "the edge drops it until its next release",
        "owner": "ops",
        "expires": "end of 2026-04-01 UTC",
        "ticket": "OPS-412",
        "outcome": "FAIL",
        **more,
    }


def _triage(results: Sequence[Result]) -> Triage:
    """The store's outage as the cause of what is blocked, and a failure that nothing explains."""
    down = [item.id for item in results if item.cause == "prod:qdrant"]
    left = [item.id for item in results if item.outcome is Outcome.FAIL]
    cause = LikelyCause(
        "service-down",
        "Nothing listens: qdrant is down",
        "the machine answers and refuses connections: qdrant has ended, was never started, or listens on another port",
        ["prod"],
        down[:1],
        down[1:],
        "docker compose ps -a qdrant",
        "docker compose logs qdrant tells why it ended; see https://runbooks.example.org/qdrant#down",
        "docs/triage-and-waivers.md#service-down",
        "ops duty officer, if it ends again",
        ["The collection does not exist"],
    )
    return Triage([cause], left)


def _prod() -> list[Result]:
    root = result(
        Outcome.UNMEASURED,
        number=50,
        check="kb.collection_dimension",
        promise="The collection's vector size is the size the embedding model returns.",
        reason="connection refused by 10.0.0.5:6333",
        observed="",
        cause="prod:qdrant",
        likely_cause="Qdrant is down, or listens on another address",
        remedy="docker compose ps qdrant; see https://runbooks.example.org/qdrant#down",
        evidence=(unseen("http://10.0.0.5:6333/collections", "refused", "connection refused by 10.0.0.5:6333"),),
        attempts=2,
    )
    blocked = [
        result(
            Outcome.BLOCKED,
            number=60 + index,
            reason="blocked by prod:qdrant",
            cause="prod:qdrant",
            evidence=(),
            promise=f"Collection docs-{index} answers a nearest-neighbour query within its budget.",
        )
        for index in range(7)
    ]
    slow = result(
        Outcome.DEGRADED,
        number=70,
        check="agent.reply",
        promise="The agent answers a plain question with text of its own.",
        reason="answered on attempt 3 of 3",
        observed="status 200, 214 characters",
        attempts=3,
        evidence=(exchange("https://ops.example.org/v1/agent", total=4870.0, attempts=3),),
        cost=Cost(1, 64),
    )
    waived = result(
        Outcome.WAIVED,
        number=71,
        check="cors.vary_origin",
        promise="An answer that depends on Origin says so in Vary.",
        reason="Vary lacks Origin",
        expected="Vary contains Origin",
        observed="Vary: Accept-Encoding",
        waivers=(waiver(),),
    )
    return [root, *blocked, slow, waived]


def realistic() -> RunReport:
    """A run over two hosts in which a bit of everything happened."""
    alone = result(
        Outcome.UNMEASURED,
        host="staging",
        number=80,
        check="edge.certificate",
        promise="The certificate is valid for 14 more days.",
        reason="openssl is not installed on this machine",
        observed="",
        remedy="apt-get install openssl",
        evidence=(),
    )
    cors = result(
        Outcome.FAIL,
        host="staging",
        number=81,
        check="cors.unknown_origin",
        promise="An origin that is not on the list gets no Access-Control-Allow-Origin.",
        reason="https://evil.example was reflected with credentials allowed",
        expected="no access-control-allow-origin",
        observed="access-control-allow-origin: https://evil.example",
        likely_cause="the proxy adds the header a second time",
        remedy="remove add_header from the edge's server block",
        evidence=(exchange("https://staging.example.org/api/status", total=38.0),),
    )
    passes = [result(host=("prod", "staging")[index % 2], number=index) for index in range(1, 29)]
    results = [*passes, failure(), alone, cors, *_prod()]
    return RunReport(
        run=RUN,
        hosts=[HostInfo("prod", "live", "assistant", sensitive=True), HostInfo("staging", "live", "assistant")],
        results=results,
        gaps=[
            Gap("suites/kb/test_milvus.py::test_collection[prod]", "system assistant promises no component milvus"),
            Gap("suites/legacy/test_tunnel.py::test_closed[staging]", "host staging lists no url for tunnel"),
        ],
        spent={"prod": Spent(61, 412, 2000), "staging": Spent(34, 0, 0)},
        notes=["mutating checks were left out: host prod is sensitive"],
        triage=_triage(results),
    )


def large(number: int = 2000, failing: int = 40) -> RunReport:
    """Many results on four hosts, the first ones failing."""
    hosts = [f"host-{index}" for index in range(4)]
    results = [
        failure(host=hosts[index % 4], number=index) if index < failing else result(host=hosts[index % 4], number=index)
        for index in range(number)
    ]
    return RunReport(RUN, [HostInfo(name, "live", "assistant") for name in hosts], results)


def hostile() -> RunReport:
    """Every text that a probed server or a file can influence is hostile, once in each outcome."""
    results = []
    for text in HOSTILE:
        for outcome in Outcome:
            more: dict[str, Any] = {f"more{text}": [text]}
            shown = exchange(
                text,
                summary=text,
                excerpt=text,
                headers=[[text, text]],
                request={"method": text, "url": text, "headers": {text: text, "accept": text}, "body": text},
                **more,
            )
            texts: dict[str, Any] = dict.fromkeys(
                ("id", "check", "promise", "reason", "expected", "observed", "remedy", "likely_cause", "cause"), text
            )
            results.append(
                result(
                    outcome,
                    host=text,
                    markers=(text,),
                    evidence=(shown,),
                    attempts=2,
                    curl=curl_line(shown["request"]),
                    waivers=(waiver(**dict.fromkeys(("check", "reason", "owner", "expires", "ticket"), text)),),
                    **texts,
                )
            )
    return RunReport(
        run=RunInfo(HOSTILE[0], AT, AT, HOSTILE[1], HOSTILE),
        hosts=[HostInfo(text, text, text, sensitive=True) for text in HOSTILE],
        results=results,
        gaps=[Gap(text, text) for text in HOSTILE],
        spent={text: Spent(1, 2, 3) for text in HOSTILE},
        notes=list(HOSTILE),
        triage=Triage(
            [LikelyCause(text, text, text, [text], [text], [text], text, text, text, text, [text]) for text in HOSTILE],
            HOSTILE,
        ),
    )
