"""A PromQL expression as a tree of frozen nodes, free of the library that parsed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Matcher:
    """One label matcher; `op` is `=`, `!=`, `=~` or `!~`."""

    label: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """The series of a metric; `metric` is empty where the name itself is matched by a pattern."""

    metric: str
    matchers: tuple[Matcher, ...] = ()

    def __str__(self) -> str:
        inner = ",".join(f'{one.label}{one.op}"{one.value}"' for one in self.matchers)
        return self.metric + (f"{{{inner}}}" if inner else "")


@dataclass(frozen=True, slots=True)
class Call:
    """A function of expressions."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Aggregation:
    """`sum by (labels) (of)`; without `labels` stated, `grouping` is None and everything becomes one."""

    operator: str
    of: Expression
    grouping: str | None = None  # "by" or "without"
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """Two expressions joined; `matching` is `on`, `ignoring` or None for all labels."""

    operator: str
    left: Expression
    right: Expression
    matching: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Other:
    """Whatever has no series of its own to look at, such as a text literal."""

    text: str = ""


Expression: TypeAlias = Selector | Call | Aggregation | Binary | Number | Other
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside one."""
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Aggregation):
        return (node.of,)
    return (node.left, node.right) if isinstance(node, Binary) else ()


def every(node: Expression) -> Iterator[Expression]:
    """An expression and everything inside it."""
    yield node
    for child in children(node):
        yield from every(child)


def selectors(node: Expression) -> Iterator[Selector]:
    """Every selector inside an expression."""
    return (one for one in every(node) if isinstance(one, Selector))
