"""The command line itself: help, mistakes, and being a part of opscheck."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from service.stack.outcome import MEANINGS, Exit, StackError
from tests.stack.command import ROOT, StackCommand

COMMANDS = (
    *("up", "build", "down", "status", "logs", "backup", "restore"),
    *("migrate-memory-ids", "prune-review", "deps"),
)


def opscheck(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `opscheck stack` in a folder."""
    command = [sys.executable, "-m", "opscheck", "stack", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_help_says_everything(stack: StackCommand) -> None:
    """Every command, every exit code, and the settings; from wherever it is called, with exit code 0."""
    done = stack("--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"\n    {command}" in done.stdout for command in COMMANDS)
    assert all(meaning in done.stdout for meaning in MEANINGS.values())
    assert "AGENT_PORT 8000" in done.stdout
    for command in COMMANDS:
        own = stack(command, "--help")
        assert (own.returncode, own.stderr) == (0, ""), command
        assert own.stdout.startswith(f"usage: python -m service.stack {command}")


def test_every_exit_code_has_a_meaning() -> None:
    """And no two are one."""
    assert set(MEANINGS) == set(Exit)
    assert len(set(MEANINGS.values())) == len(Exit)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nope"],
        ["up", "--deadline", "0"],
        ["up", "--deadline", "soon"],
        ["logs", "--tail", "-1"],
        ["migrate-memory-ids", "--batch-size", "0"],
        ["up", "--build", "--no-build"],
        ["restore"],
    ],
)
def test_a_mistake_is_code_two(stack: StackCommand, words: list[str]) -> None:
    """Before anything is asked or done."""
    done = stack(*words)

    assert done.returncode == Exit.USAGE
    assert "usage: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "inside" not in done.stderr  # what only containers are told


def test_a_wrong_setting_is_one_line(stack: StackCommand) -> None:
    """From `.env` in the present folder."""
    (stack.folder / ".env").write_text("AGENT_PORT=eighty\n")

    done = stack("status")

    assert (done.returncode, done.stderr) == (Exit.USAGE, "AGENT_PORT='eighty' is not a port between 1 and 65535\n")


def test_a_missing_settings_file_is_told_when_it_was_named(stack: StackCommand) -> None:
    """Without a name, none is needed."""
    done = stack("--env-file", "no.env", "status")

    assert done.returncode == Exit.USAGE
    assert "no.env cannot be read" in done.stderr


def test_it_is_a_part_of_opscheck(tmp_path: Path) -> None:
    """The same commands, help and exit codes under its name."""
    told = opscheck(tmp_path, "--help")
    mistake = opscheck(tmp_path, "restore", "nowhere", "--check")

    assert told.returncode == 0
    assert told.stdout.startswith("usage: opscheck stack")
    assert (mistake.returncode, mistake.stderr) == (Exit.FAILED, "nowhere is no folder\n")


def test_opscheck_tells_its_own_options_and_the_stack_alone_does_not(stack: StackCommand, tmp_path: Path) -> None:
    """In the help of the stack and of each command, beside what was there."""
    told = opscheck(tmp_path, "--help").stdout

    assert all(meaning in told for meaning in MEANINGS.values())
    for command in (None, *COMMANDS):
        words = (command, "--help") if command else ("--help",)
        own = opscheck(tmp_path, *words)
        assert (own.returncode, own.stderr) == (0, "")
        for word in ("--host NAME", "OPSCHECK_STACK_HOST", "--window NAME", "OPSCHECK_WINDOW", "sensitive"):
            assert word in own.stdout, (command, word)
        assert "--window" not in stack(*words).stdout


@pytest.mark.parametrize("flag", ["--host", "--window"])
def test_an_option_without_a_name_is_told(tmp_path: Path, flag: str) -> None:
    """Whichever way it is written; nothing is looked for."""
    for words in ((flag,), (f"{flag}=",), (flag, "--quiet")):
        done = opscheck(tmp_path, "down", *words)
        assert (done.returncode, done.stdout, done.stderr) == (4, "", f"opscheck: {flag}: a name is missing\n")


def test_it_needs_nothing_but_the_standard_library_to_say_what_is_wrong(tmp_path: Path) -> None:
    """On a machine that only runs containers there may be nothing else."""
    code = (
        "import sys\nfrom service.stack.cli import main\nmain(['restore', 'nowhere', '--check'])\n"
        "import service.stack.bringup, service.stack.status, service.stack.prune, service.stack.deps\n"
        "import service.stack.backup.command, service.stack.memory_ids.command\n"
        "foreign = {name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(*sorted(foreign - {'service', '__main__', 'sitecustomize'}))"
    )

    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("\n", "nowhere is no folder\n")


def test_whoever_reads_only_the_beginning_gets_no_traceback(stack: StackCommand) -> None:
    """As `| head -1` does."""
    words = " ".join(stack.words("--help"))

    done = subprocess.run(
        ["sh", "-c", f"{words} | head -1"],
        cwd=stack.folder,
        env=stack.whole_env({}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr


def test_an_error_is_one_line_whatever_it_is_made_of() -> None:
    """A program's words may have many."""
    assert str(StackError("one\n  two\tthree\n")) == "one two three"
