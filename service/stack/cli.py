"""The command line: one function per command, each a few lines over the module that does it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from .compose import Compose
from .docker import Docker
from .environment import Stack, load_stack, near
from .outcome import Exit, StackError
from .progress import Progress

Options = argparse.Namespace


class Commands:
    """The commands, with what they share: options, stack, engine and a place to show progress."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.progress = Progress(sys.stderr, quiet=options.quiet)
        self.stack: Stack = load_stack(options.env_file, getattr(options, "profile", ()))
        self.docker = Docker(self.stack.env)
        self.compose = Compose(self.stack, self.docker)

    def up(self) -> int:
        """Bring the stack up."""
        from .bringup import BringUp, Wishes  # noqa: PLC0415 - each command imports what it needs
        from .status import look  # noqa: PLC0415 - each command imports what it needs

        wishes = Wishes(wait=self.options.wait, deadline_s=self.options.deadline, build=self.options.build)
        code = BringUp(self.stack, self.docker, self.compose, self.progress).run(wishes)
        if self.options.wait:
            _write(look(self.stack, self.docker, self.compose).lines())
        return code

    def build(self) -> int:
        """Build the image."""
        from .image import ensure_image  # noqa: PLC0415 - each command imports what it needs

        self.docker.require()
        with self.progress.during(f"image {self.stack.image}") as step:
            ensure_image(self.stack, self.docker, self.progress.say, force=True)
        _write([f"built {self.stack.image} in {step.seconds:.0f} s"])
        return Exit.OK

    def down(self) -> int:
        """Take the stack down."""
        self.docker.require()
        before = len(self.docker.containers(self.stack.project))
        with self.progress.during(f"removing {self.stack.project}"):
            self.compose.down(volumes=self.options.remove_volumes)
        kept = "volumes removed" if self.options.remove_volumes else "volumes kept"
        _write([f"{self.stack.project} is down: {before} containers removed, {kept}"])
        return Exit.OK

    def status(self) -> int:
        """Tell how the stack is."""
        from .status import look  # noqa: PLC0415 - each command imports what it needs

        self.docker.require()
        found = look(self.stack, self.docker, self.compose)
        _write([json.dumps(found.as_dict(), indent=1)] if self.options.json else found.lines())
        return found.exit_code()

    def logs(self) -> int:
        """Show logs."""
        self.docker.require()
        known = {one.service for one in self.docker.containers(self.stack.project)}
        for service in self.options.services:
            if service not in known:
                raise StackError(f'no container of a service "{service}"{near(service, known)}', Exit.USAGE)
        code = self.compose.logs(tuple(self.options.services), tail=self.options.tail, follow=self.options.follow)
        return Exit.OK if code == 0 else Exit.COMPOSE_FAILED

    def backup(self) -> int:
        """Back the state up."""
        from .backup.command import backup  # noqa: PLC0415 - each command imports what it needs

        _write(backup(self.options, self.stack, self.docker, self.compose, self.progress))
        return Exit.OK

    def restore(self) -> int:
        """Restore a backup."""
        from .backup.command import restore  # noqa: PLC0415 - each command imports what it needs

        _write(restore(self.options, self.stack, self.docker, self.compose, self.progress))
        return Exit.OK

    def migrate_memory_ids(self) -> int:
        """Move memories to opaque ids."""
        from .memory_ids.command import migrate_ids  # noqa: PLC0415 - each command imports what it needs

        _write(migrate_ids(self.options, self.stack, self.docker, self.compose, self.progress))
        return Exit.OK

    def prune_review(self) -> int:
        """Review volumes, and delete what was named."""
        from .prune import review_volumes  # noqa: PLC0415 - each command imports what it needs

        protect = [*self.options.protect, *self.stack.env.get("STACK_PROTECT", "").replace(",", " ").split()]
        code, lines = review_volumes(
            self.docker, self.stack.project, protect=protect, delete=self.options.delete, as_json=self.options.json
        )
        _write(lines)
        return code

    def deps(self) -> int:
        """Tell outdated packages."""
        from .deps import outdated_packages  # noqa: PLC0415 - each command imports what it needs

        code, lines = outdated_packages(self.options, self.stack.env)
        _write(lines)
        return code


def main(
    arguments: Sequence[str] | None = None, *, program: str = "python -m service.stack", more_help: str = ""
) -> int:
    """Run a command; an error the operator can mend is one line on standard error."""
    from .arguments import parser  # noqa: PLC0415 - tests of parts do without

    words = list(sys.argv[1:] if arguments is None else arguments)
    # Told to end, a command ends like an interrupted one: what it has begun is cleaned up on the way out.
    previous = signal.signal(signal.SIGTERM, _interrupted)
    try:
        if words[:1] == ["inside"]:
            from .backup.inside import act  # noqa: PLC0415 - only in a container that one of the commands has started

            return act(words[1:])
        options = parser(program, more=more_help).parse_args(words)
        commands = Commands(options)
        table: Mapping[str, Callable[[], int]] = {
            name.replace("_", "-"): getattr(commands, name) for name in vars(Commands) if not name.startswith("_")
        }
        return int(table[options.command]())
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    finally:
        signal.signal(signal.SIGTERM, previous)


def _interrupted(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
