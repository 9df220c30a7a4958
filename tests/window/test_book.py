"""The windows file: what it may say, and how a mistake in it is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from opscheck.errors import OptionError
from opscheck.window.book import Book, find_book, load_book
from opscheck.window.places import existing, folder_of, root

FULL = """
announce = "#ops-shared"
rollback = "rollback.md"
snapshot = ["prometheus.yml", "https://ops.example.org/config"]
escalation = ["On-call engineer", "Tech lead"]
stack = "prod"
folder = "kept"

[windows.weekly]
schedule = "Saturday 02:00-06:00 UTC"

[windows.quarterly]
days = ["Sunday"]
of_month = ["first"]
start = "22:00"
end = "02:00"
zone = "Europe/Berlin"
hosts = ["prod"]

[freezes.year-end]
from = 2026-12-20
until = 2027-01-02
zone = "Europe/Berlin"
reason = "nobody is there"

[freezes.launch]
from = 2026-05-01T18:00:00
until = 2026-05-02T08:00:00Z
hosts = ["prod"]

[roles.lead]
owner = "Ana Ruiz"
backup = "Tom Ode"
does = "Approves the scope"
"""


def test_everything_that_a_file_can_say(tmp_path: Path) -> None:
    """Schedules in both forms, freezes by dates and by times, roles and habits."""
    (tmp_path / "windows.toml").write_text(FULL)
    book = load_book(tmp_path / "windows.toml")

    assert [str(one) for one in book.calendar.schedules] == [
        "Saturday 02:00-06:00 UTC",
        "first Sunday 22:00-02:00 Europe/Berlin",
    ]
    year_end, launch = book.calendar.freezes
    assert year_end.span.start == datetime(2026, 12, 19, 23, tzinfo=UTC)
    assert year_end.span.end == datetime(2027, 1, 2, 23, tzinfo=UTC)  # the last day is meant whole
    assert (launch.span.start.hour, launch.span.end.hour, launch.hosts) == (18, 8, ("prod",))
    assert [(one.name, one.owner, one.backup) for one in book.roles] == [("lead", "Ana Ruiz", "Tom Ode")]
    assert (book.announce, book.rollback, book.stack, book.folder) == (
        "#ops-shared",
        "rollback.md",
        "prod",
        tmp_path / "kept",
    )
    assert book.hosts == {"prod"}


WRONG = (
    ("[window.weekly]\n", 'window: unknown key; did you mean "windows"?'),
    ("windows = 3\n", "windows: is a table"),
    ("[windows]\nweekly = 3\n", "windows.weekly: is a table"),
    ("[windows.weekly]\nshedule = 'x'\n", 'windows.weekly.shedule: unknown key; did you mean "schedule"?'),
    ("[windows.weekly]\nschedule = 3\n", "windows.weekly.schedule: is a text"),
    ("[windows.weekly]\nschedule = 'Saturday'\n", "is not days, times and a zone"),
    ("[windows.weekly]\nschedule = 'daily 00:00-01:00 UTC'\nzone = 'UTC'\n", "either schedule, or days"),
    ("[windows.weekly]\ndays = ['Saturday']\nstart = '02:00'\nend = '06:00'\n", "zone is missing"),
    ("[windows.weekly]\ndays=['Saturday']\nstart='02:00'\nend='06:00'\nzone='Mars'\n", 'unknown time zone "Mars"'),
    ("[freezes.x]\nfrom = 2026-12-20\n", "freezes.x: until is missing"),
    ("[freezes.x]\nfrom = 2026-12-20\nuntil = 2026-12-19\n", "freezes.x: it ends before it starts"),
    ("[freezes.x]\nfrom = 'soon'\nuntil = 2026-12-19\n", "freezes.x.from: 'soon' is no date"),
    ("[roles.lead]\nowner = ['a']\n", "roles.lead.owner: is a text"),
    ("snapshot = [1]\n", "snapshot: is a list of texts"),
    ("announce = \n", "is not TOML"),
)


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_mistake_is_one_line_with_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    """Whoever reads it can mend it."""
    file = tmp_path / "windows.toml"
    file.write_text(text)
    with pytest.raises(OptionError) as caught:
        load_book(file)

    assert told in str(caught.value)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Not there, no text, a megabyte too long."""
    with pytest.raises(OptionError, match="cannot be read"):
        load_book(tmp_path / "windows.toml")
    (tmp_path / "windows.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(OptionError, match="is not UTF-8 at byte 0"):
        load_book(tmp_path / "windows.toml")
    (tmp_path / "windows.toml").write_bytes(b"#" * 2_000_000)
    with pytest.raises(OptionError, match="larger than"):
        load_book(tmp_path / "windows.toml")


def test_where_the_file_is_found(tmp_path: Path) -> None:
    """Beside the host file; without one, here or above; else the schedules in the host file; else there is none."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    host_file = tmp_path / "a" / "opscheck.toml"
    host_file.write_text('[windows.weekly]\nschedule = "Saturday 02:00-06:00 UTC"\n')

    assert find_book(None, below).path is None
    assert find_book(host_file, below).path == host_file
    assert [one.name for one in find_book(host_file, below).calendar.schedules] == ["weekly"]
    (tmp_path / "a" / "windows.toml").write_text('announce = "x"\n')
    with pytest.raises(OptionError, match="keep the schedules in one of them"):
        find_book(host_file, below)
    host_file.write_text("")
    assert find_book(host_file, below).announce == "x"
    assert find_book(None, below).announce == "x"


def test_where_windows_are_kept(tmp_path: Path) -> None:
    """As the file says, else beside the host file, else here; a path in place of a name is that folder."""
    host_file = tmp_path / "hosts" / "opscheck.toml"
    kept = Book(path=tmp_path / "windows.toml", folder=tmp_path / "kept")

    assert root(kept, host_file, tmp_path) == tmp_path / "kept"
    assert root(Book(), host_file, tmp_path) == tmp_path / "hosts" / "reports" / "windows"
    assert root(Book(), None, tmp_path) == tmp_path / "reports" / "windows"
    assert folder_of("w1", tmp_path / "kept", tmp_path) == tmp_path / "kept" / "w1"
    assert folder_of("other/w1", tmp_path / "kept", tmp_path) == tmp_path / "other" / "w1"


def test_a_misspelt_window_is_told_with_the_nearest(tmp_path: Path) -> None:
    """Also when there are none yet."""
    with pytest.raises(OptionError, match=r'no window "w1" at .*opscheck window open w1 opens one'):
        existing("w1", tmp_path, tmp_path)
    (tmp_path / "spring-upgrade").mkdir()
    (tmp_path / "spring-upgrade" / "log.jsonl").write_text("")
    with pytest.raises(OptionError, match='did you mean "spring-upgrade"'):
        existing("spring-upgrad", tmp_path, tmp_path)
