"""Whom the product may call outside: an address inside the own network is refused unless a setting allows it.

Otherwise whoever may type an address could have the server knock at doors that only the server reaches
(server-side request forgery, OWASP API7:2023). All addresses of a name are looked at, at every call; ``post`` then
connects to one of just those, so that a name cannot answer differently in between (DNS rebinding).
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from django.conf import settings

from huoshui.kernel.errors import Refusal
from huoshui.setting_addresses import network_of

STEP_SECONDS = 10.0
"""What connecting, and each piece of an answer, may take."""
WHOLE_SECONDS = 20.0
"""What a call may take from connecting to the answer's headers."""


def require_public(host: str) -> None:
    """Raise outward.private when ``host`` is, or resolves to, an address that is not public; outward.unknown when
    it has none. HUOSHUI_PRIVATE_HOSTS names exceptions; with HUOSHUI_PRIVATE_TARGETS every address will do.
    """
    addresses_of(host)


def addresses_of(host: str) -> list[str]:
    """The addresses of a host, all of which may be called. Raises outward.private or outward.unknown."""
    try:
        entries = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refusal("outward.unknown", field="address", host=host) from None
    found = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
    if not all(_is_public(address) or is_allowed_inside(host, address) for address in found):
        raise Refusal("outward.private", field="address", host=host)
    return found


def is_allowed_inside(host: str, address: str = "") -> bool:
    """Whether a setting allows to call a host, or this address of it, although it lies inside."""
    if settings.CONFIG.private_targets:
        return True
    names: list[str] = settings.CONFIG.private_hosts
    if host.lower() in names:
        return True
    within = network_of(address or host.strip("[]"))
    networks = [network for name in names if (network := network_of(name))]
    return within is not None and any(
        within.version == network.version and network.supernet_of(within)  # type: ignore[arg-type]  # same version
        for network in networks
    )


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or inner.is_global)


# --- calling ----------------------------------------------------------------------


class _Pinned(http.client.HTTPConnection):
    """A connection to the addresses that were looked at, whatever the name says by now; the first that answers."""

    pinned: Sequence[str] = ()

    def connect(self) -> None:
        for address in self.pinned[:-1]:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
            except OSError:
                continue
            return
        self.sock = socket.create_connection((self.pinned[-1], self.port), self.timeout)


class _PinnedTLS(_Pinned):
    """The same with TLS; the certificate must be the host's."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post to an address and return the status of the answer; its body is not read, and no redirect is followed.

    Raises outward.private, outward.unknown, outward.certificate or outward.unreachable.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = _PinnedTLS if parts.scheme == "https" else _Pinned
    connection = kind(host, parts.port, timeout=STEP_SECONDS)
    connection.pinned = addresses_of(host)
    try:
        with _cut_off_in_time(connection):
            connection.request("POST", path, body=body, headers=dict(headers))
            return connection.getresponse().status
    except ssl.SSLCertVerificationError:
        raise Refusal("outward.certificate", field="address", host=host) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise Refusal("outward.unreachable", field="address", host=host) from None
    finally:
        connection.close()


@contextmanager
def _cut_off_in_time(connection: http.client.HTTPConnection) -> Iterator[None]:
    """Whoever answers byte by byte is not waited for: the socket is shut down below whatever reads it."""

    def cut() -> None:
        sock = connection.sock
        if sock is not None:
            with suppress(OSError):  # it ended by itself
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(WHOLE_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
