"""The events of a streamed completion, read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from opscheck.checks._conversation import content_text
from opscheck.checks._json import NotJson, objects, read_object
from opscheck.checks._words import shown
from opscheck.model import StreamEvent

DONE: Final = "[DONE]"
BROKEN: Final = frozenset({"reset", "timeout", "too-large", "protocol"})
FEW: Final = 4  # events below which nothing is said of their spacing
_BURST_SHARE: Final = 0.05  # of the time to the first piece
_BURST_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Chunk:
    """One event.

    Attributes:
        text: the text that it adds.
        finish: its finish reason; empty where it has none.
        done: it is the last event by its own word.
        error: what it says where it is an error.
        defect: why it is no chunk.
        after: seconds after the request.
    """

    after: float
    text: str = ""
    finish: str = ""
    done: bool = False
    error: str = ""
    defect: str = ""


def in_one_burst(times: Sequence[float]) -> bool:
    """Enough pieces, and all of them at once after a much longer silence; seconds after the request, in order.

    >>> in_one_burst([1.0, 1.001, 1.001, 1.002]), in_one_burst([1.0, 1.1, 1.2, 1.3])
    (True, False)
    """
    if len(times) < FEW:
        return False
    spread = times[-1] - times[0]
    return spread < _BURST_SECONDS and spread < times[0] * _BURST_SHARE


def read_chunks(events: Sequence[StreamEvent]) -> list[Chunk]:
    """Every event as a chunk; one that cannot be read is a chunk that says why."""
    return [_chunk(event) for event in events]


def defect_of_order(chunks: Sequence[Chunk]) -> str:
    """What is wrong with the order of a whole stream; empty where it is text, finish reason, [DONE]."""
    defect = next((chunk.defect for chunk in chunks if chunk.defect), "")
    if defect:
        return defect
    done = [place for place, chunk in enumerate(chunks) if chunk.done]
    if not done:
        return f"the stream ends after {len(chunks)} events without [DONE]"
    if done[0] != len(chunks) - 1:
        return "events follow [DONE]"
    texts = [place for place, chunk in enumerate(chunks) if chunk.text]
    finish = [place for place, chunk in enumerate(chunks) if chunk.finish]
    if not texts:
        return "the stream brings no text"
    if not finish:
        return "[DONE] comes without a finish reason"
    return "text follows the finish reason" if texts[-1] > finish[0] else ""


def _chunk(event: StreamEvent) -> Chunk:  # noqa: PLR0911 - one for each kind of event
    if event.data.strip() == DONE:
        return Chunk(event.after, done=True)
    if event.event == "error":
        return Chunk(event.after, error=shown(event.data[:300]))
    try:
        document = read_object(event.data.encode("utf-8", "surrogatepass"))
    except NotJson as error:
        return Chunk(event.after, defect=f"an event is no chunk: {str(error).replace('the body', 'it')}")
    if document.get("error"):
        return Chunk(event.after, error=shown(document["error"]))
    if document.get("object") != "chat.completion.chunk":
        named = shown(document.get("object"), 40)
        return Chunk(event.after, defect=f"an event is no chunk: its object is {named}, not 'chat.completion.chunk'")
    if not isinstance(document.get("choices"), list):
        return Chunk(event.after, defect=f"a chunk's choices are {shown(document.get('choices'), 40)}, not a list")
    return _of_choices(event.after, objects(document["choices"]))


def _of_choices(after: float, choices: list[dict[str, Any]]) -> Chunk:
    """The first choice; a chunk without one carries the usage."""
    if not choices:
        return Chunk(after)
    delta, reason = choices[0].get("delta"), choices[0].get("finish_reason")
    text = content_text(delta.get("content")) if isinstance(delta, dict) else ""
    return Chunk(after, text, reason if isinstance(reason, str) else "")
