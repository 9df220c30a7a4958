"""One exchange: what was asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..chat import FinishReason, Message, ServedBy, Usage
from ..strict_json import Json

Step = dict[str, object]
Source = dict[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """A caller's request, freed of the shape in which it came. Empty `history` means: use what is stored."""

    prompt: str
    conversation_id: str
    metadata: Mapping[str, Json] = field(default_factory=dict)
    history: tuple[Message, ...] = ()
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A kept exchange: it is on the disk when this object exists."""

    conversation_id: str
    text: str
    model: str
    finish_reason: FinishReason
    usage: Usage
    created: datetime
    messages: tuple[Message, ...]
    steps: tuple[Step, ...]
    metadata: Mapping[str, object]
    served_by: ServedBy = "primary"
    sources: tuple[Source, ...] = ()
