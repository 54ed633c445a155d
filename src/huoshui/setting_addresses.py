"""Addresses as settings hold them: of the mail server, the database, the issuer of single sign-on, networks."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

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
