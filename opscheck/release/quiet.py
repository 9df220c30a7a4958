"""Nobody asks for the old address any more: for how long that is covered by evidence, and what is missing. Pure.

An instant is covered where a sample or an access log speaks for it. A gap is a gap: it is told, and never counts as
zero. Of several hosts each has to be covered, and of several logs of a host each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from opscheck.model.written import SILENCE, may_be_silent
from opscheck.release.coverage import Spans, Stretch, sampled, total, union, within, without
from opscheck.release.spans import lasting
from opscheck.release.words import Seen, State
from opscheck.report.visible import counted, visible

_GAPS: Final = 5  # of a host that are told
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_WATCH: Final = "opscheck watch -m legacy --every 30s --for 24h, or hand access logs over with --log"


@dataclass(frozen=True, slots=True)
class Sample:
    """What one look said.

    Attributes:
        hits: that it counted; None where it could not see, which covers nothing.
        back: how far it looked back: a hit that it counted lies somewhere in that time. None: without an end.
    """

    host: str
    at: datetime
    hits: int | None
    back: timedelta | None = timedelta()


@dataclass(frozen=True, slots=True)
class LogRead:
    """What the access logs of one server said.

    Attributes:
        name: of the server, such as `edge-1`.
        covered: the time that they can speak for.
        hits: that they tell of, the latest of them at `latest`, by `who`.
        doubts: why they do not cover all of the window.
        silent: where nothing was written for longer than `silence`, which is how long it may be.
    """

    host: str
    name: str
    covered: Spans
    hits: int = 0
    latest: datetime | None = None
    who: str = ""
    doubts: tuple[str, ...] = ()
    silent: Spans = ()
    silence: timedelta = SILENCE


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for.

    Attributes:
        covered: the time without a hit, at least.
        every, late: when a sample is due, and how late it may be before it leaves a gap.
        fresh: how long ago the evidence may end.
    """

    covered: timedelta = timedelta(hours=24)
    every: timedelta = timedelta(seconds=30)
    late: timedelta = timedelta(seconds=30)
    fresh: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was seen of the hosts that are asked about.

    Attributes:
        uncounted: hosts without access logs, on which no look counts hits, and how many looks there were.
    """

    hosts: tuple[str, ...]
    samples: tuple[Sample, ...] = ()
    logs: tuple[LogRead, ...] = ()
    uncounted: Mapping[str, int] = field(default_factory=dict)

    def of(self, host: str) -> Evidence:
        """What was seen of one of them."""
        samples = tuple(one for one in self.samples if one.host == host)
        return Evidence((host,), samples, tuple(one for one in self.logs if one.host == host))

    def covered(self, wish: Wish, until: datetime) -> Spans:
        """The time for which samples, or the logs of every server of the one host, speak."""
        seeing = [one.at for one in self.samples if one.hits is not None and one.at <= until]
        spans = union([*sampled(seeing, wish.every, wish.late), *_by_logs(self.logs)])
        return within(spans, [Stretch(_EARLIEST, until)])


def judge_quiet(seen: Evidence, wish: Wish, *, now: datetime, path: str) -> Seen:
    """Judge what was seen until now of each host.

    Args:
        path: the old address, for what is told.
    """
    now = now.astimezone(UTC)
    end = _end(seen, wish, now)
    window = Stretch(end - wish.covered, end)
    views = [_View(seen.of(host), wish, window, now) for host in seen.hosts]
    lines = [line for view in views for line in view.lines()]
    future = [one for one in seen.samples if one.at > now]
    if future:
        lines.append(
            f"{counted(len(future), 'sample')} lie in the future, up to {_stamp(max(one.at for one in future))}: "
            "the clock was set back; they count for nothing"
        )
    hit = [line for view in views for line in view.hits()]
    if hit:
        reason = f"the old address {path} is still asked for: {hit[0]}"
        return Seen(State.NOT_MET, reason, (*hit, *lines), "find who asks by opscheck legacy count, and move them")
    if not views:
        return Seen(State.UNMEASURED, "no host was named", tuple(lines), "name the hosts: --host prod")
    missing = [view for view in views if view.gaps]
    if missing:
        worst = min(missing, key=lambda view: (total(view.covered), view.host not in seen.uncounted))
        blind = f"{worst.host} covers {lasting(total(worst.covered))} of {lasting(wish.covered)}"
        old = "" if window.end > now - wish.fresh else f" that end at {_stamp(window.end)}"
        rest = _uncounted(seen.uncounted[worst.host]) if worst.host in seen.uncounted else "the rest is a gap"
        reason = f"0 hits of {path} were seen, and {blind}{old}: {rest}, not a zero"
        remedy = _logs_first(seen) if seen.uncounted else _remedy(missing)
        return Seen(State.UNMEASURED, reason, tuple(lines), remedy)
    told = f"{lasting(wish.covered)} until {_stamp(window.end)}"
    places = ", ".join(view.host for view in views)
    return Seen(State.MET, f"0 hits of {path} in {told}, all of it covered, on {places}", tuple(lines))


def _uncounted(looks: int) -> str:
    """What samples are worth that cannot count."""
    if not looks:
        return "no access logs are named that could be counted: a gap"
    return f"{counted(looks, 'sample')} seen, and none counts hits (no access logs are named): a gap"


def _logs_first(seen: Evidence) -> str:
    """What has to be done before anything can count."""
    log = "HOST/SERVER=FILES" if len(seen.hosts) > 1 else "FILES"
    logs = f"name the access logs of {', '.join(seen.uncounted)} as expect.legacy.log_files"
    return f"{logs}, then {_WATCH.split(',', maxsplit=1)[0]}; or --log {log} now"


def _remedy(missing: Sequence[_View]) -> str:
    """What fills the gaps; where nothing but silence of the logs lies in them, there is more to say."""
    silences = [view.silence() for view in missing]
    if not all(silences):
        return _WATCH
    hours = -(-max(silences) // timedelta(hours=1))
    # So long a night is refused wherever it is told, and no host has it.
    said = f"--silence {hours}h says that nobody asks at that hour, and " if may_be_silent(max(silences)) else ""
    return f"{said}opscheck watch -m legacy sees the next one through; else find out why nothing was written"


def _end(seen: Evidence, wish: Wish, now: datetime) -> datetime:
    """Where the window ends: with the host whose evidence ends first, within what counts as fresh."""
    ends = [covered[-1].end for host in seen.hosts if (covered := seen.of(host).covered(wish, now))]
    return max(min(ends, default=now), now - wish.fresh)


def _by_logs(logs: Sequence[LogRead]) -> Spans:
    """The time for which every one of some logs speaks."""
    if not logs:
        return ()
    spans = union(logs[0].covered)
    for other in logs[1:]:
        spans = within(spans, other.covered)
    return spans


class _View:
    """One host within the window."""

    def __init__(self, seen: Evidence, wish: Wish, window: Stretch, now: datetime) -> None:
        self.host = seen.hosts[0]
        self._wish, self._window, self._logs = wish, window, seen.logs
        self._samples = [one for one in seen.samples if window.start < one.at <= now]
        self.covered = within(seen.covered(wish, now), [window])
        self.gaps = without([window], self.covered)

    def hits(self) -> Iterator[str]:
        """A line for each source that tells of hits."""
        for log in self._logs:
            if log.hits and (log.latest is None or log.latest > self._window.start):
                last = f", the last one at {_stamp(log.latest)}" if log.latest is not None else ""
                who = f" by {visible(log.who, 80)}" if log.who else ""
                yield f"{self.host}: {counted(log.hits, 'request')} by the logs of {log.name}{last}{who}"
        cleared = _cleared(self._samples, self._logs)
        guilty = [one for one in self._samples if one.hits and not _elsewhere(one, self._window, cleared)]
        if guilty:
            last_one = max(guilty, key=lambda one: one.at)
            told = f"the last one at {_stamp(last_one.at)} ({last_one.hits})"
            yield f"{self.host}: {counted(len(guilty), 'sample')} counted requests, {told}"

    def silence(self) -> timedelta:
        """The longest silence of logs that a gap lies in; nothing where a gap has another cause as well."""
        silent = union(one for log in self._logs for one in log.silent)
        if without(self.gaps, silent):
            return timedelta()
        return max((one.length for one in silent if within([one], self.gaps)), default=timedelta())

    def lines(self) -> Iterator[str]:
        """What is covered and what is not."""
        host = self.host
        yield f"{host}: {lasting(total(self.covered))} of {lasting(self._wish.covered)} covered"
        blind = sum(one.hits is None for one in self._samples)
        if self._samples:
            could_not = f", {blind} of them could not see" if blind else ""
            yield f"{host}: {counted(len(self._samples), 'sample')}, due every {lasting(self._wish.every)}{could_not}"
        for log in self._logs:
            doubts = f"; not for all of it: {visible(log.doubts[0], 160)}" if log.doubts else ""
            spoken = lasting(total(within(log.covered, [self._window])))
            stated = f" (up to {lasting(log.silence)} without a line count)" if log.silence > SILENCE else ""
            yield f"{host}: the logs of {log.name} speak for {spoken}{stated}: {counted(log.hits, 'hit')}{doubts}"
        for gap in self.gaps[:_GAPS]:
            yield f"{host}: gap of {lasting(gap.length)} from {_stamp(gap.start)} to {_stamp(gap.end)}{self._why(gap)}"
        if len(self.gaps) > _GAPS:
            rest = lasting(total(self.gaps[_GAPS:]))
            yield f"{host}: {counted(len(self.gaps) - _GAPS, 'more gap')}, {rest} together"

    def _why(self, gap: Stretch) -> str:
        """The logs that were silent in a gap."""
        silent = [log.name for log in self._logs if within(log.silent, [gap])]
        return f": nothing was written to the logs of {', '.join(silent)}" if silent else ""


def _cleared(samples: Sequence[Sample], logs: Sequence[LogRead]) -> Spans:
    """The time in which there was no hit for sure: whoever looked back over all of it counted none."""
    quiet = _by_logs([_behind_its_hits(one) for one in logs])
    looked = [Stretch(_EARLIEST if one.back is None else one.at - one.back, one.at) for one in samples if one.hits == 0]
    return union([*quiet, *looked])


def _behind_its_hits(log: LogRead) -> LogRead:
    """The same log for the time after the last hit that it tells of."""
    if not log.hits:
        return log
    return replace(log, covered=without(log.covered, [Stretch(_EARLIEST, log.latest)]) if log.latest else ())


def _elsewhere(one: Sample, window: Stretch, cleared: Spans) -> bool:
    """The hits that a sample counted lie before the window: it looked back that far, and the window is cleared."""
    start = _EARLIEST if one.back is None else one.at - one.back
    if start >= window.start:
        return False
    return not without([Stretch(window.start, one.at)], cleared)


def _stamp(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at is not None else "an unknown time"
