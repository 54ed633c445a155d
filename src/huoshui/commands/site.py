"""Where the site answers, for what is told of it and printed on paper."""

from __future__ import annotations

from django.conf import settings

LOCAL = ("127.0.0.1", "localhost", "::1")


def addresses() -> list[str]:
    """Where the site answers: each allowed host name, or the address that it listens on."""
    config = settings.CONFIG
    here = f"{config.local_url}/"
    if config.https:
        return [f"https://{name}/" for name in config.allowed_hosts if name not in LOCAL] or [here]
    names = [name for name in config.allowed_hosts if name not in LOCAL and not name.startswith((".", "*"))]
    outward = config.host not in LOCAL
    return [here, *(f"http://{name}:{config.port}/" for name in names if outward)]


def printed_address() -> str:
    """The address that stands on documents and leads out of files, without a slash at its end: HUOSHUI_SITE_URL, or
    else where ``serve`` answers first."""
    return (settings.CONFIG.site_url or addresses()[0]).rstrip("/")
