"""Few bytes, and nothing lost that three digits keep."""

from __future__ import annotations

import random

import pytest

from opscheck.history.packing import code_of_micros, micros_of_code, pack, pack_series, unpack, unpack_series
from opscheck.history.sketch import Sketch


@pytest.mark.parametrize("micros", [0, 1, 999, 1000, 1001, 9_999, 12_345, 999_999, 10_000_000, 3_600_000_000])
def test_three_digits_are_kept(micros: int) -> None:
    """Exactly up to a millisecond, to a hundredth beyond."""
    kept = micros_of_code(code_of_micros(micros))
    assert kept is not None
    assert kept == micros if micros < 1000 else 0.99 * micros < kept <= micros


def test_codes_are_in_order_and_apart() -> None:
    """A slower answer never gets a smaller code."""
    values = [*range(3000), *range(3000, 10**9, 1_234_567)]
    codes = [code_of_micros(value) for value in values]
    assert codes == sorted(codes)
    assert code_of_micros(None) not in codes
    assert micros_of_code(code_of_micros(None)) is None
    assert code_of_micros(10**30) < code_of_micros(None)


def test_columns_come_back() -> None:
    """Latencies, instants and facts by place."""
    packed = unpack(pack([1000, None, 20], [0, 70_000, 140_000], {2: {"hits": 3}, 0: {"up": True}}))
    assert [micros_of_code(code) for code in packed.micros] == [1000, None, 20]
    assert [step * packed.unit for step in packed.steps] == pytest.approx([0, 70_000, 140_000], abs=packed.unit)
    assert packed.facts == {0: {"up": True}, 2: {"hits": 3}}
    assert list(unpack_series(pack_series([1, 70_000, 3]))) == [1, 70_000, 3]
    assert list(unpack(pack([], [], {})).micros) == []


def test_a_pass_takes_a_few_bytes() -> None:
    """Two hundred results with latencies and instants as they come."""
    chance = random.Random(7)  # noqa: S311 - figures, no secrets
    micros = [round(chance.lognormvariate(10, 1)) for _ in range(200)]
    assert len(pack(micros, [chance.randrange(9000) for _ in micros], {})) < 200 * 4.5


def test_a_sketch_answers_like_the_numbers_themselves() -> None:
    """Any percentile to 2%, also of merged days, also after a way through bytes."""
    chance = random.Random(1)  # noqa: S311 - figures, no secrets
    numbers = sorted(chance.lognormvariate(-3, 1.2) for _ in range(5000))
    halves = Sketch.of(numbers[::2]).merge(Sketch.of(numbers[1::2]))
    again = Sketch.decode(halves.encode())
    assert again == halves
    assert again.total == 5000
    for percent in (1, 50, 95, 99, 100):
        exact = numbers[max(-(-len(numbers) * percent // 100) - 1, 0)]
        assert again.percentile(percent) == pytest.approx(exact, rel=0.021)


def test_an_empty_sketch_knows_nothing() -> None:
    """No number is made up."""
    assert Sketch().percentile(50) is None
    assert Sketch.decode(b"") == Sketch()
    assert Sketch.of([0.0]).percentile(50) == pytest.approx(1e-6)
