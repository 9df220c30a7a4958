"""Options: command line > environment > inventory > ini > default, each value with its source."""

from __future__ import annotations

import pytest

from opscheck.errors import OptionError
from opscheck.settings import BY_NAME, OPTIONS, Option, convert, resolve

LADDER = ("command line", "environment", "inventory", "ini", "default")


@pytest.mark.parametrize("steps", range(len(LADDER)))
def test_the_first_source_that_says_something_counts(steps: int) -> None:
    """Take the sources away one by one, from the strongest on."""
    settings = resolve(
        lambda option: "1" if option.name == "timeout" and steps < 1 else None,
        environ={"OPSCHECK_TIMEOUT": "2"} if steps < 2 else {},
        inventory={"timeout": 3} if steps < 3 else {},
        ini=lambda option: "4" if option.name == "timeout" and steps < 4 else None,
    )

    assert (settings.timeout, settings.values["timeout"].source) == ([1, 2, 3, 4, 10][steps], LADDER[steps])


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("host", "prod, staging,prod", ("prod", "staging", "prod")),
        ("host", ["a,b", "c"], ("a", "b", "c")),
        ("strict", "Yes", True),
        ("strict", "off", False),
        ("timeout", "2.5", 2.5),
        ("concurrency", "8", 8),
    ],
)
def test_values_are_converted(name: str, raw: object, value: object) -> None:
    """Lists by comma or repetition, truth by the usual words, numbers as numbers."""
    assert convert(BY_NAME[name], raw, "test") == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("timeout", "soon"),
        ("timeout", "0"),
        ("timeout", "nan"),
        ("timeout", "inf"),
        ("concurrency", "1.5"),
        ("strict", "maybe"),
    ],
)
def test_an_unusable_value_names_option_and_source(name: str, raw: str) -> None:
    """One line, before anything is asked."""
    with pytest.raises(OptionError) as caught:
        convert(BY_NAME[name], raw, "environment")

    assert f"{BY_NAME[name].flag} (environment): " in str(caught.value)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_has_its_four_names_and_a_line_of_help(option: Option) -> None:
    """Flag, ini key, environment variable and destination follow from the name."""
    assert option.flag == f"--ops-{option.name.replace('_', '-')}"
    assert (option.ini, option.env) == (f"opscheck_{option.name}", f"OPSCHECK_{option.name.upper()}")
    assert 10 < len(option.help) < 100
