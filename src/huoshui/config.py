"""Every setting of the product, as data with help text.

Read from the environment (``HUOSHUI_*``). ``docs/operator.md`` documents each one; a test fails when
a setting lacks its documentation.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from huoshui.setting_addresses import bucket_of, is_database, is_issuer, mail_server, network_of

PREFIX = "HUOSHUI_"
TEST_ONLY = {f"{PREFIX}TEST_SKIP_BROWSER", f"{PREFIX}CHROMIUM"}
SHORTEST_SECRET, FEWEST_DIFFERENT = 32, 10
"""Characters of a secret, and how many of them must differ."""
HOST_NAME = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")

MAP_KEY = re.compile(r"[0-9A-Za-z]{16,64}")
"""It stands in addresses as it is; those given out are 32 hexadecimal digits."""


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
        title="`postgres://用户:密码@主机:端口/库名`，或 `sqlite:////绝对路径/文件`；空着则用数据文件夹里的 SQLite。",
        default="",
        description="postgres://USER:PASSWORD@HOST:PORT/NAME or sqlite:////ABSOLUTE/FILE; empty: SQLite in the data "
        "folder.",
    )
    files_url: str = Field(
        title="照片和文件存放的对象存储（S3 协议）：`s3://密钥名:密钥@桶/前缀?endpoint=https://地址&region=区域&style=path`；"
        "密钥可不写，改用环境里的 AWS 凭据；空着则存在数据文件夹的 files/。",
        default="",
        description="Object storage (S3) for photos and documents: "
        "s3://KEY:SECRET@BUCKET/PREFIX?endpoint=https://HOST&region=NAME&style=path; without keys the AWS credentials "
        "of the environment count. Empty: files/ in the data folder.",
    )
    host: str = Field(
        title="监听的地址；`0.0.0.0` 为本机全部网卡。",
        default="127.0.0.1",
        description="Address that the server listens on.",
    )
    port: int = Field(
        title="监听的端口，1 至 65535。", default=8000, ge=1, le=65535, description="Port that the server listens on."
    )
    processes: int = Field(
        title="提供网页的进程数，1 至 32；一个进程用得上一个核，每个约占 250 MB 内存。Windows 上只有一个。",
        default=2,
        ge=1,
        le=32,
        description="Processes that answer requests; each uses one core and some 250 MB. Always one on Windows.",
    )
    threads: int = Field(
        title="同时处理的请求数，1 至 128，各进程平分。",
        default=8,
        ge=1,
        le=128,
        description="Requests handled at the same time, shared among the processes.",
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
        title="启用 HTTPS 时，前面代理的 IP 地址；只相信它送来的 X-Forwarded-For 与 X-Forwarded-Proto。",
        default="127.0.0.1",
        description="With HTTPS: address of the proxy in front, whose X-Forwarded-For and -Proto are believed.",
    )
    secret_key: str = Field(
        title="会话签名的密钥，至少 32 个字符；空着则自动生成，保存在数据文件夹的 keys/。",
        default="",
        description="Secret for sessions, at least 32 characters; empty: made once and kept in the data folder.",
    )
    language: Literal["zh-hans", "en"] = Field(
        title="命令行的语言，也是网页最后的选择：zh-hans 或 en。网页先按用户自己选的，再按浏览器的 Accept-Language。",
        default="zh-hans",
        description="Language of the command line, and of pages for whoever chose none and whose browser asks for none "
        "that we have: zh-hans or en.",
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
    first_link_days: int = Field(
        title="首次登录链接的有效天数，1 至 60。",
        default=7,
        ge=1,
        le=60,
        description="Days that a first-login link is valid.",
    )
    token_days: int = Field(
        title="接口令牌最长有效多少天，1 至 1830。",
        default=366,
        ge=1,
        le=1830,
        description="Days for which a token of the API may be issued at most.",
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
    document_max_mb: int = Field(
        title="PDF、Word、Excel 文件的最大字节数，单位 MB，1 至 200。",
        default=20,
        ge=1,
        le=200,
        description="Largest document (PDF, Word, Excel) accepted, in megabytes.",
    )
    seal_seconds: float = Field(
        title="日志封存的间隔，单位秒。",
        default=2.0,
        gt=0,
        le=3600,
        description="Seconds between two runs of the journal's sealer.",
    )
    console_seconds: float = Field(
        title="查询台一次查询最多运行的秒数。",
        default=5.0,
        gt=0,
        le=120,
        description="Seconds that a question in the analyst's console may take.",
    )
    checkpoint_dir: Path | None = Field(
        title="日志检查点的第二个文件夹，最好在另一块磁盘或另一台服务器上。",
        default=None,
        description="Second folder for journal checkpoints, best on another disk or server.",
    )
    email_url: str = Field(
        title="邮件服务器：`smtp+tls://用户:密码@主机:587?from=发件人`（先连接再加密）、`smtps://`（465）或 `smtp://`（不加密）；"
        "空着则不发邮件。",
        default="",
        description="Mail server: smtp+tls://USER:PASSWORD@HOST:587?from=SENDER, smtps:// or smtp://; empty: no mail.",
    )
    site_url: str = Field(
        title="大家打开网站所用的地址，如 `https://huoshui.example.cn`；写进发出的提醒，空着则提醒里没有链接。",
        default="",
        description="Address by which the site is opened; it stands in the notices that are sent out. Empty: no links.",
    )
    private_targets: bool = Field(
        title="设为 true 时，允许向内部网络的地址发送（自建的机器人等）。",
        default=False,
        description="true: addresses inside the own network may be called (a robot of one's own, and the like).",
    )
    tianditu_key: str = Field(
        title="天地图的密钥（tk，浏览器端）；设了，地图才有底图，由浏览器到 tianditu.gov.cn 取；空着则什么都不向外取。",
        default="",
        description="Key of Tianditu (tk, for browsers): maps get a ground, which the reader's browser fetches from "
        "tianditu.gov.cn. Empty: nothing is fetched from outside.",
    )
    sso_issuer: str = Field(
        title="单点登录（OpenID Connect）：统一认证的签发地址，如 `https://id.example.gov.cn`；空着则没有单点登录。",
        default="",
        description="Single sign-on (OpenID Connect): the provider's issuer, such as https://id.example.gov.cn; empty: "
        "none.",
    )
    sso_client_id: str = Field(
        title="单点登录：统一认证给本系统的客户端编号（client_id）。",
        default="",
        validate_default=True,
        description="Single sign-on: the client_id that the provider gave this site.",
    )
    sso_client_secret: str = Field(
        title="单点登录：客户端密钥（client_secret）；统一认证只要求 PKCE 时可以空着。",
        default="",
        description="Single sign-on: the client_secret; may be empty where the provider asks for PKCE alone.",
    )
    sso_name: str = Field(
        title="单点登录：登录页按钮上的名称，1 至 20 字。",
        default="统一认证",
        min_length=1,
        max_length=20,
        description="Single sign-on: the name on the button of the sign-in page, 1 to 20 characters.",
    )
    sso_match_email: bool = Field(
        title="设为 true 时，统一认证说明已验证的邮箱与管理员在账号上登记的相同，首次登录即自动关联。",
        default=False,
        description="true: an e-mail that the provider calls verified, and that an administrator stored at an account, "
        "links the two at the first sign-in.",
    )
    private_hosts: Annotated[list[str], NoDecode] = Field(
        title="内部网络里允许发送的主机名、IP 或网段，以逗号分隔，如 `gzt.intra.example.cn,10.8.0.0/24`；"
        "其余内部地址仍不发送。",
        default=[],
        description="Hosts, addresses or networks inside the own network that may be called, separated by commas; "
        "all others inside stay refused.",
    )
    debug: bool = Field(
        title="只在开发时设为 true：网页上会显示出错的代码。",
        default=False,
        description="true only while developing: shows tracebacks in the browser.",
    )

    @field_validator("allowed_hosts", "private_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("allowed_hosts")
    @classmethod
    def _hosts(cls, names: list[str]) -> list[str]:
        if not names:
            raise PydanticCustomError("setting.hosts_empty", "no host name")
        for name in names:
            if not HOST_NAME.fullmatch(name):
                raise PydanticCustomError("setting.host_name", "no host name", {"value": name})
        return names

    @field_validator("private_hosts")
    @classmethod
    def _inside(cls, names: list[str]) -> list[str]:
        for name in names:
            if network_of(name) is None and not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", name):
                raise PydanticCustomError("setting.private_host", "no host", {"value": name})
        return [name.lower() for name in names]

    @field_validator("proxy")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            raise PydanticCustomError("setting.proxy", "no IP address", {"value": value}) from None

    @field_validator("secret_key")
    @classmethod
    def _secret(cls, value: str) -> str:
        if value and (len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_DIFFERENT):
            raise PydanticCustomError("setting.secret_key", "too short", {"least": SHORTEST_SECRET})
        return value

    @field_validator("database_url")
    @classmethod
    def _engine(cls, value: str) -> str:
        if value and not is_database(value):
            raise PydanticCustomError("setting.database_url", "no address of a database")
        return value

    @field_validator("email_url")
    @classmethod
    def _mail(cls, value: str) -> str:
        if value:
            try:
                mail_server(value)
            except ValueError:
                raise PydanticCustomError("setting.email_url", "no mail server") from None
        return value

    @field_validator("files_url")
    @classmethod
    def _files(cls, value: str) -> str:
        if value:
            try:
                bucket_of(value)
            except ValueError:
                raise PydanticCustomError("setting.files_url", "no bucket") from None
        return value

    @field_validator("tianditu_key")
    @classmethod
    def _map_key(cls, value: str) -> str:
        if value and not MAP_KEY.fullmatch(value):
            raise PydanticCustomError("setting.tianditu_key", "no key")
        return value

    @field_validator("sso_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        if value and not is_issuer(value):
            raise PydanticCustomError("setting.sso_issuer", "no issuer", {"value": value})
        return value

    @field_validator("sso_client_id")
    @classmethod
    def _client(cls, value: str, info: ValidationInfo) -> str:
        if bool(value) != bool(info.data.get("sso_issuer", value)):
            raise PydanticCustomError("setting.sso_client", "half of single sign-on")
        return value

    @field_validator("site_url")
    @classmethod
    def _site(cls, value: str) -> str:
        try:
            parts = urlsplit(value.rstrip("/"))
            fits = parts.scheme in ("http", "https") and parts.hostname and not (parts.path or parts.query)
        except ValueError:
            fits = False
        if value and not fits:
            raise PydanticCustomError("setting.site_url", "no site", {"value": value})
        return value.rstrip("/")

    @property
    def local_url(self) -> str:
        """Where the site answers on this computer, without a slash at the end."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


