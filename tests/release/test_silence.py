"""A log whose lines stop for hours and go on: that time is not covered, unless samples or somebody's word cover it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from opscheck.bundled import folder
from opscheck.errors import InventoryError
from opscheck.history import open_history
from opscheck.inventory import Inventory, load_inventory, load_system, select
from opscheck.release.asked import Asked, Context
from opscheck.release.checklist import load_checklist
from opscheck.release.git import Git
from opscheck.release.legacy import measure_quiet
from opscheck.release.monitors import measure_monitors
from opscheck.release.processes import Programs
from opscheck.release.words import Seen, State
from tests.release.test_log_holes import steps, written
from tests.release.test_samples import look

HOUR = timedelta(hours=1)
HOST = "http://127.0.0.1:9"
STOPPED = [*steps(26, 12), *steps(6, 0)]  # hours ago; six hours without a line
CHECKLIST = load_checklist("legacy-cutover")


class Gate:
    """The two items that read access logs, on one log and a history."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "access.log"
        (self.host,) = select([HOST], Inventory())
        self.history = folder / "history.sqlite"
        with open_history(str(self.history)):
            pass

    def context(self, silence: timedelta | None = None) -> Context:
        """As the command makes it."""
        asked = Asked(
            self.folder,
            (self.host,),
            logs={(self.host.name, "edge-1"): (str(self.log),)},
            history=str(self.history),
            silence=silence,
        )
        programs = Programs(self.folder)
        return Context(asked, "legacy-cutover", programs, Git(programs), None, "", self.folder)

    def quiet(self, silence: timedelta | None = None) -> Seen:
        """Whether nobody asks."""
        return measure_quiet(CHECKLIST.item("quiet"), self.context(silence))

    def monitors(self, silence: timedelta | None = None) -> Seen:
        """Whether no monitor does, by the logs alone."""
        checklist = self.folder / "own.toml"
        checklist.write_text('[items.monitors]\nlook_at = ["logs"]\n')
        return measure_monitors(load_checklist("legacy-cutover", [checklist]).item("monitors"), self.context(silence))

    def watched(self, first: float, last: float, **facts: Any) -> None:  # noqa: ANN401 - facts of a look
        """Rounds of `opscheck watch` from so many hours ago to so many, every 30 seconds."""
        now = datetime.now(UTC)
        with open_history(str(self.history)) as history:
            history.append_all(
                [
                    look(now - first * HOUR + number * timedelta(seconds=30), host=self.host.name, **facts)
                    for number in range(int((first - last) * 120) + 1)
                ],
                source="watch",
            )


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """With a log that was silent for six hours."""
    made = Gate(tmp_path)
    written(made.log, STOPPED)
    return made


def test_six_hours_without_a_line_are_a_gap(gate: Gate) -> None:
    """Told with from and to, by both items, with what can be done."""
    quiet, monitors = gate.quiet(), gate.monitors()

    assert quiet.state is monitors.state is State.UNMEASURED
    assert "covers 18 h of 24 h" in quiet.reason
    (gap,) = (line for line in quiet.evidence if ": gap of" in line)
    last = gate.log.read_text().splitlines()[STOPPED.index(12)]
    began = datetime.strptime(last[last.index("[") + 1 : last.index("]")], "%d/%b/%Y:%H:%M:%S %z")
    assert f": gap of 6 h from {began:%Y-%m-%d %H:%M:%S} UTC to " in gap
    assert gap.endswith("UTC: nothing was written to the logs of edge-1")
    assert "opscheck watch" in quiet.remedy
    assert "--silence 7h" in quiet.remedy or "--silence 6h" in quiet.remedy
    assert "speak for 18 h of 24 h: nothing was written for 6 h from" in monitors.reason
    assert "--silence 8h" in monitors.remedy


def test_who_says_that_the_host_is_quiet_is_taken_at_the_word(gate: Gate) -> None:
    """A silence that was allowed covers, and it is told that it rests on that; one hour less does not do."""
    word = 6 * HOUR + timedelta(minutes=1)
    quiet = gate.quiet(word)

    assert (quiet.state, gate.monitors(word).state) == (State.MET, State.MET), quiet
    assert any("speak for 24 h (up to 6 h 1 min without a line count): 0 hits" in line for line in quiet.evidence)
    assert gate.quiet(5 * HOUR).state is State.UNMEASURED


