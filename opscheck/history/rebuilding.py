"""A report of what is left of a run: failures in full, what passed without its evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from opscheck.history.packing import unpack_json
from opscheck.history.records import ResultRecord
from opscheck.history.writing import instant
from opscheck.model import Json
from opscheck.report.run import SCHEMA

_THINNED: Final = "from history: the evidence of checks that passed is not kept for long"
_LOST: Final = "the results that passed are no longer kept"


def rebuilt(
    row: Any,  # noqa: ANN401 - a row of `run`
    records: Sequence[ResultRecord],
    frame: Mapping[str, Any],
    hosts: Sequence[Json],
    version: str,
) -> Json:
    """The report as JSON.

    Args:
        records: all that is left of its results.
        frame: what its report told beside results and hosts, as it was recorded.
        hosts: as its report told them.
        version: of opscheck.
    """
    kept = unpack_json(row.failures) if row.failures is not None else {}
    full = {one["id"]: one for one in kept.get("results", ())}
    results = [full[one.test] if one.test in full else _thin(one) for one in records]
    counted = json.loads(row.counts)
    triage = {"triage": kept["triage"]} if kept.get("triage") else {}
    return {
        **{name: value for name, value in frame.items() if name != "argv"},
        **triage,
        "schema": SCHEMA,
        "run": {
            "id": row.name,
            "started": instant(row.started).isoformat(timespec="milliseconds"),
            "finished": instant(row.finished).isoformat(timespec="milliseconds"),
            "version": version,
            "argv": frame["argv"],
        },
        "hosts": hosts,
        "results": results,
        "summary": {"counts": counted, "decision": row.decision},
        "notes": [*frame["notes"], _THINNED],
        "incomplete": row.incomplete or ("" if sum(counted.values()) == len(results) else _LOST),
    }


def _thin(one: ResultRecord) -> Json:
    """A result of which only the record is left."""
    exchanges = []
    if one.seconds is not None:
        exchanges.append(
            {
                "kind": "recorded",
                "where": "",
                "at": one.at.isoformat(timespec="milliseconds"),
                "summary": "as recorded",
                "phases_ms": {"total": one.seconds * 1000},
                "attempts": 1,
            }
        )
    return {
        "id": one.test,
        "check": one.check,
        "markers": list(one.markers),
        "host": one.host,
        "outcome": one.outcome.value,
        "reason": one.reason,
        "expected": "",
        "observed": "",
        "remedy": "",
        "evidence": {
            "exchanges": exchanges,
            "cause": one.cause,
            "likely_cause": "",
            "curl": "",
            "promise": "",
            "cost": {"requests": 0, "tokens": 0},
        },
        "duration_s": 0.0,
        "attempts": 1,
    }
