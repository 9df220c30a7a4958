"""The JSON report."""

from __future__ import annotations

import json

from opscheck.report import RunReport, json_report
from tests.report.sample import RUN, exchange, hostile, result


def _refuse(constant: str) -> object:
    raise AssertionError(constant)


def test_hostile_report_is_plain_ascii() -> None:
    """No control, bidi or surrogate character of a probed server stands raw in the file."""
    text = json_report.render(hostile())

    assert all(" " <= character <= "~" or character == "\n" for character in text)


def test_hostile_report_is_strict_json() -> None:
    """A strict reader takes it: no lone surrogate, no NaN."""
    data = json.loads(json_report.render(hostile()), parse_constant=_refuse)

    json.dumps(data, ensure_ascii=False).encode("utf-8")


def test_what_json_cannot_carry_is_named() -> None:
    """NaN, bytes, sets and bottomless nesting in evidence end as text, never in a traceback."""
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"in": deep}
    odd = exchange(nan=float("nan"), raw=b"\xff", kinds={1}, deep=deep)

    data = json.loads(json_report.render(RunReport(RUN, [], [result(evidence=(odd,))])), parse_constant=_refuse)

    shown = data["results"][0]["evidence"]["exchanges"][0]
    assert (shown["nan"], shown["raw"]) == ("(float left out)", "b'\\xff'")
