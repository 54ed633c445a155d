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
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from django.conf import settings

from huoshui.kernel.errors import Refusal
from huoshui.setting_addresses import network_of

LOOKUP_SECONDS = 10.0
"""What looking a name up may take: a resolver with its usual settings asks its second server after five."""
STEP_SECONDS = 10.0
"""What connecting to one address, and each piece of an answer, may take."""
WHOLE_SECONDS = 20.0
"""What a call may take, from looking the name up to the answer's headers."""
MOST_TRIED = 3
"""Addresses of a host that are tried one after the other."""

GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""Where public addresses of IPv6 lie (IANA IPv6 Address Space registry); all else is for some special purpose."""
SPECIAL = [ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "2001:db8::/32", "3fff::/20")]
"""What ``is_global`` does not refuse in every version of Python (IANA special-purpose registries, RFC 6890)."""
WRAPPED = [ipaddress.IPv6Network(text) for text in ("64:ff9b::/96", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96")]
"""Addresses whose last 32 bits are one of IPv4, to which they may lead: NAT64 (RFC 6052), IPv4-compatible and -mapped
(RFC 4291), IPv4-translated (RFC 2765)."""


def require_public(host: str) -> None:
    """Raise outward.private when ``host`` is, or resolves to, an address that is not public; outward.unknown when
    it has none. HUOSHUI_PRIVATE_HOSTS names exceptions; with HUOSHUI_PRIVATE_TARGETS every address will do.
    """
    addresses_of(host)


def addresses_of(host: str, *, plain: bool = False) -> list[str]:
    """The addresses of a host, all of which may be called; ``plain``, over HTTP, only those that are allowed inside.

    Raises outward.private, outward.unknown (also when the name is not found in time) or outward.https.
    """
    found = _looked_up(host)
    if not found:
        raise Refusal("outward.unknown", field="address", host=host)
    inside = [address for address in found if is_allowed_inside(host, address)]
    if not all(address in inside or _is_public(address) for address in found):
        raise Refusal("outward.private", field="address", host=host)
    if plain and inside != found:
        raise Refusal("outward.https", field="address", host=host)
    return found


def _looked_up(host: str) -> list[str]:
    """The addresses that a name has; none when it has none or the resolver, which takes no timeout, does not answer."""
    found: list[str] = []

    def look_up() -> None:
        with suppress(OSError, ValueError):  # unknown, or no name at all
            entries = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(entry[4][0]) for entry in entries))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(LOOKUP_SECONDS)
    return list(found)


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
    address = _innermost(ipaddress.ip_address(text.partition("%")[0]))
    if address.is_multicast or not address.is_global or any(address in network for network in SPECIAL):
        return False
    return address.version == 4 or address in GLOBAL_UNICAST


def _innermost(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address of IPv4 to which one of IPv6 leads, or else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if any(address in network for network in WRAPPED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or address


# --- calling ----------------------------------------------------------------------


class _Pinned(http.client.HTTPConnection):
    """A connection to the addresses that were looked at, whatever the name says by now; the first that answers."""

    pinned: Sequence[str] = ()
    deadline = 0.0
    """When the call is over, by ``time.monotonic``."""

    def connect(self) -> None:
        for address in self.pinned[:MOST_TRIED]:
            try:
                self.sock = socket.create_connection((address, self.port), min(STEP_SECONDS, self.seconds_left()))
            except OSError:
                continue
            self.sock.settimeout(min(STEP_SECONDS, self.seconds_left()))
            return
        raise TimeoutError

    def seconds_left(self) -> float:
        """Raises TimeoutError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _PinnedTLS(_Pinned):
    """The same with TLS; the certificate must be the host's."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        # Shaken hands with only once it is ``self.sock``, which ``_cut_off_in_time`` shuts down.
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.seconds_left()
        self.sock.do_handshake()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post to an address and return the status of the answer; its body is not read, and no redirect is followed.

    Raises outward.private, outward.unknown, outward.https, outward.certificate or outward.unreachable.
    """
    deadline = time.monotonic() + WHOLE_SECONDS
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = _PinnedTLS if parts.scheme == "https" else _Pinned
    connection = kind(host, parts.port, timeout=STEP_SECONDS)
    connection.pinned, connection.deadline = addresses_of(host, plain=parts.scheme != "https"), deadline
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
def _cut_off_in_time(connection: _Pinned) -> Iterator[None]:
    """Whoever answers byte by byte is not waited for: the socket is shut down below whatever reads it."""

    def cut() -> None:
        sock = connection.sock
        if sock is not None:
            with suppress(OSError):  # it ended by itself
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(connection.seconds_left(), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
