"""What an operator can set: environment variables with the prefix `AGENT_`, read once and then frozen."""

from __future__ import annotations

import ipaddress
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?")
_HOST_PORT = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\]):[1-9][0-9]{0,4}")

# Names that a fleet sets once for all of its services: heeded without the prefix as well, which still wins.
SHARED = ("allowed_origins", "legacy_status", "primary_poll_interval_s", "primary_poll_max_s")

Names = Annotated[tuple[str, ...], NoDecode]
Ports = Annotated[frozenset[int], NoDecode]


class Settings(BaseSettings):
    """The service's settings. Lists are written with commas; an unusable value is refused at start.

    >>> Settings(port=9000).port
    9000
    """

    model_config = SettingsConfigDict(
        env_prefix="AGENT_", env_ignore_empty=True, frozen=True, extra="ignore", str_strip_whitespace=True
    )

    app_name: str = "AI Agent Server"
    environment: Literal["development", "production", "test"] = "production"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    docs_enabled: bool = False
    allowed_origins: Names = ()
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    api_key: SecretStr | None = None
    api_key_file: Path | None = None
    build_sha: str = Field(default="", pattern=r"^[0-9A-Za-z._+-]{0,64}$")
    build_time: AwareDatetime | None = None

    legacy_status: Literal["on", "off"] = "on"
    legacy_deprecated_at: AwareDatetime = datetime(2026, 11, 1, tzinfo=UTC)
    # Far away on purpose: with this date the old addresses end by themselves, so whoever runs it chooses the day.
    legacy_sunset_at: AwareDatetime = datetime(2036, 1, 1, tzinfo=UTC)

    provider: Literal["embedded", "ollama", "openai"] = "embedded"
    llm_base_url: str = ""
    llm_api_key: SecretStr | None = None
    llm_api_key_file: Path | None = None
    llm_model: str = ""
    llm_timeout_s: float = Field(default=60.0, gt=0)
    llm_connect_timeout_s: float = Field(default=5.0, gt=0)
    primary_enabled: bool = True
    fallback_base_url: str = ""
    fallback_model: str = ""
    fallback_api_key: SecretStr | None = None
    fallback_api_key_file: Path | None = None

    state_dir: Path = Path("data")
    vector_engine: Literal["qdrant-edge", "sqlite"] = "qdrant-edge"
    memory_limit: int = Field(default=5, ge=0, le=100)
    history_limit: int = Field(default=20, ge=0, le=1000)
    busy_timeout_s: float = Field(default=2.0, ge=0)

    tool_result_max_chars: int = Field(default=2000, ge=1)
    webfetch_url: str = "http://127.0.0.1:8081"
    webfetch_allowed_ports: Ports = frozenset({80, 443})
    webfetch_allow: Names = ()
    webfetch_max_bytes: int = Field(default=1024 * 1024, ge=1024)
    webfetch_timeout_s: float = Field(default=10.0, gt=0)

    primary_poll_interval_s: float = Field(default=5.0, gt=0)
    primary_poll_max_s: float = Field(default=600.0, gt=0)
    warming_budget_s: float | None = Field(default=None, gt=0)  # as long as the poller looks often, unless told
    dependency_timeout_s: float = Field(default=1.5, gt=0)
    ready_budget_s: float = Field(default=2.0, gt=0)
    keepalive_s: float = Field(default=10.0, gt=0)

    @field_validator("allowed_origins", "webfetch_allow", "webfetch_allowed_ports", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _serialised_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _ORIGIN.fullmatch(origin) or origin.startswith("null"):
                raise ValueError(f"{origin!r} is not an origin such as https://app.example.org")
        return value

    @field_validator("webfetch_allow")
    @classmethod
    def _hosts_or_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            if not _HOST_PORT.fullmatch(entry):
                ipaddress.ip_network(entry)
        return value

    @model_validator(mode="after")
    def _provider_is_complete(self) -> Self:
        if self.provider != "embedded" and not self.llm_model:
            raise ValueError(f"llm_model is needed with provider {self.provider}")
        if self.provider == "openai" and not self.llm_base_url:
            raise ValueError("llm_base_url is needed with provider openai, for example https://host/v1")
        return self

    @model_validator(mode="after")
    def _fallback_is_complete(self) -> Self:
        if bool(self.fallback_base_url) != bool(self.fallback_model):
            raise ValueError("fallback_base_url and fallback_model are needed together")
        if not self.fallback_base_url and (self.fallback_api_key or self.fallback_api_key_file):
            raise ValueError("fallback_base_url and fallback_model are needed with a fallback key")
        if self.legacy_sunset_at < self.legacy_deprecated_at:
            raise ValueError("legacy_sunset_at is before legacy_deprecated_at")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Look for the shared names last, so that what is set for this service alone wins."""
        return init_settings, env_settings, dotenv_settings, file_secret_settings, _SharedNames(settings_cls)

    def warming_s(self) -> float:
        """Give how long a model may take to arrive before somebody should look."""
        return self.primary_poll_max_s if self.warming_budget_s is None else self.warming_budget_s

    def own_key(self) -> SecretStr | None:
        """Give the key that callers of the agent have to bring, None when it is open to all."""
        return _secret(self.api_key, self.api_key_file)

    def llm_key(self) -> SecretStr | None:
        """Give the language model's key: from its own field, else from the file that is named."""
        return _secret(self.llm_api_key, self.llm_api_key_file)

    def fallback_key(self) -> SecretStr | None:
        """Give the fallback's key: from its own field, else from the file that is named."""
        return _secret(self.fallback_api_key, self.fallback_api_key_file)


class _SharedNames(PydanticBaseSettingsSource):
    """The environment's variables of the shared names, without the prefix; an empty one is as good as none."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Give the value of one name."""
        del field
        return os.environ.get(field_name.upper()), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give the values of all names that are set."""
        return {name: value for name in SHARED if (value := os.environ.get(name.upper()))}


def _secret(value: SecretStr | None, file: Path | None) -> SecretStr | None:
    if value is not None or file is None:
        return value
    read = file.read_text(encoding="utf-8").strip()
    if not read:
        # An empty key would leave open, or send unsigned, what somebody meant to protect.
        raise OSError(f"{file} holds no key")
    return SecretStr(read)
