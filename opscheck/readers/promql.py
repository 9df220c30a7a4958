"""PromQL read by a parser of its own language, never by patterns."""

from __future__ import annotations

import importlib
from typing import Any, Final

from opscheck.model.promql import Aggregation, Binary, Call, Expression, Matcher, Number, Other, Selector

INSTALL: Final = "pip install 'opscheck[infra]'"
_DEEPEST: Final = 100


class PromqlError(ValueError):
    """The text is no PromQL; the message says why, in one line."""


def parse(text: str) -> Expression:
    """The tree of an expression.

    Raises:
        PromqlError: it cannot be parsed.
        ImportError: the parser is not installed; INSTALL brings it.
    """
    library = importlib.import_module("promql_parser")
    try:
        return _Reader(library).read(library.parse(text), 0)
    except ValueError as error:
        raise PromqlError(" ".join(str(error).split())[:200]) from None


class _Reader:
    def __init__(self, library: Any) -> None:  # noqa: ANN401 - the module, imported where it is used
        self._lib = library

    def read(self, node: Any, depth: int) -> Expression:  # noqa: ANN401 - the library's own tree
        """One node with all below it."""
        if depth > _DEEPEST:
            raise PromqlError(f"nested deeper than {_DEEPEST} levels")
        lib, below = self._lib, depth + 1
        if isinstance(node, lib.VectorSelector | lib.MatrixSelector):
            return _selector(getattr(node, "vector_selector", node))
        if isinstance(node, lib.ParenExpr | lib.UnaryExpr | lib.SubqueryExpr):
            return self.read(node.expr, below)
        return self._joined(node, below)

    def _joined(self, node: Any, depth: int) -> Expression:  # noqa: ANN401 - the library's own tree
        if isinstance(node, self._lib.Call):
            return Call(node.func.name, tuple(self.read(argument, depth) for argument in node.args))
        if isinstance(node, self._lib.AggregateExpr):
            return self._aggregation(node, depth)
        if isinstance(node, self._lib.BinaryExpr):
            return self._binary(node, depth)
        if isinstance(node, self._lib.NumberLiteral):
            return Number(float(node.val))
        return Other(str(getattr(node, "val", "")))

    def _aggregation(self, node: Any, depth: int) -> Aggregation:  # noqa: ANN401 - the library's own tree
        of = self.read(node.expr, depth)
        if node.modifier is None:
            return Aggregation(str(node.op), of)
        by = node.modifier.type == self._lib.AggModifierType.By
        return Aggregation(str(node.op), of, "by" if by else "without", tuple(node.modifier.labels))

    def _binary(self, node: Any, depth: int) -> Binary:  # noqa: ANN401 - the library's own tree
        left, right = self.read(node.lhs, depth), self.read(node.rhs, depth)
        matching = node.modifier.matching if node.modifier is not None else None
        if matching is None:
            return Binary(str(node.op), left, right)
        include = matching.type == self._lib.LabelModifierType.Include
        return Binary(str(node.op), left, right, "on" if include else "ignoring", tuple(matching.labels))


def _selector(node: Any) -> Selector:  # noqa: ANN401 - the library's own tree
    matchers = [
        Matcher(one.name, _OPERATORS[str(one.op).rpartition(".")[2]], one.value) for one in node.matchers.matchers
    ]
    named = next((one.value for one in matchers if one.label == "__name__" and one.op == "="), "")
    return Selector(node.name or named, tuple(one for one in matchers if one.label != "__name__"))


_OPERATORS: Final = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
