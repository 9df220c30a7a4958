"""The JSON Schema of a report, and the question whether a document keeps it."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from opscheck.model import Json
from opscheck.report.visible import visible


@cache
def report_schema() -> Json:
    """The JSON Schema of `opscheck.report/1`, draft 2020-12."""
    schema: Json = json.loads((files(__package__) / "report.schema.json").read_text("utf-8"))
    return schema


def check_contract(data: object, wanted: str) -> dict[str, Any]:
    """The document itself, where it keeps the contract.

    Raises:
        ValueError: it does not; one line that says where.
    """
    import jsonschema  # noqa: PLC0415 - slow to import, and only a later run reads reports back

    if not isinstance(data, dict):
        raise ValueError(f"not a report of opscheck: an object is expected, not {type(data).__name__}")  # noqa: TRY004
    _check_version(str(data.get("schema", "")), wanted)
    validator = jsonschema.Draft202012Validator(report_schema())
    error = next(iter(validator.iter_errors(data)), None)
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path) or "its top level"
        raise ValueError(f"not a report of opscheck: {visible(where, 80)}: {visible(error.message, 160)}")
    return data


def _check_version(found: str, wanted: str) -> None:
    name, _, version = wanted.rpartition("/")
    match = re.fullmatch(re.escape(name) + r"/([0-9]{1,9})", found)
    if match is None:
        raise ValueError(f"not a report of opscheck: its schema is {visible(found, 60)!r}, not {wanted!r}")
    if int(match[1]) > int(version):
        raise ValueError(f"the report is {found}, this opscheck reads up to {wanted}: upgrade opscheck")
