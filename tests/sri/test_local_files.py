"""Files are read without trusting their names, their kinds or their sizes."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from opscheck.local_files import Outside, digest_all, inside, read_file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file, and a secret beside the folder."""
    (tmp_path / "root" / "sub").mkdir(parents=True)
    (tmp_path / "root" / "sub" / "a.js").write_bytes(b"alert(1)")
    (tmp_path / "secret").write_bytes(b"secret")
    return tmp_path / "root"


def test_digests_are_those_of_the_whole_file(root: Path) -> None:
    """Also of a file that takes several reads, by each algorithm that is wanted, in the order asked."""
    large = os.urandom(700_001)
    (root / "large").write_bytes(large)
    (root / "empty").write_bytes(b"")
    first, second, third = digest_all(
        root, [("large", ("sha256", "sha512")), ("sub/a.js", ("sha384",)), ("empty", ("sha384",))]
    )

    assert first.digests == {"sha256": hashlib.sha256(large).digest(), "sha512": hashlib.sha512(large).digest()}
    assert (first.size, second.name) == (700_001, "sub/a.js")
    assert second.digests == {"sha384": hashlib.sha384(b"alert(1)").digest()}
    assert third.digests == {"sha384": hashlib.sha384().digest()}


def test_threads_share_the_work_and_mix_nothing_up(root: Path) -> None:
    """Hundreds of files, each with its own digest."""
    contents = {f"{number}": os.urandom(number * 37) for number in range(300)}
    for name, content in contents.items():
        (root / name).write_bytes(content)
    found = digest_all(root, [(name, ("sha384",)) for name in contents], workers=7)

    assert [one.name for one in found] == list(contents)
    assert all(one.digests["sha384"] == hashlib.sha384(contents[one.name]).digest() for one in found)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "sub/../../secret", "sub/../sub/a.js", "a\0b", "\udcff\ud800"]
)
def test_a_name_cannot_lead_out(root: Path, name: str) -> None:
    """Nor one that only could."""
    with pytest.raises(Outside):
        inside(str(root), name)
    assert digest_all(root, [(name, ("sha384",))])[0].problem.startswith("refused")


def test_a_link_cannot_lead_out(root: Path) -> None:
    """A link within the folder is a file of the folder; one out of it is refused."""
    (root / "within").symlink_to("sub/a.js")
    (root / "out").symlink_to("../secret")
    (root / "folder").symlink_to("..")
    (root / "circle").symlink_to("circle")
    within, out, folder, circle = (
        digest_all(root, [(name, ("sha256",))])[0] for name in ("within", "out", "folder/secret", "circle")
    )

    assert within.digests == {"sha256": hashlib.sha256(b"alert(1)").digest()}
    assert out.problem == folder.problem == "refused: it is a link out of the folder"
    assert circle.problem == "too many levels of symbolic links"


def test_the_folder_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    """A release is often one."""
    (tmp_path / "current").symlink_to(root)

    assert not digest_all(tmp_path / "current", [("sub/a.js", ("sha256",))])[0].problem


def test_what_is_no_file_is_told_at_once(root: Path) -> None:
    """A pipe is not waited for, a directory is not read."""
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket"))
        found = digest_all(root, [(name, ("sha256",)) for name in ("pipe", "sub", "socket", "none", "x" * 300)])

    assert [one.problem for one in found] == [
        "is no regular file",
        "is a directory",
        "no such device or address",
        "no such file or directory",
        "file name too long",
    ]


def test_a_file_without_permission_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so for root the system's answer is made up."""
    (root / "sub" / "a.js").chmod(0)
    if os.geteuid() == 0:

        def denied(*_: object) -> int:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr("opscheck.local_files.os.open", denied)

    assert digest_all(root, [("sub/a.js", ("sha256",))])[0].problem == "permission denied"
    assert read_file(root / "sub" / "a.js").problem == "permission denied"


def test_a_large_file_is_read_to_its_cap_and_no_further(tmp_path: Path) -> None:
    """Fifty megabytes are not a manifest."""
    with (tmp_path / "large").open("wb") as file:
        file.truncate(50 * 1024 * 1024)

    assert read_file(tmp_path / "large").problem == "is larger than 32 MiB"
    assert read_file(tmp_path).problem == "is a directory"
    assert read_file("a\0b").problem == "its name holds a NUL"
    assert read_file(tmp_path / "none").problem == "no such file or directory"


def test_descriptors_are_closed(root: Path) -> None:
    """Also those of what turned out to be no file; looked at in a process that has nothing else to open."""
    script = """
import os, sys
from pathlib import Path
from opscheck.local_files import digest_all, read_file
root = Path(sys.argv[1])
before = os.listdir("/proc/self/fd")
digest_all(root, [(name, ("sha256",)) for name in ("sub", "sub/a.js", "none")] * 20)
read_file(root)
print(before == os.listdir("/proc/self/fd"))
"""
    done = subprocess.run([sys.executable, "-c", script, root], capture_output=True, text=True, check=True)

    assert done.stdout == "True\n"
