"""`@observation`: a coroutine that measures, handed to tests as a fixture, known to the plan by its name alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from opscheck.engine.spec import Spec, Take
from opscheck.errors import SuiteError
from opscheck.model import Cost, Host

HandOver = Callable[[pytest.Item, Spec], Any]
HAND_OVER: pytest.StashKey[HandOver] = pytest.StashKey()  # how a run gives a test what was seen
_ATTRIBUTE = "opscheck_spec"
_GIVEN = ("host", "probe")


def observation(
    *,
    cost: Cost | Callable[[Host], Cost] | None = None,
    needs: Sequence[str] = (),
    serial: bool = False,
    mutating: bool = False,
) -> Callable[[Take], Any]:
    """Make a coroutine function an observation, and a fixture of the same name.

    Its arguments are `host`, `probe`, the names of other observations, and parameters of the test. It is run once per
    host and run, whatever the number of tests that ask for it, before the first of them needs it.

    Args:
        cost: what one taking may spend, or a function of the host that tells it; one request where nothing is said.
        needs: names of endpoints that the host's system has to promise, or of settings that have to be made
            (`tool.url`), or of endpoints with the scheme by which they are asked (`https:page`); without them the
            tests that ask for it are NOT_APPLICABLE.
        serial: take it alone, because a check judges its latency.
        mutating: it changes something; it is refused unless the user allows it.

    Raises:
        SuiteError: the function is not a coroutine function.
    """

    def decorate(take: Take) -> Any:  # noqa: ANN401 - what pytest makes of a fixture is its own affair
        if not inspect.iscoroutinefunction(take):
            raise SuiteError(f"observation {getattr(take, '__name__', take)} is no coroutine function: write async def")
        code = take.__code__
        names = list(inspect.signature(take).parameters)
        spec = Spec(
            name=take.__name__,
            take=take,
            arguments=tuple(name for name in names if name not in _GIVEN),
            given=tuple(name for name in names if name in _GIVEN),
            cost=cost or Cost(requests=1),
            needs=tuple(needs),
            serial=serial,
            mutating=mutating,
            file=_location(code.co_filename),
        )
        fixture = pytest.fixture(name=spec.name)(_waiter(spec, take.__doc__))
        setattr(fixture, _ATTRIBUTE, spec)
        return fixture

    return decorate


def _location(file: str) -> str:
    """The same on every machine: the path below the folder that holds the outermost package."""
    path = Path(file)
    top = path.parent
    while (top / "__init__.py").exists() and top != top.parent:
        top = top.parent
    return path.relative_to(top).as_posix()


def _waiter(spec: Spec, doc: str | None) -> Callable[..., Any]:
    def wait(request: pytest.FixtureRequest, ops_host: object, **_: object) -> Any:  # noqa: ANN401, ARG001
        __tracebackhide__ = True
        return request.config.stash[HAND_OVER](request.node, spec)

    kinds = inspect.Parameter.POSITIONAL_OR_KEYWORD
    names = ("request", "ops_host", *spec.arguments)
    wait.__signature__ = inspect.Signature([inspect.Parameter(name, kinds) for name in names])  # type: ignore[attr-defined]
    wait.__doc__ = doc
    wait.__name__ = spec.name
    return wait


def _declared(module: object) -> dict[str, Spec]:
    # By __dict__, because a module's names include things that answer to any attribute, such as pytest.mark.
    specs = (getattr(thing, "__dict__", {}).get(_ATTRIBUTE) for thing in vars(module).values())
    return {spec.name: spec for spec in specs if isinstance(spec, Spec)}


class Observations:
    """Every observation that the collected modules declare, and which of them a test means by a name."""

    def __init__(self, plugins: Iterable[object]) -> None:
        self._by_folder: list[tuple[Path | None, dict[str, Spec]]] = []
        self._by_module: dict[str, dict[str, Spec]] = {}
        for plugin in plugins:
            if not isinstance(plugin, ModuleType):
                continue
            specs = _declared(plugin)
            if specs:
                file = Path(plugin.__file__ or "")
                self._by_folder.append((file.parent if file.name == "conftest.py" else None, specs))
        self._by_folder.sort(key=lambda entry: len(entry[0].parts) if entry[0] else 0, reverse=True)
        self._memo: dict[tuple[object, str], Spec | None] = {}

    def find(self, item: pytest.Item, name: str) -> Spec | None:
        """The observation of that name nearest to a test: its module, then conftests upwards, then plugins."""
        key = (item.parent, name)
        if key not in self._memo:
            self._memo[key] = self._nearest(item, name)
        return self._memo[key]

    def _nearest(self, item: pytest.Item, name: str) -> Spec | None:
        module = getattr(item, "module", None)
        if module is not None:
            if module.__name__ not in self._by_module:
                self._by_module[module.__name__] = _declared(module)
            own = self._by_module[module.__name__].get(name)
            if own is not None or _is_fixture(vars(module).get(name)):
                return own  # a plain fixture of that name takes the observation's place
        near = (
            specs[name]
            for folder, specs in self._by_folder
            if name in specs and (folder is None or item.path.is_relative_to(folder))
        )
        return next(near, None)


def _is_fixture(thing: object) -> bool:
    return type(thing).__name__ == "FixtureFunctionDefinition" or "_pytestfixturefunction" in getattr(
        thing, "__dict__", {}
    )
