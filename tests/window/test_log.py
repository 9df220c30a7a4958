"""The log: a chain in which nothing changes unseen, and which survives being cut off anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opscheck.errors import OptionError
from opscheck.redact import Redactor, Secret
from opscheck.window.log import START, Entry, entry_after, read_log
from opscheck.window.store import Store

AT = datetime(2026, 3, 7, 2, 10, 0, 123456, tzinfo=UTC)


def chain(count: int = 4) -> list[bytes]:
    """The lines of a whole log."""
    entries: list[Entry] = []
    for number in range(count):
        last = entries[-1] if entries else None
        entries.append(entry_after(last, at=AT, by="ana", kind="step", data={"text": f"step {number} \u00fc \u2028"}))
    return [entry.line().encode() for entry in entries]


def test_what_was_written_is_read_back() -> None:
    """Entry by entry, the first behind nothing."""
    log = read_log(b"".join(chain()))

    assert [entry.number for entry in log.entries] == [1, 2, 3, 4]
    assert log.entries[0].before == START
    assert [one.before for one in log.entries[1:]] == [one.digest for one in log.entries[:-1]]
    assert (log.torn, log.broken, log.head) == (0, "", log.entries[-1].digest)
    assert log.entries[2].data["text"] == "step 2 \u00fc \u2028"
    assert read_log(b"").head == START


@pytest.mark.parametrize("field", ["n", "at", "by", "kind", "data", "before", "hash"])
def test_a_change_of_any_field_is_found(field: str) -> None:
    """At the line where it was made."""
    lines = chain()
    data = json.loads(lines[1])
    data[field] = {"n": 7, "data": {"text": "something else"}, "at": "2026-03-07T03:10:00.123+00:00"}.get(
        field, "f" * 64
    )
    lines[1] = json.dumps(data, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    log = read_log(b"".join(lines))

    assert len(log.entries) == 1
    assert log.broken.startswith("line 2 of the log")


def test_lines_that_were_removed_moved_or_put_in_are_found() -> None:
    """The hash of the line before betrays each."""
    lines = chain()

    for wrong, where in (
        ([lines[0], *lines[2:]], 2),
        ([lines[1], *lines[2:]], 1),
        ([lines[0], lines[2], lines[1], lines[3]], 2),
        ([lines[0], lines[1], lines[1], *lines[2:]], 3),
        ([lines[0], b"\n", *lines[1:]], 2),
        ([lines[0], b"{}\n", *lines[1:]], 2),
        ([lines[0], b"\xff\xfe\n", *lines[1:]], 2),
        ([lines[0], b"[" * 100_000 + b"\n", *lines[1:]], 2),
        ([lines[0].replace(b'":', b'": ', 1), *lines[1:]], 1),
    ):
        assert read_log(b"".join(wrong)).broken.startswith(f"line {where} of the log")


def test_a_line_that_was_never_whole_does_not_count() -> None:
    """Wherever a killed writer stopped, the entries before it stand."""
    content = b"".join(chain(2))
    first = len(chain(2)[0])
    for end in range(first + 1, len(content)):
        log = read_log(content[:end])
        assert (len(log.entries), log.broken, log.torn) == (1, "", end - first)


def test_the_next_entry_takes_a_torn_line_away(tmp_path: Path) -> None:
    """And the chain goes on behind the last whole one."""
    store = Store(tmp_path / "w")
    with store.locked():
        store.append(at=AT, by="ana", kind="step", data={"text": "one"})
        with store.log_file.open("ab") as file:
            file.write(b'{"n":2,"at":"2026')
        store.append(at=AT, by="ana", kind="step", data={"text": "two"})
    log = store.read()

    assert (len(log.entries), log.torn, log.broken) == (2, 0, "")


def test_nothing_is_added_to_a_log_that_was_tampered_with(tmp_path: Path) -> None:
    """An entry behind a forged one would make it look good."""
    store = Store(tmp_path / "w")
    with store.locked():
        store.append(at=AT, by="ana", kind="step", data={"text": "one"})
        store.log_file.write_bytes(store.log_file.read_bytes().replace(b"one", b"two"))
        with pytest.raises(OptionError, match=r"line 1 of the log was changed.*nothing is added"):
            store.append(at=AT, by="ana", kind="step", data={"text": "three"})


def test_secrets_are_masked_before_the_hash(tmp_path: Path) -> None:
    """So that the chain holds, and the secret is nowhere."""
    redactor = Redactor()
    redactor.register(Secret("admin_token", "hunter2-hunter2"))
    store = Store(tmp_path / "w", redactor)
    with store.locked():
        store.append(at=AT, by="ana", kind="step", data={"text": "curl -H 'X: hunter2-hunter2'", "n": [1]})

    assert b"hunter2" not in store.log_file.read_bytes()
    assert store.read().entries[0].data == {"text": "curl -H 'X: [secret admin_token]'", "n": [1]}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """In one line."""
    (tmp_path / "w").write_text("a file, not a folder")
    with pytest.raises(OptionError, match="cannot be written"), Store(tmp_path / "w").locked():
        pass


def test_many_writers_make_one_chain(tmp_path: Path) -> None:
    """Ten at once, each entry there, none lost, the chain whole."""
    folder = tmp_path / "w"

    def write(number: int) -> None:
        store = Store(folder)
        for step in range(10):
            with store.locked():
                store.append(at=AT, by=f"writer {number}", kind="step", data={"text": str(step)})

    writers = [threading.Thread(target=write, args=(number,)) for number in range(10)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    log = Store(folder).read()

    assert (len(log.entries), log.broken) == (100, "")


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from opscheck.window.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    with store.locked():
        entry = store.append(at=datetime.now(UTC), by="w", kind="step", data={"text": "x" * 20000})
        store.keep(f"runs/{entry.number:05}.json", b"y" * 200000)
    print(entry.number, flush=True)
"""


def test_a_kill_leaves_whole_entries_or_none(tmp_path: Path) -> None:
    """Whatever a writer was told is kept is there, the chain is whole, no file is half; 25 times over."""
    acknowledged = 0
    for attempt in range(25):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "w")], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.01 + 0.013 * attempt)
            os.kill(process.pid, signal.SIGKILL)
            told = [int(word) for word in process.stdout.read().split()]
        acknowledged = max([acknowledged, *told])
        log = Store(tmp_path / "w").read()
        assert log.broken == ""
        assert len(log.entries) >= acknowledged
    sizes = {path.stat().st_size for path in (tmp_path / "w" / "runs").glob("*.json")}

    assert acknowledged > 25
    assert sizes == {200_000}


def test_what_people_type_is_masked() -> None:
    """Tokens known by their looks and assignments; whatever else they say about passwords stays readable."""
    token = "gh" + "p_" + "a1B2" * 9
    data = {
        "text": f"export TOKEN={token} and password=hunter2zzz; the password of prod: changed, see INC-1",
        "words": [f"https://ops.example.org/c?access_token=s3cr&page={token}"],
    }

    kept = entry_after(None, at=AT, by="ana", kind="step", data=data).data

    assert kept["text"] == "export TOKEN=[secret] and password=[secret]; the password of prod: changed, see INC-1"
    assert kept["words"] == ["https://ops.example.org/c?access_token=[secret]&page=[secret]"]
