"""What callers send, as typed models. Fields that are not known here are ignored."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, field_validator

from ..chat import Message, Role
from ..errors import FieldRejected, RequestRejected

_CONVERSATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}")
_ID_RULE = "must be 1 to 128 letters, digits or any of . _ : @ - and start with a letter or digit"


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TextPart(_Loose):
    """A piece of text content, as newer clients send it."""

    type: Literal["text"]
    text: StrictStr


class ChatMessage(_Loose):
    """A message of a request."""

    role: Role
    content: Annotated[StrictStr | tuple[TextPart, ...] | None, Field(union_mode="left_to_right")] = None

    def as_message(self) -> Message:
        """Give the message with its text in one piece."""
        if self.content is None or isinstance(self.content, str):
            return Message(self.role, self.content or "")
        return Message(self.role, "".join(part.text for part in self.content))


class _WithConversation(_Loose):
    conversation_id: StrictStr | None = None
    metadata: dict[str, Any] | None = None  # strict JSON already; the model only asks that it is an object
    max_tokens: StrictInt | None = Field(default=None, ge=1)

    @field_validator("conversation_id")
    @classmethod
    def _harmless(cls, value: str | None) -> str | None:
        if value is not None and not _CONVERSATION_ID.fullmatch(value):
            raise ValueError(_ID_RULE)
        return value


class AgentRequest(_WithConversation):
    """The body of `POST /v1/agent`."""

    prompt: StrictStr = Field(min_length=1)
    messages: tuple[ChatMessage, ...] | None = None


class StreamOptions(_Loose):
    """What a caller wants of a stream."""

    include_usage: StrictBool = False


class ChatRequest(_WithConversation):
    """The body of `POST /v1/chat/completions`."""

    model: StrictStr | None = None
    messages: tuple[ChatMessage, ...]
    stream: StrictBool = False
    stream_options: StreamOptions | None = None
    max_completion_tokens: StrictInt | None = Field(default=None, ge=1)

    def split(self) -> tuple[str, list[Message]]:
        """Give the prompt, which is the last user message, and all the other messages as history."""
        messages = [message.as_message() for message in self.messages]
        if not messages:
            raise RequestRejected("messages list cannot be empty", param="messages")
        last = next((i for i in range(len(messages) - 1, -1, -1) if messages[i].role == "user"), None)
        if last is None:
            raise RequestRejected("at least one user message is required", param="messages")
        if not messages[last].content:
            raise FieldRejected("the last user message is empty", param=f"messages.{last}.content")
        return messages[last].content, messages[:last] + messages[last + 1 :]

    def conversation(self) -> str | None:
        """Give the conversation's id: the field, else the one within metadata."""
        if self.conversation_id is not None:
            return self.conversation_id
        named = (self.metadata or {}).get("conversation_id")
        if named is None:
            return None
        if not isinstance(named, str) or not _CONVERSATION_ID.fullmatch(named):
            raise FieldRejected(f"metadata.conversation_id: {_ID_RULE}", param="metadata.conversation_id")
        return named
