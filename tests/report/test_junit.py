"""User properties for JUnit XML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from opscheck.report import Result
from opscheck.report.junit import properties
from tests.report.sample import failure, hostile


def test_properties_of_a_result() -> None:
    """Host, check, outcome, latency and attempts travel with the test case."""
    found = dict(properties(failure(), run_id="r1"))

    assert found["ops_host"] == "prod"
    assert found["ops_outcome"] == "FAIL"
    assert (found["ops_latency_ms"], found["ops_attempts"], found["ops_run"]) == ("2000.0", "1", "r1")
    assert "ops_cause" not in found


@pytest.mark.parametrize("item", hostile().results)
def test_hostile_properties_are_fit_for_xml(item: Result) -> None:
    """Every value survives an XML writer and a strict XML reader unchanged."""
    case = ET.Element("testcase")
    for name, value in properties(item):
        ET.SubElement(case, "property", name=name, value=value)

    back = ET.fromstring(ET.tostring(case, encoding="utf-8"))  # noqa: S314 - written just above

    assert [(one.get("name"), one.get("value")) for one in back] == properties(item)
