"""The report as Prometheus reads it: text format 0.0.4 for node_exporter's textfile collector, and OpenMetrics.

One series a check of a host, not one a test: the gravest outcome of the check's tests counts. No timestamps of their
own: what scrapes tells the time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from opscheck.model import Outcome
from opscheck.report.latency import latency_ms
from opscheck.report.run import Result, RunReport
from opscheck.report.summary import Decision, counts
from opscheck.report.visible import visible

OUTCOMES: Final = tuple(outcome for outcome in Outcome if outcome is not Outcome.NOT_APPLICABLE)
GOOD: Final = frozenset({Outcome.PASS, Outcome.DEGRADED, Outcome.WAIVED})
_LONGEST: Final = 200  # characters of a label's value


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: name, type (`gauge` or `counter`), one line of help, and samples as labels and value.

    A counter's name ends in `_total`.
    """

    name: str
    kind: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], float]] = field(default_factory=list)


def exposition(families: Iterable[Family], *, openmetrics: bool = False) -> str:
    """The families as text; those without samples are left out, unlabelled duplicates are the caller's to avoid."""
    lines = []
    for family in families:
        if not family.samples:
            continue
        name = family.name.removesuffix("_total") if openmetrics and family.kind == "counter" else family.name
        lines += [f"# HELP {name} {_escaped(family.help, quote=False)}", f"# TYPE {name} {family.kind}"]
        lines += [f"{family.name}{_labels(labels)} {_number(value)}" for labels, value in family.samples]
    lines += ["# EOF"] if openmetrics else []
    return "".join(f"{line}\n" for line in lines)


def render(report: RunReport) -> str:
    """Text format 0.0.4."""
    return exposition(families_of(report))


def families_of(report: RunReport) -> list[Family]:
    """What a run found, and the run itself."""
    run = {"hosts": ",".join(host.name for host in report.hosts), "selection": selection(report.run.argv)}
    found = counts(report.results)
    decided = [({**run, "decision": one.value}, float(one is report.decision)) for one in Decision]
    numbers = [({**run, "outcome": one.value}, float(found.get(one, 0))) for one in OUTCOMES]
    return [
        *check_families(report.results),
        Family("opscheck_run_decision", "gauge", "What the last run comes to: 1 for its decision, 0 else.", decided),
        Family("opscheck_run_results", "gauge", "Results of the last run by outcome.", numbers),
        Family(
            "opscheck_run_timestamp_seconds",
            "gauge",
            "When the last run ended, in seconds since 1970.",
            [(run, report.run.finished.timestamp())],
        ),
        Family(
            "opscheck_run_duration_seconds", "gauge", "How long the last run took.", [(run, max(report.run.seconds, 0))]
        ),
    ]


def check_families(results: Iterable[Result]) -> list[Family]:
    """Outcome and duration of each check on each host, and whether each host is ready."""
    by_check: dict[tuple[str, str], list[Result]] = {}
    by_host: dict[str, list[Result]] = {}
    for result in results:
        if result.outcome is not Outcome.NOT_APPLICABLE:
            by_check.setdefault((result.host, result.check), []).append(result)
            by_host.setdefault(result.host, []).append(result)
    outcomes, durations = [], []
    for (host, check), mine in sorted(by_check.items()):
        labels = {"host": host, "check": check}
        gravest = min((result.outcome for result in mine), key=lambda outcome: outcome.gravity)
        outcomes += [({**labels, "outcome": one.value}, float(one is gravest)) for one in OUTCOMES]
        timed = [found for result in mine if (found := latency_ms(result)) is not None]
        durations += [(labels, max(timed) / 1000)] if timed else []
    ready = [({"host": host}, value) for host, mine in sorted(by_host.items()) if (value := _ready(mine)) is not None]
    return [
        Family("opscheck_check_outcome", "gauge", "Outcome of a check: 1 for the one that it has, 0 else.", outcomes),
        Family(
            "opscheck_check_duration_seconds",
            "gauge",
            "How long the slowest exchange of a check took; absent where nothing was timed.",
            durations,
        ),
        Family(
            "status_ready",
            "gauge",
            "Whether a host is ready by its readiness checks; absent where these could not be measured.",
            ready,
        ),
    ]


def _ready(results: Sequence[Result]) -> float | None:
    """0 where a readiness check failed, 1 where each was good; where one could not be seen, or none is, neither."""
    outcomes = {result.outcome for result in results if "readiness" in result.markers}
    if Outcome.FAIL in outcomes:
        return 0.0
    return 1.0 if outcomes and outcomes <= GOOD else None


def selection(argv: Sequence[str]) -> str:
    """What was selected by `-m` and `-k`: files of several runs in one folder must not hold the same series.

    >>> selection(["opscheck", "run", "-m", "smoke", "-k", "chat"])
    'smoke and chat'
    """
    found = []
    for word, following in itertools.pairwise((*argv, "")):
        if word in ("-m", "-k"):
            found.append(following)
        elif word.startswith(("-m", "-k")) and not word.startswith("--"):
            found.append(word[2:].removeprefix("="))
    return " and ".join(found)


def _labels(labels: Mapping[str, str]) -> str:
    inner = ",".join(f'{name}="{_escaped(visible(value, _LONGEST))}"' for name, value in labels.items())
    return f"{{{inner}}}" if inner else ""


def _escaped(text: str, *, quote: bool = True) -> str:
    escaped = text.replace("\\", r"\\").replace("\n", r"\n")
    return escaped.replace('"', r"\"") if quote else escaped


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
