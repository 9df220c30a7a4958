"""The options of every command."""

from __future__ import annotations

import argparse
from pathlib import Path

from .environment import DEFAULT_IMAGE, PORTS, PROFILES
from .outcome import MEANINGS

_UP_S = 300.0
_DEPS_S = 300.0


def parser(program: str, *, more: str = "") -> argparse.ArgumentParser:
    """Make the parser.

    Args:
        more: what the help of every command ends with: what a program around this one takes as well.
    """
    codes = "\n".join(f"  {int(code)}  {meaning}" for code, meaning in MEANINGS.items())
    ports = ", ".join(f"{name} {port}" for name, port in PORTS.items())
    root = argparse.ArgumentParser(
        prog=program,
        description="The stack around the service, over Docker Compose. Every command may be repeated.",
        epilog=f"exit codes:\n{codes}\n  deps has bits of its own: 1 runtime, 2 dev, 4 pip could not tell\n\n"
        f"settings, from .env and above it the environment: {ports},\n"
        f"  STACK_PROJECT_NAME, STACK_PROFILES, STACK_BIND 127.0.0.1, STACK_PROTECT, STACK_POSTGRES_URL,\n"
        f"  AGENT_IMAGE (instead of {DEFAULT_IMAGE}, which is built here), BASE_IMAGE, EDGE_IMAGE and all of AGENT_*",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--env-file", type=Path, help="instead of .env in the present folder")
    root.add_argument("--quiet", action="store_true", help="no progress; results and errors only")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _life(commands)
    _backups(commands)
    _upkeep(commands)
    if more:
        root.epilog = f"{more}\n\n{root.epilog}"
        for command in commands.choices.values():
            command.epilog, command.formatter_class = more, argparse.RawDescriptionHelpFormatter
    return root


def _life(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    up = commands.add_parser("up", help="start what does not run, change what has changed, leave the rest alone")
    _profiles(up)
    up.add_argument("--wait", action="store_true", help="until it is ready; see exit codes")
    up.add_argument("--deadline", type=_seconds, default=_UP_S, metavar="S", help=f"how long to wait ({_UP_S:g})")
    build = up.add_mutually_exclusive_group()
    build.add_argument("--build", dest="build", action="store_true", default=None, help="build the image in any case")
    build.add_argument("--no-build", dest="build", action="store_false", help="in no case; else when files changed")
    commands.add_parser("build", help="build the service's image, with this machine's pip configuration")
    down = commands.add_parser("down", help="remove containers and networks; volumes stay")
    down.add_argument("--remove-volumes", action="store_true", help="the state as well: it is gone for good")
    status = commands.add_parser("status", help="containers, their health, and what the service says of itself")
    _profiles(status)
    status.add_argument("--json", action="store_true", help="as a document")
    logs = commands.add_parser("logs", help="what services have written")
    logs.add_argument("services", nargs="*", metavar="SERVICE")
    logs.add_argument("--tail", type=_count, default=200, metavar="N", help="the last N lines of each (200)")
    logs.add_argument("--follow", action="store_true", help="and what they go on writing")


def _backups(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="copy the state while the service goes on")
    backup.add_argument("--output", type=Path, help="the new folder (backups/TIME)")
    _state_dir(backup)
    restore = commands.add_parser("restore", help="put a backup in the place of the state, whole or not at all")
    restore.add_argument("folder", type=Path, help="a backup")
    restore.add_argument("--check", action="store_true", help="only tell whether it is whole")
    _state_dir(restore)
    ids = commands.add_parser("migrate-memory-ids", help="move memories with telling ids to opaque ones, each once")
    ids.add_argument("--url", help="of a Qdrant server, instead of the stack's own store")
    ids.add_argument("--collection", default="agent-memories", help="on that server (agent-memories)")
    ids.add_argument("--api-key-env", metavar="NAME", help="the variable that holds its key")
    ids.add_argument("--batch-size", type=_count, default=256, metavar="N", help="points at a time (256)")
    ids.add_argument("--dry-run", action="store_true", help="count, and change nothing")
    _state_dir(ids)


def _upkeep(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    prune = commands.add_parser("prune-review", help="which volumes nothing uses; deletes only what is named")
    prune.add_argument("--delete", nargs="+", default=[], metavar="NAME", help="of the candidates, in full")
    prune.add_argument("--protect", action="append", default=[], metavar="PATTERN", help="never delete these")
    prune.add_argument("--json", action="store_true", help="as a document")
    deps = commands.add_parser("deps", help="which locked packages have newer releases")
    deps.add_argument("--lock", type=Path, default=Path("requirements/run.lock"), help="requirements/run.lock")
    deps.add_argument("--dev-lock", type=Path, default=Path("requirements/dev.lock"), help="requirements/dev.lock")
    deps.add_argument("--skip-dev", action="store_true", help="look at the first only")
    deps.add_argument("--python", metavar="PATH", help="whose pip is asked (this one's)")
    deps.add_argument("--deadline", type=_seconds, default=_DEPS_S, metavar="S", help=f"for all of it ({_DEPS_S:g})")


def _profiles(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--profile", action="append", default=[], metavar="NAME", help=f"repeatable: {', '.join(PROFILES)}"
    )


def _state_dir(command: argparse.ArgumentParser) -> None:
    command.add_argument("--state-dir", type=Path, help="of a service without containers")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400 seconds")
    return value


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 1000000")
    return int(text)
