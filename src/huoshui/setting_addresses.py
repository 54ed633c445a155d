"""Addresses as settings hold them: of the mail server, the database, the issuer of single sign-on, networks."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""Names of buckets (Amazon S3 User Guide, "Bucket naming rules")."""
STYLES = ("auto", "path", "virtual")
SENDER = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and in whose name."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool
    sender: str


def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """A network or a single address as it was written in a setting; None when it is neither."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mail_server(url: str) -> MailServer:
    """The mail server of HUOSHUI_EMAIL_URL. Raises ValueError when anything of it is missing or unknown.

    The sender is ``?from=``, or the user where that is an address.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query, strict_parsing=bool(parts.query))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    sender = query.pop("from", [user])[-1]
    if parts.scheme not in MAIL_PORTS or not parts.hostname or parts.path.strip("/") or query:
        raise ValueError("no mail server")
    if not SENDER.fullmatch(sender) or (password and not user):
        raise ValueError("no sender")
    return MailServer(
        host=parts.hostname,
        port=parts.port or MAIL_PORTS[parts.scheme],
        user=user,
        password=password,
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
        sender=sender,
    )


@dataclass(frozen=True)
class Bucket:
    """Where files are kept in an object storage; without a key the environment's own credentials count."""

    name: str
    prefix: str
    endpoint: str
    region: str
    style: str
    key: str
    secret: str

    @property
    def shown(self) -> str:
        """The address without the keys."""
        return f"s3://{self.name}/{self.prefix}".rstrip("/")


def bucket_of(url: str) -> Bucket:
    """The bucket of HUOSHUI_FILES_URL: s3://KEY:SECRET@BUCKET/PREFIX?endpoint=URL&region=NAME&style=path.

    Raises ValueError when anything of it is missing or unknown.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query, strict_parsing=bool(parts.query))
    endpoint, region = query.pop("endpoint", [""])[-1], query.pop("region", [""])[-1]
    style = query.pop("style", ["auto"])[-1]
    name = parts.netloc.rpartition("@")[2]
    if parts.scheme != "s3" or not BUCKET_NAME.fullmatch(name) or query or style not in STYLES:
        raise ValueError("no bucket")
    where = urlsplit(endpoint)
    if endpoint and (where.scheme not in ("http", "https") or not where.hostname or where.username or where.query):
        raise ValueError("no endpoint")
    key, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(key) != bool(secret):
        raise ValueError("half of the keys")
    prefix = parts.path.strip("/")
    if any(part in ("", ".", "..") for part in prefix.split("/")) and prefix:
        raise ValueError("no prefix")
    return Bucket(name, prefix, endpoint, region, style, key, secret)


def bucket_options(url: str) -> dict[str, Any]:
    """What django-storages' S3Storage is told of a bucket."""
    from botocore.config import Config

    bucket = bucket_of(url)
    return {
        "bucket_name": bucket.name,
        "location": bucket.prefix,
        "endpoint_url": bucket.endpoint or None,
        "region_name": bucket.region or None,
        "access_key": bucket.key or None,
        "secret_key": bucket.secret or None,
        "default_acl": None,
        "file_overwrite": True,  # a name is the hash of its content
        "client_config": Config(
            signature_version="s3v4",
            s3={"addressing_style": bucket.style},
            # The sums that newer clients of AWS add are unknown to many others that speak S3.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
        ),
    }


def is_issuer(url: str) -> bool:
    """Whether a text names an issuer: HTTPS, or HTTP on this very machine; a path is allowed, a query is not (OpenID
    Connect Discovery 1.0, section 2).

    Over plain HTTP anybody on the way could hand out keys of their own.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    whole = bool(host) and not (parts.query or parts.fragment or parts.username)
    return whole and (parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host)))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_database(url: str) -> bool:
    """Whether a text is the address of a database that the product can use."""
    try:
        parts = urlsplit(url)
        named = bool(parts.path.strip("/")) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    if parts.scheme == "sqlite":
        return named and not parts.netloc
    return named and parts.scheme in ("postgres", "postgresql")