@dataclass(frozen=True)
class WrongSetting:
    """One wrong setting: the code of the catalogue, the variable's name, and what else the words need."""

    code: str
    name: str
    params: Mapping[str, Any] = field(default_factory=dict)


class ConfigError(Exception):
    """Wrong settings. ``huoshui`` says each in the words of the catalogue and exits with 2."""

    def __init__(self, *wrong: WrongSetting) -> None:
        self.wrong = wrong
        super().__init__("; ".join(f"{setting.name}: {setting.code}" for setting in wrong))


def load_config(environ: Mapping[str, str]) -> Config:
    """Read and check the settings. Raises ConfigError that names every wrong one."""
    known = {PREFIX + name.upper() for name in Config.model_fields}
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known | TEST_ONLY)
    wrong = [WrongSetting("setting.unknown", name) for name in unknown]
    try:
        config = Config()
    except ValidationError as error:
        wrong += [_wrong(detail) for detail in error.errors()]
        raise ConfigError(*wrong) from None
    if wrong:
        raise ConfigError(*wrong)
    return config


def _wrong(detail: Any) -> WrongSetting:
    """One of pydantic's findings. What the setting is says what it can be: its help names the range and the choices."""
    key = str(detail["loc"][0])
    name, kind = PREFIX + key.upper(), detail["type"]
    if kind.startswith("setting."):
        return WrongSetting(kind, name, detail.get("ctx", {}))
    known = Config.model_fields[key]
    params = {"value": detail["input"], "rule_zh": known.title, "rule_en": known.description}
    return WrongSetting("setting.value", name, params)
