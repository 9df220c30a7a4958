"""Settings: where they come from, and what is refused at start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from service.settings import Settings

_NOWHERE = "http://127.0.0.1:9"


def test_the_shared_names_are_heeded_and_the_own_ones_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a fleet sets for all counts here unless this service has its own; an empty variable is none."""
    for name, value in {
        "ALLOWED_ORIGINS": "https://a.example, https://b.example",
        "LEGACY_STATUS": "off",
        "PRIMARY_POLL_INTERVAL_S": "7",
        "PRIMARY_POLL_MAX_S": "70",
    }.items():
        monkeypatch.setenv(name, value)
    fleet = Settings()
    monkeypatch.setenv("AGENT_LEGACY_STATUS", "on")
    monkeypatch.setenv("AGENT_ALLOWED_ORIGINS", "https://own.example")
    monkeypatch.setenv("PRIMARY_POLL_MAX_S", "")
    own = Settings(primary_poll_interval_s=1)

    assert fleet.allowed_origins == ("https://a.example", "https://b.example")
    assert (fleet.legacy_status, fleet.primary_poll_interval_s, fleet.warming_s()) == ("off", 7, 70)
    assert (own.allowed_origins, own.legacy_status) == (("https://own.example",), "on")
    assert (own.primary_poll_interval_s, own.primary_poll_max_s) == (1, 600)


@pytest.mark.parametrize(
    "values",
    [
        {"legacy_status": "perhaps"},
        {"legacy_sunset_at": "2026-01-01T00:00:00Z"},
        {"legacy_sunset_at": "2040-01-01T00:00:00"},
        {"build_time": "yesterday"},
        {"build_sha": "abc\r\nx: y"},
    ],
)
def test_unusable_values_are_refused_at_start(values: dict[str, str]) -> None:
    """A word that means nothing, an end before its beginning, a time without a zone, a header within a value."""
    with pytest.raises(ValidationError):
        Settings.model_validate(values)


@pytest.mark.parametrize(
    "values",
    [
        {"fallback_base_url": _NOWHERE},
        {"fallback_model": "spare"},
        {"fallback_api_key": "sk-alone"},
        {"fallback_api_key_file": "key"},
    ],
)
def test_half_a_fallback_is_refused_at_start(values: dict[str, Any]) -> None:
    """What would never be used is told at once, and without the key."""
    with pytest.raises(ValidationError, match="needed") as refused:
        Settings(**values)

    assert "sk-alone" not in str(refused.value.errors(include_input=False))


def test_an_empty_key_file_is_refused_at_start(tmp_path: Path) -> None:
    """A key that was meant and is not there does not become no key."""
    file = tmp_path / "key"
    file.write_text("\n")

    with pytest.raises(OSError, match="holds no key"):
        Settings(api_key_file=file).own_key()
