"""Reports of a release: masked, asked for secrets, then written; all of them or, on a leak, none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from opscheck.errors import OptionError, SecretLeak
from opscheck.redact import Redactor
from opscheck.release import as_html, as_json, as_markdown
from opscheck.release.words import ReleaseReport
from opscheck.report.visible import visible
from opscheck.report.whole_file import write_whole

RENDERERS: Final[Mapping[str, Callable[[ReleaseReport], str]]] = {
    ".html": as_html.render,
    ".json": as_json.render,
    ".md": as_markdown.render,
}


def check_paths(paths: Sequence[Path]) -> None:
    """Tell what cannot be written before anything is measured.

    Raises:
        OptionError: a suffix is unknown.
    """
    for path in paths:
        if path.suffix.lower() not in RENDERERS:
            known = ", ".join(RENDERERS)
            raise OptionError(f"no report is written as {visible(path.name, 80)!r}: the suffixes are {known}")


def write_reports(report: ReleaseReport, paths: Sequence[Path], redactor: Redactor) -> None:
    """Write the report to each path, in the form that its suffix names.

    Raises:
        OptionError: a suffix is unknown, or a secret is a word of every report.
        UserError: a path cannot be written.
        SecretLeak: a registered secret was about to be written; nothing was.
    """
    check_paths(paths)
    masked = report.masked(redactor)
    skeleton = ReleaseReport("", "", "", (), report.started, report.finished, "", ())  # what every report says
    texts = []
    for path in paths:
        render = RENDERERS[path.suffix.lower()]
        common = redactor.leaks(render(skeleton))
        if common:
            raise OptionError(
                f"secret {', '.join(common)} is a word that every {path.suffix} report contains: "
                "it cannot be masked there; use a longer secret"
            )
        texts.append((path, redactor.text(render(masked))))
    for path, text in texts:
        leaked = redactor.leaks(text)
        if leaked:
            raise SecretLeak(f"secret {', '.join(leaked)} was about to be written to {path.name}: nothing written")
    for path, text in texts:
        write_whole(path, text.encode())
