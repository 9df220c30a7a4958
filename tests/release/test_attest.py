"""What people have seen: kept for one release, by several at once, and never lost."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from opscheck.errors import UserError
from opscheck.release.attest import Attestation, attest, judge_attested, read_attestations
from opscheck.release.words import Seen, State

HEAD = "4f1c2aa" + "0" * 33
OLD = "b" * 40


def given(by: str = "Ada", release: str = HEAD, item: str = "rollback", seen: str = "rolled back to v1") -> Attestation:
    """One that somebody gives."""
    return Attestation("release", item, release, by, "2026-03-04T22:00:00+00:00", seen)


def judged(rows: list[Attestation], release: str = HEAD) -> Seen:
    """What they come to."""
    return judge_attested(rows, "release", "rollback", release, ask="the way back")


def test_it_counts_for_its_own_release_only(tmp_path: Path) -> None:
    """Of this commit it is met; of an older one it is told and does not count."""
    file = tmp_path / "deep" / "attested.json"
    attest(file, given("Ada", OLD))
    before = judged(read_attestations(file))
    attest(file, given("Grace"))
    after = judged(read_attestations(file))

    assert before.state is State.UNATTESTED
    assert before.reason == f"attested for {OLD[:12]}, not for {HEAD[:12]}"
    assert before.remedy == 'opscheck release attest rollback --plan release --by NAME --seen "WHAT"'
    assert (after.state, after.reason) == (State.MET, "seen by Grace, 2026-03-04T22:00:00+00:00: rolled back to v1")
    assert after.evidence == ("Grace, 2026-03-04T22:00:00+00:00: rolled back to v1",)
    assert len(read_attestations(file)) == 2


def test_others_count_for_nothing() -> None:
    """Another item, another plan, no release at all."""
    assert judged([given(item="announced")]).reason == "nobody has attested it"
    assert judged([Attestation("legacy-cutover", "rollback", HEAD, "Ada", "2026-03-04", "x")]).state is State.UNATTESTED
    assert judged([given(release="")], release="").state is State.UNATTESTED


@pytest.mark.parametrize(("by", "seen"), [("", "x"), ("  ", "x"), ("Ada", ""), ("A" * 401, "x")])
def test_who_and_what_are_said(tmp_path: Path, by: str, seen: str) -> None:
    """An attestation of nobody, or of nothing, is none."""
    with pytest.raises(UserError, match=r"^--(by|seen) "):
        attest(tmp_path / "attested.json", given(by, seen=seen))

    assert not (tmp_path / "attested.json").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"schema": "opscheck.attestations/2", "attestations": []}',
        '{"schema": "opscheck.attestations/1", "attestations": [{"by": "Ada"}]}',
        json.dumps(
            {
                "schema": "opscheck.attestations/1",
                "attestations": [
                    {"plan": "release", "item": "x", "release": "y", "by": 3, "at": "2026-01-01", "seen": "z"}
                ],
            }
        ),
    ],
)
def test_a_file_that_is_none_is_left_alone(tmp_path: Path, text: str) -> None:
    """One line; what is there stays."""
    file = tmp_path / "attested.json"
    file.write_text(text)

    with pytest.raises(UserError, match=r"^[^\n]*attested.json: [^\n]+$"):
        attest(file, given())

    assert file.read_text() == text


def _many(file: Path, who: int) -> None:
    for number in range(15):
        attest(file, given(f"{who}-{number}"))


def test_several_at_once_lose_nothing(tmp_path: Path) -> None:
    """Four processes, fifteen each: sixty attestations."""
    file = tmp_path / "attested.json"
    spawned = multiprocessing.get_context("spawn")
    workers = [spawned.Process(target=_many, args=(file, who)) for who in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0] * 4
    assert len({row.by for row in read_attestations(file)}) == 60
    assert [path.name for path in tmp_path.iterdir()] == ["attested.json"]
