"""The contract of a report: what is written validates, and comes back as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from opscheck.model import Json
from opscheck.redact import Redactor, Secret
from opscheck.report import Gap, HostInfo, RunReport, Spent, json_report, report_schema
from tests.report.sample import RUN, exchange, hostile, large, realistic, result

REPORTS = [realistic(), hostile(), large(20, 5)]
VALIDATOR = jsonschema.Draft202012Validator(
    report_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def _required(schema: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path, in a realistic report, of every key that the contract requires."""
    schema = _resolved(schema)
    for key in schema.get("required", ()):
        yield (*path, key)
    for key, inner in schema.get("properties", {}).items():
        yield from _required(inner, (*path, key))
    if "items" in schema:
        yield from _required(schema["items"], (*path, -1))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _required(schema["additionalProperties"], (*path, "prod"))


def _resolved(schema: Json) -> Json:
    reference = schema.get("$ref")
    found: Json = report_schema()["$defs"][reference.rpartition("/")[2]] if reference else schema
    return found


REQUIRED = sorted(set(_required(report_schema())), key=str)


def test_schema_is_a_valid_schema() -> None:
    """The shipped JSON Schema keeps draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize("report", REPORTS, ids=["realistic", "hostile", "large"])
def test_reports_keep_the_contract(report: RunReport) -> None:
    """Every report validates, whatever its texts are."""
    VALIDATOR.validate(json.loads(json_report.render(report)))


def test_every_object_of_the_contract_is_walked() -> None:
    """The paths below reach every object, nested ones included."""
    assert len(REQUIRED) >= 40
    assert {"run", "results"} <= {path[0] for path in REQUIRED}


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: "/".join(map(str, path)))
def test_each_required_key_is_required(path: tuple[str | int, ...]) -> None:
    """A report without any one of the required keys is refused, with a line that names it."""
    data = json.loads(json_report.render(realistic()))
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    if path[-1] not in holder:
        pytest.fail(f"the sample lacks {path}")
    del holder[path[-1]]

    assert not VALIDATOR.is_valid(data)
    with pytest.raises(ValueError, match=r"^not a report of opscheck: [^\n]+$"):
        RunReport.from_dict(data)


@pytest.mark.parametrize("name", ["", "run", "hosts", "results", "not_applicable", "summary"])
def test_unknown_keys_are_refused(name: str) -> None:
    """The contract's objects take no further keys; evidence does."""
    data = json.loads(json_report.render(realistic()))
    holder = data[name] if name else data
    (holder[0] if isinstance(holder, list) else holder)["extra"] = 1

    assert not VALIDATOR.is_valid(data)


def test_evidence_takes_further_keys() -> None:
    """A later opscheck may tell more in evidence without a new version of the contract."""
    data = json.loads(json_report.render(realistic()))
    data["results"][0]["evidence"]["more"] = {"any": "thing"}

    VALIDATOR.validate(data)
    assert RunReport.from_dict(data).results[0].promise


@pytest.mark.parametrize("report", [realistic(), large(20, 5)], ids=["realistic", "large"])
def test_a_report_comes_back_as_it_was(report: RunReport) -> None:
    """Reading a report back gives the same report."""
    text = json_report.render(report)
    back = RunReport.from_dict(json.loads(text))

    assert json_report.render(back) == text
    assert back.decision == report.decision


def test_a_newer_report_is_refused_with_one_line() -> None:
    """A report of a newer contract says which opscheck reads it."""
    data = {**realistic().as_dict(), "schema": "opscheck.report/2"}

    with pytest.raises(ValueError, match=r"^the report is opscheck.report/2, .* upgrade opscheck$"):
        RunReport.from_dict(data)


@pytest.mark.parametrize(
    "data", [[], "x", None, {}, {"schema": 1}, {"schema": "goss/1"}, {"schema": "opscheck.report/x"}]
)
def test_what_is_no_report_is_refused(data: object) -> None:
    """Anything else ends in one clear line."""
    with pytest.raises(ValueError, match=r"^not a report of opscheck: [^\n]+$"):
        RunReport.from_dict(data)


@pytest.mark.parametrize("instant", ["2026-03-04T22:15:00", "yesterday", "2026-13-04T22:15:00Z"])
def test_an_instant_is_an_instant(instant: str) -> None:
    """An instant without a time zone, or one that is none, ends in one clear line."""
    data = realistic().as_dict()
    data["run"]["finished"] = instant

    with pytest.raises(ValueError, match=r"^not a report of opscheck: [^\n]+$"):
        RunReport.from_dict(data)


def test_masked_reaches_every_text() -> None:
    """No text of a report keeps a registered secret, wherever it stands."""
    redactor = Redactor()
    redactor.register(Secret("word", "every-text"))
    said = "says every-text here"
    texts: dict[str, Any] = dict.fromkeys(
        ("id", "check", "reason", "expected", "observed", "remedy", "likely_cause", "cause", "promise", "curl"), said
    )
    item = result(host=said, markers=[said], evidence=[exchange(said, excerpt=said, headers=[[said, said]])], **texts)
    report = RunReport(
        replace(RUN, id=said, argv=[said]),
        [HostInfo(said, said, said)],
        [item],
        [Gap(said, said)],
        {said: Spent()},
        [said],
    )

    masked = report.masked(redactor)

    assert json_report.render(report).count("every-text") == json_report.render(masked).count("[secret word]") > 20
    assert "every-text" not in json_report.render(masked)
    assert masked.decision == report.decision
