"""The metrics count a request once, and a good one as good."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlsplit

from opscheck.checks._metrics import Labels, NotMetrics, Sample, named, read_metrics
from opscheck.checks._words import error_text, failed, passed, shown, unclear, unseen
from opscheck.model import HttpExchange, Samples, Unmeasured, Verdict
from opscheck.registry import check

_ROUTE: Final = ("route", "path", "handler", "endpoint", "uri")
_STATUS: Final = ("status", "code", "status_code")
_REMEDY: Final = "ask again when the service answers completions; see the checks status-serves and status-gauge"

Series = tuple[str, Labels]
Step = dict[Series, float]


@check(
    "metrics-count",
    promise="Each completion moves the request counters by one, and none that went well counts as a server error.",
    concern="status",
    faults={
        "requests-uncounted": "no request counter moves, whatever is asked",
        "counted-twice": "every single completion is counted twice",
        "counted-as-error": "every good completion is counted as a server error, too",
    },
    remedy="count in one place, behind the last step of a request; look for a call that a request makes to the service",
)
def metrics_count(taken: Samples, *, requests: str, provider: str) -> Verdict:
    """Judge scrapes with a completion between each two; `requests` and `provider` are the names of the counters.

    What others ask meanwhile moves the counters as well: only what is so in every single step is a fault.
    """
    expected = f"{requests} and {provider}: by one for each completion, none of them as a 5xx"
    blind = next((one for one in taken.taken if isinstance(one, Unmeasured)), None)
    if blind is not None:
        return unseen(blind)
    answers = [one for one in taken.taken if isinstance(one, HttpExchange)]
    scrapes, chats = answers[::2], answers[1::2]
    refused = next((one for one in chats if one.status != 200), None)
    if refused is not None:
        reason = f"a completion is answered by {refused.status}: {error_text(refused)}"
        return unclear(reason, expected=expected, remedy=_REMEDY)
    try:
        states = [_counters(read_metrics(one), requests, provider) for one in scrapes]
    except NotMetrics as error:
        return unclear(str(error), expected=expected, remedy=_REMEDY)
    path = urlsplit(chats[0].request.url).path if chats else ""
    return _judged(_steps(states), requests=requests, provider=provider, path=path, expected=expected)


def _counters(samples: list[Sample], *names: str) -> Step:
    return {(one.name, one.labels): one.value for name in names for one in named(samples, name)}


def _steps(states: Sequence[Step]) -> list[Step]:
    """By how much each series moved between two scrapes; one that appears came from nothing."""
    return [{series: now[series] - before.get(series, 0.0) for series in now} for before, now in pairwise(states)]


def _judged(steps: list[Step], *, requests: str, provider: str, path: str, expected: str) -> Verdict:
    every = sorted({series for step in steps for series in step}, key=lambda one: (one[0], sorted(one[1])))
    moves = {series: [step.get(series, 0.0) for step in steps] for series in every}
    ours = {series: moved for series, moved in moves.items() if _is_ours(series, provider, path)}
    told: dict[str, Any] = {"expected": expected, "observed": _observed(ours or moves)}
    if not moves:
        return failed(f"the metrics have neither {requests} nor {provider}", **told)
    if any(value < 0 for moved in moves.values() for value in moved):
        reason = "a counter went back: the service was started again, or several processes answer in turn"
        return unclear(reason, remedy="ask one process, or add the processes' counters up", **told)
    if not any(value for moved in (ours or moves).values() for value in moved):
        return failed("no request counter moves by a completion", **told)
    error = next((one for one, moved in moves.items() if _is_error(one) and all(value >= 1 for value in moved)), None)
    if error is not None:
        reason = f"every completion is answered by 200 and counted as a server error: {_text(error)}"
        return failed(reason, **told)
    twice = next((one for one, moved in ours.items() if all(value == 2 for value in moved)), None)
    if twice is not None:
        return _counted_twice(twice, told, alone=all(len(set(moved)) == 1 for moved in ours.values()))
    once = any(all(value == 1 for value in moved) for moved in ours.values())
    others = "" if once else ", together with what others ask meanwhile"
    return passed(f"the counters move with the completions{others}", **told)


def _counted_twice(series: Series, told: dict[str, Any], *, alone: bool) -> Verdict:
    """Whoever asks in step with us moves a counter by two as well; that others ask shows in counters that vary."""
    if alone:
        return failed(f"every completion is counted twice: {_text(series)}", **told)
    reason = f"others ask meanwhile, so that nobody can tell whose count this is: {_text(series)} moves by two"
    return unclear(reason, remedy="ask again while nothing else asks, another opscheck included", **told)


def _is_ours(series: Series, provider: str, path: str) -> bool:
    """Moved by these completions alone: calls of the model, and requests that are counted by their address."""
    one = Sample(*series, 0.0)
    return one.name == provider or (bool(path) and one.label(*_ROUTE) == path)


def _is_error(series: Series) -> bool:
    return Sample(*series, 0.0).label(*_STATUS).startswith("5")


def _observed(moves: dict[Series, list[float]]) -> str:
    moved = [f"{_text(one)} +{', +'.join(f'{value:g}' for value in by)}" for one, by in moves.items() if any(by)]
    return "; ".join(moved[:4]) or "nothing moved"


def _text(series: Series) -> str:
    return shown(str(Sample(*series, 0.0)), 120)[1:-1]