def test_samples_cover_the_silence(gate: Gate) -> None:
    """Whoever watched through the night has seen that nobody came, for both items; half of the night is half."""
    gate.watched(12.5, 9)
    half = gate.quiet()
    assert half.state is State.UNMEASURED
    assert any(": gap of 3 h from" in line or ": gap of 2 h 59 min from" in line for line in half.evidence)

    gate.watched(9, 5.5)
    whole = gate.quiet()
    assert (whole.state, gate.monitors().state) == (State.MET, State.MET), whole


def test_a_look_behind_a_silence_sees_what_lies_behind_it(gate: Gate) -> None:
    """The check that counts hits covers no 24 hours for a day after a silent night; what it saw since then counts."""
    since = datetime.now(UTC) - 13 * HOUR
    doubts = ["nothing was written for 6 h"]
    gate.watched(12.5, 5.5, doubts=doubts, facts={"unbroken_since": since.isoformat()})

    assert gate.quiet().state is State.MET

    other = Gate(gate.folder / "..")
    other.history = gate.folder / "other.sqlite"
    with open_history(str(other.history)):
        pass
    other.log = gate.log
    other.watched(12.5, 5.5, doubts=doubts)
    assert other.quiet().state is State.UNMEASURED


def test_a_look_does_not_see_what_lies_before_it(gate: Gate) -> None:
    """The log begins with the sample itself: of the half minute before it nobody knows."""
    start = datetime.now(UTC) - 10 * HOUR
    with open_history(str(gate.history)) as history:
        for number in range(20):
            at = start + number * timedelta(seconds=30)
            facts = {"unbroken_since": (at - timedelta(seconds=3)).isoformat()}
            history.append_all([look(at, host=gate.host.name, doubts=["x"], facts=facts)], source="watch")

    assert "covers 18 h of 24 h" in gate.quiet().reason


def test_each_host_has_its_own_log(tmp_path: Path) -> None:
    """The names of its JSON fields, and how long it may be silent, by the host file."""
    now = datetime.now(UTC)
    (tmp_path / "opscheck.toml").write_text(
        "".join(
            f'[hosts.{name}]\nsystem = "assistant"\nurls = {{ edge = "{HOST}" }}\n[hosts.{name}.expect.legacy]\n'
            f'log_files = ["{name}.log"]\nlog_fields = ["request=asked_{name}"]\nsilence_hours = {hours}\n'
            for name, hours in (("a", 7), ("b", 1))
        )
    )
    for name in ("a", "b"):
        lines = [{"time": (now - hours * HOUR).isoformat(), f"asked_{name}": "GET / HTTP/1.1"} for hours in STOPPED]
        (tmp_path / f"{name}.log").write_text("".join(json.dumps(line) + "\n" for line in lines))
    hosts = tuple(select(["a", "b"], load_inventory(tmp_path / "opscheck.toml")))
    programs = Programs(tmp_path)
    asked = Asked(tmp_path, hosts, history="off")

    seen = measure_quiet(
        CHECKLIST.item("quiet"), Context(asked, "legacy-cutover", programs, Git(programs), None, "", tmp_path)
    )

    assert seen.reason.startswith("0 hits of /status/ were seen, and b covers 18 h of 24 h"), seen
    assert "a: 24 h of 24 h covered" in seen.evidence


def counted(log: Path, *words: str) -> tuple[int, dict[str, Any], str]:
    """What `opscheck legacy count` says: its exit code, as JSON, for people."""
    command = [sys.executable, "-m", "opscheck", "legacy", "count", "--path", "/status/", "--since", "24h", "--fail"]
    plain = subprocess.run([*command, *words, str(log)], capture_output=True, text=True, check=False)
    told = subprocess.run([*command, *words, "--json", str(log)], capture_output=True, text=True, check=False)
    return plain.returncode, json.loads(told.stdout or "{}"), plain.stdout + plain.stderr


def test_the_count_says_the_same(gate: Gate) -> None:
    """Not covered, from when to when; covered where the log may be silent for so long."""
    code, told, printed = counted(gate.log)

    assert (code, told["covered"]) == (1, False)
    ((start, end),) = told["silences"]
    assert datetime.fromisoformat(end) - datetime.fromisoformat(start) == 6 * HOUR
    line = next(line for line in printed.splitlines() if line.startswith("not covered: "))
    assert line.startswith(f"not covered: nothing was written for 6 h from {start[:10]} {start[11:19]}")
    code, told, _ = counted(gate.log, "--silence", "6h")
    assert (code, told["covered"], told["silences"]) == (0, True, [])
    assert "--silence: 'night' is no span such as 1h" in counted(gate.log, "--silence", "night")[2]


