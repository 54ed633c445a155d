"""Every setting of the product, as data with help text.

Read from the environment (``HUOSHUI_*``). ``docs/operator.md`` documents each one; a test fails when
a setting lacks its documentation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "HUOSHUI_"


class Config(BaseSettings):
    """The settings of one installation. Unknown ``HUOSHUI_*`` names are refused at start."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(
        default=Path("data"), description="Folder of the database, the files, the keys and the checkpoints."
    )
    database_url: str = Field(
        default="", description="postgres://USER:PASSWORD@HOST:PORT/NAME; empty: SQLite in the data folder."
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the server listens on.")
    threads: int = Field(default=8, ge=1, le=128, description="Requests handled at the same time.")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=["127.0.0.1", "localhost"],
        description="Host names that the site answers to, separated by commas.",
    )
    https: bool = Field(default=False, description="true when served behind HTTPS: secure cookies and HSTS.")
    proxy: str = Field(
        default="127.0.0.1",
        description="With HTTPS: address of the proxy in front, whose X-Forwarded-For and -Proto are believed.",
    )
    secret_key: str = Field(
        default="", description="Secret for sessions; empty: made once and kept in the data folder."
    )
    language: Literal["zh-hans", "en"] = Field(
        default="zh-hans", description="Language before a user chooses one."
    )
    lockout_attempts: int = Field(
        default=5, ge=3, le=50, description="Failed sign-ins before an account is locked."
    )
    lockout_minutes: int = Field(
        default=30, ge=1, le=1440, description="Minutes that a locked account stays locked."
    )
    photo_max_megapixels: int = Field(
        default=50, ge=1, le=200, description="Largest photo accepted, in megapixels."
    )
    photo_max_mb: int = Field(
        default=20, ge=1, le=200, description="Largest photo file accepted, in megabytes."
    )
    seal_seconds: float = Field(
        default=2.0, gt=0, le=3600, description="Seconds between two runs of the journal's sealer."
    )
    checkpoint_dir: Path | None = Field(
        default=None, description="Second folder for journal checkpoints, best on another disk or server."
    )
    debug: bool = Field(
        default=False, description="true only while developing: shows tracebacks in the browser."
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("database_url")
    @classmethod
    def _engine(cls, value: str) -> str:
        if value and not value.startswith(("postgres://", "postgresql://", "sqlite:///")):
            raise ValueError("must begin with postgres://, postgresql:// or sqlite:///")
        return value


class ConfigError(Exception):
    """A wrong setting; the message names the setting, its value's rule and where it is documented."""


def load_config(environ: dict[str, str]) -> Config:
    """Read and check the settings. Raises ConfigError that names every wrong one."""
    known = {PREFIX + name.upper() for name in Config.model_fields}
    test_only = {PREFIX + "TEST_SKIP_BROWSER", PREFIX + "CHROMIUM"}
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known | test_only)
    lines = [f"{name}: no such setting; see docs/operator.md" for name in unknown]
    try:
        config = Config()
    except ValidationError as error:
        lines += [
            f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}; see docs/operator.md" for e in error.errors()
        ]
        raise ConfigError("\n".join(lines)) from None
    if lines:
        raise ConfigError("\n".join(lines))
    return config
