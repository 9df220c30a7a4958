"""The report as JSON, and the schema that it keeps."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from opscheck.model import Json
from opscheck.release.policy import decide, headline
from opscheck.release.words import SCHEMA, ReleaseReport
from opscheck.report.json_report import strict


@cache
def release_schema() -> Json:
    """The JSON Schema of `opscheck.release/1`, draft 2020-12."""
    schema: Json = json.loads((files(__package__) / "release.schema.json").read_text("utf-8"))
    return schema


def document(report: ReleaseReport) -> Json:
    """JSON-ready, as `release.schema.json` describes it."""
    return {
        "schema": SCHEMA,
        "decision": decide(report.findings).value,
        "headline": headline(report),
        "plan": report.plan,
        "title": report.title,
        "release": report.release,
        "range": report.range,
        "hosts": list(report.hosts),
        "started": report.started.isoformat(timespec="milliseconds"),
        "finished": report.finished.isoformat(timespec="milliseconds"),
        "version": report.version,
        "findings": [finding.as_dict() for finding in report.findings],
        "playbook": [step.as_dict() for step in report.playbook],
        "notes": list(report.notes),
        "checklists": list(report.checklists),
        "argv": list(report.argv),
    }


def render(report: ReleaseReport) -> str:
    """Plain ASCII: no character of a foreign output reaches a terminal raw."""
    return json.dumps(strict(document(report)), indent=1, allow_nan=False) + "\n"