def test_the_option_of_the_gate(gate: Gate) -> None:
    """In one clear line, and with exit code 4, where it is none."""
    command = [sys.executable, "-m", "opscheck", "release", "--plan", "legacy-cutover", "--host", HOST, "--silence"]
    for typed, why in (("night", "is no span"), ("0s", "more than nothing"), ("90d", "at most 7 d")):
        done = subprocess.run([*command, typed], cwd=gate.folder, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr.startswith("opscheck: --silence")
        assert why in done.stderr


@pytest.mark.parametrize("hours", [100_000_000_000, 169, 0, -1])
def test_no_host_is_quiet_for_weeks(tmp_path: Path, hours: int) -> None:
    """By the host file and by a pack beside it: what, where and the limit, in one line; a week is a week."""
    limit = "maximum of 168" if hours > 0 else "minimum of 1"
    pack = (folder("fixtures") / "systems" / "reference.toml").read_text()
    (tmp_path / "systems").mkdir()
    own = tmp_path / "systems" / "own.toml"
    own.write_text(pack.replace("silence_hours = 1\n", f"silence_hours = {hours}\n"))
    host = tmp_path / "opscheck.toml"
    host.write_text(f'[hosts.a]\nurl = "{HOST}"\n[hosts.a.expect.legacy]\nsilence_hours = {hours}\n')

    with pytest.raises(InventoryError, match=r"^[^\n]+$") as refused:
        load_inventory(host)
    with pytest.raises(
        InventoryError, match=rf"own\.toml, line \d+: expect\.legacy\.silence_hours: {hours} .*{limit}$"
    ):
        load_system("own", tmp_path)

    place = f"{host}, line 4: hosts.a.expect.legacy.silence_hours: {hours} is "
    assert str(refused.value).startswith(place)
    assert str(refused.value).endswith(limit)
    host.write_text(host.read_text().replace(str(hours), "168"))
    (week,) = select(["a"], load_inventory(host))
    assert week.settings["legacy"]["silence_hours"] == 168


def test_nobody_is_told_to_type_what_is_refused(gate: Gate) -> None:
    """Behind a silence of nine days there is no option, and what else can be done is told."""
    written(gate.log, [*steps(240, 231), *steps(2, 0)])
    quiet, monitors = gate.quiet(), gate.monitors()

    assert quiet.state is monitors.state is State.UNMEASURED
    assert "--silence" not in quiet.remedy + monitors.remedy
    assert quiet.remedy == "opscheck watch -m legacy sees the next one through; else find out why nothing was written"
    assert monitors.remedy.startswith("hand logs over by --log")


def test_the_count_takes_the_word_for_the_end_as_well(gate: Gate) -> None:
    """A log that ended 55 minutes ago is not covered where ten minutes are allowed; seven hours are where eight are."""
    written(gate.log, [55 / 60 + number / 8 for number in range(200, -1, -1)])
    code, told, printed = counted(gate.log, "--silence", "10m")
    assert (code, told["covered"]) == (1, False)
    assert "not covered: the log ends at " in printed

    written(gate.log, steps(26, 7))
    assert counted(gate.log, "--silence", "8h")[0] == 0
    code, _, printed = counted(gate.log, "--silence", "6h")
    assert (code, "not covered: the log ends at " in printed) == (1, True)


def test_the_count_refuses_a_night_of_weeks(gate: Gate) -> None:
    """In one line, as the gate does."""
    for typed in ("169h", "999999w", "0s"):
        code, _, printed = counted(gate.log, "--silence", typed)
        assert (code, printed) == (2, f"opscheck: --silence {typed}: at most 7 d, and more than nothing\n")


def test_hours_without_end_are_refused(tmp_path: Path) -> None:
    """Ten years back is far enough, and more of it would be a date that does not exist."""
    host = tmp_path / "opscheck.toml"
    host.write_text(f'[hosts.a]\nurl = "{HOST}"\n[hosts.a.expect.legacy]\nsince_hours = 100000000000\n')

    with pytest.raises(InventoryError, match=r"expect\.legacy\.since_hours: 100000000000 is .*87600"):
        load_inventory(host)
