"""Pages of real origins in a headless Chromium: what their `fetch` is let through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypedDict

from tests.parts.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_ASK: Final = """async one => {
  try {
    const body = ['GET', 'HEAD'].includes(one.method) ? undefined : '{';
    const answer = await fetch(one.url, {
      method: one.method, headers: one.headers, credentials: one.credentials ? 'include' : 'omit', body,
    });
    return {through: true, status: answer.status, readable: [...answer.headers.keys()].sort()};
  } catch (error) {
    return {through: false, status: 0, readable: []};
  }
}"""
_AT_ONCE: Final = f"asked => Promise.all(asked.map({_ASK}))"
_IN_TURN: Final = (
    f"async asked => {{ const told = []; for (const one of asked) told.push(await ({_ASK})(one)); return told; }}"
)
_IN_SANDBOX: Final = f"""asked => new Promise(resolve => {{
  const frame = document.createElement('iframe');
  frame.sandbox = 'allow-scripts';
  frame.srcdoc = `<script>addEventListener('message', async event => {{
    parent.postMessage({{origin, answers: await ({_AT_ONCE})(event.data)}}, '*');
  }});</script>`;
  addEventListener('message', event => resolve(event.data), {{once: true}});
  frame.onload = () => frame.contentWindow.postMessage(asked, '*');
  document.body.append(frame);
}})"""


class Ask(TypedDict):
    """One request of a page."""

    url: str
    method: str
    headers: dict[str, str]
    credentials: bool


class Told(TypedDict):
    """What came of it: whether the page got an answer, its status, and the names of the headers that it could read."""

    through: bool
    status: int
    readable: list[str]


class Pages:
    """Opens pages and asks in their name."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def ask(self, page: str, asked: Sequence[Ask]) -> list[Told]:
        """What a page of this address gets, all of them at the same time."""
        told: list[Told] = self._run(page, _AT_ONCE, asked)
        return told

    def ask_in_turn(self, page: str, asked: Sequence[Ask]) -> list[Told]:
        """The same one after the other, so that a browser can remember."""
        told: list[Told] = self._run(page, _IN_TURN, asked)
        return told

    def ask_in_sandbox(self, page: str, asked: Sequence[Ask]) -> list[Told]:
        """What a sandboxed frame within this page gets; its origin is `null`."""
        said = self._run(page, _IN_SANDBOX, asked)
        assert said["origin"] == "null"
        told: list[Told] = said["answers"]
        return told

    def _run(self, page: str, script: str, asked: Sequence[Ask]) -> Any:  # noqa: ANN401 - what the script gives
        opened = self._browser.new_page()
        try:
            opened.goto(page)
            return opened.evaluate(script, list(asked))
        finally:
            opened.close()


@contextmanager
def visited() -> Iterator[Pages]:
    """A browser, until the context is left."""
    with chromium() as browser:
        yield Pages(browser)
