"""The primary model, its fallback, the one state of both, and who answers by it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..chat import Completion, Delta, Message, Models
from ..providers.embedded import EmbeddedProvider
from ..providers.failover import Failover
from ..providers.ollama import Ollama
from ..providers.openai_compatible import OpenAICompatible
from ..status.llm_state import LlmState, Pace

if TYPE_CHECKING:
    from ..clock import Clock
    from ..logs import Log
    from ..metrics import Metrics
    from ..settings import Settings
    from .upstreams import Upstreams

_OLLAMA_URL = "http://127.0.0.1:11434"


class Provider(Protocol):
    """A language model that answers and can be looked at."""

    name: str
    model: str

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Give a whole answer."""

    def stream(self, messages: list[Message], *, max_tokens: int | None = None) -> AsyncGenerator[Delta | Completion]:
        """Give the answer in pieces, the whole of it last."""

    async def models(self) -> Models:
        """List the models; raise when the host cannot be asked."""


@dataclass(frozen=True, slots=True)
class LanguageModels:
    """The state that everyone goes by, and the provider that goes by it."""

    state: LlmState
    answering: Failover


def language_models(
    settings: Settings, given: Provider | None, upstreams: Upstreams, *, clock: Clock, log: Log, metrics: Metrics
) -> LanguageModels:
    """Make them; what is `given` takes the primary's place."""
    primary = given if given is not None else _primary(settings, upstreams)
    fallback = _fallback(settings, upstreams)
    limit_s = min(settings.dependency_timeout_s, settings.ready_budget_s)
    # Twice the head start and one limit is the budget: a chat first waits, then has a look, and that look first waits
    # for the primary before it asks for the fallback.
    head_start_s = (settings.ready_budget_s - limit_s) / 2
    interval_s = settings.primary_poll_interval_s
    pace = Pace(interval_s, settings.primary_poll_max_s, limit_s, head_start_s)
    state = LlmState(primary, fallback, clock=clock, log=log, pace=pace, enabled=settings.primary_enabled)
    answering = Failover(
        primary, fallback, state, counts=metrics, log=log, head_start_s=head_start_s, interval_s=interval_s
    )
    return LanguageModels(state, answering)


def _primary(settings: Settings, upstreams: Upstreams) -> Provider:
    if settings.provider == "embedded":
        return EmbeddedProvider()
    timeout_s = settings.llm_timeout_s
    host = upstreams.make(settings.llm_base_url or _OLLAMA_URL, timeout_s, settings.llm_key())
    kind = Ollama if settings.provider == "ollama" else OpenAICompatible
    return kind(host, settings.llm_model, timeout_s=timeout_s)


def _fallback(settings: Settings, upstreams: Upstreams) -> Provider | None:
    if not settings.fallback_base_url:
        return None
    timeout_s = settings.llm_timeout_s
    host = upstreams.make(settings.fallback_base_url, timeout_s, settings.fallback_key())
    return OpenAICompatible(host, settings.fallback_model, timeout_s=timeout_s)
