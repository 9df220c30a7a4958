"""The fixtures that suites use beside their observations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from opscheck.engine.prober import Prober
    from opscheck.model import Host
    from opscheck.plugin.expect import Expect


@pytest.fixture(scope="session")
def ops_host(request: pytest.FixtureRequest) -> Host:
    """The host that the test runs on; a test that asks for it, or for any observation, runs once per selected host."""
    from opscheck.plugin.compose import session_of  # noqa: PLC0415 - a run without checks imports no engine

    name = getattr(request, "param", None)
    if name is None:
        from opscheck.plugin.verdicts import SuiteBroken  # noqa: PLC0415 - a run without checks imports no engine

        raise SuiteBroken(f"{request.node.nodeid} runs on no host: take ops_host, or an observation, as an argument")
    return session_of(request.config).hosts[name]


@pytest.fixture
def expect(request: pytest.FixtureRequest) -> Expect:
    """Hand over a verdict: `expect(liveness(answer, seconds=1))`."""
    from opscheck.plugin.compose import session_of  # noqa: PLC0415 - a run without checks imports no engine
    from opscheck.plugin.expect import Expect  # noqa: PLC0415 - a run without checks imports no engine

    return Expect(request.node, session_of(request.config))


@pytest.fixture
def ops_observe(request: pytest.FixtureRequest, ops_host: Host) -> Callable[..., Any]:  # noqa: ARG001 - makes it run per host
    """Observe on the fly: `ops_observe(lambda probe: probe.http(ops_host.request("readiness")))`."""
    from opscheck.plugin.compose import session_of  # noqa: PLC0415 - a run without checks imports no engine
    from opscheck.plugin.expect import guard  # noqa: PLC0415 - a run without checks imports no engine

    session = session_of(request.config)

    def observe(take: Callable[[Prober], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what take gives
        __tracebackhide__ = True
        return guard(request.node, session, session.observe(request.node, take))

    return observe


@pytest.fixture
def ops_client(ops_host: Host) -> Iterator[httpx.Client]:
    """An httpx client for the host's first component, for tests that are no checks. It counts towards no limit."""
    import httpx  # noqa: PLC0415 - 40 ms that only its users pay

    base = next(iter(ops_host.components.values())).url
    with httpx.Client(base_url=base, verify=str(ops_host.ca) if ops_host.ca else True) as client:
        yield client
