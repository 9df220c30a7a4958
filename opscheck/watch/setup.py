"""What the user asked for, read and held together: spans, addresses, receivers, history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from opscheck.errors import OptionError
from opscheck.redact import Redactor, Secret
from opscheck.report.visible import visible
from opscheck.watch.notify_http import receiver_url, secret_headers

_SPAN: Final = re.compile(r"(?:\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d|w))+", re.ASCII)
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_ADDRESS: Final = re.compile(r"(?:(\[[0-9A-Fa-f:.]+\]|[^:\[\]\s]*):)?(\d{1,5})", re.ASCII)
_SHORTEST: Final = 1.0
_PATIENT: Final = 180.0  # seconds; how long a round may take at least, where nothing else is said
_TAKEN: Final = ("--ops-history",)


@dataclass(frozen=True, slots=True)
class Setup:
    """The options of a watch.

    Attributes:
        arguments: what is passed on to `opscheck run`.
        every: seconds from one round to the next.
        length: seconds to watch for; None for as long as nobody says stop.
        limit: seconds that a round may take.
        history: a file, a URL or `off`; empty for the default.
        serve: address and port to listen on; None for no server.
        patience: rounds in a row that it takes to open or close an incident.
    """

    arguments: Sequence[str]
    every: float
    length: float | None = None
    limit: float = _PATIENT
    history: str = ""
    serve: tuple[str, int] | None = None
    alertmanager: str = ""
    alertmanager_headers: dict[str, Secret] = field(default_factory=dict)
    webhook: str = ""
    webhook_headers: dict[str, Secret] = field(default_factory=dict)
    patience: int = 2

    @property
    def title(self) -> str:
        """What is watched, fit to be shown."""
        return visible(Redactor().text(" ".join(self.arguments)), 200) or "all checks"


def read_setup(
    arguments: Sequence[str],
    *,
    every: str,
    length: str = "",
    limit: str = "",
    history: str = "",
    serve: str = "",
    alertmanager: str = "",
    alertmanager_headers: Sequence[str] = (),
    webhook: str = "",
    webhook_headers: Sequence[str] = (),
    patience: int = 2,
) -> Setup:
    """The options, read.

    Raises:
        OptionError: one of them cannot be used.
    """
    passed, said = _taken_out(arguments)
    step = span(every, "--every")
    if step < _SHORTEST:
        raise OptionError(f"--every {visible(every, 40)}: the least is 1s")
    if patience < 1:
        raise OptionError(f"--notify-after {patience}: the least is 1 round")
    if alertmanager_headers and not alertmanager:
        raise OptionError("--alertmanager-header without --alertmanager: there is nobody to send it to")
    if webhook_headers and not webhook:
        raise OptionError("--webhook-header without --webhook: there is nobody to send it to")
    return Setup(
        passed,
        step,
        span(length, "--for") if length else None,
        span(limit, "--round-limit") if limit else max(_PATIENT, 2 * step),
        history or said,
        address(serve) if serve else None,
        receiver_url(alertmanager, "--alertmanager") if alertmanager else "",
        secret_headers(alertmanager_headers, "--alertmanager-header"),
        receiver_url(webhook, "--webhook") if webhook else "",
        secret_headers(webhook_headers, "--webhook-header"),
        patience,
    )


def span(text: str, option: str) -> float:
    """Seconds.

    >>> span("1h30m", "--for")
    5400.0

    Raises:
        OptionError: it is no span of time.
    """
    if not _SPAN.fullmatch(text.strip()):
        raise OptionError(f"{option}: {visible(text, 40)!r} is no span of time such as 30s, 5m, 24h or 1h30m")
    return float(sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text)))


def address(text: str) -> tuple[str, int]:
    """Where to listen; loopback, where no address is named.

    >>> address("9099"), address(":9099"), address("[::1]:9099")
    (('127.0.0.1', 9099), ('127.0.0.1', 9099), ('::1', 9099))

    Raises:
        OptionError: it is no address.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or int(match[2]) > 65_535:
        raise OptionError(f"--serve: {visible(text, 80)!r} is no address such as 127.0.0.1:9099")
    return (match[1] or "").strip("[]") or "127.0.0.1", int(match[2])


def _taken_out(arguments: Sequence[str]) -> tuple[list[str], str]:
    """Without `--ops-history`, which is the watcher's own; and what it says."""
    left: list[str] = []
    said = ""
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name in _TAKEN:
            said = value if equals else next(words, "")
        else:
            left.append(word)
    return left, said


def history_place(setup: Setup, fallback: str, default: Path) -> str | Path | None:
    """Where to record: what was said here, in the environment or the host file, or the default; None for `off`."""
    said = setup.history or fallback
    if said.lower() == "off":
        return None
    return said or default
