"""All waivers of a file: those that are not in order, and those that nobody needs any more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from opscheck.model import Outcome
from opscheck.report import Result
from opscheck.waivers import NOT_IN_ORDER, Waiver, Waivers

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CHECKS = {"cors-vary", "liveness"}
HOSTS = {"prod", "staging", "embedded"}


def made(**more: Any) -> Waiver:  # noqa: ANN401 - fields
    """A waiver that is in order."""
    given: dict[str, Any] = {"check": "cors-vary", "host": "prod", "reason": "known", "owner": "ops", "line": 4}
    return Waiver(**{**given, "expires": date(2026, 12, 31), **more})


def result(outcome: Outcome, check: str = "cors-vary", host: str = "prod", **more: Any) -> Result:  # noqa: ANN401 - fields
    """A result of a run."""
    return Result(f"suites/test_x.py::test_x[{host}-{check}]", check, (), host, outcome, **more)


def wrong(*items: Waiver, checks: frozenset[str] = frozenset()) -> list[Result]:
    """What is not in order on the first of June."""
    register = Waivers(items, "waivers.toml", checks)
    return register.not_in_order(checks=CHECKS, hosts=HOSTS, asked={"prod"}, now=NOW)


def test_one_in_order_is_not_told() -> None:
    """Also where it is about every host."""
    assert wrong(made(), made(host="*"), made(check="liveness", host="staging")) == []


@pytest.mark.parametrize(
    ("fields", "reason", "remedy"),
    [
        ({"check": "cors-vari"}, 'names no check that exists; did you mean "cors-vary"?', "opscheck checks lists them"),
        ({"check": "*"}, "names no check that exists", "opscheck checks lists them"),
        ({"host": "pord"}, 'names no host that exists; did you mean "prod"?', "name one of the host file, or *"),
        ({"reason": ""}, "has no reason", 'give it reason = "..."'),
        ({"owner": " "}, "has no owner", 'give it owner = "..."'),
        ({"expires": None}, "has no expiry", "write expires = 2026-12-31"),
        ({"expires": "2026-12-31"}, "has an expiry that is no date: 2026-12-31", "unquoted"),
        ({"expires": datetime(2026, 12, 31, 8)}, "without a time zone", "2026-12-31T18:00:00Z"),
        ({"expires": date(2026, 5, 31)}, "expired: end of 2026-05-31 UTC", "mend the cause and delete it"),
        ({"expires": datetime(2026, 6, 1, 12, tzinfo=UTC)}, "expired: 2026-06-01 12:00 UTC", "renew it"),
    ],
)
def test_one_that_cannot_stand_fails_and_says_what_to_do(fields: dict[str, Any], reason: str, remedy: str) -> None:
    """One FAIL in one line: file, line, which, what is wrong, what to do."""
    (told,) = wrong(made(**fields))

    assert told.outcome is Outcome.FAIL
    assert told.check == NOT_IN_ORDER
    assert told.reason.startswith("waivers.toml, line 4: the waiver of ")
    assert reason in told.reason
    assert remedy in told.remedy
    assert "\n" not in told.reason + told.remedy + told.observed
    assert told.host in ("prod", "waivers.toml")


def test_all_that_is_wrong_with_it_is_told_at_once() -> None:
    """In one line, with what to do about each, so that mending one does not bring up the next."""
    (two,) = wrong(made(check="nobody", expires=date(2026, 5, 31)))
    (all_of_it,) = wrong(made(check="cors-vari", host="pord", reason="", owner=" ", expires=None))

    assert two.reason.endswith("names no check that exists; it also expired: end of 2026-05-31 UTC")
    assert two.remedy == "opscheck checks lists them; mend the cause and delete it, or renew it"
    assert all_of_it.reason == (
        "waivers.toml, line 4: the waiver of cors-vari on pord names no check that exists; did you mean "
        '"cors-vary"? It also names no host that exists; did you mean "prod"? It also has no reason; it also has no '
        "owner; it also has no expiry"
    )
    assert all_of_it.remedy.count("; ") == 4
    assert "\n" not in all_of_it.reason + all_of_it.remedy


def test_checks_of_the_users_own_can_be_named() -> None:
    """A run that does not load their suite would not know them."""
    assert wrong(made(check="kb-answers"))
    assert wrong(made(check="kb-answers"), checks=frozenset({"kb-answers"})) == []


def test_each_has_an_id_of_its_own() -> None:
    """Two waivers of the same check are two results."""
    assert len({one.id for one in wrong(made(owner=""), made(owner=""))}) == 2


def test_hostile_words_stay_one_line() -> None:
    """What stands in the file reaches a terminal escaped."""
    (told,) = wrong(made(check="x\x1b[31m\nFAKE: all good"))

    assert "\x1b" not in told.reason
    assert "\n" not in told.reason


def told(*results: Result, **fields: Any) -> list[str]:  # noqa: ANN401 - fields
    """What is said of one waiver after a run."""
    return list(Waivers((made(**fields),), "waivers.toml").no_longer_needed(results))


def test_a_check_that_passes_needs_none() -> None:
    """The line names waiver and host, and says what to do."""
    assert told(result(Outcome.PASS)) == [
        "waivers.toml, line 4: the waiver of cors-vary on prod is no longer needed: the check passes on prod; delete it"
    ]


@pytest.mark.parametrize("fields", [{"expires": date(2026, 5, 31)}, {"owner": ""}, {"reason": ""}, {"expires": None}])
def test_one_that_is_not_in_order_is_told_as_that_alone(fields: dict[str, Any]) -> None:
    """It took nothing, so nothing can be needed no longer; the one beside it is told as ever."""
    register = Waivers((made(**fields), made(line=9)), "waivers.toml")
    passes = result(Outcome.PASS)
    bad = register.not_in_order(checks=CHECKS, hosts=HOSTS, asked={"prod"}, now=NOW)

    assert len(bad) == 1
    (line,) = register.no_longer_needed([passes, *bad])
    assert line.startswith("waivers.toml, line 9: ")


def test_every_host_has_to_pass() -> None:
    """A waiver for any host is needed as long as one host does not pass."""
    both = result(Outcome.PASS), result(Outcome.PASS, host="staging")
    assert "passes on 2 hosts" in told(*both, host="*")[0]
    assert told(both[0], result(Outcome.WAIVED, host="staging"), host="*") == []


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.PASS}))
def test_what_did_not_pass_keeps_it(outcome: Outcome) -> None:
    """What could not be measured says nothing of whether it is needed."""
    assert told(result(outcome)) == []


def test_a_run_without_the_check_says_nothing() -> None:
    """Another suite, another host."""
    assert told(result(Outcome.PASS, "liveness"), result(Outcome.PASS, host="staging")) == []


def test_a_pattern_that_fits_no_test_is_told() -> None:
    """A misspelt pattern would otherwise accept nothing in silence."""
    (line,) = told(result(Outcome.FAIL), test="test_z.py::*")

    assert "fits no test of this run: test = test_z.py::*" in line


def test_the_first_that_holds_takes_it() -> None:
    """An expired one in front does not stand in the way."""
    old, new = made(expires=date(2026, 1, 1)), made(owner="other")
    register = Waivers((old, new), "waivers.toml")
    asked: dict[str, Any] = {"check": "cors-vary", "host": "prod", "test": "t", "now": NOW, "strict": False}

    assert register.taking(Outcome.FAIL, **asked) is new
    assert register.taking(Outcome.UNMEASURED, **asked) is None
