"""``huoshui serve``: the web server with its background, until it is told to stop."""

from __future__ import annotations

import gc
import os
import signal
import socket
import time
from types import FrameType
from typing import Any, NoReturn

import click
from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from huoshui.commands.background import Background
from huoshui.commands.demo import load_into_empty, print_accounts
from huoshui.commands.lock import data_folder_lock, require_whole_restore
from huoshui.commands.output import say
from huoshui.commands.prepare import prepare
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.os_reasons import reason_of
from huoshui.places.models import Place

LOCAL = ("127.0.0.1", "localhost", "::1")
MOST_BODY_BYTES = 256 * 1024 * 1024
"""Twelve photos of the largest kind in one request."""


@click.command(help=_("启动服务：检查设置、更新数据库、装载内置机制，然后提供网页，并在后台办理定时工作。"))
@click.option("--demo", "with_demo", is_flag=True, help=_("尚无地点时先装入示范数据，并显示示范账号。"))
def serve(with_demo: bool) -> None:
    """Prepare, then serve until SIGTERM or SIGINT."""
    started = time.monotonic()
    require_free_port()
    with data_folder_lock():
        require_whole_restore()
        prepare()
        if with_demo and not Place.objects.exists():
            load_into_empty(clock.today())
        server = new_server()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        keep_what_is_loaded()
        background = Background()
        background.start()
        say(_("已启动（{seconds} 秒）：{addresses}").format(
            seconds=f"{time.monotonic() - started:.1f}", addresses="  ".join(addresses())
        ))  # fmt: skip
        _warn_of_closed_doors()
        if with_demo:
            print_accounts()
        try:
            server.run()
        finally:
            say(_("正在停止……"))
            server.close()
            background.stop()


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def keep_what_is_loaded() -> None:
    """Spare the garbage collector the code and definitions loaded so far, which stay until the end.

    A full collection walks some 300,000 objects of them otherwise: 0.2 seconds in which nothing is answered.
    """
    gc.collect()
    gc.freeze()


def require_free_port() -> None:
    """Raise ops.port_busy unless the address can be listened on; asked first, before anything takes its time."""
    host, port = settings.CONFIG.host, settings.CONFIG.port
    try:
        family, kind, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise _port_refusal(error) from None


def _port_refusal(error: OSError) -> Refusal:
    return Refusal("ops.port_busy", host=settings.CONFIG.host, port=settings.CONFIG.port, reason=reason_of(error))


def new_server() -> Any:
    """The web server, listening already. Raises ops.port_busy."""
    from waitress.server import create_server

    from huoshui.web.wsgi import application

    config = settings.CONFIG
    behind_proxy = {
        "trusted_proxy": config.proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }
    try:
        return create_server(
            application,
            host=config.host,
            port=config.port,
            threads=config.threads,
            ident=None,
            max_request_body_size=MOST_BODY_BYTES,
            clear_untrusted_proxy_headers=True,
            **(behind_proxy if config.https else {}),
        )
    except OSError as error:
        raise _port_refusal(error) from None
    finally:
        connections.close_all()


def addresses() -> list[str]:
    """Where the site answers: each allowed host name, or the address that it listens on."""
    config = settings.CONFIG
    if config.https:
        return [f"https://{name}/" for name in config.allowed_hosts if name not in LOCAL] or [_local_address()]
    names = [name for name in config.allowed_hosts if name not in LOCAL and not name.startswith((".", "*"))]
    outward = config.host not in LOCAL
    return [_local_address(), *(f"http://{name}:{config.port}/" for name in names if outward)]


def _local_address() -> str:
    host = settings.CONFIG.host
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{settings.CONFIG.port}/"


def _warn_of_closed_doors() -> None:
    config = settings.CONFIG
    if config.host not in LOCAL and all(name in LOCAL for name in config.allowed_hosts):
        say(_("其他电脑还不能打开：请在 HUOSHUI_ALLOWED_HOSTS 中写明本机的网址或 IP。"))
