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
    """The settings of one installation. Unknown ``HUOSHUI_*`` names are refused at start.

    ``title`` is the help in Chinese, which docs/operator.md shows; ``description`` the same in English.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(
        title="数据文件夹：数据库、照片、密钥和检查点都在其中。",
        default=Path("data"),
        description="Folder of the database, the files, the keys and the checkpoints.",
    )
    database_url: str = Field(
        title="`postgres://用户:密码@主机:端口/库名`；空着则用数据文件夹里的 SQLite。",
        default="",
        description="postgres://USER:PASSWORD@HOST:PORT/NAME; empty: SQLite in the data folder.",
    )
    host: str = Field(
        title="监听的地址；`0.0.0.0` 为本机全部网卡。",
        default="127.0.0.1",
        description="Address that the server listens on.",
    )
    port: int = Field(
        title="监听的端口。", default=8000, ge=1, le=65535, description="Port that the server listens on."
    )
    threads: int = Field(
        title="同时处理的请求数，1 至 128。", default=8, ge=1, le=128, description="Requests handled at the same time."
    )
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        title="网站回应的主机名或 IP，以逗号分隔；其他电脑用什么地址打开，就写什么。",
        default=["127.0.0.1", "localhost"],
        description="Host names that the site answers to, separated by commas.",
    )
    https: bool = Field(
        title="在 HTTPS 代理之后时设为 true：会话只走 HTTPS，并启用 HSTS。",
        default=False,
        description="true when served behind HTTPS: secure cookies and HSTS.",
    )
    proxy: str = Field(
        title="启用 HTTPS 时，前面代理的地址；只相信它送来的 X-Forwarded-For 与 X-Forwarded-Proto。",
        default="127.0.0.1",
        description="With HTTPS: address of the proxy in front, whose X-Forwarded-For and -Proto are believed.",
    )
    secret_key: str = Field(
        title="会话签名的密钥；空着则自动生成，保存在数据文件夹的 keys/。",
        default="",
        description="Secret for sessions; empty: made once and kept in the data folder.",
    )
    language: Literal["zh-hans", "en"] = Field(
        title="用户选择之前的语言，也是命令行的语言：zh-hans 或 en。",
        default="zh-hans",
        description="Language before a user chooses one.",
    )
    lockout_attempts: int = Field(
        title="登录连续失败多少次后锁定账号，3 至 50。",
        default=5,
        ge=3,
        le=50,
        description="Failed sign-ins before an account is locked.",
    )
    lockout_minutes: int = Field(
        title="锁定多少分钟，1 至 1440。",
        default=30,
        ge=1,
        le=1440,
        description="Minutes that a locked account stays locked.",
    )
    photo_max_megapixels: int = Field(
        title="照片的最大像素，单位百万，1 至 200。",
        default=50,
        ge=1,
        le=200,
        description="Largest photo accepted, in megapixels.",
    )
    photo_max_mb: int = Field(
        title="照片文件的最大字节数，单位 MB，1 至 200。",
        default=20,
        ge=1,
        le=200,
        description="Largest photo file accepted, in megabytes.",
    )
    seal_seconds: float = Field(
        title="日志封存的间隔，单位秒。",
        default=2.0,
        gt=0,
        le=3600,
        description="Seconds between two runs of the journal's sealer.",
    )
    checkpoint_dir: Path | None = Field(
        title="日志检查点的第二个文件夹，最好在另一块磁盘或另一台服务器上。",
        default=None,
        description="Second folder for journal checkpoints, best on another disk or server.",
    )
    debug: bool = Field(
        title="只在开发时设为 true：网页上会显示出错的代码。",
        default=False,
        description="true only while developing: shows tracebacks in the browser.",
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

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
        lines += [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}; see docs/operator.md" for e in error.errors()]
        raise ConfigError("\n".join(lines)) from None
    if lines:
        raise ConfigError("\n".join(lines))
    return config
