"""What an old address announces has to be read strictly, and held against the day."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from opscheck.checks.legacy_signals import legacy_signals
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, refused
from tests.checks.legacy_answers import ANNOUNCED, LINK, SUCCESSOR, old
from tests.checks.proofs import is_complete, red

ID = "legacy-signals"
DEPRECATION, SUNSET = ANNOUNCED[0][1], ANNOUNCED[1][1]
TO_DOCUMENT = '<https://doc.example/a,b>; rel="deprecation help"; title="a, \\"b"'
NO_DEPRECATION = (
    "true",
    "1688169599",
    "?1",
    "@1688169599.5",
    "@1688169599, @1688169599",
    "Fri, 30 Jun 2023 23:59:59 GMT",
    "@9999999999999999",
    "@999999999999999",
    "",
    '"@1688169599"',
    "@1\x1b[31m",
    "@\u00e9",
)
NO_SUNSET = (
    "Thu, 01 Jan 2099 00:00:00 UTC",
    "Fri, 01 Jan 2099 00:00:00 GMT",
    "thu, 01 jan 2099 00:00:00 gmt",
    "Thu, 1 Jan 2099 00:00:00 GMT",
    "Thursday, 01-Jan-99 00:00:00 GMT",
    "Thu Jan  1 00:00:00 2099",
    "2099-01-01T00:00:00Z",
    "@4070908800",
    "Thu, 01 Jan 2099 00:00:00 +0000",
    "Thu, 01 Jan 2099 24:00:00 GMT",
    f"{SUNSET}, {SUNSET}",
    "",
)
NO_LINK = ("/a; rel=next", "</a> rel=next", '</a>; rel="next', "</a b>; rel=next", f"{LINK} {LINK}", "<", "\x00")
ELSEWHERE = {"<>": "is '/status/summary'", "</>": "is '/'", "<http://[>": "is ''"}


def saying(
    deprecation: str | None = DEPRECATION, sunset: str | None = SUNSET, *links: str, version: str = "1.1"
) -> HttpExchange:
    """An old address with these headers."""
    pairs = [("deprecation", deprecation), ("sunset", sunset), *(("link", link) for link in links or (LINK,))]
    return old(headers=[(name, value) for name, value in pairs if value is not None], http_version=version)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (saying(), "is deprecated since 2023-06-30, ends on 2099-01-01"),
        (saying("@4070908800"), "will be deprecated from 2099-01-01, ends on 2099-01-01"),
        (saying("@1688169599;note=1", None), "is deprecated since 2023-06-30"),
        (saying(None), "the old address ends on 2099-01-01"),
        (saying("@0"), "is deprecated since 1970-01-01"),
        (
            saying(DEPRECATION, SUNSET, '<https://doc.example/a,b>; rel="deprecation help"; title="a, \\"b"', LINK),
            "ends",
        ),
        (saying(DEPRECATION, SUNSET, f"</doc>; title=x; REL=sunset, , {LINK},"), "ends"),
        (saying(DEPRECATION, SUNSET, '</api/status/>;rel=SUCCESSOR-VERSION ; rel="other"'), "ends"),
        (
            saying(DEPRECATION, SUNSET, f'<http://service.example{SUCCESSOR}?x#y>; rel="alternate successor-version"'),
            "ends",
        ),
        (old({}, 410, headers=()), "nothing to announce: the old address is gone"),
        (old({}, 404, headers=[("deprecation", "true")]), "nothing to announce"),
        (old(b"", 301, headers=[("location", "/")]), "nothing to announce"),
    ],
)
def test_what_is_announced_passes(answer: HttpExchange, told: str) -> None:
    """Dates and links as the standards write them; whatever is gone has nothing to announce."""
    verdict = legacy_signals(answer, None, successor=SUCCESSOR)

    assert verdict.outcome is Outcome.PASS, verdict
    assert told in verdict.reason


def test_both_protocols_are_compared() -> None:
    """The same over both passes, in one header or in two; a second answer over HTTP/1.1 is not compared."""
    joined, apart = (
        saying(DEPRECATION, SUNSET, f"{LINK}, </d>; rel=sunset", version="2"),
        saying(DEPRECATION, SUNSET, LINK, "</d>; rel=sunset"),
    )

    assert legacy_signals(apart, joined, successor=SUCCESSOR).outcome is Outcome.PASS
    assert legacy_signals(saying(), saying(None), successor=SUCCESSOR).outcome is Outcome.PASS


def test_no_word_of_where_to_go_is_degraded() -> None:
    """The end is announced; a link would help."""
    for answer in (old(headers=ANNOUNCED[:2]), saying(DEPRECATION, SUNSET, "</a>; rel=stylesheet")):
        verdict = legacy_signals(answer, None, successor=SUCCESSOR)

        assert verdict.outcome is Outcome.DEGRADED
        assert is_complete(verdict)


@pytest.mark.parametrize(
    ("answer", "other", "reason"),
    [
        red(ID, "legacy-unannounced", old(headers=()), None, "does not announce its end"),
        red(ID, "legacy-unannounced", saying(None, None), None, "a Link alone tells no time", name="link alone"),
        *(
            red(ID, "legacy-deprecation-malformed", saying(value), None, "is no date", name=f"since {value}")
            for value in NO_DEPRECATION
        ),
        *(
            red(ID, "legacy-sunset-malformed", saying(None, value), None, "Sunset is no date", name=f"until {value}")
            for value in NO_SUNSET
        ),
        red(ID, "legacy-sunset-first", saying("@4102444800"), None, "Sunset 2099-01-01 00:00 is earlier than"),
        red(
            ID, "legacy-past-sunset", saying(DEPRECATION, "Fri, 02 Jan 2026 12:00:00 GMT"), None, "passed on 2026-01-02"
        ),
        *(
            red(ID, "legacy-link-malformed", saying(DEPRECATION, None, value), None, "be read", name=f"link {value}")
            for value in NO_LINK
        ),
        *(
            red(
                ID,
                "legacy-successor-elsewhere",
                saying(DEPRECATION, None, f'{target}; rel="successor-version"'),
                None,
                told,
                name=f"successor {target}",
            )
            for target, told in ELSEWHERE.items()
        ),
        red(ID, "legacy-protocols-disagree", saying(), saying(None, version="2"), "different things: Deprecation"),
        red(
            ID,
            "legacy-protocols-disagree",
            saying(),
            old(headers=(), http_version="2"),
            "things: Deprecation, Sunset, Link",
            name="none",
        ),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, other: HttpExchange | None, reason: str) -> None:
    """Nothing said, said in a form that programs do not read, or not kept to."""
    verdict = legacy_signals(answer, other, successor=SUCCESSOR)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_the_last_second_counts() -> None:
    """Up to its Sunset an address may answer, and from then on not."""
    ends = "Fri, 02 Jan 2026 12:00:01 GMT"
    before = saying(DEPRECATION, ends)
    then = replace(before, at=datetime(2026, 1, 2, 12, 0, 1, tzinfo=UTC))

    assert legacy_signals(before, None, successor=SUCCESSOR).outcome is Outcome.PASS
    assert legacy_signals(then, None, successor=SUCCESSOR).outcome is Outcome.FAIL


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("answer", "other"), [(refused(), None), (saying(), refused()), (old({}, 502), None), (old({}, 429), None)]
)
def test_what_was_not_reached_is_unmeasured(answer: HttpExchange, other: HttpExchange | None) -> None:
    """A refused connection, or an outage, is no verdict."""
    assert legacy_signals(answer, other, successor=SUCCESSOR).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_header_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends in a header, there is a red verdict."""
    text = body[:2000].decode("latin-1")
    for answer in (saying(text), saying(DEPRECATION, text), saying(DEPRECATION, SUNSET, text or "<")):
        verdict = legacy_signals(answer, None, successor=SUCCESSOR)

        assert verdict.outcome is Outcome.FAIL
        assert is_complete(verdict)
