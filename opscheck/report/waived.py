"""Waivers as every report tells them: what was accepted, why, by whom, until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from opscheck.report.run import Result

NOT_IN_ORDER: Final = "waiver"  # the check's id in the result of a waiver that cannot stand


def waived_results(results: Iterable[Result]) -> Iterator[tuple[Result, Mapping[str, str]]]:
    """Every waiver that took something, with the result that it took it from: also where something else is worse."""
    for result in results:
        for waiver in result.waivers:
            yield result, waiver


def waiver_line(waiver: Mapping[str, str]) -> str:
    """`FAIL waived by ops until end of 2026-12-31 UTC: the edge drops it (OPS-412)`."""
    ticket = f" ({waiver['ticket']})" if waiver.get("ticket") else ""
    what = f"{waiver['outcome']} waived" if waiver.get("outcome") else "waived"
    return f"{what} by {waiver['owner']} until {waiver['expires']}: {waiver['reason']}{ticket}"
