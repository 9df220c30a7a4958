"""The registered tools, and the running of those that a caller names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import FieldRejected, ServiceError
from ..strict_json import Json

if TYPE_CHECKING:
    from ..logs import Log
    from .parts import Counts, Tool

Status = Literal["ok", "skipped", "missing", "error"]
MAX_CALLS = 8


@dataclass(frozen=True, slots=True)
class ToolResult:
    """How one call ended. `note` is its output, its reason or its error, by status."""

    name: str
    status: Status
    note: str = ""

    def as_dict(self) -> dict[str, object]:
        """Give the wire form; an empty output is left out."""
        result: dict[str, object] = {"name": self.name, "status": self.status}
        key = {"ok": "output", "skipped": "reason", "error": "error"}.get(self.status)
        if key is not None and self.note:
            result[key] = self.note
        return result


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that a caller wants to be run."""

    name: str
    args: Mapping[str, Json]


class ToolBox:
    """Runs calls in order. No tool's failure is the chat's failure; each is told in its own step."""

    def __init__(self, tools: Iterable[Tool], *, max_chars: int, log: Log, counts: Counts) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._max_chars = max_chars
        self._log = log
        self._counts = counts

    async def run(self, metadata: Mapping[str, Json]) -> list[ToolResult]:
        """Run what `metadata.tool_calls` names, as far as the list `metadata.tools` allows it."""
        allowed = metadata.get("tools")
        results = []
        for call in wanted(metadata):
            result = await self._run(call, allowed if isinstance(allowed, list) else None)
            known = call.name if call.name in self._tools else "unknown"
            self._counts.tool_call(known, result.status)
            results.append(result)
        return results

    async def _run(self, call: ToolCall, allowed: list[Json] | None) -> ToolResult:
        if allowed is not None and call.name not in allowed:
            return ToolResult(call.name, "skipped", "not-allowed")
        tool = self._tools.get(call.name)
        if tool is None:
            return ToolResult(call.name, "missing")
        try:
            output = await tool.run(call.args)
        except ServiceError as error:
            return ToolResult(call.name, "error", error.detail)
        except Exception as error:  # noqa: BLE001 - a tool's defect is told in its step, the chat goes on
            self._log.error("tool failed", tool=call.name, error=type(error).__name__)
            return ToolResult(call.name, "error", "the tool failed in a way that was not foreseen")
        return ToolResult(call.name, "ok", output[: self._max_chars])


def wanted(metadata: Mapping[str, Json]) -> list[ToolCall]:
    """Read `tool_calls`: a list of names or of `{name, args}`, or one such object.

    >>> wanted({"tool_calls": ["clock"]})[0].name
    'clock'
    """
    raw = metadata.get("tool_calls")
    if raw is None:
        return []
    calls = raw if isinstance(raw, list) else [raw]
    if len(calls) > MAX_CALLS:
        raise FieldRejected(f"at most {MAX_CALLS} tool calls are run at once", param="metadata.tool_calls")
    return [_call(item, index) for index, item in enumerate(calls)]


def _call(item: Json, index: int) -> ToolCall:
    if isinstance(item, str) and item:
        return ToolCall(item, {})
    if isinstance(item, dict):
        name, args = item.get("name"), item.get("args")
        if isinstance(name, str) and name and (args is None or isinstance(args, dict)):
            return ToolCall(name, args or {})
    where = f"metadata.tool_calls.{index}"
    raise FieldRejected(f"{where}: must be a tool's name or an object with name and args", param=where)
