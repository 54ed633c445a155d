"""Whom the product may call outside: an address inside the own network is refused unless a setting allows it.

Otherwise whoever may type an address could have the server knock at doors that only the server reaches
(server-side request forgery, OWASP API7:2023). All addresses of a name are looked at, at every call.
"""

from __future__ import annotations

import ipaddress
import socket

from django.conf import settings

from huoshui.kernel.errors import Refusal


def require_public(host: str) -> None:
    """Raise outward.private when ``host`` is, or resolves to, an address that is not public; outward.unknown when
    it has none. With HUOSHUI_PRIVATE_TARGETS every address will do.
    """
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise Refusal("outward.unknown", field="address", host=host) from None
    if settings.CONFIG.private_targets:
        return
    if not all(_is_public(str(address)) for address in found):
        raise Refusal("outward.private", field="address", host=host)


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or inner.is_global)
