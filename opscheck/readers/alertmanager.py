"""Answers of the Alertmanager API: the routing tree and what its receivers have."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from opscheck.checks._json import NotJson, objects, read_object
from opscheck.checks._metrics import NotMetrics, read_metrics
from opscheck.checks._notifications import accepted
from opscheck.model import HttpExchange, Kind, Unmeasured
from opscheck.model.alert_rules import Route, Routing
from opscheck.model.request import mask_url
from opscheck.readers.blind import unread
from opscheck.readers.promql import INSTALL

_MATCHER: Final = re.compile(r"""\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,}]*))\s*""")
_DEEPEST: Final = 50
_NO_YAML: Final = "YAML cannot be read: PyYAML is not installed"


def routing_of(answer: HttpExchange | Unmeasured) -> Routing | Unmeasured:
    """The routing that `/api/v2/status` tells as the YAML text of the running configuration."""
    if isinstance(answer, Unmeasured):
        return answer
    where = mask_url(answer.request.url)
    try:
        text = read_object(answer.body)["config"]["original"]
        routing = routing_in(text, where, answer.at)
    except ImportError:
        return unread(answer, Kind.TOOL_MISSING, _NO_YAML, f"{INSTALL} brings it")
    except NotJson as error:
        return unread(answer, Kind.PROTOCOL, f"no answer of an Alertmanager API ({answer.status}): {error}")
    except (KeyError, TypeError) as error:
        routing = Routing(where, None, {}, answer.at, f"no route in it: {' '.join(str(error).split())[:120]}")
    return replace(routing, phases=answer.phases, attempts=answer.attempts)


def told_of(before: HttpExchange | Unmeasured, after: HttpExchange | Unmeasured) -> bool:
    """Between two scrapes of its metrics, a notification was accepted; or there is no way to tell."""
    if isinstance(before, Unmeasured) or isinstance(after, Unmeasured):
        return isinstance(after, Unmeasured)
    try:
        first, last = read_metrics(before), read_metrics(after)
    except NotMetrics:
        return True
    return accepted(first, last) > 0


def routing_in(text: Any, where: str, at: datetime) -> Routing:  # noqa: ANN401 - whatever stood where a text should
    """The routing in the YAML of a configuration; where there is none, it says why.

    Raises:
        ImportError: PyYAML is not installed.
    """
    yaml = importlib.import_module("yaml")
    try:
        document = yaml.safe_load(text)
        root = _route(document["route"], None, 0)
        receivers = {one["name"]: _integrations(one) for one in objects(document.get("receivers"))}
    except (KeyError, TypeError, ValueError) as error:
        return Routing(where, None, {}, at, f"no route in it: {' '.join(str(error).split())[:120]}")
    except Exception as error:  # noqa: BLE001 - the YAML library has an error tree of its own
        return Routing(where, None, {}, at, " ".join(str(error).split())[:200])
    return Routing(where, root, receivers, at)


def _route(node: dict[str, Any], parent: str | None, depth: int) -> Route:
    if depth > _DEEPEST:
        raise ValueError(f"routes nested deeper than {_DEEPEST}")
    receiver = str(node.get("receiver") or parent or "")
    children = tuple(_route(child, receiver, depth + 1) for child in objects(node.get("routes")))
    return Route(receiver, tuple(_matchers(node)), children, bool(node.get("continue")))


def _matchers(node: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, operator in (("match", "="), ("match_re", "=~")):
        for label, value in (node.get(key) or {}).items():
            yield str(label), operator, str(value)
    for text in node.get("matchers") or ():
        for label, operator, quoted, single, bare in _MATCHER.findall(str(text).strip().strip("{}")):
            yield label, operator, re.sub(r"\\(.)", r"\1", quoted) or single or bare


def _integrations(receiver: dict[str, Any]) -> int:
    """How many ways a receiver has to tell somebody."""
    return sum(len(value) for key, value in receiver.items() if key.endswith("_configs") and isinstance(value, list))
