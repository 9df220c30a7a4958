"""The registry of checks: what each promises, and the faults that must turn it red. Found by walking the package."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec

from opscheck.errors import SuiteError
from opscheck.model import Evidence, Outcome, Samples, Unmeasured, Verdict

P = ParamSpec("P")
Judge = Callable[P, Verdict]


@dataclass(frozen=True, slots=True)
class CheckInfo:
    """What is known of a check without running it.

    Attributes:
        id: `chat-completion`; its file is `chat_completion.py`, its page `docs/checks/chat-completion.md`.
        promise: what a PASS means, one sentence.
        faults: the faults that it must detect: name to one line of what is broken.
        remedy: what to look at first where it is red.
        concern: the suite that it belongs to.
    """

    id: str
    promise: str
    concern: str
    faults: Mapping[str, str] = field(default_factory=dict)
    remedy: str = ""
    module: str = ""


def check(
    id: str,  # noqa: A002 - the field's word for it
    *,
    promise: str,
    concern: str,
    faults: Mapping[str, str],
    remedy: str = "",
    sees_unmeasured: bool = False,
) -> Callable[[Judge[P]], Judge[P]]:
    """Declare a judgement: a pure function of observations (positional) and expectations (by keyword).

    What could not be measured is told as UNMEASURED, or as BLOCKED behind its root cause, before the judgement is
    asked; with `sees_unmeasured` the judgement gets it and decides itself, except where the host was never reached.
    """
    if not faults:
        raise SuiteError(f"check {id} names no fault: a check that cannot fail is not a check")

    def decorate(judge: Judge[P]) -> Judge[P]:
        info = CheckInfo(id, promise, concern, dict(faults), remedy, judge.__module__)

        @functools.wraps(judge)
        def judged(*observations: P.args, **expected: P.kwargs) -> Verdict:
            blind = _blind(observations, sees_unmeasured=sees_unmeasured)
            verdict = could_not_see(info.id, blind) if blind else judge(*observations, **expected)
            return _complete(info, verdict, observations)

        judged.check = info  # type: ignore[attr-defined]
        return judged

    return decorate


def _blind(observations: tuple[Any, ...], *, sees_unmeasured: bool) -> Unmeasured | None:
    for seen in observations:
        if isinstance(seen, Unmeasured) and (seen.cause or not sees_unmeasured):
            return seen
        if isinstance(seen, Samples):
            caused = [one for one in seen.taken if isinstance(one, Unmeasured) and one.cause]
            if caused:
                return caused[0]
    return None


def could_not_see(check_id: str, blind: Unmeasured) -> Verdict:
    """The verdict on what could not be measured: UNMEASURED, never FAIL."""
    return Verdict(
        check_id,
        Outcome.UNMEASURED,
        f"could not measure: {blind.detail}",
        observed=f"{blind.kind.value}: {blind.detail}",
        remedy=blind.remedy,
        cause=blind.cause or blind.silence,
    )


def _evidence(observations: tuple[Any, ...]) -> Iterator[Evidence]:
    for seen in observations:
        if isinstance(seen, tuple | list):
            yield from _evidence(tuple(seen))
        elif isinstance(seen, Samples):
            yield from seen.evidence()
        elif hasattr(seen, "evidence"):
            yield seen.evidence()


def _complete(info: CheckInfo, verdict: Verdict, observations: tuple[Any, ...]) -> Verdict:
    """Fill in what every verdict carries, and let nothing that needed several attempts pass as plain green."""
    evidence = verdict.evidence or tuple(_evidence(observations))
    attempts = max([verdict.attempts, *(item.attempts for item in evidence)])
    verdict = replace(
        verdict,
        check=info.id,
        evidence=evidence,
        attempts=attempts,
        remedy=verdict.remedy or (info.remedy if verdict.outcome in (Outcome.FAIL, Outcome.DEGRADED) else ""),
    )
    if verdict.outcome is Outcome.PASS and attempts > 1:
        reason = f"{verdict.reason} (only after {attempts} attempts)"
        return replace(verdict, outcome=Outcome.DEGRADED, reason=reason)
    return verdict


def collect_checks(modules: Mapping[str, object]) -> dict[str, CheckInfo]:
    """The checks that these modules declare, by id, sorted.

    Raises:
        SuiteError: two modules declare the same id.
    """
    found: dict[str, CheckInfo] = {}
    for name in sorted(modules):
        for thing in vars(modules[name]).values():
            info = getattr(thing, "check", None)
            if not isinstance(info, CheckInfo) or info.module != name:
                continue
            if info.id in found:
                raise SuiteError(f"check {info.id} is declared in {found[info.id].module} and again in {name}")
            found[info.id] = info
    return dict(sorted(found.items()))


def shipped_checks() -> dict[str, CheckInfo]:
    """Every check of the package `opscheck.checks`, by id."""
    package = importlib.import_module("opscheck.checks")
    names = [f"opscheck.checks.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
    return collect_checks({name: importlib.import_module(name) for name in names})
