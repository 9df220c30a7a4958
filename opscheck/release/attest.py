"""What people have seen: who, when, what; kept in a file beside, each for one release and for no other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from opscheck.errors import UserError
from opscheck.release.words import Seen, State
from opscheck.report.visible import visible
from opscheck.report.whole_file import one_writer, write_whole

SCHEMA: Final = "opscheck.attestations/1"
FILE_NAME: Final = "attested.json"
_MOST: Final = 4 * 1024 * 1024  # bytes
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Attestation:
    """Somebody has seen something.

    Attributes:
        release: the commit or the name that it is of: it counts for no other.
        at: ISO 8601, UTC.
    """

    plan: str
    item: str
    release: str
    by: str
    at: str
    seen: str

    def line(self) -> str:
        """For a report."""
        return f"{visible(self.by, 80)}, {self.at}: {visible(self.seen, _LONGEST)}"


def read_attestations(file: Path) -> list[Attestation]:
    """All that the file holds, in the order given; none where there is no file.

    Raises:
        UserError: it is no such file; it is left as it is.
    """
    try:
        if file.stat().st_size > _MOST:
            raise UserError(f"{file}: larger than {_MOST} bytes; is it a file of attestations?")
        data = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file}: is no file of attestations: {visible(error, 120)}") from None
    try:
        if data["schema"] != SCHEMA:
            raise UserError(f"{file}: its schema is {visible(data['schema'], 60)!r}, not {SCHEMA!r}")
        return [_attestation(row) for row in data["attestations"]]
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{file}: is no file of attestations: {visible(error, 120)}") from None


def _attestation(row: dict[str, str]) -> Attestation:
    one = Attestation(**row)
    if not all(isinstance(value, str) for value in asdict(one).values()):
        raise ValueError(f"a value of the attestation of {one.item!r} is no text")
    datetime.fromisoformat(one.at)
    return one


def attest(file: Path, given: Attestation) -> None:
    """Add an attestation; others that are added at the same time stay.

    Raises:
        UserError: the file cannot be read or written, or a word is missing.
    """
    for name, value in (("--by", given.by), ("--seen", given.seen)):
        if not value.strip():
            raise UserError(f"{name} is empty: an attestation says who has seen what")
        if len(value) > _LONGEST:
            raise UserError(f"{name} has {len(value)} characters; at most {_LONGEST}")
    with one_writer(file, make_folder=True):
        rows = [asdict(one) for one in [*read_attestations(file), given]]
        text = json.dumps({"schema": SCHEMA, "attestations": rows}, indent=1, ensure_ascii=False) + "\n"
        write_whole(file, text.encode())


def judge_attested(
    rows: Sequence[Attestation],
    plan: str,
    item: str,
    release: str,
    *,
    ask: str,
    words: str = "",
    nameless: str = "this folder is no git repository",
) -> Seen:
    """Attested where somebody has seen it of this very release; pure.

    Args:
        words: the options with which it is attested.
        nameless: why the release has no name, where it has none.
    """
    mine = [one for one in rows if (one.plan, one.item) == (plan, item)]
    now = [one for one in mine if one.release == release]
    remedy = f'opscheck release attest {item} {words or f"--plan {plan}"} --by NAME --seen "WHAT"'
    if not release:
        reason = f"nobody can attest a release without a name: {nameless}"
        return Seen(State.UNATTESTED, reason, (f"to be seen: {ask}",), "name it: --release 1.4.0")
    if now:
        return Seen(State.MET, f"seen by {now[-1].line()}", tuple(one.line() for one in now))
    if mine:
        old = mine[-1]
        reason = f"attested for {visible(old.release, 60)[:12]}, not for {release[:12]}"
        return Seen(State.UNATTESTED, reason, (f"to be seen: {ask}", f"then: {old.line()}"), remedy)
    return Seen(State.UNATTESTED, "nobody has attested it", (f"to be seen: {ask}",), remedy)


def stamp(now: datetime) -> str:
    """An instant as it is kept."""
    return now.astimezone(UTC).isoformat(timespec="seconds")
