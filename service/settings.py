"""What an operator can set: environment variables with the prefix `AGENT_`, read once and then frozen."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?")
_HOST_PORT = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\]):[1-9][0-9]{0,4}")

Names = Annotated[tuple[str, ...], NoDecode]
Ports = Annotated[frozenset[int], NoDecode]


class Settings(BaseSettings):
    """The service's settings. Lists are written with commas; an unusable value is refused at start.

    >>> Settings(port=9000).port
    9000
    """

    model_config = SettingsConfigDict(env_prefix="AGENT_", frozen=True, extra="ignore", str_strip_whitespace=True)

    app_name: str = "AI Agent Server"
    environment: Literal["development", "production", "test"] = "production"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    docs_enabled: bool = False
    allowed_origins: Names = ()
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    build_sha: str = "unknown"
    build_time: str = "unknown"

    provider: Literal["embedded", "ollama", "openai"] = "embedded"
    llm_base_url: str = ""
    llm_api_key: SecretStr | None = None
    llm_api_key_file: Path | None = None
    llm_model: str = ""
    llm_timeout_s: float = Field(default=60.0, gt=0)
    llm_connect_timeout_s: float = Field(default=5.0, gt=0)

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

    warming_budget_s: float = Field(default=600.0, gt=0)
    primary_poll_interval_s: float = Field(default=5.0, gt=0)
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

    def api_key(self) -> SecretStr | None:
        """Give the language model's key: from its own field, else from the file that is named."""
        if self.llm_api_key is not None or self.llm_api_key_file is None:
            return self.llm_api_key
        return SecretStr(self.llm_api_key_file.read_text(encoding="utf-8").strip())
