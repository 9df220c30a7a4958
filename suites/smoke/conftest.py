"""What has to be seen of the main path. Each model call is short and names its conversation."""

import json

from opscheck import Cost, observation

from . import prompts

_PATIENCE = 2.0  # seconds beyond a budget, so that late and never can be told apart
_TRIES = 3  # answers without a word before it counts
_TURN = 200  # tokens that one short turn may take


def _seconds(host):
    return host.budget("completion_seconds", 60) + _PATIENCE


def _turn(host, prompt, conversation, **more):
    chat = host.settings.get("chat", {})
    body = {"prompt": prompt, "conversation_id": conversation, "max_tokens": chat.get("max_tokens", 16)}
    return host.post("agent", body | more)


def _chat(host, endpoint, prompt, **more):
    chat = host.settings.get("chat", {})
    body = {
        "model": chat.get("model", "default"),
        "messages": [{"role": "user", "content": prompt}],
        "conversation_id": prompts.new_conversation(),
        "max_tokens": chat.get("max_tokens", 16),
    }
    return host.post(endpoint, body | more)


@observation(cost=Cost(requests=_TRIES, tokens=_TRIES * _TURN), needs=("agent",))
async def first_turn(host, probe):
    """A prompt and nothing else; a model may now and then say nothing, which is told and not taken for the rule."""

    async def ask():
        return await probe.http(_turn(host, prompts.FIRST, prompts.new_conversation()), timeout=_seconds(host))

    return await probe.eventually(ask, _says_something, most=_TRIES, deadline=_TRIES * _seconds(host))


@observation(cost=Cost(requests=1, tokens=_TURN), needs=("agent",))
async def second_turn(host, probe, first_turn):
    """A prompt in the conversation that the first turn began; where that failed, there is nothing to go on with."""
    conversation = _field(first_turn, "conversation_id")
    if not conversation:
        return first_turn
    return await probe.http(_turn(host, prompts.SECOND, conversation), timeout=_seconds(host))


@observation(cost=Cost(requests=1, tokens=2 * _TURN), needs=("agent", "tool.url"))
async def research(host, probe):
    """A prompt together with a tool that fetches a page."""
    tool = host.settings["tool"]
    name = tool.get("name", "web_fetch")
    metadata = {"tools": [name], "tool_calls": [{"name": name, "args": {"url": tool["url"]}}]}
    turn = _turn(host, prompts.RESEARCH, prompts.new_conversation(), metadata=metadata)
    return await probe.http(turn, timeout=_seconds(host))


def _samples(host):
    asked = host.settings.get("chat", {}).get("asked", 1)
    return Cost(requests=asked, tokens=asked * _TURN)


@observation(cost=_samples, needs=("chat",))
async def completions(host, probe):
    """The same question several times, each in a conversation of its own."""

    async def ask():
        return await probe.http(_chat(host, "chat", prompts.CHAT), timeout=_seconds(host))

    return await probe.sample(host.settings.get("chat", {}).get("asked", 1), ask)


@observation(cost=Cost(requests=1, tokens=_TURN), needs=("chat_stream",), serial=True)
async def streamed(host, probe):
    """A streamed answer, taken alone: when its pieces arrive is judged."""
    return await probe.stream(_chat(host, "chat_stream", prompts.STREAM, stream=True), timeout=_seconds(host))


@observation(cost=Cost(requests=3, tokens=2 * _TURN), needs=("agent", "chat"))
async def refusals(host, probe):
    """Requests that cannot be right: a body that is no UTF-8, a role that nobody has, an id that is a number."""
    wrong = (
        host.request("agent").with_body(b'{"prompt": "opscheck smoke: \xff\xfe"}', "application/json"),
        _chat(host, "chat", prompts.CHAT, messages=[{"role": "wizard", "content": prompts.CHAT}]),
        _turn(host, prompts.FIRST, 7),
    )
    return await probe.together(*(probe.http(request, timeout=_seconds(host)) for request in wrong))


@observation(cost=Cost(requests=1), needs=("webfetch_fetch",))
async def unresolvable(host, probe):
    """The page fetcher, asked for a name that cannot exist."""
    request = host.post("webfetch_fetch", {"url": "http://nothing.invalid/"})
    return await probe.http(request, timeout=host.budget("fetch_failure_seconds", 2) + _PATIENCE)


@observation(cost=Cost(requests=1), needs=("webfetch_fetch",))
async def private_page(host, probe, address):
    """The page fetcher, asked for an address inside."""
    return await probe.http(host.post("webfetch_fetch", {"url": address}))


def _field(answer, name):
    """A text of an answer's body; empty where there is no such thing."""
    try:
        body = json.loads(answer.body) if answer.status == 200 else {}
    except (ValueError, RecursionError):
        return ""
    given = body.get(name) if isinstance(body, dict) else ""
    return given if isinstance(given, str) else ""


def _says_something(answer):
    """Anything but a good answer whose text is empty: only that is worth asking again."""
    empty = getattr(answer, "status", 0) == 200 and _field(answer, "conversation_id") and not _field(answer, "response")
    return not empty
