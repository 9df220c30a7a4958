"""Test results in JUnit XML, from any tool: how many ran, how many are red, when. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree import ElementTree as ET

from opscheck.release.words import Seen, State
from opscheck.report.visible import counted, visible

_RED: Final = {"failure": "failed", "error": "broke"}
_SHOWN: Final = 5
_ZONES: Final = timedelta(hours=14)  # a time without a zone may be that of any


class BadResults(ValueError):
    """A file holds no results that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test.

    Attributes:
        red: `failed`, `broke` or empty.
        properties: what the tool says of it beside.
    """

    name: str
    red: str
    skipped: bool
    message: str
    properties: tuple[tuple[str, str], ...] = ()

    def told(self, name: str) -> str:
        """A property by its name."""
        return dict(self.properties).get(name, "")


@dataclass(frozen=True, slots=True)
class Results:
    """All tests of a file.

    Attributes:
        announced: how many tests the suites say they have; 0 where they do not say.
        announced_red: how many of them they say are red.
        at: when the earliest of the suites began; None where none says.
    """

    cases: tuple[Case, ...]
    announced: int
    announced_red: int
    at: datetime | None

    @property
    def red(self) -> list[Case]:
        """What failed or broke."""
        return [case for case in self.cases if case.red]

    @property
    def ran(self) -> list[Case]:
        """What was not skipped."""
        return [case for case in self.cases if not case.skipped]


def read_junit(content: bytes) -> Results:
    """The results in a file.

    Raises:
        BadResults: it is no JUnit XML.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadResults("has a document type, which results never have: not read")
    try:
        root = ET.fromstring(content)  # noqa: S314 - a document type was refused
    except (ET.ParseError, LookupError, ValueError) as error:
        raise BadResults(f"is no XML: {visible(error, 100)}") from None
    if root.tag not in ("testsuites", "testsuite"):
        raise BadResults(f"is no JUnit XML: it begins with <{visible(root.tag, 40)}>")
    leaves = [suite for suite in root.iter("testsuite") if suite.find("testcase") is not None or not len(suite)]
    return Results(
        tuple(_case(element) for element in root.iter("testcase")),
        sum(_number(suite, "tests") for suite in leaves),
        sum(_number(suite, "failures") + _number(suite, "errors") for suite in leaves),
        min(_times(root), default=None),
    )


def _case(element: ET.Element) -> Case:
    red = next((word for tag, word in _RED.items() if element.find(tag) is not None), "")
    told = next((element.find(tag) for tag in _RED if element.find(tag) is not None), None)
    message = (told.get("message") or (told.text or "").strip()) if told is not None else ""
    name = ".".join(filter(None, (element.get("classname"), element.get("name")))) or "a test without a name"
    properties = tuple((one.get("name", ""), one.get("value", "")) for one in element.iter("property"))
    return Case(name, red, element.find("skipped") is not None, message.split("\n")[0], properties)


def _number(suite: ET.Element, name: str) -> int:
    text = suite.get(name, "0").strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _times(root: ET.Element) -> Iterator[datetime]:
    for suite in root.iter("testsuite"):
        try:
            at = datetime.fromisoformat(suite.get("timestamp", "").strip())
        except ValueError:
            continue
        # Without a zone the latest instant that it may mean is taken: results are not called old for their spelling.
        yield at if at.tzinfo is not None else at.replace(tzinfo=UTC) + _ZONES


def too_old(at: datetime | None, commit: datetime | None) -> str:
    """Why results are not those of the commit; empty where they may be."""
    if at is None or commit is None or at >= commit:
        return ""
    return f"the results are of {at:%Y-%m-%d %H:%M %Z}, before the commit of {commit.astimezone(UTC):%Y-%m-%d %H:%M %Z}"


def judge_results(results: Results, name: str, *, commit: datetime | None = None) -> Seen:
    """Judge the results of one file.

    Args:
        name: where they come from, as it is shown.
        commit: when the commit was made that is to be released: older results are not its own.
    """
    tests, red = counted(len(results.cases), "test"), results.red
    line = f"{visible(name, 200)}: {tests}, {len(red)} red"
    skipped = len(results.cases) - len(results.ran)
    line += f", {skipped} skipped" if skipped else ""
    line += f", {results.at:%Y-%m-%d %H:%M %Z}" if results.at is not None else ""
    if red:
        shown = [f"{case.red}: {visible(case.name, 160)}: {visible(case.message, 160)}" for case in red[:_SHOWN]]
        reason = f"{len(red)} of {tests} {'is' if len(red) == 1 else 'are'} red"
        return Seen(State.NOT_MET, reason, (line, *shown), "mend what is red, and run them again")
    again = "run the tests of this commit to their end, and hand their results over"
    if results.announced_red:
        reason = f"the suites count {results.announced_red} red, and the file has none of them"
        return Seen(State.NOT_MET, reason, (line,), again)
    if not results.ran:
        reason = "every test was skipped" if results.cases else "there is no test in the results"
        return Seen(State.UNMEASURED, reason, (line,), again)
    if results.announced > len(results.cases):
        reason = f"the suites count {results.announced} tests, and the file has {len(results.cases)}"
        return Seen(State.UNMEASURED, reason, (line,), again)
    old = too_old(results.at, commit)
    if old:
        return Seen(State.UNMEASURED, old, (line,), again)
    return Seen(State.MET, f"{counted(len(results.ran), 'test')} green", (line,))
