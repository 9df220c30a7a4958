"""Conditions, paths into evidence, and the start of a JSON document."""

from __future__ import annotations

import re
from typing import Any

import pytest

from opscheck.model import Outcome
from opscheck.report import Result
from opscheck.triage import Condition, EvidenceTest, Signature
from opscheck.triage.partial_json import read_start

BODY = '{"llm": {"path": "down", "n": 1}, "parts": [{"ok": true}, {"ok": fa'
EXCHANGE = {"kind": "http", "status": 503, "excerpt": BODY}
QUOTED = r'{"a": "with \" quote, and [bracket", "b": {"c": 1}, "d": tr'


def result(check: str = "status-ready", outcome: Outcome = Outcome.FAIL, **more: Any) -> Result:  # noqa: ANN401 - fields
    """A result on prod."""
    given: dict[str, Any] = {"reason": "the path is down", "observed": "ready False", "evidence": (EXCHANGE,)}
    return Result(f"t::{check}[prod]", check, (), "prod", outcome, **{**given, **more})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('{"a": {"b": "x"}, "c": "cut off he', {"a": {"b": "x"}}),
        ('{"a": [1, 2, 3', {"a": [1, 2]}),
        (QUOTED, {"a": 'with " quote, and [bracket', "b": {"c": 1}}),
        ("[1, [2, [3", [1, [2, []]]),
        ("{", {}),
        ("", None),
        ("<html>", None),
        ("{not json", {}),
        ('{"a": }', {}),
    ],
)  # fmt: skip
def test_the_start_of_a_document_is_read(text: str, value: object) -> None:
    """As far as it goes; what is no JSON at all is None, and nothing raises."""
    assert read_start(text) == value


def test_a_bomb_of_brackets_does_no_harm() -> None:
    """It takes no time, and raises nothing."""
    assert isinstance(read_start("[" * 200_000), list)


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        (EvidenceTest(("status",), 503), True),
        (EvidenceTest(("status",), 500), False),
        (EvidenceTest(("status",), above=499, below=600), True),
        (EvidenceTest(("status",), above=503), False),
        (EvidenceTest(("json", "llm", "path"), "down"), True),
        (EvidenceTest(("json", "llm", "n"), 1), True),
        (EvidenceTest(("json", "llm", "n"), True), False),  # in JSON 1 is not true
        (EvidenceTest(("json", "parts", "*", "ok"), True), True),
        (EvidenceTest(("json", "parts", "*", "ok"), False), False),  # it was cut off
        (EvidenceTest(("json", "*", "path"), matches=re.compile("^do")), True),
        (EvidenceTest(("json", "llm")), True),
        (EvidenceTest(("json", "rag")), False),
        (EvidenceTest(("kind",), above=1), False),
    ],
)
def test_a_path_into_evidence(test: EvidenceTest, holds: bool) -> None:
    """Values, patterns and bounds, at any depth that the evidence has."""
    assert test.holds(result()) is holds


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition(("status-*",)), True),
        (Condition(("status",)), False),
        (Condition(("x", "*-ready")), True),
        (Condition(outcomes=frozenset({Outcome.PASS})), False),
        (Condition(said=re.compile("path is down")), True),
        (Condition(said=re.compile("ready False")), True),
        (Condition(said=re.compile("warming")), False),
        (Condition(cause=re.compile("refused")), False),
        (Condition(("status-*",), said=re.compile("down"), evidence=(EvidenceTest(("status",), 500),)), False),
    ],
)
def test_everything_that_a_condition_says_has_to_be_so(condition: Condition, holds: bool) -> None:
    """A result keeps it as a whole, or not."""
    assert condition.holds(result()) is holds


def test_so_many_different_checks_have_to_match() -> None:
    """Several results of one check are one check."""
    signature = Signature("x", "X", "x", (Condition(("a-*",)),), at_least=2)

    assert signature.shown_by([result("a-1"), result("a-1")]) == []
    assert len(signature.shown_by([result("a-1"), result("a-2"), result("b")])) == 2


def test_a_second_sign_can_be_asked_for() -> None:
    """Some result of the host has to keep each further condition."""
    passing = Condition(("b",), frozenset({Outcome.PASS}))
    signature = Signature("x", "X", "x", (Condition(("a",)),), also=(passing,))

    assert signature.shown_by([result("a")]) == []
    assert signature.shown_by([result("a"), result("b", Outcome.FAIL)]) == []
    assert [one.check for one in signature.shown_by([result("a"), result("b", Outcome.PASS)])] == ["a"]
