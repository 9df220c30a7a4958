"""The only place of the package that writes files: every text is masked and asked for secrets before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from opscheck.errors import OptionError, SecretLeak
from opscheck.redact import Redactor
from opscheck.report import github, html_report, json_report, markdown, prometheus
from opscheck.report.run import RunInfo, RunReport
from opscheck.report.visible import visible
from opscheck.report.whole_file import write_whole

RENDERERS: Final[dict[str, Callable[[RunReport], str]]] = {
    ".html": html_report.render,
    ".json": json_report.render,
    ".md": markdown.render,
    ".prom": prometheus.render,
}


def write_reports(report: RunReport, paths: Sequence[Path], redactor: Redactor) -> list[Path]:
    """Write the report to each path, in the form that its suffix names; all of them or, on a leak, none.

    Raises:
        OptionError: a suffix is unknown, a path cannot be written, or a secret is a word of every report.
        SecretLeak: a registered secret was about to be written; nothing was.
    """
    forms = [(path, renderer_for(path)) for path in paths]
    masked = report.masked(redactor)
    texts = [(path, safe_text(f"{path.suffix} report", path.name, render, masked, redactor)) for path, render in forms]
    for path, text in texts:
        write_whole(path, text.encode(), what="the report")
    return [path for path, _ in texts]


def renderer_for(path: Path) -> Callable[[RunReport], str]:
    """The renderer that the suffix of a path names.

    Raises:
        OptionError: there is none.
    """
    found = RENDERERS.get(path.suffix.lower())
    if found is None:
        known = ", ".join(RENDERERS)
        raise OptionError(f"no report is written as {visible(path.name, 80)!r}: the suffixes are {known}")
    return found


def append_step_summary(report: RunReport, path: Path, redactor: Redactor) -> None:
    """Append the report to the file that GitHub shows as the step's summary.

    Raises:
        OptionError: it cannot be written.
        SecretLeak: a registered secret was about to be written; nothing was.
    """
    try:
        taken = path.stat().st_size if path.exists() else 0
        text = safe_text(
            "step's summary", path.name, lambda one: github.step_summary(one, taken), report.masked(redactor), redactor
        )
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        why = visible(error.strerror or str(error), 120)
        raise OptionError(f"the step's summary {visible(path, 200)} cannot be written: {why}") from None


def safe_text(what: str, name: str, render: Callable[[RunReport], str], report: RunReport, redactor: Redactor) -> str:
    """What a renderer makes of a masked report, masked once more and asked for secrets.

    Raises:
        OptionError: a secret is a word of every such text.
        SecretLeak: a secret is in it nevertheless.
    """
    run = RunInfo("", report.run.started, report.run.finished, "")
    skeleton = RunReport(run, (), ())  # the frame alone: what every report says
    common = redactor.leaks(render(skeleton))
    if common:
        raise OptionError(
            f"secret {', '.join(common)} is a word that every {what} contains: "
            "it cannot be masked there; use a longer secret"
        )
    text = redactor.text(render(report))
    leaked = redactor.leaks(text)
    if leaked:
        raise SecretLeak(f"secret {', '.join(leaked)} was about to be written to {name}: nothing written")
    return text
